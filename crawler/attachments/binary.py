"""Old office files (OLE2): the text of DOC and of what WPS writes in its form, the cells of XLS.

Nothing is run and nothing inside is followed. A DOC's text is read by its piece table ([MS-DOC] 2.4.1).
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator

from crawler.attachments.bounds import Budget, Refused, Unreadable

OLE2 = bytes.fromhex("d0cf11e0a1b11ae1")
_COMPRESSED = 1 << 30  # of a piece: one byte a character, at half the offset
_MAX_STREAM = 32 << 20  # bytes
_MAX_CELLS = 2_000_000
_WORD_MAGIC = 0xA5EC
_FC_CLX = 0x01A2  # of the FIB, Word 97 and later: where the piece table begins, and its length
_CONTROLS: dict[int, str | None] = {
    **dict.fromkeys((*range(7), 8, *range(14, 32))),
    **dict.fromkeys((7, 10, 11, 12, 13), "\n"),
}


def read_ole(raw: bytes, budget: Budget) -> Iterator[tuple[str, str]]:
    """(place, text) of an OLE2 file. Raises Refused for a broken, locked or unknown one."""
    import olefile  # type: ignore[import-untyped]  # seldom needed

    try:
        with olefile.OleFileIO(io.BytesIO(raw)) as ole:
            if ole.exists("EncryptedPackage") or ole.exists("EncryptionInfo"):
                raise Unreadable("文件已加密")
            if ole.exists("WordDocument"):
                yield "", budget.take(_word(ole, budget))
                return
            book = ole.exists("Workbook") or ole.exists("Book")
    except Refused:
        raise
    except Exception as error:  # a broken file breaks olefile in many ways
        raise Refused("文件内容损坏") from error
    if not book:
        raise Unreadable("旧格式文件的内容不是文字文档或表格，未能读取")
    yield from _sheets(raw, budget)


def _stream(ole: object, name: str) -> bytes:
    if ole.get_size(name) > _MAX_STREAM:  # type: ignore[attr-defined]
        raise Refused("内容过长，没有读取")
    return bytes(ole.openstream(name).read())  # type: ignore[attr-defined]


def _word(ole: object, budget: Budget) -> str:
    body = _stream(ole, "WordDocument")
    magic, version = struct.unpack_from("<HH", body, 0)
    flags = struct.unpack_from("<H", body, 10)[0]
    if flags & 0x0100:
        raise Unreadable("文件已加密")
    if magic != _WORD_MAGIC or version < 0x00C1:
        raise Unreadable("Word 97以前的文件，未能读取")
    table = _stream(ole, "1Table" if flags & 0x0200 else "0Table")
    start, length = struct.unpack_from("<II", body, _FC_CLX)
    return "".join(_pieces(body, _piece_table(table[start : start + length]), budget)).translate(_CONTROLS)


def _piece_table(clx: bytes) -> bytes:
    """The PlcPcd of a Clx: property changes (type 1) stand before it."""
    place = 0
    while place + 5 <= len(clx) and clx[place] == 1:
        place += 3 + int(struct.unpack_from("<H", clx, place + 1)[0])
    if place + 5 > len(clx) or clx[place] != 2:
        raise Refused("文件内容损坏")
    return clx[place + 5 : place + 5 + int(struct.unpack_from("<I", clx, place + 1)[0])]


def _pieces(body: bytes, table: bytes, budget: Budget) -> Iterator[str]:
    count = (len(table) - 4) // 12
    ends = struct.unpack_from(f"<{count + 1}I", table, 0)
    for number in range(count):
        budget.pace()
        offset = int(struct.unpack_from("<I", table, 4 * (count + 1) + 8 * number + 2)[0])
        length = max(0, ends[number + 1] - ends[number])
        if offset & _COMPRESSED:
            start = (offset & ~_COMPRESSED) // 2
            yield body[start : start + length].decode("cp1252", "replace")
        else:
            yield body[offset : offset + 2 * length].decode("utf-16-le", "replace")


def _sheets(raw: bytes, budget: Budget) -> Iterator[tuple[str, str]]:
    import xlrd  # type: ignore[import-untyped]

    try:
        book = xlrd.open_workbook(file_contents=raw, on_demand=True, ragged_rows=True, logfile=io.StringIO())
        names = book.sheet_names()
    except xlrd.XLRDError as error:
        raise Unreadable("文件已加密" if "encrypt" in str(error).lower() else "文件内容损坏") from error
    except Exception as error:  # a broken file breaks xlrd in many ways
        raise Refused("文件内容损坏") from error
    cells = 0
    for number, name in enumerate(names):
        lines = []
        try:
            sheet = book.sheet_by_index(number)
            for row in range(sheet.nrows):
                budget.pace()
                values = [_cell(value) for value in sheet.row_values(row)]
                cells += len(values)
                if cells > _MAX_CELLS:
                    raise Refused("内容过长，只读取了前面部分")
                lines.append("\t".join(values))
            book.unload_sheet(number)
        except Refused:
            raise
        except Exception as error:
            raise Refused(f"工作表“{name}”内容损坏") from error
        yield f"工作表“{name}”", budget.take("\n".join(lines))


def _cell(value: object) -> str:
    """A cell as its reader sees it: a whole number has no decimal point."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
