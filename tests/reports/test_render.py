"""The bulletin as LibreOffice lays it out: 22 lines of 28 characters, margins, page numbers, signature, 版记."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from lxml import etree

from reports.bulletin import compose, lines
from reports.gbt9704 import render
from reports.options import Options
from reports.paper import Block, Paper
from tests.reports import build

MM = 72 / 25.4
SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")
PDFTOTEXT = shutil.which("pdftotext")
pytestmark = pytest.mark.skipif(
    not (SOFFICE and PDFTOTEXT), reason="LibreOffice or pdftotext is not installed: the laid-out pages are not measured"
)


@dataclass(frozen=True)
class Line:
    """A line of a page in points from the page's left top corner."""

    text: str
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True)
class Page:
    """A page with its lines from top to bottom; parts of one line are joined."""

    width: float
    height: float
    lines: list[Line]


def laid_out(document: bytes, folder: Path) -> list[Page]:
    """The pages of a DOCX by LibreOffice."""
    source = folder / "paper.docx"
    source.write_bytes(document)
    kind = 'pdf:writer_pdf_Export:{"IsSkipEmptyPages":{"type":"boolean","value":"false"}}'
    profile = f"-env:UserInstallation=file://{folder}/profile"
    fonts = {**os.environ, "FONTCONFIG_FILE": str(Path(__file__).with_name("fonts.conf"))}
    command = [str(SOFFICE), profile, "--headless", "--convert-to", kind, "--outdir", str(folder), str(source)]
    subprocess.run(command, check=True, capture_output=True, timeout=180, env=fonts)
    boxes = folder / "paper.html"
    subprocess.run([str(PDFTOTEXT), "-bbox", str(folder / "paper.pdf"), str(boxes)], check=True)
    root = etree.parse(str(boxes), etree.XMLParser(recover=True)).getroot()
    return [_page(page) for page in root.iter("{*}page")]


def _page(page: etree._Element) -> Page:
    words = sorted(
        (float(w.get("yMin")), float(w.get("xMin")), float(w.get("xMax")), float(w.get("yMax")), w.text or "")
        for w in page.iter("{*}word")
    )
    rows: list[list[tuple[float, float, float, float, str]]] = []
    for word in words:
        if rows and abs(word[0] - rows[-1][0][0]) < 6:
            rows[-1].append(word)
        else:
            rows.append([word])
    joined = []
    for row in rows:
        row.sort(key=lambda w: w[1])
        joined.append(
            Line("".join(w[4] for w in row), row[0][1], row[0][0], max(w[2] for w in row), max(w[3] for w in row))
        )
    return Page(float(page.get("width")), float(page.get("height")), joined)


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> list[Page]:
    """The bulletin of the city with an earlier round."""
    told = compose(build.judgement(), build.inventory(hostile=False), Options(), build.previous())
    return laid_out(render(told, lines(told.title)), tmp_path_factory.mktemp("bulletin"))


@pytest.fixture(scope="module")
def dense(tmp_path_factory: pytest.TempPathFactory) -> list[Page]:
    """Nothing but full lines of text."""
    told = Paper("plain", "机关", "", ("题",), "", (Block("p", "政务公开" * 600),), date(2026, 1, 2))
    return laid_out(render(told, ["题"]), tmp_path_factory.mktemp("dense"))


def text_lines(page: Page) -> list[Line]:
    """The lines of the type area, without the page number."""
    return [line for line in page.lines if not re.fullmatch(r"—\d+—", line.text)]


def test_twenty_two_lines_of_twenty_eight_characters(dense: list[Page]) -> None:
    full = text_lines(dense[2])
    assert len(full) == 22
    assert {len(line.text) for line in full} == {28}


def test_margins_within_a_millimetre(dense: list[Page]) -> None:
    full = text_lines(dense[2])
    assert abs(min(line.left for line in full) - 28 * MM) < MM
    assert abs(dense[1].width - max(line.right for line in full) - 26 * MM) < MM
    pitch = (full[-1].top - full[0].top) / 21
    assert abs(pitch - 28.95) < 0.1
    assert full[0].top > 36 * MM
    assert full[-1].bottom < dense[1].height - 34 * MM


def test_page_numbers_stand_outside(pages: list[Page]) -> None:
    portrait = [page for page in pages if page.width < page.height]
    for number, page in enumerate(portrait[:6], 1):
        mark = next(line for line in page.lines if re.fullmatch(r"—\d+—", line.text))
        assert mark.text == f"—{number}—"
        edge = page.width - 26 * MM - mark.right if number % 2 else mark.left - 28 * MM
        assert abs(edge - 14) < MM, "one character in from the outer edge of the type area"
        under = (mark.top + mark.bottom) / 2 - (page.height - 35 * MM)
        assert abs(under - 7 * MM) < MM


def test_red_head_and_title(pages: list[Page]) -> None:
    first = pages[0].lines
    mark = next(line for line in first if line.text == "云岭市人民政府办公室文件")
    assert abs(mark.top - (37 + 35) * MM) < 5 * MM
    assert mark.left >= 27 * MM and mark.right <= pages[0].width - 25 * MM
    title = next(line for line in first if line.text == "云岭市政府网站与政务公开巡查通报")
    assert abs((title.left + title.right) / 2 - (28 + 78) * MM) < 2 * MM


def test_no_heading_ends_a_page(pages: list[Page]) -> None:
    for page in pages:
        full = text_lines(page)
        assert not full or not re.match(r"[一二三]、|（[一二三四五六七八九十]）.{4,20}$", full[-1].text), full[-1].text


def test_signature_is_not_alone_and_date_stands_four_in(pages: list[Page]) -> None:
    page = next(p for p in pages if any(line.text == "2026年11月20日" for line in p.lines))
    place = next(i for i, line in enumerate(page.lines) if line.text == "2026年11月20日")
    date_line, name = page.lines[place], page.lines[place - 1]
    assert name.text == "云岭市人民政府办公室"
    assert place > 4, "the signature carries text before it"
    assert abs(page.width - 26 * MM - date_line.right - 4 * 15.75) < 10, "stand-in fonts have wider digits"
    assert abs((name.left + name.right) / 2 - (date_line.left + date_line.right) / 2) < 1


@pytest.fixture(scope="module")
def lengths(tmp_path_factory: pytest.TempPathFactory) -> dict[int, list[Page]]:
    """Bulletins whose text ends on different lines of a page: the signature meets the page's foot in every way."""
    made = {}
    annexes = compose(build.judgement(), build.inventory(hostile=False), Options(), None).annexes[:1]
    for more in (0, 5, 8, 11, 13, 15, 17, 19):
        blocks = (
            Block("h1", "一、总体情况"),
            *(Block("p", f"第{i}段") for i in range(1, 3 + more)),
            Block("h2", "（一）按时报送整改情况"),
            Block("p", "各单位要逐项整改，" * 9 + "并将整改情况书面报送。"),
            Block("p", "逾期未整改或整改不到位的，将在下期通报中列出。"),
        )
        told = Paper(
            "letterhead", "云岭市人民政府办公室", "", ("标题",), "各单位", blocks, date(2026, 1, 2), annexes=annexes
        )
        made[more] = laid_out(render(told, ["标题"]), tmp_path_factory.mktemp(f"length{more}"))
    return made


def test_signature_is_on_a_page_with_text_however_long_it_is(lengths: dict[int, list[Page]]) -> None:
    places = set()
    for more, pages in lengths.items():
        number, page = next((n, p) for n, p in enumerate(pages) if any(x.text == "2026年1月2日" for x in p.lines))
        words = [line.text for line in text_lines(page)]
        place = words.index("2026年1月2日")
        assert words[place - 1] == "云岭市人民政府办公室"
        assert any(word.startswith("逾期未整改") for word in words[:place]), (
            f"{more}: the signature stands without text"
        )
        places.add((number, place))
    assert len(places) > 4, "the lengths differ, or nothing was tried"


def test_no_heading_is_alone_and_little_paper_is_left_however_long_it_is(lengths: dict[int, list[Page]]) -> None:
    for more, pages in lengths.items():
        portrait = [page for page in pages if page.width < page.height and text_lines(page)]
        signed = next(i for i, p in enumerate(portrait) if any(x.text == "2026年1月2日" for x in p.lines))
        for page in portrait[:signed]:
            foot = text_lines(page)[-1]
            assert not foot.text.startswith(("一、", "（一）")), more
            free = (page.height - 35 * MM - foot.bottom) / 28.95
            assert free < 8.5, f"{more}: {free:.1f} lines are left empty; what moves on is the text with its signature"


def test_imprint_stands_at_the_foot_of_the_last_even_page(pages: list[Page]) -> None:
    assert len(pages) % 2 == 0
    last = pages[-1]
    assert last.width < last.height
    assert [line.text[:3] for line in last.lines] == ["抄送：", "云岭市"]
    assert last.lines[1].text.endswith("2026年11月20日印发")
    foot = last.height - 35 * MM
    assert -MM < foot - last.lines[1].bottom < 4 * MM


def test_annexes_are_landscape_with_repeated_heads(pages: list[Page]) -> None:
    landscape = [page for page in pages if page.width > page.height]
    assert len(landscape) >= 4
    starts = [page.lines[0].text for page in landscape if page.lines[0].text.startswith("附件")]
    assert starts == ["附件1", "附件2", "附件3", "附件4", "附件5"]
    listing = landscape[[p.lines[0].text for p in landscape].index("附件2") :]
    following = next(page for page in listing[1:] if not page.lines[0].text.startswith("附件"))
    assert "责任单位" in following.lines[0].text and "页面网址" in following.lines[0].text


def test_letter_has_its_mark_thirty_millimetres_down_and_no_number(tmp_path: Path) -> None:
    told = compose(build.judgement(), build.inventory(hostile=False, shell="letter"), Options(), None)
    pages = laid_out(render(told, lines(told.title)), tmp_path)
    assert pages[0].lines[0].text == "云岭市人民政府办公室"
    assert abs(pages[0].lines[0].top - 30 * MM) < 5 * MM
    assert not any(re.fullmatch(r"—\d+—", line.text) for line in pages[0].lines)
    assert any(line.text == "—2—" for line in pages[1].lines)


def test_rare_and_hostile_names_are_laid_out(tmp_path: Path) -> None:
    told = compose(build.judgement(), build.inventory(), Options(), build.previous())
    everything = "".join(
        line.text for page in laid_out(render(told, lines(told.title)), tmp_path) for line in page.lines
    )
    assert "瀍垟堃邘鄠镕" in everything
    assert "<script>alert(1)</script>&科技局" in everything
