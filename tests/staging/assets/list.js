(function () {
  var box = document.getElementById("listbox"), list = document.getElementById("list");
  if (box && box.firstChild) box.innerHTML = box.firstChild.nodeValue;
  if (list && window.listData) {
    list.innerHTML = listData.articleList.map(function (a) {
      return '<li><a href="' + a.url + '">' + a.title + "</a><span>" + a.pubDate.slice(0, 10) + "</span></li>";
    }).join("");
  }
})();
