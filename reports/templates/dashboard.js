(function () {
  "use strict";
  var root = document.documentElement, large = document.getElementById("large"), form = document.getElementById("filter");
  root.classList.add("js");
  function recall() { try { return localStorage.getItem("large") === "1"; } catch (e) { return false; } }
  function keep(on) { try { localStorage.setItem("large", on ? "1" : "0"); } catch (e) { return; } }
  function size() { root.classList.toggle("large", large.checked); }
  if (recall()) { large.checked = true; }
  size();
  large.addEventListener("change", function () { size(); keep(large.checked); });
  document.getElementById("print").addEventListener("click", function () { window.print(); });
  if (!form) { return; }
  var unfold = document.getElementById("unfold");
  unfold.addEventListener("click", function () {
    var open = unfold.getAttribute("aria-pressed") !== "true";
    items.forEach(function (item) { if (!item.hidden) { item.firstElementChild.open = open; } });
    unfold.setAttribute("aria-pressed", String(open));
    unfold.textContent = open ? "收起全部证据" : "展开全部证据";
  });
  var items = Array.prototype.slice.call(document.querySelectorAll("[data-finding]")), texts = null, timer = 0;
  var count = document.getElementById("count"), groups = document.querySelectorAll("[data-group]");
  function text(i) {
    if (!texts) { texts = items.map(function (item) { return item.textContent.toLowerCase(); }); }
    return texts[i];
  }
  function apply() {
    var words = form.elements.q.value.trim().toLowerCase().split(/\s+/).filter(Boolean), shown = 0;
    var wanted = ["unit", "category", "status", "certainty"].map(function (n) { return [n, form.elements[n].value]; });
    items.forEach(function (item, i) {
      var fits = wanted.every(function (w) { return !w[1] || item.dataset[w[0]] === w[1]; }) &&
        words.every(function (word) { return text(i).indexOf(word) >= 0; });
      item.hidden = !fits;
      shown += fits ? 1 : 0;
    });
    groups.forEach(function (group) { group.hidden = !group.querySelector("[data-finding]:not([hidden])"); });
    count.textContent = shown ? "显示 " + shown + " 条，共 " + items.length + " 条" : "没有符合条件的问题，请放宽条件";
  }
  form.addEventListener("input", function () { clearTimeout(timer); timer = setTimeout(apply, 120); });
  form.addEventListener("reset", function () { setTimeout(apply, 0); });
  form.addEventListener("submit", function (event) { event.preventDefault(); apply(); });
  document.addEventListener("click", function (event) {
    var link = event.target.closest("[data-unit-link]");
    if (!link) { return; }
    form.reset();
    form.elements.unit.value = link.dataset.unitLink;
    apply();
  });
})();
