(function () {
  var boxes = document.querySelectorAll(".jpage");
  for (var i = 0; i < boxes.length; i++) {
    var box = boxes[i], text = box.querySelector("script").textContent, items = "", found;
    var record = /<record><!\[CDATA\[([\s\S]*?)\]\]><\/record>/g;
    while ((found = record.exec(text))) items += found[1];
    var ul = document.createElement("ul");
    ul.className = "list";
    ul.innerHTML = items;
    box.insertBefore(ul, box.firstChild);
  }
})();
