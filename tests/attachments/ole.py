"""Old office files made by hand: an OLE2 container ([MS-CFB]), a DOC with pieces, an XLS of a few BIFF8 records."""

from __future__ import annotations

import struct

_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_SECTOR = 512


def ole(streams: dict[str, bytes]) -> bytes:
    """A container of these streams, each made long enough to stand in sectors of its own."""
    sectors: list[bytes] = []
    fat: list[int] = []
    entries = [_entry("Root Entry", 5, _END, 0, child=1)]
    for number, (name, raw) in enumerate(streams.items(), 1):
        raw = raw.ljust(4096, b"\0")
        count = -(-len(raw) // _SECTOR)
        start = len(fat)
        sectors += [raw[n * _SECTOR : (n + 1) * _SECTOR].ljust(_SECTOR, b"\0") for n in range(count)]
        fat += [*range(start + 1, start + count), _END]
        entries.append(_entry(name, 2, start, len(raw), right=number + 1 if number < len(streams) else _FREE))
    directory = b"".join(entries).ljust(_SECTOR * -(-len(entries) // 4), b"\0")
    first = len(fat)
    sectors += [directory[n : n + _SECTOR] for n in range(0, len(directory), _SECTOR)]
    fat += [*range(first + 1, len(sectors)), _END]
    fat.append(_FAT)
    assert len(fat) <= 128
    table = struct.pack("<128I", *fat, *[_FREE] * (128 - len(fat)))
    head = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<IIIIIIIII", 0, 1, first, 0, 4096, _END, 0, _END, 0)
    head += struct.pack("<109I", len(fat) - 1, *[_FREE] * 108)
    return head + b"".join(sectors) + table


def _entry(name: str, kind: int, start: int, size: int, *, right: int = _FREE, child: int = _FREE) -> bytes:
    written = name.encode("utf-16-le") + b"\0\0"
    return (
        written.ljust(64, b"\0")
        + struct.pack("<HBBIII", len(written), kind, 1, _FREE, right, child)
        + bytes(36)
        + struct.pack("<III", start, size, 0)
    )


def doc(*pieces: str, locked: bool = False) -> bytes:
    """A Word 97 document; ASCII pieces are written one byte a character, as Word does."""
    body = bytearray(struct.pack("<HH", 0xA5EC, 0x00C1).ljust(1024, b"\0"))
    struct.pack_into("<H", body, 10, 0x0200 | (0x0100 if locked else 0))
    ends, places, at = [0], [], 0
    for text in pieces:
        at += len(text)
        ends.append(at)
        if text.isascii():
            places.append(len(body) * 2 | 1 << 30)
            body += text.encode()
        else:
            places.append(len(body))
            body += text.encode("utf-16-le")
    table = struct.pack(f"<{len(ends)}I", *ends) + b"".join(struct.pack("<HIH", 0, place, 0) for place in places)
    clx = b"\x01" + struct.pack("<H", 4) + bytes(4) + b"\x02" + struct.pack("<I", len(table)) + table
    struct.pack_into("<II", body, 0x01A2, 0, len(clx))
    return ole({"WordDocument": bytes(body), "1Table": clx})


def xls(*rows: tuple[str | float, ...], title: str = "Sheet1") -> bytes:
    """A BIFF8 workbook of one sheet."""
    bound = bytes(4) + b"\0\0" + bytes([len(title), 1]) + title.encode("utf-16-le")
    globals_length = sum(len(part) for part in (_record(0x809, _bof(5)), _record(0x85, bound), _record(0x0A)))
    bound = struct.pack("<I", globals_length) + bound[4:]
    book = _record(0x809, _bof(5)) + _record(0x85, bound) + _record(0x0A)
    book += _record(0x809, _bof(0x10))
    for number, row in enumerate(rows):
        for place, value in enumerate(row):
            head = struct.pack("<HHH", number, place, 0)
            if isinstance(value, str):
                written = struct.pack("<HB", len(value), 1) + value.encode("utf-16-le")
                book += _record(0x204, head + written)
            else:
                book += _record(0x203, head + struct.pack("<d", value))
    return ole({"Workbook": book + _record(0x0A)})


def _bof(kind: int) -> bytes:
    return struct.pack("<HHHHII", 0x600, kind, 0x0DBB, 0x07CC, 0, 6)


def _record(kind: int, data: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(data)) + data
