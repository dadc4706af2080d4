"""How much of a body is read, and how it is unpacked without being filled up by a bomb."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Literal

ReadMode = Literal["page", "link", "auto"]

DEFAULT_MAX_BODY = 8 << 20
LINK_TEXT = 64 << 10  # of a page that is only checked as a link
LINK_WHOLE = 64 << 10  # other types up to this size are read whole: cheaper than a new connection
LINK_HEAD = 4 << 10  # first bytes of larger files: enough for magic bytes
_TEXT_TYPES = ("text/", "application/xhtml", "application/xml", "application/json", "application/javascript")


@dataclass(frozen=True, slots=True)
class Allowance:
    """`raw`: bytes to take from the network before the transfer is cut; `unpacked`: bytes to keep after unpacking."""

    raw: int
    unpacked: int


def allowance(mode: ReadMode, content_type: str, declared: int | None, max_body: int) -> Allowance:
    """What to read of a body of this type and declared size (None: unknown)."""
    text = not content_type or content_type.startswith(_TEXT_TYPES) or "html" in content_type
    if mode == "page" or (mode == "auto" and text):
        return Allowance(max_body, max_body)
    if text:
        return Allowance(LINK_TEXT, 4 * LINK_TEXT)
    if declared is None or declared <= LINK_WHOLE:
        return Allowance(LINK_WHOLE, LINK_WHOLE)
    return Allowance(LINK_HEAD, LINK_WHOLE)


def unpack(raw: bytes, encoding: str, limit: int) -> tuple[bytes, bool, bool]:
    """(body, cut, damaged) of `raw` under a Content-Encoding, at most `limit` bytes.

    `cut`: there was more than `limit`; `damaged`: the packed data ends early or is broken. Data that is not packed at
    all although the header says so is given back as it is, as readers' software does. Encodings are undone from last
    to first; an unknown one leaves the data as it is.
    """
    cut = damaged = False
    for name in reversed([part.strip().lower() for part in encoding.split(",") if part.strip()]):
        raw, was_cut, was_damaged = _unpack_one(raw, name, limit)
        cut, damaged = cut or was_cut, damaged or was_damaged
    return raw, cut, damaged


def _unpack_one(raw: bytes, name: str, limit: int) -> tuple[bytes, bool, bool]:
    if name in ("gzip", "x-gzip"):
        return _inflate(raw, (31,), limit)
    if name == "deflate":
        return _inflate(raw, (15, -15), limit)  # the name means zlib, many servers send raw deflate
    return raw, False, False


def _inflate(raw: bytes, windows: tuple[int, ...], limit: int) -> tuple[bytes, bool, bool]:
    for bits in windows:
        unpacker = zlib.decompressobj(bits)
        pieces: list[bytes] = []
        size, rest, broken = 0, raw, False
        while rest and not unpacker.eof and size <= limit:
            try:
                piece = unpacker.decompress(rest, min(limit + 1 - size, 1 << 18))
            except zlib.error:
                broken = True
                break
            pieces.append(piece)
            size += len(piece)
            rest = unpacker.unconsumed_tail
            if not piece and not rest:
                break
        if pieces and size:
            return b"".join(pieces)[:limit], size > limit, broken or (size <= limit and not unpacker.eof)
        if not broken:
            return b"", False, bool(raw) and not unpacker.eof
    return raw[:limit], len(raw) > limit, True
