"""The text of an attachment by what its content is, whatever its name says: DOCX, XLSX, DOC, XLS, WPS and ET in
Microsoft's form, RTF, PDF, OFD, ZIP, CSV and plain text.

A scan and a RAR are told as unreadable. Nothing is written to disk, nothing inside a file is followed.
"""

from __future__ import annotations

import io
import logging
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lxml import etree

from crawler.attachments.binary import OLE2, read_ole
from crawler.attachments.bounds import MAX_DEPTH, Budget, Refused, Unreadable, member, open_archive
from crawler.pages.encoding import decode

if TYPE_CHECKING:
    from pypdf import PdfReader

READABLE = frozenset(["docx", "xlsx", "doc", "xls", "wps", "et", "rtf", "pdf", "ofd", "txt", "csv", "zip"])
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_OFD_PAGE = re.compile(r"Pages/[^/]+/Content\.xml$", re.IGNORECASE)
_RTF = re.compile(  # an escape of one character with its stand-in, bytes of the code page, a word, words
    rb"\\u(-?\d{1,6}) ?(?:\\'[0-9a-fA-F]{2}|\?)?|((?:\\'[0-9a-fA-F]{2})+)|\\([a-z]+)-?\d* ?|[{}\r\n]|\\.|([^\\{}\r\n]+)"
)
_MAX_PAGES = 500
_QUIET = logging.getLogger("pypdf")
_QUIET.setLevel(logging.CRITICAL)  # it comments on every fault of a file


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of an attachment. `place` in Chinese: 第3页, 工作表“名单”第2—200行, 压缩包内文件名."""

    place: str
    text: str


def read_attachment(raw: bytes, budget: Budget | None = None) -> Iterator[Piece]:
    """The text in pieces, in order. Raises Refused where reading ends early; what came before is good."""
    yield from _read(raw, budget or Budget(), 0)


def _read(raw: bytes, budget: Budget, depth: int) -> Iterator[Piece]:
    if raw.startswith(b"%PDF") or b"%PDF-" in raw[:1024]:
        yield from _pdf(raw, budget)
    elif raw.startswith(b"PK"):
        with open_archive(raw) as archive:
            yield from _packed(archive, budget, depth)
    elif raw.startswith(OLE2):
        for place, text in read_ole(raw, budget):
            yield Piece(place, text)
    elif raw.startswith(b"{\\rtf"):
        yield Piece("", budget.take(_rtf(raw)))
    elif raw.startswith(b"Rar!"):
        raise Unreadable("RAR压缩包，未能读取")
    elif b"\0" not in raw[:4096]:
        yield Piece("", budget.take(decode(raw)[1]))


def _packed(archive: zipfile.ZipFile, budget: Budget, depth: int) -> Iterator[Piece]:
    names = set(archive.namelist())
    if "word/document.xml" in names:
        yield from _docx(archive, budget)
    elif "xl/workbook.xml" in names:
        yield from _xlsx(archive, budget)
    elif "OFD.xml" in names:
        yield from _ofd(archive, budget)
    elif depth < MAX_DEPTH:
        yield from _zip(archive, budget, depth)


def _zip(archive: zipfile.ZipFile, budget: Budget, depth: int) -> Iterator[Piece]:
    unread: list[str] = []
    for info in archive.infolist():
        name = _name(info)
        if info.is_dir() or name.rpartition(".")[2].lower() not in READABLE:
            continue
        try:
            for piece in _read(member(archive, info, budget), budget, depth + 1):
                yield Piece(f"压缩包内{name} {piece.place}".strip(), piece.text)
        except Unreadable as why:
            unread.append(str(why))
    if unread:
        raise Unreadable(f"压缩包内{len(unread)}个文件未读（{'；'.join(dict.fromkeys(unread))}）")


def _name(info: zipfile.ZipInfo) -> str:
    """The member's name; Chinese packers write it in GBK without saying so."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return info.filename


def _xml(raw: bytes) -> etree._Element:
    """An XML part, without entities and without the network."""
    try:
        return etree.fromstring(raw, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False))
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Refused("文件内容损坏") from error


def _docx(archive: zipfile.ZipFile, budget: Budget) -> Iterator[Piece]:
    root = _xml(member(archive, archive.getinfo("word/document.xml"), budget))
    lines = []
    for paragraph in root.iter(f"{_WORD}p"):
        budget.pace()
        lines.append("".join(run.text or "" for run in paragraph.iter(f"{_WORD}t")))
    yield Piece("", budget.take("\n".join(lines)))


def _xlsx(archive: zipfile.ZipFile, budget: Budget) -> Iterator[Piece]:
    """Every sheet, its rows as lines: read here, since openpyxl unpacks without a bound."""
    shared: list[str] = []
    if "xl/sharedStrings.xml" in archive.namelist():
        root = _xml(member(archive, archive.getinfo("xl/sharedStrings.xml"), budget))
        shared = ["".join(part.text or "" for part in one.iter(f"{_SHEET}t")) for one in root.iter(f"{_SHEET}si")]
    book = _xml(member(archive, archive.getinfo("xl/workbook.xml"), budget))
    titles = [sheet.get("name") or "" for sheet in book.iter(f"{_SHEET}sheet")]
    parts = [info for info in archive.infolist() if info.filename.startswith("xl/worksheets/sheet")]
    for number, info in enumerate(sorted(parts, key=lambda one: (len(one.filename), one.filename))):
        rows = _rows(_xml(member(archive, info, budget)), shared, budget)
        title = titles[number] if number < len(titles) else str(number + 1)
        yield Piece(f"工作表“{title}”", budget.take("\n".join(rows)))


def _rows(sheet: etree._Element, shared: list[str], budget: Budget) -> Iterator[str]:
    for row in sheet.iter(f"{_SHEET}row"):
        budget.pace()
        yield "\t".join(_cell(cell, shared) for cell in row.iter(f"{_SHEET}c"))


def _cell(cell: etree._Element, shared: list[str]) -> str:
    value = cell.findtext(f"{_SHEET}v") or ""
    if cell.get("t") == "s":
        return shared[int(value)] if value.isdigit() and int(value) < len(shared) else ""
    if cell.get("t") == "inlineStr":
        return "".join(part.text or "" for part in cell.iter(f"{_SHEET}t"))
    return value


def _pdf(raw: bytes, budget: Budget) -> Iterator[Piece]:
    """Every page that has text; a scan has none."""
    from pypdf import PdfReader  # slow to import, and seldom needed

    try:
        reader = PdfReader(io.BytesIO(raw), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise Unreadable("文件已加密")
        count = min(len(reader.pages), _MAX_PAGES)
    except Refused:
        raise
    except Exception as error:  # a broken PDF breaks pypdf in many ways
        raise Refused("文件内容损坏") from error
    empty = 0
    for number in range(count):
        budget.pace()
        try:
            text = reader.pages[number].extract_text()
        except Exception as error:
            raise Refused(f"第{number + 1}页内容损坏") from error
        empty += not text.strip()
        yield Piece(f"第{number + 1}页", budget.take(text))
    if count and empty == count and _has_pictures(reader):
        raise Unreadable("扫描件，没有文字，未能读取")


def _has_pictures(reader: PdfReader) -> bool:
    """A PDF without a word is a scan when its first page shows a picture, and an empty sheet when not."""
    try:
        return len(reader.pages[0].images) > 0
    except Exception:  # a picture that pypdf cannot take apart is a picture
        return True


def _ofd(archive: zipfile.ZipFile, budget: Budget) -> Iterator[Piece]:
    """OFD (GB/T 33190): the text codes of each page in its order; pages that are pictures have none."""
    pages = [one for one in archive.infolist() if _OFD_PAGE.search(one.filename)]
    said = False
    for number, info in enumerate(sorted(pages, key=lambda one: (len(one.filename), one.filename)), 1):
        budget.pace()
        root = _xml(member(archive, info, budget))
        lines = ["".join(code.itertext()) for code in root.iter() if str(code.tag).endswith("}TextCode")]
        said = said or bool(lines)
        yield Piece(f"第{number}页", budget.take("\n".join(lines)))
    if pages and not said:
        raise Unreadable("版式文件没有文字，可能是扫描件，未能读取")


def _rtf(raw: bytes) -> str:
    """The words of an RTF file: Unicode escapes, bytes of its code page, line breaks; groups of fonts are harmless."""
    out: list[str] = []
    for part in _RTF.finditer(raw):
        code, byte, word, text = part.groups()
        if code is not None:
            out.append(chr(int(code) % 0x10000))
        elif byte is not None:
            out.append(bytes.fromhex(byte.decode().replace("\\'", "")).decode("gb18030", "replace"))
        elif word is not None:
            out.append("\n" if word in (b"par", b"line", b"row") else "\t" if word in (b"tab", b"cell") else "")
        elif text is not None:
            out.append(text.decode("latin-1"))
    return "".join(out)
