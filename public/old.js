// For engines without modules: Internet Explorer and the compatibility mode of 360, Qianxin and the like. ES5 only.
(function () {
  var lines = [
    ["安学 · 安全生产学习", "h1"],
    ["打不开：当前浏览器或浏览模式太旧，不能运行本学习平台。", "p"],
    ["请这样做：", "p"],
    ["1. 360、奇安信、QQ、搜狗等双核浏览器：点击地址栏右侧的“e”图标或“兼容模式”字样，切换为“极速模式”（闪电图标），再刷新页面。", "p"],
    ["2. 如果正在使用 Internet Explorer：请复制本页地址，用 Microsoft Edge、Chrome 或 Firefox 打开。", "p"],
    ["3. 单位电脑不能自行安装软件时，请联系本单位信息化人员，或用手机扫码、微信打开同一地址学习。", "p"],
    ["您在其他浏览器里保存的学习记录不受影响。", "p"],
    ["This browser, or its compatibility mode, is too old for this site. Please open the address in a current Edge, Chrome or Firefox.", "p"]
  ];
  function show() {
    var app = document.getElementById("app") || document.body;
    var i, node;
    while (app.firstChild) {
      app.removeChild(app.firstChild);
    }
    for (i = 0; i < lines.length; i += 1) {
      node = document.createElement(lines[i][1]);
      node.className = "opening-stop";
      node.appendChild(document.createTextNode(lines[i][0]));
      app.appendChild(node);
    }
    app.setAttribute("data-boot", "old");
  }
  if (document.getElementById("app")) {
    show();
  } else {
    window.onload = show;
  }
})();
