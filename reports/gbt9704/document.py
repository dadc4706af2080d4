"""A paper as DOCX: sections, styles, page numbers, text, signature and annexes (GB/T 9704-2012)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime, time
from typing import Any

import docx
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Twips

from reports.figures import day_name
from reports.files import bounded
from reports.gbt9704 import measures as m
from reports.gbt9704 import shells
from reports.gbt9704.defaults import standard_settings
from reports.gbt9704.package import Package, hole, takes_pieces
from reports.gbt9704.table import Rows, table
from reports.gbt9704.xml import element, paragraph, run, runs
from reports.paper import Annex, Block, Paper

_LONG_LATIN = re.compile("[!-~]{12,}")  # a domain name that moves to the next line would tear a justified one apart


def render(paper: Paper, title_lines: list[str]) -> bytes:
    """The paper as the bytes of a DOCX file; the same paper gives the same bytes."""
    draft = Draft(paper.signed)
    section = draft.begin()
    if paper.shell == "letter":
        _letter_frame(section, paper)
    for part in _front(paper, title_lines):
        draft.add(part)
    append_annexes(draft, paper)
    return draft.finish(title=paper.subject, author=paper.issuer, keywords="，".join(paper.keywords))


def append_annexes(draft: Draft, paper: Paper) -> None:
    """The annex tables in landscape sections, then 版记 on the last even page."""
    for number, annex in enumerate(paper.annexes, 1):
        _landscape(draft.section(WD_SECTION.NEW_PAGE))
        for part in _annex(annex, number, len(paper.annexes)):
            draft.add(part)
    if foot := shells.imprint(paper):
        _imprint_page(draft, foot)


class Draft:
    """A DOCX being written: begun with the standard's page and fonts, added to at its end, finished as bytes."""

    def __init__(self, day: date, document: Any = None) -> None:
        self.document = document if document is not None else docx.Document()
        self._day = day
        self._pieces: list[Iterable[bytes]] = []

    def begin(self) -> Section:
        """An empty document with the standard's type area, fonts and page numbers."""
        standard_settings(self.document)
        body = self.document.element.body
        for old in list(body):
            if old.tag != qn("w:sectPr"):
                body.remove(old)
        section: Section = self.document.sections[0]
        _portrait(section)
        _page_numbers(section)
        return section

    def add(self, part: str | Rows) -> None:
        """Put an element at the end of the body, before its last section's properties."""
        if isinstance(part, str):
            self._append(element(part))
        elif takes_pieces(self.document):
            self.leave(part.serialized())
        else:
            self._append(element(part.markup()))

    def leave(self, pieces: Iterable[bytes]) -> None:
        """Leave a hole at the end of the body that `pieces` fill when the document is written."""
        self._append(hole(len(self._pieces)))
        self._pieces.append(pieces)

    def _append(self, new: Any) -> None:
        body = self.document.element.body
        last = body[-1] if len(body) else None
        if last is not None and last.tag == qn("w:sectPr"):
            last.addprevious(new)
        else:
            body.append(new)

    def section(self, start: WD_SECTION) -> Section:
        """A section after the last paragraph, which takes the old one's properties: no empty line, no empty page."""
        section: Section = self.document.add_section(start)
        section.different_first_page_header_footer = False
        extra = self.document.element.body[-2]
        last = extra.getprevious()
        if last is not None and last.tag == qn("w:p"):
            last.get_or_add_pPr().append(extra.pPr.find(qn("w:sectPr")))
            extra.getparent().remove(extra)
        return section

    def finish(self, *, title: str, author: str, keywords: str = "") -> bytes:
        """The document's bytes, with fixed times."""
        return self.package(title=title, author=author, keywords=keywords).filled(self._pieces)

    def package(self, *, title: str, author: str, keywords: str = "") -> Package:
        """Its parts, the holes not filled yet."""
        core = self.document.core_properties
        core.title, core.author, core.subject = bounded(title, 255), bounded(author, 255), "政府网站巡查"
        core.keywords, core.comments, core.last_modified_by, core.revision = bounded(keywords, 255), "", "", 1
        core.created = core.modified = core.last_printed = datetime.combine(self._day, time())
        core.language = "zh-CN"
        return Package.of(self.document)


def _no_head(_: Paper) -> list[str]:
    return []


_HEADS: dict[str, Callable[[Paper], list[str]]] = {
    "letterhead": shells.letterhead,
    "letter": shells.letter,
    "plain": _no_head,
}


def _grid(section: Section) -> None:
    for old in section._sectPr.findall(qn("w:docGrid")):
        section._sectPr.remove(old)
    section._sectPr.append(element(f'<w:docGrid w:type="lines" w:linePitch="{m.LINE}"/>'))


def _portrait(section: Section) -> None:
    section.orientation = WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Twips(m.PAGE_WIDTH), Twips(m.PAGE_HEIGHT)
    section.top_margin, section.bottom_margin = Twips(m.TOP), Twips(m.BOTTOM)
    section.left_margin, section.right_margin = Twips(m.LEFT), Twips(m.RIGHT)
    section.header_distance, section.footer_distance = Twips(851), Twips(m.FOOTER)
    _grid(section)


def _landscape(section: Section) -> None:
    """The same type area turned: what is 天头 on a portrait page is on the left."""
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Twips(m.PAGE_HEIGHT), Twips(m.PAGE_WIDTH)
    section.top_margin, section.bottom_margin = Twips(m.LEFT), Twips(m.RIGHT)
    section.left_margin, section.right_margin = Twips(m.TOP), Twips(m.BOTTOM)
    section.footer_distance = Twips(m.LANDSCAPE_FOOTER)
    _grid(section)


def _page_numbers(section: Section) -> None:
    """— 1 — in 宋体 4号, one character in from the outer edge: right on odd pages, left on even ones (7.5)."""
    number = run("— ", m.PAGE_NUMBER) + _field("PAGE") + run(" —", m.PAGE_NUMBER)
    _footer(section.footer, paragraph(number, align="right", right_twips=280, line=400))
    _footer(section.even_page_footer, paragraph(number, align="left", left_twips=280, line=400))


def _field(code: str) -> str:
    shown = run("1", m.PAGE_NUMBER)
    return f'<w:fldSimple w:instr=" {code} ">{shown}</w:fldSimple>'


def _footer(footer: Any, markup: str) -> None:
    footer.is_linked_to_previous = False
    holder = footer._element
    for old in list(holder):
        holder.remove(old)
    holder.append(element(markup))


def _letter_frame(section: Section, paper: Paper) -> None:
    section.different_first_page_header_footer = True
    section.header_distance = Twips(m.mm(30))
    _footer(section.first_page_header, shells.letter_header(paper))
    _footer(section.first_page_footer, shells.letter_footer())
    _footer(section.header, paragraph("", line=20))
    _footer(section.even_page_header, paragraph("", line=20))


def _front(paper: Paper, title_lines: list[str]) -> list[str]:
    parts = _HEADS[paper.shell](paper)
    gap = 0 if paper.shell == "plain" else 2 * m.LINE
    for i, line in enumerate(title_lines):
        parts.append(
            paragraph(
                runs(line, m.TITLE),
                align="center",
                before=0 if i else gap,
                line=640,
                keep=True,
                outline=0 if not i else None,
            )
        )
    if paper.subtitle:
        parts.append(paragraph(runs(paper.subtitle, m.H2, squeeze=m.SQUEEZE), align="center", keep=True))
    if paper.addressees:
        parts.append(paragraph(runs(f"{paper.addressees}：", m.BODY, squeeze=m.SQUEEZE), align="both", before=m.LINE))
    last = len(paper.blocks) - 1
    parts += [_block(block, keep=i == last) for i, block in enumerate(paper.blocks)]
    parts += _annex_note(paper.annexes)
    return parts + _signature(paper)


def _block(block: Block, keep: bool) -> str:
    font = {"h1": m.H1, "h2": m.H2, "p": m.BODY}[block.kind]
    level = {"h1": 1, "h2": 2}.get(block.kind)
    align = "left" if _LONG_LATIN.search(block.text) else "both"
    inner = runs(block.text, font, squeeze=m.SQUEEZE)
    return paragraph(inner, align=align, first=2, keep=keep or block.kind != "p", outline=level)


def _annex_note(annexes: tuple[Annex, ...]) -> list[str]:
    """附件说明: one line below the text, names aligned with each other (7.3.4)."""
    if not annexes:
        return []
    if len(annexes) == 1:
        inner = runs(f"附件：{annexes[0].title}", m.BODY, squeeze=m.SQUEEZE)
        return [paragraph(inner, before=m.LINE, left=5, hanging=3, keep=True)]
    parts = []
    for i, annex in enumerate(annexes, 1):
        text = f"{'附件：' if i == 1 else ''}{i}.{annex.title}"
        hanging = 4 if i == 1 else 1
        inner = runs(text, m.BODY, squeeze=m.SQUEEZE)
        parts.append(paragraph(inner, before=m.LINE if i == 1 else 0, left=6, hanging=hanging, keep=True))
    return parts


def _signature(paper: Paper) -> list[str]:
    """Name centred over the date, the date four characters in from the right; room above for the seal (7.3.5.1).

    Both are centred in one box, so that the name stands over the date in whatever font is at hand.
    """
    date = day_name(paper.signed)
    date_width = m.width_of(date)
    box = min(max(m.width_of(paper.issuer), date_width) + 1, 28.0)
    right = max(0.0, 4 - (box - date_width) / 2)
    left = max(0.0, 28 - right - box)
    name = runs(paper.issuer, m.BODY, squeeze=m.SQUEEZE)
    stamp = runs(date, m.BODY, squeeze=m.SQUEEZE)
    parts = [
        paragraph(name, align="center", before=2 * m.LINE, left=left, right=right, keep=True),
        paragraph(stamp, align="center", left=left, right=right, keep=bool(paper.remark)),
    ]
    if paper.remark:
        parts.append(paragraph(runs(paper.remark, m.BODY, squeeze=m.SQUEEZE), first=2))
    return parts


def _annex(annex: Annex, number: int, count: int) -> list[str | Rows]:
    label = f"附件{number}" if count > 1 else "附件"
    parts: list[str | Rows] = [
        paragraph(runs(label, m.H1, squeeze=m.SQUEEZE), keep=True),
        paragraph(runs(annex.title, m.TITLE), align="center", before=m.LINE // 2, line=640, keep=True, outline=1),
        paragraph("", line=200, keep=True),
        table(annex, m.LANDSCAPE_WIDTH),
    ]
    parts.append(paragraph(runs(annex.note, m.SMALL), line=300, snap=False) if annex.note else paragraph("", line=20))
    return parts


def _imprint_page(draft: Draft, foot: list[str]) -> None:
    """版记 on the last even page, without page number (7.4, 7.5)."""
    section = draft.section(WD_SECTION.EVEN_PAGE)
    _portrait(section)
    for footer in (section.footer, section.even_page_footer):
        _footer(footer, paragraph("", line=20))
    for part in foot:
        draft.add(part)
