"""Annex tables: exact widths, repeated head, rows that do not break, hair rules of half a point."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from xml.sax.saxutils import quoteattr

from reports.gbt9704.measures import CELL, CELL_HEAD, SMALL, SMALL_HEAD, Font
from reports.gbt9704.xml import runs, serialized
from reports.paper import Annex

_END = "</w:tbl>"
_CELL_LINE = 290
_CELL_LIMIT = 600
TOTAL = "合计"
_SPAN = '<w:gridSpan w:val="3"/>'


@dataclass(frozen=True)
class Rows:
    """A table as its beginning without end tag, and its rows one after the other: thousands of them never stand in
    memory as elements, which take ten times the room of their text.
    """

    begin: str
    rows: Iterator[str]

    def serialized(self) -> Iterator[bytes]:
        """The table as it stands in the document."""
        yield serialized(self.begin + _END).removesuffix(_END.encode())
        for row in self.rows:
            yield serialized(row)
        yield _END.encode()

    def markup(self) -> str:
        """The table in one piece."""
        return self.begin + "".join(self.rows) + _END


def table(annex: Annex, width: int, keep_last: bool = False) -> Rows:
    """The annex's table, its columns scaled to `width` twips; its last row stays with what follows when asked."""
    total = sum(annex.widths)
    widths = [round(width * w / total) for w in annex.widths]
    widths[-1] += width - sum(widths)
    grid = "".join(f'<w:gridCol w:w="{w}"/>' for w in widths)
    last = len(annex.rows) - 1
    kept = {last} if annex.note or keep_last else set()
    kept |= {last - 1} if annex.rows and annex.rows[last][0] == TOTAL else set()  # a sum never stands alone on a page
    begin = f"<w:tbl>{_properties(width, annex.title)}<w:tblGrid>{grid}</w:tblGrid>"
    font = SMALL if annex.small else CELL
    body = (_row(row, widths, font, annex.left, keep=i in kept) for i, row in enumerate(annex.rows))
    return Rows(begin, chain(_heads(annex, widths), body))


def _heads(annex: Annex, widths: Sequence[int]) -> list[str]:
    """The head row; two of them, both repeated, where a head stands over some columns."""
    font = SMALL_HEAD if annex.small else CELL_HEAD
    if annex.over is None:
        return [_row(annex.head, widths, font, frozenset(), repeat=True)]
    first, count, text = annex.over
    over, under = "", ""
    for i, (name, width) in enumerate(zip(annex.head, widths, strict=True)):
        if first <= i < first + count:
            under += _cell(name, width, font, False, True)
            if i == first:
                wide = sum(widths[first : first + count])
                over += _cell(text, wide, font, False, True, f'<w:gridSpan w:val="{count}"/>')
        else:
            over += _cell(name, width, font, False, True, '<w:vMerge w:val="restart"/>')
            under += _cell("", width, font, False, True, "<w:vMerge/>")
    properties = "<w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>"
    return [f"<w:tr>{properties}{cells}</w:tr>" for cells in (over, under)]


def fields_table(rows: Sequence[Sequence[tuple[str, str]]], width: int) -> str:
    """A form: names in 黑体 beside their values, two pairs a row or one over the whole width."""
    name, half = round(width * 0.17), width // 2
    grid = [name, half - name, name, width - half - name]
    body = ""
    for row in rows:
        cells = ""
        for i, (label, value) in enumerate(row):
            wide = grid[2 * i + 1] if len(row) > 1 else width - name
            cells += _cell(label, name, CELL_HEAD, False, False) + _cell(
                value, wide, CELL, True, False, _SPAN if len(row) == 1 else ""
            )
        body += f'<w:tr><w:trPr><w:cantSplit/><w:trHeight w:val="480" w:hRule="atLeast"/></w:trPr>{cells}</w:tr>'
    columns = "".join(f'<w:gridCol w:w="{w}"/>' for w in grid)
    return f"<w:tbl>{_properties(width, '')}<w:tblGrid>{columns}</w:tblGrid>{body}</w:tbl>"


def _properties(width: int, title: str) -> str:
    edge = 'w:val="single" w:sz="4" w:space="0" w:color="000000"'
    borders = "".join(f"<w:{side} {edge}/>" for side in ("top", "left", "bottom", "right", "insideH", "insideV"))
    margins = '<w:tblCellMar><w:left w:w="40" w:type="dxa"/><w:right w:w="40" w:type="dxa"/></w:tblCellMar>'
    return (
        f'<w:tblPr><w:tblW w:w="{width}" w:type="dxa"/><w:jc w:val="center"/><w:tblBorders>{borders}</w:tblBorders>'
        f'<w:tblLayout w:type="fixed"/>{margins}<w:tblCaption w:val={quoteattr(title)}/></w:tblPr>'
    )


def _row(
    cells: Sequence[str],
    widths: Sequence[int],
    font: Font,
    left: frozenset[int],
    repeat: bool = False,
    keep: bool = False,
) -> str:
    properties = "<w:cantSplit/>" + ("<w:tblHeader/>" if repeat else "")
    inner = "".join(
        _cell(text, w, font, i in left, keep) for i, (text, w) in enumerate(zip(cells, widths, strict=True))
    )
    return f"<w:tr><w:trPr>{properties}</w:trPr>{inner}</w:tr>"


def _cell(text: str, width: int, font: Font, left: bool, keep: bool, merge: str = "") -> str:
    shown = text if len(text) <= _CELL_LIMIT else text[: _CELL_LIMIT - 1] + "…"
    align = "left" if left else "center"
    spacing = f'<w:spacing w:before="40" w:after="40" w:line="{_CELL_LINE}" w:lineRule="exact"/>'
    wrap = ("<w:keepNext/>" if keep else "") + '<w:wordWrap w:val="0"/>'
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{merge}<w:vAlign w:val="center"/></w:tcPr>'
        f'<w:p><w:pPr>{wrap}<w:snapToGrid w:val="0"/>{spacing}<w:jc w:val="{align}"/></w:pPr>'
        f"{runs(shown, font)}</w:p></w:tc>"
    )
