// Opens the article that a citation names in place, from the texts that the deployment has installed. A module that `boot.js`
// fetches when a citation is pressed for the first time, so that it weighs nothing on the way to the first question.
//
// What is shown is text, never markup. No syntax after Chromium 80.

const ROOT = document.documentElement;
// The version of the list and of the texts that this file reads (wire/src/text.rs).
const FORM = 1;
// After this many milliseconds the link is followed: its page says what is the matter.
const PATIENCE = 8000;
const DIGITS = "零一二三四五六七八九";
const UNITS = [
  [1000, "千"],
  [100, "百"],
  [10, "十"],
  [1, ""],
];
const WORDS = {
  zh: ["关闭", "{} 文本，本单位安装", "查看这部法规"],
  en: ["Close", "Text of {}, installed by your unit", "Page of this text"],
};

// What each link has opened.
const panels = new WeakMap();

// 1 to 9,999 as articles are numbered, like `chinese_number` in domain/src/citation.rs: 十, 一百零五, 一百一十四.
export function chinese(number) {
  let text = "";
  let gap = false;
  UNITS.forEach(([unit, name]) => {
    const digit = Math.floor(number / unit) % 10;
    if (digit === 0) {
      gap = text !== "";
      return;
    }
    const bare = digit === 1 && unit === 10 && text === "";
    text += (gap ? "零" : "") + (bare ? "" : DIGITS[digit]) + name;
    gap = false;
  });
  return text;
}

// The lines of an article, each with the number of its paragraph (款), like `paragraphs` in web/src/ui/article.rs: items
// （一）（二） belong to the one above them.
export function lines(text) {
  let paragraph = 0;
  const filled = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  return filled.map((line) => {
    if (paragraph === 0 || !/^\s*（[一二三四五六七八九十百]+）/.test(line)) paragraph += 1;
    return [paragraph, line];
  });
}

// What a link cites; nothing where it names no article of a version.
function cited(link) {
  const id = /\/regulations\/([^/]+)$/.exec(link.pathname);
  const version = new URLSearchParams(link.search).get("v");
  const article = /^#a(\d+)(?:-(\d+))?(?:\.(\d+))?$/.exec(link.hash);
  if (!id || !version || !article) return undefined;
  // Addresses in the body of a lesson name no paragraph; what they were made of does.
  const whole = /\.(\d+)$/.exec(link.getAttribute("data-cite") || "");
  const [n, sub, paragraph] = [article[1], article[2], article[3] || (whole && whole[1])].map((number) => Number(number || 0));
  return { id: decodeURIComponent(id[1]), version, n, sub, paragraph };
}

// Whether the bytes have the hash that they are named by. Without a secure context no browser can tell; there the form must do.
async function proven(bytes, hash) {
  if (!(window.crypto && crypto.subtle)) return true;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const hex = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.startsWith(hash);
}

// The JSON at a path with a hash in its name; what does not fit is fetched once more, past the caches.
async function read(path) {
  const hash = path.split(/[./]/).slice(-2)[0];
  for (const cache of ["default", "reload"]) {
    const response = await fetch(new URL(path, document.baseURI).href, { cache, credentials: "same-origin" });
    if (!response.ok) throw new Error("HTTP " + response.status);
    const bytes = await response.arrayBuffer();
    if (await proven(bytes, hash)) {
      const form = JSON.parse(new TextDecoder().decode(bytes));
      if (form.v === FORM) return form;
    }
  }
  throw new Error("not what it should be: " + path);
}

// The text and the article that a link cites; nothing where that very version is not installed, or has no such article.
async function find(cite) {
  const list = await read("packs/" + ROOT.getAttribute("data-texts") + ".json");
  const path = list.texts[cite.id + "@" + cite.version];
  if (!path) return undefined;
  const text = await read(path);
  const article = text.articles.find((one) => one.n === cite.n && (one.sub || 0) === cite.sub);
  return article && { text, article };
}

function add(parent, tag, words, name, lang) {
  const element = document.createElement(tag);
  if (words) element.textContent = words;
  if (name) element.className = name;
  if (lang) element.lang = lang;
  return parent.appendChild(element);
}

function close(link, panel) {
  const inside = panel.contains(document.activeElement);
  panel.remove();
  panels.delete(link);
  link.removeAttribute("aria-expanded");
  if (inside) link.focus();
}

// At the end of the entry or cell that holds the link, or after its paragraph.
function place(link, panel) {
  const entry = link.closest("li, dd, td");
  if (entry) entry.appendChild(panel);
  else (link.closest("p, h1, h2, h3, h4") || link).after(panel);
}

function show(link, cite, { text, article }) {
  const english = ROOT.lang.startsWith("en");
  const [shut, version, page] = WORDS[english ? "en" : "zh"];
  const label = "第" + chinese(article.n) + "条" + (article.sub ? "之" + chinese(article.sub) : "");
  const panel = document.createElement("div");
  panel.className = "beside";
  panel.lang = ROOT.lang;
  panel.tabIndex = -1;
  panel.setAttribute("role", "region");
  panel.setAttribute("aria-label", text.title + " " + label);

  const head = add(panel, "div", "", "beside-head");
  add(head, "b", text.title, "", "zh-CN");
  const button = add(head, "button", shut, "plain");
  button.type = "button";
  button.addEventListener("click", () => close(link, panel));
  panel.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    close(link, panel);
  });

  if (article.chapter) add(panel, "p", article.chapter, "quiet", "zh-CN");
  const words = add(panel, "div", "", "article", "zh-CN");
  lines(article.text).forEach(([paragraph, line], nth) => {
    const p = add(words, "p", "", paragraph === cite.paragraph ? "cited" : "");
    if (nth === 0) add(p, "b", label + "\u3000");
    p.append(line);
  });
  add(panel, "p", version.replace("{}", text.version), "quiet");
  add(add(panel, "p"), "a", page).href = link.href;

  place(link, panel);
  panels.set(link, panel);
  link.setAttribute("aria-expanded", "true");
  panel.focus();
}

// Opens what the link cites, or closes it again. The promise is of whether that was done; else the link is to be followed.
export async function press(link) {
  const panel = panels.get(link);
  if (panel && panel.isConnected) {
    close(link, panel);
    return true;
  }
  if (link.hasAttribute("aria-busy")) return true;
  const cite = cited(link);
  if (!cite) return false;
  link.setAttribute("aria-busy", "true");
  try {
    const late = new Promise((resolve) => setTimeout(resolve, PATIENCE));
    const found = await Promise.race([find(cite), late]);
    if (found && link.isConnected) show(link, cite, found);
    // Whoever has gone on meanwhile is not called back.
    return !!found || !link.isConnected;
  } catch (error) {
    return !link.isConnected;
  } finally {
    link.removeAttribute("aria-busy");
  }
}
