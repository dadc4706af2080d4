"""GB/T 9704-2012 in the XML: page, grid, fonts, sections, footers, order of elements."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from typing import Any

import pytest
from lxml import etree

from reports.bulletin import compose, lines, phrases
from reports.gbt9704 import measures as m
from reports.gbt9704 import render
from reports.options import Options
from reports.paper import Block, Paper
from tests.reports import build

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
NS = {"w": W[1:-1]}
ORDER = {
    "pPr": "pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr suppressLineNumbers pBdr shd tabs "
    "suppressAutoHyphens kinsoku wordWrap overflowPunct topLinePunct autoSpaceDE autoSpaceDN bidi adjustRightInd "
    "snapToGrid spacing ind contextualSpacing mirrorIndents suppressOverlap jc textDirection textAlignment "
    "textboxTightWrap outlineLvl divId cnfStyle rPr sectPr pPrChange",
    "rPr": "rStyle rFonts b bCs i iCs caps smallCaps strike dstrike outline shadow emboss imprint noProof snapToGrid "
    "vanish webHidden color spacing w kern position sz szCs highlight u effect bdr shd fitText vertAlign rtl cs em "
    "lang eastAsianLayout specVanish oMath",
    "tblPr": "tblStyle tblpPr tblOverlap bidiVisual tblStyleRowBandSize tblStyleColBandSize tblW jc tblCellSpacing "
    "tblInd tblBorders shd tblLayout tblCellMar tblLook tblCaption tblDescription",
    "tcPr": "cnfStyle tcW gridSpan hMerge vMerge tcBorders shd noWrap tcMar textDirection tcFitText vAlign hideMark",
    "trPr": "cnfStyle divId gridBefore gridAfter wBefore wAfter cantSplit trHeight tblHeader tblCellSpacing jc hidden",
    "sectPr": "headerReference footerReference footnotePr endnotePr type pgSz pgMar paperSrc pgBorders lnNumType "
    "pgNumType cols formProt vAlign noEndnote titlePg textDirection bidi rtlGutter docGrid printerSettings",
    "settings": "writeProtection view zoom removePersonalInformation defaultTabStop evenAndOddHeaders "
    "characterSpacingControl compat themeFontLang clrSchemeMapping decimalSymbol listSeparator",
}


def paper(**changes: Any) -> Paper:
    """The bulletin of the hostile city."""
    options = changes.pop("options", Options())
    return compose(build.judgement(), build.inventory(**changes), options, build.previous())


def parts(document: bytes) -> dict[str, Any]:
    """The XML parts of a DOCX by name."""
    with zipfile.ZipFile(io.BytesIO(document)) as archive:
        return {n: etree.fromstring(archive.read(n)) for n in archive.namelist() if n.endswith(".xml")}


@pytest.fixture(scope="module", params=["letterhead", "letter", "plain"])
def made(request: pytest.FixtureRequest) -> dict[str, Any]:
    """The parts of the bulletin in each shell."""
    told = paper(shell=request.param)
    return parts(render(told, lines(told.title)))


def test_elements_stand_in_the_schemas_order(made: dict[str, Any]) -> None:
    """Word repairs or refuses a file whose properties are out of order."""
    for name, root in made.items():
        for tag, order in ORDER.items():
            places = {f"{W}{child}": i for i, child in enumerate(order.split())}
            places[f"{W}headerReference"] = places.get(f"{W}footerReference", 0)  # a choice, in any order
            for element in root.iter(f"{W}{tag}"):
                if name == "word/styles.xml" and tag == "tblPr":
                    continue
                found = [places[child.tag] for child in element if child.tag in places]
                assert found == sorted(found), f"{name}: {etree.tostring(element)[:300]!r}"
                assert all(child.tag in places for child in element), [c.tag for c in element if c.tag not in places]


def test_page_and_grid(made: dict[str, Any]) -> None:
    first, *rest = made["word/document.xml"].iter(f"{W}sectPr")
    size, margin, grid = first.find("w:pgSz", NS), first.find("w:pgMar", NS), first.find("w:docGrid", NS)
    assert (size.get(f"{W}w"), size.get(f"{W}h")) == ("11906", "16838")
    measured = {side: round(int(margin.get(f"{W}{side}")) / m.MM) for side in ("top", "left", "right", "bottom")}
    assert measured == {"top": 37, "left": 28, "right": 26, "bottom": 35}
    assert (grid.get(f"{W}type"), grid.get(f"{W}linePitch")) == ("lines", "579")
    landscape = [s for s in rest if s.find("w:pgSz", NS).get(f"{W}orient") == "landscape"]
    assert len(landscape) == 5
    assert rest[-1].find("w:type", NS).get(f"{W}val") == "evenPage"


def test_fonts_are_named_for_chinese_and_no_theme_font_wins(made: dict[str, Any]) -> None:
    root = made["word/document.xml"]
    for fonts in root.iter(f"{W}rFonts"):
        assert fonts.get(f"{W}eastAsia") and fonts.get(f"{W}hint") == "eastAsia"
    east = {fonts.get(f"{W}eastAsia") for fonts in root.iter(f"{W}rFonts")}
    assert east == {"方正小标宋简体", "仿宋_GB2312", "楷体_GB2312", "黑体"}
    normal = made["word/styles.xml"].find(".//w:style[@w:default='1']/w:rPr", NS)
    assert not [a for e in normal.iter(f"{W}rFonts") for a in e.keys() if "Theme" in a]  # noqa: SIM118
    assert normal.find("w:lang", NS).get(f"{W}eastAsia") == "zh-CN"


def text(paragraph: Any) -> str:
    """A paragraph's text."""
    return "".join(t.text or "" for t in paragraph.iter(f"{W}t"))


def test_headings_body_and_title(made: dict[str, Any]) -> None:
    seen = set()
    for paragraph in made["word/document.xml"].find("w:body", NS).findall("w:p", NS):
        runs, told = paragraph.findall("w:r", NS), text(paragraph)
        if not told:
            continue
        font = runs[0].find("w:rPr/w:rFonts", NS).get(f"{W}eastAsia")
        size = runs[0].find("w:rPr/w:sz", NS).get(f"{W}val")
        kind = (
            "h1"
            if told[1:2] == "、" and told[0] in "一二三"
            else "h2"
            if told[:1] == "（" and told[2:3] == "）"
            else ""
        )
        if kind:
            seen.add(kind)
            assert (font, size) == ({"h1": "黑体", "h2": "楷体_GB2312"}[kind], "32"), told
            assert paragraph.find("w:pPr/w:keepNext", NS) is not None, "a heading never ends a page alone"
            assert paragraph.find("w:pPr/w:ind", NS).get(f"{W}firstLineChars") == "200"
            assert not told.endswith("。")
        if told == "云岭市政府网站与政务公开巡查通报":
            seen.add("title")
            assert (font, size) == ("方正小标宋简体", "44")
            assert runs[0].find("w:rPr/w:b", NS) is None
    assert seen == {"h1", "h2", "title"}


def test_signature_stays_with_the_text(made: dict[str, Any]) -> None:
    paragraphs = made["word/document.xml"].find("w:body", NS).findall("w:p", NS)
    name = next(i for i, p in enumerate(paragraphs) if text(p) == "云岭市人民政府办公室" and i > 10)
    assert text(paragraphs[name + 1]) == "2026年11月20日"
    last = max(i for i, p in enumerate(paragraphs[:name]) if text(p).startswith("逾期未整改"))
    for paragraph in paragraphs[last : name + 1]:
        assert paragraph.find("w:pPr/w:keepNext", NS) is not None, text(paragraph)


def test_page_numbers_odd_right_even_left(made: dict[str, Any]) -> None:
    assert made["word/settings.xml"].find("w:evenAndOddHeaders", NS) is not None
    places = set()
    for name, root in made.items():
        fields = [f.get(f"{W}instr").strip() for f in root.iter(f"{W}fldSimple")] if "footer" in name else []
        if fields == ["PAGE"]:
            paragraph = root.find("w:p", NS)
            assert text(paragraph) == "— 1 —"
            run = paragraph.find(".//w:rPr", NS)
            assert (run.find("w:rFonts", NS).get(f"{W}eastAsia"), run.find("w:sz", NS).get(f"{W}val")) == ("宋体", "28")
            side, indent = paragraph.find("w:pPr/w:jc", NS), paragraph.find("w:pPr/w:ind", NS)
            places.add((side.get(f"{W}val"), indent.get(f"{W}right"), indent.get(f"{W}left")))
    assert places == {("right", "280", None), ("left", None, "280")}


def test_tables_repeat_their_head_and_never_split_a_row(made: dict[str, Any]) -> None:
    tables = [t for t in made["word/document.xml"].iter(f"{W}tbl") if t.find("w:tblPr/w:tblCaption", NS) is not None]
    assert len(tables) == 5
    for table in tables:
        rows = table.findall("w:tr", NS)
        heads = 2 if rows[0].find(".//w:vMerge", NS) is not None else 1
        repeated = [row.find("w:trPr/w:tblHeader", NS) is not None for row in rows]
        assert repeated == [True] * heads + [False] * (len(rows) - heads)
        assert all(row.find("w:trPr/w:cantSplit", NS) is not None for row in rows)
        grid = [int(c.get(f"{W}w")) for c in table.iter(f"{W}gridCol")]
        assert sum(grid) == m.LANDSCAPE_WIDTH
        assert [int(c.get(f"{W}w")) for c in rows[-1].iter(f"{W}tcW")] == grid


def test_slots_are_highlighted_and_nothing_else() -> None:
    told = paper(hostile=False)
    root = parts(render(told, lines(told.title)))["word/document.xml"]
    for run in root.iter(f"{W}r"):
        marked = run.find("w:rPr/w:highlight", NS) is not None
        words = "".join(t.text or "" for t in run.iter(f"{W}t"))
        assert marked == words.startswith("【此处由起草人填写：")
    assert sum(r.find("w:rPr/w:highlight", NS) is not None for r in root.iter(f"{W}r")) == 3


def test_letter_has_no_number_on_page_one_and_no_rules_around_its_imprint() -> None:
    told = paper(shell="letter")
    made = parts(render(told, lines(told.title)))
    first = next(made["word/document.xml"].iter(f"{W}sectPr"))
    assert first.find("w:titlePg", NS) is not None
    borders = [b.get(f"{W}val") for root in made.values() for b in root.iter(f"{W}top", f"{W}bottom")]
    assert "thickThinSmallGap" in borders and "thinThickSmallGap" in borders
    assert not any("日印发" in text(p) for p in made["word/document.xml"].iter(f"{W}p"))


def test_typed_number_and_remark_take_the_place_of_slots() -> None:
    options = Options(
        doc_no="云政办函〔2026〕9号", copies="市委办公室", remark="（此件公开发布）", signed=date(2026, 11, 25)
    )
    told = paper(hostile=False, options=options)
    made = "".join(text(p) + "\n" for p in parts(render(told, lines(told.title)))["word/document.xml"].iter(f"{W}p"))
    assert "云政办函〔2026〕9号" in made and "抄送：市委办公室。" in made and "（此件公开发布）" in made
    assert "2026年11月25日\n" in made and "于2026年12月9日前（10个工作日内）" in made
    assert made.count("【此处由起草人填写：") == 1


def test_hostile_text_is_text() -> None:
    made = Paper(
        shell="plain",
        issuer="局<b>&\x00\x0b",
        doc_no="",
        title=("标<题>",),
        addressees="甲]]>乙",
        blocks=(Block("p", "“瀍垟堃邘鄠镕”😀 {{x}} {% y %} =cmd <!-- --> \ud800"),),
        signed=date(2026, 1, 2),
    )
    root = parts(render(made, ["标<题>"]))["word/document.xml"]
    told = "".join(text(p) for p in root.iter(f"{W}p"))
    assert "“瀍垟堃邘鄠镕”😀 {{x}} {% y %} =cmd <!-- --> " in told
    assert "标<题>" in told and "甲]]>乙：" in told and "局<b>&" in told


def test_same_paper_same_bytes() -> None:
    told = paper()
    assert render(told, lines(told.title)) == render(told, lines(told.title))


@pytest.mark.parametrize(
    ("title", "broken"),
    [
        ("云岭市政府网站与政务公开巡查通报", ["云岭市政府网站与政务公开巡查通报"]),
        (
            "云岭市人民政府办公室关于2026年11月全市政府网站与政务公开检查情况的通报",
            ["云岭市人民政府办公室关于2026年11月", "全市政府网站与政务公开检查情况的通报"],
        ),
        ("瀍" * 41, ["瀍" * 14, "瀍" * 14, "瀍" * 13]),
    ],
)
def test_titles_break_between_phrases(title: str, broken: list[str]) -> None:
    found = lines(phrases(title))
    assert "".join(found) == title and sorted(found) == sorted(broken)
    assert all(m.width_of(line) <= 20 for line in found)
