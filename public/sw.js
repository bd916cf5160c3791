// The service worker: keeps the site of one build, so that it opens without a network. A template: the build fills in its
// id and the list of files.
//
// Nothing is kept on trust, because the network at hand may be a captive portal that answers everything with its own page:
// a page must bear the build id, everything else must have the hash that its name or the list says.

const BUILD = "{{build}}";
// [path, hash where the name has none]
const FILES = {{precache}};

const PREFIX = "anxue-";
const CACHE = PREFIX + BUILD;
// Which builds were active, in order; and the last config.json.
const NOTES = "anxue-notes";
// Texts of regulations that somebody opened: they belong to no build, and stay.
const TEXTS = "anxue-texts";
const TEXT_FOLDER = "regulations-text/";
const PAGE = "index.html";
const CONFIG = "config.json";
const CONFIG_PATIENCE_MS = 4000;
// Held (shared) by each tab with an open attempt.
const ATTEMPT_LOCK = "anxue-attempt";

const ROOT = new URL("./", self.location.href);
const EXTRA = new Map(FILES.filter((file) => file.length > 1));

const address = (path) => new URL(path, ROOT).href;

// The hash in a name like boot.0123456789abcdef.js or packs/<32 hex>.json, or that of the list.
function hashOf(path) {
  const named = /(?:^packs\/|\.)([0-9a-f]{16}|[0-9a-f]{32})\.[a-z]+$/.exec(path);
  return named ? named[1] : EXTRA.get(path);
}

async function sha256(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const plain = (response) => response.ok && response.status === 200 && !response.redirected && response.type === "basic";

// The response if it is what `path` must be; otherwise nothing.
async function proven(path, response) {
  if (!plain(response)) return undefined;
  const type = response.headers.get("Content-Type") || "";
  if (path === PAGE) {
    const text = await response.clone().text();
    return type.startsWith("text/html") && text.includes('content="' + BUILD + '"') ? response : undefined;
  }
  if (type.startsWith("text/html")) return undefined;
  const hash = hashOf(path);
  if (!hash) return undefined;
  const found = await sha256(await response.clone().arrayBuffer());
  return found.startsWith(hash) ? response : undefined;
}

// Puts one file into the cache of this build. Files with a hash in their name are taken over from an older build.
async function keep(cache, path) {
  const named = path !== PAGE && !EXTRA.has(path);
  if (named) {
    const old = await caches.match(address(path));
    if (old) return cache.put(address(path), old);
  }
  const response = await fetch(address(path), { cache: named ? "default" : "no-cache", credentials: "same-origin" });
  const good = await proven(path, response);
  if (!good) throw new Error("not what it should be: " + path);
  return cache.put(address(path), good);
}

async function install() {
  const cache = await caches.open(CACHE);
  const paths = [PAGE, ...FILES.map((file) => file[0])];
  const isPack = (path) => path.startsWith("packs/");
  // One after another: somebody may be answering at this moment, and that write must not wait for many of these.
  for (const path of paths.filter((path) => !isPack(path))) await keep(cache, path);
  // The page fetched it before there was a worker; without it a start offline would not know that there is an endpoint.
  await freshConfig(address(CONFIG));
  // A pack that fails now is fetched when it is wanted.
  for (const path of paths.filter(isPack)) {
    await keep(cache, path).catch((error) => console.warn(String(error)));
  }
}

async function note(name, value) {
  const notes = await caches.open(NOTES);
  if (value !== undefined) await notes.put(address(name), new Response(JSON.stringify(value)));
  const found = await notes.match(address(name));
  return found ? found.json() : undefined;
}

// Keeps this build and the one before, whose tabs may still be open.
async function activate() {
  const before = ((await note("activated")) || []).filter((build) => build !== BUILD);
  const kept = [...before.slice(-1), BUILD];
  await note("activated", kept);
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith(PREFIX) && name !== NOTES && name !== TEXTS && !kept.includes(name.slice(PREFIX.length)));
  await Promise.all(old.map((name) => caches.delete(name)));
}

// From the cache, always: whether there is another build, the browser looks up after each navigation, and the page once it
// is idle (boot.js).
async function page(request) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(address(PAGE));
  return kept || fetch(request);
}

// The config.json of the network, noted for later; nothing where there is none or a portal answers in its place.
async function freshConfig(request) {
  try {
    const response = await fetch(request, { cache: "no-cache" });
    if (!plain(response)) return undefined;
    const value = await response.clone().json();
    if (!value || typeof value !== "object" || !("endpoint" in value || "auth" in value)) return undefined;
    await note(CONFIG, value);
    return response;
  } catch (error) {
    return undefined;
  }
}

// Another server may be behind the same address tomorrow, so the network comes first; but not for longer than a person
// waits.
async function config(event) {
  const fresh = freshConfig(event.request);
  event.waitUntil(fresh);
  const late = new Promise((resolve) => setTimeout(resolve, CONFIG_PATIENCE_MS));
  const first = await Promise.race([fresh, late]);
  if (first) return first;
  const kept = await note(CONFIG);
  if (kept) return new Response(JSON.stringify(kept), { headers: { "Content-Type": "application/json" } });
  return (await fresh) || Response.error();
}

async function file(event, path) {
  const kept = await caches.match(address(path));
  if (kept) return kept;
  const response = await fetch(event.request);
  const good = await proven(path, response);
  // A wrong answer under a hashed name is nobody's file: the page is told so and asks again.
  if (!good) return response.ok ? new Response("", { status: 502, statusText: "Not the file" }) : response;
  const copy = good.clone();
  const into = path.startsWith(TEXT_FOLDER) ? TEXTS : CACHE;
  event.waitUntil(caches.open(into).then((cache) => cache.put(address(path), copy)).catch(() => undefined));
  return good;
}

// A picture that no build knows, which is the logo of the office that config.json names: as the network has it, else as it
// was seen last.
async function picture(event) {
  const url = event.request.url;
  try {
    const response = await fetch(event.request);
    if (plain(response) && (response.headers.get("Content-Type") || "").startsWith("image/")) {
      const copy = response.clone();
      event.waitUntil(caches.open(NOTES).then((notes) => notes.put(url, copy)).catch(() => undefined));
    }
    return response;
  } catch (error) {
    return (await caches.match(url)) || Response.error();
  }
}

function onFetch(event) {
  const request = event.request;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== ROOT.origin || !url.pathname.startsWith(ROOT.pathname)) return;
  const path = url.pathname.slice(ROOT.pathname.length);
  if (path === "api" || path.startsWith("api/") || path === "health") return;
  // The organizer's desk (organize, organize/…, organize.html and its files) needs its endpoint and is never kept.
  if (/^organize(?:[/.]|$)/.test(path)) return;
  if (path === CONFIG) {
    event.respondWith(config(event));
  } else if (hashOf(path)) {
    event.respondWith(file(event, path));
  } else if (request.mode === "navigate") {
    event.respondWith(page(request));
  } else if (request.destination === "image") {
    event.respondWith(picture(event));
  }
}

// The page asks for this once no tab has an open attempt; looked up again here, because tabs open at any time.
async function takeOver(source) {
  const locks = self.navigator.locks ? await self.navigator.locks.query() : { held: [], pending: [] };
  const open = [...locks.held, ...locks.pending].some((lock) => lock.name === ATTEMPT_LOCK);
  if (open) {
    if (source) source.postMessage({ type: "update-refused", reason: "attempt" });
    return;
  }
  await self.skipWaiting();
}

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("fetch", onFetch);
self.addEventListener("message", (event) => {
  if (event.data && event.data.type === "update") event.waitUntil(takeOver(event.source));
});
