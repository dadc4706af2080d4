"""Addresses that a stylesheet makes a browser request."""

from __future__ import annotations

import re
from collections.abc import Iterator

_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.S)
_URL = re.compile(
    r"url\(\s*(?:\"([^\"\n]{0,4000})\"|'([^'\n]{0,4000})'|([^)\"'\s]{1,4000}))\s*\)"
    r"|@import\s+(?:\"([^\"\n]{1,4000})\"|'([^'\n]{1,4000})')",
    re.I,
)


def css_addresses(css: str) -> Iterator[str]:
    """Every `url(…)` and `@import` as written, comments left out."""
    if "url(" not in css and "@import" not in css and "URL(" not in css:
        return
    if "/*" in css:
        css = _COMMENT.sub(" ", css)
    for found in _URL.finditer(css):
        address = next((part for part in found.groups() if part is not None), "").strip()
        if address and not address.startswith(("data:", "#")):
            yield address
