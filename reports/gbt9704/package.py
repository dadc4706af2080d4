"""A DOCX as its parts, with holes in its text that are filled while it is written."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from docx.oxml.ns import nsmap
from lxml import etree

from reports.files import fixed_zip

_TARGET = "xuncha-hole"
_HOLE = re.compile(rb"<\?%s (\d+)\?>" % _TARGET.encode())


def hole(number: int) -> Any:
    """What stands in the text for piece `number`. Word would not mind it, and no text can hold it by chance."""
    return etree.ProcessingInstruction(_TARGET, str(number))


def takes_pieces(document: Any) -> bool:
    """Whether text made by us may stand in the document as it is; an office's template may name things otherwise."""
    named: Any = document.element.nsmap.get("w")
    return bool(named == nsmap["w"])


@dataclass(frozen=True)
class Package:
    """The parts of a document by name, in their order in the file; `text` is the name of the one with the holes."""

    parts: tuple[tuple[str, bytes], ...]
    text: str

    @classmethod
    def of(cls, document: Any) -> Package:
        """What the library would write."""
        buffer = io.BytesIO()
        document.save(buffer)
        with zipfile.ZipFile(buffer) as source:
            parts = tuple((entry.filename, source.read(entry.filename)) for entry in source.infolist())
        return cls(parts, document.part.partname.membername)

    def filled(self, pieces: Sequence[Iterable[bytes]]) -> bytes:
        """The file's bytes with `pieces` in the holes of their number."""
        return fixed_zip((name, _filled(part, pieces) if name == self.text else [part]) for name, part in self.parts)


def _filled(part: bytes, pieces: Sequence[Iterable[bytes]]) -> Iterator[bytes]:
    between = _HOLE.split(part)  # text, number, text, number, … text
    for i, text in enumerate(between):
        if i % 2:
            yield from pieces[int(text)]
        else:
            yield text
