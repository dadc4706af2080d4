"""Small real files the pages point at: documents with right magic bytes, drawn pictures, the footer mark."""

from __future__ import annotations

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable

TYPES = {
    "pdf": "application/pdf",
    "doc": "application/msword",
    "xls": "application/vnd.ms-excel",
    "zip": "application/zip",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "css": "text/css; charset=utf-8",
    "js": "application/javascript; charset=utf-8",
    "png": "image/png",
    "svg": "image/svg+xml",
    "txt": "text/plain; charset=utf-8",
    "ico": "image/x-icon",
    "xml": "text/xml; charset=utf-8",
}
_OOXML = {
    "docx": (
        "word/document.xml",
        '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"/>',
    ),
    "xlsx": ("xl/workbook.xml", '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>'),
    "zip": ("readme.txt", "staging city"),
}


def kind_of(path: str) -> str:
    """Extension of the file an address names, also when it stands in the query."""
    return path.rsplit(".", 1)[-1].lower() if "." in path else ""


def document(kind: str) -> bytes:
    """A small file whose first bytes are right for its kind."""
    if kind == "pdf":
        return _pdf()
    if kind in ("doc", "xls"):
        return bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504) + b"staging city".ljust(1536, b"\0")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in (("[Content_Types].xml", "<Types/>"), _OOXML.get(kind, _OOXML["zip"])):
            archive.writestr(zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0)), text)
    return buffer.getvalue()


def _pdf() -> bytes:
    """A blank page of A4 as a valid PDF."""
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>",
    ]
    out, offsets = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % o for o in offsets)
    return (
        out
        + b"xref\n0 4\n0000000000 65535 f \n"
        + table
        + b"trailer\n<</Size 4/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % len(out)
    )


def raster(width: int, height: int, pixel: Callable[[int, int], bytes]) -> bytes:
    """A PNG of RGBA pixels, each given by a function of its place."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + b"".join(pixel(x, y) for x in range(width)) for y in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def png(width: int, height: int, top: tuple[int, int, int], bottom: tuple[int, int, int]) -> bytes:
    """A picture that runs from one colour to another, downwards."""

    def pixel(x: int, y: int) -> bytes:
        share = y / max(1, height - 1)
        return bytes(round(a + (b - a) * share) for a, b in zip(top, bottom, strict=True)) + b"\xff"

    return raster(width, height, pixel)


def landscape(seed: str, width: int = 640, height: int = 400) -> bytes:
    """An SVG of mountains, sun and mist, different for every seed: the city's press photographs."""
    rng = random.Random(f"landscape/{seed}")
    sky, ground = rng.choice(
        [("#9fd0ef", "#2f6f4f"), ("#f4c58a", "#7a4a3a"), ("#bcd9f5", "#34617d"), ("#cfe8d5", "#3d7a4f")]
    )
    layers = []
    for depth in range(4):
        base = height * (0.45 + depth * 0.14)
        points = [(x, base - rng.random() * height * (0.30 - depth * 0.05)) for x in range(0, width + 81, 80)]
        line = " ".join(f"{x:.0f},{y:.0f}" for x, y in points)
        layers.append(
            f'<polygon points="0,{height} {line} {width},{height}" fill="{ground}" opacity="{0.35 + depth * 0.2:.2f}"/>'
        )
    sun = f'<circle cx="{rng.randint(80, width - 80)}" cy="{rng.randint(50, 120)}" r="34" fill="#fff6d8" opacity=".9"/>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
        f'<defs><linearGradient id="s" x2="0" y2="1"><stop stop-color="{sky}"/><stop offset="1" stop-color="#fdfbf3"/>'
        f'</linearGradient></defs><rect width="100%" height="100%" fill="url(#s)"/>{sun}{"".join(layers)}</svg>'
    ).encode()


def seal(colour: str) -> bytes:
    """The city's round badge: a ridge over a river."""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96" width="96" height="96">'
        f'<circle cx="48" cy="48" r="46" fill="#fff" stroke="{colour}" stroke-width="4"/>'
        f'<path d="M14 62 34 30l12 16 10-12 26 28Z" fill="{colour}"/><circle cx="66" cy="26" r="7" fill="#e9b13c"/>'
        f'<path d="M18 70q15-8 30 0t30 0M26 79q11-6 22 0t22 0" fill="none" stroke="{colour}" stroke-width="4"/></svg>'
    ).encode()


def footer_mark(colour: str) -> bytes:
    """A stand-in, as PNG, for the 党政机关 (red) or 事业单位 (blue) mark of the footer."""
    fill = {"red": (200, 22, 29), "blue": (29, 95, 174)}[colour]

    def pixel(x: int, y: int) -> bytes:
        width = 25 if y < 38 else max(0, 25 - (y - 38) * 0.9)
        if y < 3 or abs(x - 30) > width:
            return b"\0\0\0\0"
        radius = ((x - 30) ** 2 + (y - 28) ** 2) ** 0.5
        light = 10 < radius < 13.5 or (46 <= y <= 49 and abs(x - 30) < 11)
        return (b"\xff\xff\xff" if light else bytes(fill)) + b"\xff"

    return raster(60, 70, pixel)
