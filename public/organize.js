// Starts the organizer's desk. The build joins this file to the glue of the desk's own wasm and to `opening.js`. The desk needs its
// endpoint and registers no service worker.

(function () {
  function wanted() {
    return [document.getElementById("anxue-wasm").href, Promise.resolve(__wbg_init)];
  }

  var kept = {
    stopped: [
      "已经完成的操作都在服务器上，没有丢失；正在填写的内容没有保存。请刷新页面继续；如果反复出现，请把下面一行告诉系统管理人员。",
      "The page has stopped. What was done is on the endpoint; what was being typed is not saved. Reload the page to go on.",
    ],
    unreachable: ["服务器上的数据不受影响。", "The data on the endpoint are not touched."],
  };
  opening.start(wanted, kept, function () {});
})();
