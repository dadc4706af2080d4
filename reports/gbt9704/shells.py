"""The heads of the three shells: 红头文件, 信函, 无版头; and 版记."""

from __future__ import annotations

import math

from reports.figures import day_name
from reports.gbt9704 import measures as m
from reports.gbt9704.xml import edges, paragraph, run, runs
from reports.paper import Paper

_IMPRINT_LINE = 500
_SLACK = 150  # twips for the rules and the paragraph that must follow a table, measured in LibreOffice
_RED_RULE = f'w:val="single" w:sz="16" w:space="6" w:color="{m.RED}"'
_THICK_THIN = f'w:val="thickThinSmallGap" w:sz="24" w:space="9" w:color="{m.RED}"'
_THIN_THICK = f'w:val="thinThickSmallGap" w:sz="24" w:space="1" w:color="{m.RED}"'
_OUT_LEFT, _OUT_RIGHT = -m.mm(8), -m.mm(6)  # 170 mm rules centred on the page


def _mark(text: str, largest: int) -> tuple[str, int]:
    """The red name of the issuing body, narrowed to stand on one line; with its height in twips."""
    fit = m.TYPE_WIDTH / 10 / max(len(text), 1)  # half-points a character may be wide
    size = max(min(largest, round(fit / 0.66)), 44)
    scale = min(100, max(33, int(fit / size * 100)))
    return run(text, m.Font(m.SONG_TITLE, m.SONG_TITLE, size), color=m.RED, scale=scale), size * 10


def letterhead(paper: Paper) -> list[str]:
    """发文机关标志 35 mm under the type area's top, 发文字号 two lines below, red rule 4 mm under it (7.2.4–7.2.7)."""
    mark, height = _mark(paper.issuer + "文件", 104)
    line = round(height * 1.15)
    top = m.mm(35) - round((line - height) / 2)
    return [
        paragraph(mark, align="center", before=top, line=line),
        paragraph(
            runs(paper.doc_no, m.BODY),
            align="center",
            before=2 * m.LINE,
            border=edges(bottom=_RED_RULE),
        ),
    ]


def letter_header(paper: Paper) -> str:
    """First-page header of the letter: mark 30 mm under the paper's edge, thick-over-thin rule 4 mm below (10.1)."""
    mark, height = _mark(paper.issuer, 88)
    border = edges(bottom=_THICK_THIN)
    return paragraph(
        mark,
        align="center",
        line=round(height * 1.1),
        left_twips=_OUT_LEFT,
        right_twips=_OUT_RIGHT,
        border=border,
    )


def letter_footer() -> str:
    """First-page footer of the letter: thin-over-thick rule 20 mm above the paper's edge, no page number."""
    border = edges(top=_THIN_THICK)
    return paragraph("", line=20, left_twips=_OUT_LEFT, right_twips=_OUT_RIGHT, border=border)


def letter(paper: Paper) -> list[str]:
    """发文字号 at the right edge, directly under the first rule."""
    return [paragraph(runs(paper.doc_no, m.BODY), align="right")]


def imprint(paper: Paper) -> list[str]:
    """版记: copies, printing body and date, three rules, at the foot of the type area (7.4); [] when there is none.

    Space after an empty line carries it down: Word, WPS and LibreOffice all keep it at the top of a page.
    """
    printed = f"{paper.printed_by}"
    date = f"{day_name(paper.signed)}印发"
    width = m.TYPE_WIDTH
    rows = []
    if paper.copies:
        copies = f"抄送：{paper.copies}。"
        rows.append(_imprint_row(runs(copies, m.IMPRINT), math.ceil((m.width_of(copies) + 0.5) * 280 / (width - 560))))
    if paper.shell != "letter" and paper.printed_by:
        tab = f'<w:tabs><w:tab w:val="right" w:pos="{width - 280}"/></w:tabs>'
        inner = runs(printed, m.IMPRINT) + "<w:r><w:tab/></w:r>" + runs(date, m.IMPRINT)
        rows.append(_imprint_row(inner, 1, tab))
    if not rows:
        return []
    rules = paper.shell != "letter"
    thick, thin = (
        'w:val="single" w:sz="8" w:space="0" w:color="000000"',
        'w:val="single" w:sz="6" w:space="0" w:color="000000"',
    )
    borders = f"<w:tblBorders><w:top {thick}/><w:bottom {thick}/><w:insideH {thin}/></w:tblBorders>" if rules else ""
    cells = '<w:tblCellMar><w:left w:w="0" w:type="dxa"/><w:right w:w="0" w:type="dxa"/></w:tblCellMar>'
    space = m.TYPE_HEIGHT - sum(height for _, height in rows) - _SLACK
    table = (
        f'<w:tbl><w:tblPr><w:tblW w:w="{width}" w:type="dxa"/>{borders}<w:tblLayout w:type="fixed"/>{cells}</w:tblPr>'
        f'<w:tblGrid><w:gridCol w:w="{width}"/></w:tblGrid>{"".join(row for row, _ in rows)}</w:tbl>'
    )
    return [paragraph("", line=20, after=space - 20, snap=False), table, paragraph("", line=20, snap=False)]


def _imprint_row(inner: str, lines: int, tabs: str = "") -> tuple[str, int]:
    """A row of 版记 and its height in twips; one character is left free on both sides."""
    height = _IMPRINT_LINE * lines
    text = paragraph(inner, tabs=tabs, left_twips=280, right_twips=280, line=_IMPRINT_LINE, snap=False)
    exact = f'<w:trHeight w:val="{height}" w:hRule="exact"/>'
    cell = f'<w:tc><w:tcPr><w:tcW w:w="{m.TYPE_WIDTH}" w:type="dxa"/></w:tcPr>{text}</w:tc>'
    return f"<w:tr><w:trPr><w:cantSplit/>{exact}</w:trPr>{cell}</w:tr>", height
