// Only in previews of content: asks which build is there and reloads the page when it is another one.
(function () {
  var shown = document.querySelector('meta[name="anxue-preview"]').content;
  // A worker of an earlier `run` at this address would answer with its own build.
  if (navigator.serviceWorker) {
    navigator.serviceWorker.getRegistrations().then(function (all) {
      all.forEach(function (one) {
        one.unregister();
      });
    });
  }
  setInterval(function () {
    fetch("build.json", { cache: "no-store" })
      .then(function (response) {
        return response.json();
      })
      .then(function (info) {
        if (info.build && info.build !== shown) location.reload();
      })
      .catch(function () {
        // The server is being started again; the next look will tell.
      });
  }, 1000);
})();
