// What every boot script begins with: the checks for old engines, the words in both languages where something fails, and the
// start of a wasm. The build puts this file before `boot.js` and before `organize.js`, after the glue of wasm-bindgen.
// Must run, as far as its message, in any engine that knows modules: no syntax after Chromium 80.

var opening = (function () {
  var app = document.getElementById("app");
  var skeleton = document.getElementById("anxue-opening");
  // What is true of somebody's work when something fails, in Chinese and English; `start` is told.
  var kept = { stopped: ["", ""], unreachable: ["", ""] };

  // The last words, beside whatever is on the page: what was said to be saved is saved. Called by the app's panic hook, and
  // below for whatever ends the wasm without one (memory that ran out, a stack that did).
  function stopped(detail) {
    if (document.getElementById("anxue-panic")) return;
    var panel = document.createElement("div");
    panel.id = "anxue-panic";
    panel.setAttribute("role", "alertdialog");
    panel.setAttribute("aria-labelledby", "anxue-panic-title");
    function add(tag, text) {
      var element = document.createElement(tag);
      element.textContent = text;
      return panel.appendChild(element);
    }
    add("h1", "程序出错，已停止运行").id = "anxue-panic-title";
    add("p", kept.stopped[0]);
    add("p", kept.stopped[1]).lang = "en";
    add("code", detail);
    var link = add("a", "刷新页面 · Reload");
    // An empty address would be that of the site's base.
    link.href = window.location.href;
    link.addEventListener("click", function (event) {
      event.preventDefault();
      window.location.reload();
    });
    document.body.appendChild(panel);
    link.focus();
  }
  window.anxueStopped = stopped;

  function ended(error) {
    if (typeof WebAssembly === "object" && error instanceof WebAssembly.RuntimeError) stopped(String(error));
  }
  window.addEventListener("error", function (event) {
    ended(event.error);
  });
  window.addEventListener("unhandledrejection", function (event) {
    ended(event.reason);
  });

  // Says in both languages what to do, in the place of the app. Text only: nothing here is ever markup.
  function stop(zh, en, detail) {
    app.textContent = "";
    [[zh, "zh-CN"], [en, "en"], [detail, ""]].forEach(function (line) {
      if (!line[0]) return;
      var p = document.createElement("p");
      p.className = "opening-stop";
      p.textContent = line[0];
      if (line[1]) p.lang = line[1];
      app.appendChild(p);
    });
    app.setAttribute("role", "alert");
    app.setAttribute("data-boot", "failed");
  }

  function tooOld(detail) {
    stop(
      "打不开：这个浏览器太旧，不支持本学习平台需要的功能。请换用新版的 Chrome、Edge 或 Firefox；360、奇安信浏览器请切换到“极速模式”并更新到最新版。",
      "This browser is too old for this site. Please use a current Chrome, Edge or Firefox.",
      detail
    );
  }

  function unusable(detail) {
    stop(
      "打不开：程序没有下载完整，或者不能在这个浏览器里运行。请先刷新页面；仍然打不开时，请换用新版的 Chrome、Edge 或 Firefox，360、奇安信浏览器请切换到“极速模式”并更新到最新版。",
      "The app was not downloaded whole, or this browser cannot run it. Please reload the page; if that does not help, use a current Chrome, Edge or Firefox.",
      detail
    );
  }

  function unreachable(detail) {
    stop(
      "打不开：程序没有下载完整。请检查网络，稍后刷新页面。" + kept.unreachable[0],
      "The app could not be downloaded. Please check the network and reload the page. " + kept.unreachable[1],
      detail
    );
  }

  function supported() {
    return (
      typeof WebAssembly === "object" &&
      typeof BigInt64Array === "function" &&
      typeof globalThis === "object" &&
      typeof fetch === "function" &&
      typeof TextEncoder === "function" &&
      typeof Promise.allSettled === "function" &&
      !!(window.crypto && window.crypto.getRandomValues)
    );
  }

  // The opening stays until the app has put something beside it, so that there is no blank page in between.
  function replaceOpening() {
    function ready() {
      if (app.lastElementChild === skeleton && app.firstElementChild === skeleton) return false;
      if (skeleton.parentNode) skeleton.parentNode.removeChild(skeleton);
      return true;
    }
    app.querySelectorAll("noscript").forEach(function (node) {
      node.parentNode.removeChild(node);
    });
    if (ready()) return;
    var watch = new MutationObserver(function () {
      if (ready()) watch.disconnect();
    });
    watch.observe(app, { childList: true });
  }

  // Compiled while it comes in. A server that does not know .wasm sends another type; streaming refuses that, so the bytes
  // are taken whole.
  function compiled(response) {
    if (!response.ok) throw new Error("HTTP " + response.status);
    var type = response.headers.get("Content-Type") || "";
    if (/^text\/html/.test(type)) throw new Error("text/html");
    if (/^application\/wasm/.test(type) && typeof WebAssembly.compileStreaming === "function") {
      return WebAssembly.compileStreaming(response);
    }
    return response.arrayBuffer().then(function (bytes) {
      return WebAssembly.compile(bytes);
    });
  }

  // Lets the browser draw and take presses in between.
  function breathe(value) {
    return new Promise(function (resolve) {
      setTimeout(function () {
        resolve(value);
      }, 0);
    });
  }

  function failed(error) {
    console.error(error);
    // What cannot be compiled is cut off or too new for the engine; what a panic left has its own screen, which stays.
    if (error instanceof WebAssembly.CompileError || error instanceof WebAssembly.LinkError) unusable(String(error));
    else if (!document.getElementById("anxue-panic")) unreachable(String(error));
  }

  // Starts the wasm: `wanted` gives its address and a promise of what starts it, `words` what is kept when something fails,
  // `done` is called once it runs.
  function start(wanted, words, done) {
    kept = words;
    if (!supported()) {
      tooOld("");
      return;
    }
    replaceOpening();
    var parts = wanted();
    Promise.all([fetch(parts[0]).then(compiled), parts[1]])
      .then(breathe)
      .then(function (both) {
        return both[1]({ module_or_path: both[0] });
      })
      .then(done, failed);
  }

  return { start: start };
})();
