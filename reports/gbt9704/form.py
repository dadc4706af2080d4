"""Forms in the type of official documents: a title, tables with ruled cells, lines to sign; portrait, no head."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import chain

from reports.gbt9704 import measures as m
from reports.gbt9704.document import Draft
from reports.gbt9704.table import Rows, fields_table, table
from reports.gbt9704.xml import paragraph, runs, serialized
from reports.paper import Annex


@dataclass(frozen=True)
class Fields:
    """A form's fields: rows of (name, value) pairs; a row with one pair spans the whole width."""

    rows: tuple[tuple[tuple[str, str], ...], ...]


@dataclass(frozen=True)
class Text:
    """A paragraph; `align` as in w:jc, indented by two characters when it is body text."""

    text: str
    align: str = "both"
    lines_before: float = 0
    keep: bool = False


@dataclass(frozen=True)
class Heading:
    """A heading in 黑体."""

    text: str


@dataclass(frozen=True)
class NewPage:
    """A title that begins a new page."""

    title: str


Part = Fields | Text | Heading | NewPage | Annex


class Form:
    """An empty form, made once for all of its kind: the library takes longer for the page than for its words."""

    def __init__(self, title: str, *, author: str, day: date) -> None:
        draft = Draft(day)
        draft.begin()
        draft.add(_title(title))
        draft.leave(())
        self._package = draft.package(title=title, author=author)

    def filled(self, parts: Iterable[Part]) -> bytes:
        """The form with its parts, as DOCX bytes."""
        return self._package.filled([chain.from_iterable(map(_pieces, parts))])


def _pieces(part: Part) -> Iterator[bytes]:
    for one in _markup(part):
        if isinstance(one, Rows):
            yield from one.serialized()
        else:
            yield serialized(one)


def _title(text: str, page_break: bool = False) -> str:
    return paragraph(runs(text, m.TITLE), align="center", line=640, keep=True, page_break=page_break, outline=0)


def _markup(part: Part) -> list[str | Rows]:
    match part:
        case Fields():
            return [fields_table(part.rows, m.TYPE_WIDTH), paragraph("", line=200)]
        case Annex():
            note = runs(part.note, m.SMALL) if part.note else ""
            return [table(part, m.TYPE_WIDTH, keep_last=True), paragraph(note, line=300, keep=True)]
        case NewPage():
            return [_title(part.title, page_break=True)]
        case Heading():
            inner = runs(part.text, m.H1, squeeze=m.SQUEEZE)
            return [paragraph(inner, first=2, before=m.LINE // 2, keep=True, outline=1)]
        case Text():
            inner = runs(part.text, m.BODY, squeeze=m.SQUEEZE)
            first = 2 if part.align == "both" else 0
            before = round(m.LINE * part.lines_before)
            return [paragraph(inner, align=part.align, first=first, before=before, keep=part.keep)]
