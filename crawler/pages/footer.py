"""A footer that is not in the page: what a fetched script writes into it, or a fetched piece of markup."""

from __future__ import annotations

import re
from urllib.parse import unquote

from crawler.pages.dates import narrow
from crawler.pages.regions import mark_regions
from crawler.pages.tree import Document, build

LIMIT = 500_000  # characters of a script that are read
_TOKEN = re.compile(
    r"//[^\n]*|/\*.*?(?:\*/|\Z)|\"((?:[^\"\\\n]|\\.)*)\"|'((?:[^'\\\n]|\\.)*)'|`((?:[^`\\]|\\.)*)`", re.S
)
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))", re.S)
_PLAIN = {"n": "\n", "t": " ", "r": "", "\n": ""}
_PACKED = re.compile(r"%(?:3C|u[0-9a-f]{4})", re.I)
_PACKED_CHARACTER = re.compile(r"%u([0-9a-fA-F]{4})")


def footer_document(text: str) -> Document:
    """The footer as a document: the markup itself, or the strings of a script in the order in which it writes them."""
    text = text[:LIMIT].lstrip("\ufeff \r\n\t")
    markup = text if text[:1] == "<" else written(text)
    doc = build(markup)
    doc.text = narrow(doc.text)
    mark_regions(doc)
    return doc


def written(script: str) -> str:
    """The string literals of a script in their order, without what stands in comments; `escape`d ones are undone."""
    parts = []
    for token in _TOKEN.finditer(script):
        literal = token[1] or token[2] or token[3]
        if literal:
            parts.append(_ESCAPE.sub(_character, literal))
    joined = "".join(parts)
    if _PACKED.search(joined):
        joined = unquote(_PACKED_CHARACTER.sub(lambda found: chr(int(found[1], 16)), joined))
    return joined


def _character(found: re.Match[str]) -> str:
    code = found[1] or found[2]
    return chr(int(code, 16)) if code else _PLAIN.get(found[3], found[3])
