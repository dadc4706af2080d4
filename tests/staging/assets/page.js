function createPageHTML(count, index, name, ext, total) {
  var box = document.getElementById("page_div"), html = "<span>共 " + total + " 条</span>";
  for (var i = 0; i < count; i++) {
    var href = name + (i ? "_" + i : "") + "." + ext;
    html += i === index ? "<b>" + (i + 1) + "</b>" : '<a href="' + href + '">' + (i + 1) + "</a>";
  }
  box.innerHTML = html;
}
