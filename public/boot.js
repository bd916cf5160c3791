// Starts the learner's app. The build joins this file to the glue of the study module's wasm-bindgen, whose `__wbg_init` starts
// it, and to `opening.js`; the glue of the other module is a script of its own, fetched where the address asks for one of its
// pages. Must run, as far as its message, in any engine that knows modules: no syntax after Chromium 80.

(function () {
  // The first parts of the addresses that the study module shows (web/src/route.rs has the same list).
  var STUDY = ["", "index.html", "404.html", "courses", "practice"];

  // The wasm of this address, and what starts it.
  function wanted() {
    var base = new URL(document.baseURI).pathname;
    var first = window.location.pathname.slice(base.length).split("/")[0];
    var more = document.getElementById("anxue-more");
    if (STUDY.indexOf(first) >= 0 || !more) {
      return [document.getElementById("anxue-wasm").href, Promise.resolve(__wbg_init)];
    }
    var glue = import(more.href).then(function (module) {
      return module.default;
    });
    return [new URL(more.getAttribute("data-wasm"), document.baseURI).href, glue];
  }

  // What makes the page installable can wait until the first page is there; browsers fetch it at once when it is in the markup.
  function offerInstallation() {
    var link = document.createElement("link");
    link.rel = "manifest";
    link.href = "manifest.webmanifest";
    document.head.appendChild(link);
  }

  // Only secure contexts have service workers; elsewhere the app says that starting offline needs HTTPS. Registered when the
  // page is done and idle, because it fetches all that the page just fetched.
  function keepOffline() {
    if (!window.isSecureContext || !("serviceWorker" in navigator)) return;
    if (document.querySelector('meta[name="anxue-preview"]')) return;
    function register() {
      offerInstallation();
      navigator.serviceWorker
        .register("sw.js", { updateViaCache: "none" })
        .then(function (registration) {
          // Where it was there before: looks for another build now, once a page. (The worker itself cannot ask so early:
          // Chromium puts off what it asks for while it has no page.)
          if (registration.active) return registration.update();
        })
        .catch(function (error) {
          console.warn("no service worker, or no network to look for a new one:", error);
        });
    }
    function idle() {
      if (window.requestIdleCallback) window.requestIdleCallback(register, { timeout: 5000 });
      else setTimeout(register, 2000);
    }
    // The first question comes first, and its answer.
    if (document.readyState === "complete") setTimeout(idle, 3000);
    else
      window.addEventListener("load", function () {
        setTimeout(idle, 3000);
      });
  }

  // A citation opens its article in place where texts are installed: the app writes the name of their list into `data-texts`.
  // The script that does it comes with the first press. Where it has nothing to show, the link is followed as any other.
  var followed = null;
  function cites(link) {
    var folder = new URL("regulations/", document.baseURI);
    return (
      link.origin === folder.origin &&
      link.pathname.indexOf(folder.pathname) === 0 &&
      /^#a\d/.test(link.hash) &&
      !link.target &&
      !link.closest(".beside")
    );
  }
  document.addEventListener("click", function (event) {
    var link = event.target instanceof Element && event.target.closest("a[href]");
    if (!link || link === followed || !document.documentElement.hasAttribute("data-texts") || !cites(link)) return;
    if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    function follow() {
      followed = link;
      link.click();
      followed = null;
    }
    import(document.getElementById("anxue-beside").href)
      .then(function (beside) {
        return beside.press(link);
      })
      .then(function (opened) {
        if (!opened) follow();
      }, follow);
  });

  var kept = {
    stopped: [
      "已经提示“已保存”的答案都在本机，没有丢失。请刷新页面继续；如果反复出现，请把下面一行告诉管理人员。",
      "The app has stopped. Answers shown as saved are kept on this device. Reload the page to go on.",
    ],
    unreachable: ["您已经保存在本机的学习记录不会丢失。", "Your records on this device are kept."],
  };
  opening.start(wanted, kept, keepOffline);
})();
