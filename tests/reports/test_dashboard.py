"""index.html and 年度看板.html: self-contained, readable without script, usable by keyboard and screen readers."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from reports.dashboard import build_dashboard
from reports.stored import Stored
from reports.trends import point_of, trend_view
from reports.yearpage import build_year_page
from rules.ledger import Ledger
from tests.reports import build
from tests.reports.browser import CHROMIUM, Browser
from tests.reports.recount import problems

AXE = Path(__file__).with_name("vendor") / "axe-core-4.14.1.min.js.gz"
TREND = [point_of(build.previous().model_copy(update={"round": f"2026-{n:02d}"})) for n in range(1, 11)]
needs_browser = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed: the pages are not opened")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages of the hostile city on disk."""
    place = tmp_path_factory.mktemp("pages")
    now, city, before = build.judgement(), build.inventory(), build.previous()
    months = {f"2026-{n:02d}": 30 + 1000 * (n == 3) for n in range(1, 12)}
    published = now.extra["published"] | {"by_month": months}
    year = {"round": "2026", "extra": now.extra | {"published": published}}
    (place / "index.html").write_bytes(build_dashboard(now, city, before, TREND))
    (place / "large.html").write_bytes(build_dashboard(build.judgement(53, 2000), build.inventory(sites=53)))
    (place / "empty.html").write_bytes(
        build_dashboard(now.model_copy(update={"findings": [], "closed": [], "extra": {}}), city)
    )
    (place / "year.html").write_bytes(
        build_year_page(
            Stored(now.model_copy(update={"round": "2026", "extra": year}), city, None, (before, now)), Ledger()
        )
    )
    return place


@pytest.fixture(scope="module")
def page(folder: Path) -> html.HtmlElement:
    """index.html as a tree."""
    return html.fromstring((folder / "index.html").read_bytes())


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A headless Chromium."""
    with Browser(tmp_path_factory.mktemp("chromium")) as opened:
        yield opened


def test_every_problem_and_suspect_stands_in_the_page_without_script(page: html.HtmlElement) -> None:
    data = build.judgement().model_dump(mode="json")
    shown = page.xpath("//li[@data-finding]")
    confirmed = [item for item in shown if item.get("data-certainty") == "已确认"]
    assert len(confirmed) == len(problems(data))
    waiting = [f for f in data["findings"] if f["certainty"] == "suspected" or f["needs_review"]]
    assert len(shown) - len(confirmed) == len(waiting)
    text = page.text_content()
    for f in [*problems(data), *waiting]:
        assert f["message"] in text and f["subject"] in text


def test_numbers_of_the_page_are_those_of_findings_json(page: html.HtmlElement) -> None:
    data = build.judgement().model_dump(mode="json")
    found = problems(data)
    summary = page.xpath("//section[@id='overview']/p[@class='lead']")[0].text_content()
    assert re.findall(r"\d+", summary) == [
        *(
            str(n)
            for n in (12, *(sum(s["verdict"] == v for s in data["sites"]) for v in ("合格", "不合格", "待人工复核")))
        ),
        str(len(found)),
        str(len({f["unit"] for f in found})),
    ]
    bars = page.xpath("//section[@id='spread']//table[@class='bars'][1]//tr")
    counts = {row.xpath("string(th)"): int(row.xpath("string(td[@class='n'])")) for row in bars}
    assert {k: v for k, v in counts.items() if k in {f["category"] for f in found}} == {
        c: sum(f["category"] == c for f in found) for c in {f["category"] for f in found}
    }
    totals = [int(cell.text_content()) for cell in page.xpath("//table[@class='heat']//td[b]")]
    assert sum(totals) == len(found)


def test_page_asks_nobody_for_anything(folder: Path) -> None:
    for path in folder.glob("*.html"):
        tree = html.fromstring(path.read_bytes())
        assert not tree.xpath("//*[@src] | //link[not(@href='data:,')] | //iframe | //object | //form[@action]")
        text = path.read_text(encoding="utf-8")
        style = "".join(tree.xpath("//style/text()"))
        assert "url(" not in style and "@import" not in style
        assert "default-src 'none'" in text


def test_hostile_text_never_becomes_markup(page: html.HtmlElement) -> None:
    assert len(page.xpath("//script")) == 1
    assert not page.xpath("//*[starts-with(@href, 'javascript')] | //*[@onclick] | //*[@onerror]")
    now = build.judgement()
    evil = '"><img src=x onerror=alert(1)>'
    bad = now.findings[0].model_copy(
        update={"message": evil, "subject": "javascript:alert(1)", "fix": evil, "unit": evil, "observed": {evil: evil}}
    )
    tree = html.fromstring(build_dashboard(now.model_copy(update={"findings": [bad]}), build.inventory()))
    assert not tree.xpath("//img") and evil in tree.text_content()
    assert not [a for a in tree.xpath("//a/@href") if not a.startswith(("#", "http"))]


def test_landmarks_headings_labels_and_text_for_pictures(folder: Path) -> None:
    for name in ("index.html", "year.html", "empty.html"):
        tree = html.fromstring((folder / name).read_bytes())
        assert tree.get("lang") == "zh-CN"
        assert [len(tree.xpath(f"//{tag}")) for tag in ("main", "nav", "footer", "h1")] == [1, 1, 1, 1]
        levels = [int(tag.tag[1]) for tag in tree.xpath("//h1|//h2|//h3|//h4")]
        assert all(after - before <= 1 for before, after in pairwise(levels)), name
        ids = tree.xpath("//@id")
        assert len(ids) == len(set(ids))
        assert all(target[1:] in ids for target in tree.xpath("//a[starts-with(@href, '#')]/@href"))
        for field in tree.xpath("//form//input | //form//select"):
            assert tree.xpath("//label[@for=$i]", i=field.get("id")), field.get("name")
        for svg in tree.xpath("//*[local-name()='svg']"):
            assert svg.get("aria-hidden") == "true" or svg.get("aria-label"), name
        for table in tree.xpath("//table[thead]"):
            assert all(th.get("scope") == "col" for th in table.xpath("./thead//th"))


def test_size_of_a_large_round(folder: Path) -> None:
    assert (folder / "large.html").stat().st_size < 5_000_000


def test_same_judgement_same_bytes(folder: Path) -> None:
    again = build_dashboard(build.judgement(), build.inventory(), build.previous(), TREND)
    assert again == (folder / "index.html").read_bytes()


@needs_browser
def test_search_and_filters(browser: Browser, folder: Path) -> None:
    browser.open(folder / "index.html")
    shown = "document.querySelectorAll('[data-finding]:not([hidden])').length"
    everything = browser.ask(shown)
    assert everything == browser.ask("document.querySelectorAll('[data-finding]').length") > 50

    def choose(field: str, value: str) -> int:
        browser.ask(
            f"(() => {{ const f = document.getElementById('filter'); f.elements[{json.dumps(field)}].value = "
            f"{json.dumps(value)}; f.dispatchEvent(new Event('input', {{bubbles: true}})); "
            "return new Promise(r => setTimeout(r, 200)); })()"
        )
        return int(browser.ask(shown))

    assert choose("category", "空白栏目") == 5
    assert choose("q", "政策解读") == 1
    assert browser.ask("document.getElementById('count').textContent") == f"显示 1 条，共 {everything} 条"
    assert choose("q", "没有这样的话") == 0
    assert "没有符合条件的问题" in browser.ask("document.getElementById('count').textContent")
    browser.ask("document.querySelector('#filter button[type=reset]').click(); new Promise(r => setTimeout(r, 50))")
    assert browser.ask(shown) == everything
    assert choose("certainty", "待核实") == 4
    browser.ask("document.querySelector('[data-unit-link]').click()")
    assert 0 < browser.ask(shown) < everything


@needs_browser
def test_large_type_grows_everything_with_and_without_script(browser: Browser, folder: Path) -> None:
    size = "parseFloat(getComputedStyle(document.querySelector('.findings .what')).fontSize)"
    browser.open(folder / "index.html")
    before = browser.ask(size)
    browser.ask("document.getElementById('large').click()")
    assert browser.ask(size) / before >= 1.3
    browser.ask("document.getElementById('large').click()")
    browser.open(folder / "index.html", script=False)
    assert browser.ask("document.documentElement.className") == ""
    browser.ask("document.getElementById('large').checked = true")
    assert browser.ask(size) / before >= 1.3


@needs_browser
@pytest.mark.parametrize("width", [320, 390, 1280])
@pytest.mark.parametrize("name", ["index.html", "year.html", "empty.html"])
def test_nothing_runs_out_of_the_window(browser: Browser, folder: Path, name: str, width: int) -> None:
    browser.open(folder / name, width=width)
    assert browser.ask("document.documentElement.scrollWidth") <= width
    browser.ask("document.getElementById('large').click()")
    assert browser.ask("document.documentElement.scrollWidth") <= width
    browser.ask("document.getElementById('large').click()")


@needs_browser
def test_without_script_all_is_there_and_no_dead_control(browser: Browser, folder: Path) -> None:
    browser.open(folder / "index.html", script=False)
    visible = "[...document.querySelectorAll('#filter, #print')].filter(e => e.offsetParent !== null).length"
    assert browser.ask(visible) == 0
    assert browser.ask("document.querySelectorAll('.findings details').length") > 50


@needs_browser
def test_keyboard_reaches_the_content_and_opens_a_finding(browser: Browser, folder: Path) -> None:
    browser.open(folder / "index.html")
    browser.press("Tab", 9)
    assert browser.ask("document.activeElement.className") == "skip"
    browser.ask("document.querySelector('.findings summary').focus()")
    assert browser.ask("getComputedStyle(document.activeElement).outlineStyle") != "none"
    assert not browser.ask("document.activeElement.parentElement.open")
    browser.press("Enter", 13, "\r")
    assert browser.ask("document.activeElement.parentElement.open")


@needs_browser
def test_print_leaves_the_controls_out(browser: Browser, folder: Path) -> None:
    browser.open(folder / "index.html")
    browser.media("print")
    shown = "[...document.querySelectorAll('nav, .tools, #filter')].filter(e => e.offsetParent !== null).length"
    assert browser.ask(shown) == 0
    assert browser.ask("document.querySelectorAll('#sites li').length") == 12
    browser.media("screen")


@needs_browser
def test_no_request_and_no_complaint(browser: Browser, folder: Path) -> None:
    browser.requests.clear()
    browser.complaints.clear()
    for name in ("index.html", "year.html", "empty.html", "large.html"):
        browser.open(folder / name)
        browser.ask("new Promise(r => setTimeout(r, 100))")
    assert browser.complaints == []
    assert {url.partition(":")[0] for url in browser.requests} <= {"file", "data", "about"}


@needs_browser
def test_large_round_filters_at_once(browser: Browser, folder: Path) -> None:
    browser.open(folder / "large.html")
    spent = browser.ask(
        "(() => { const f = document.getElementById('filter'); f.elements.q.value = '通知';"
        " const t = performance.now(); f.dispatchEvent(new Event('submit', {cancelable: true}));"
        " return performance.now() - t; })()"
    )
    assert spent < 1000


def violations(browser: Browser) -> Any:
    """What axe-core finds in the page as it stands: rule and the first elements."""
    browser.ask(gzip.decompress(AXE.read_bytes()).decode())
    return browser.ask(
        "axe.run(document).then(r => r.violations.map(v => [v.id, v.nodes.slice(0, 3).map(n => n.html)]))"
    )


STATES = {
    "as it opens": "0",
    "evidence unfolded": "document.querySelectorAll('details').forEach(d => { d.open = true; })",
    "large type": "document.getElementById('large').checked || document.getElementById('large').click()",
    "filtered": "(() => { const f = document.getElementById('filter'); if (!f) { return; } f.elements.q.value = '栏目';"
    " f.dispatchEvent(new Event('submit', {cancelable: true})); })()",
    "nothing found": "(() => { const f = document.getElementById('filter'); if (!f) { return; }"
    " f.elements.q.value = '没有这样的话'; f.dispatchEvent(new Event('submit', {cancelable: true})); })()",
}


@needs_browser
@pytest.mark.parametrize("width", [375, 1440])
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("name", ["index.html", "year.html", "empty.html"])
def test_axe_finds_no_violation(browser: Browser, folder: Path, name: str, state: str, width: int) -> None:
    browser.open(folder / name, width=width)
    browser.ask(STATES[state])
    found = violations(browser)
    browser.ask("document.getElementById('large').checked && document.getElementById('large').click()")
    assert found == []


@needs_browser
@pytest.mark.parametrize("name", ["index.html", "year.html"])
def test_axe_finds_no_violation_in_print(browser: Browser, folder: Path, name: str) -> None:
    browser.open(folder / name)
    browser.media("print")
    found = violations(browser)
    browser.media("screen")
    assert found == []


@needs_browser
def test_one_button_unfolds_what_the_filter_shows(browser: Browser, folder: Path) -> None:
    browser.open(folder / "index.html")
    browser.ask(STATES["filtered"])
    shown = browser.ask("document.querySelectorAll('[data-finding]:not([hidden])').length")
    opened = "document.querySelectorAll('.findings details[open]').length"
    browser.ask("document.getElementById('unfold').click()")
    assert browser.ask(opened) == shown > 0
    assert browser.ask("document.getElementById('unfold').getAttribute('aria-pressed')") == "true"
    browser.ask("document.getElementById('unfold').click()")
    assert browser.ask(opened) == 0


@needs_browser
def test_words_of_charts_can_be_read_in_a_narrow_window(browser: Browser, folder: Path) -> None:
    for name in ("index.html", "year.html"):
        browser.open(folder / name, width=375)
        heights = "[...document.querySelectorAll('svg.trend text')].map(t => t.getBoundingClientRect().height)"
        assert min(browser.ask(heights)) >= 9, name


def test_the_trend_tells_its_rounds_as_text_and_needs_two(page: html.HtmlElement) -> None:
    [section] = page.xpath("//section[@id='trend']")
    rows = section.xpath(".//tbody/tr")
    assert len(rows) == len(TREND) + 1 and rows[-1].xpath("string(th)") == "2026年11月"
    data = build.judgement().model_dump(mode="json")
    assert rows[-1].xpath("string(td[@data-head='问题数'])") == str(len(problems(data)))
    said = section.xpath(".//svg/@aria-label")
    assert said[0].startswith("各轮问题数（个）：1月") and said[0].endswith(f"11月{len(problems(data))}")
    assert trend_view(TREND[:1]) is None
    years = trend_view([TREND[0], point_of(build.judgement(code="2027-01"))])
    assert years is not None and "26年1月" in years["charts"][0][1] and "27年1月" in years["charts"][0][1]
