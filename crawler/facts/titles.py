"""Which published titles are asked of a site's own search (D24, B8): seeded, so that the round can be repeated."""

from __future__ import annotations

import hashlib
import re
from datetime import date, timedelta

SETTLED = timedelta(days=3)  # an index needs time: what is newer is not asked (domain, D24)
_REMEMBERED = 4  # characters at each end, fewer are in too many titles
_PLAIN = re.compile(
    r"[\u4e00-\u9fffA-Za-z0-9〔〕（）()《》、，\-—\s]{8,60}"
)  # quotes and signs are read differently by each engine


def asked_title(title: str | None, published: date | None, today: date) -> str | None:
    """The title as it is typed into a search box; None for one that is too new, too short or has odd signs."""
    plain = " ".join((title or "").split())
    if published is None or published > today - SETTLED or not _PLAIN.fullmatch(plain):
        return None
    return plain


def part_of(title: str) -> str | None:
    """A title's beginning and end without its middle, as one types what one remembers; None for a short title."""
    plain = re.sub(r"[\s《》]", "", title)
    kept = len(plain) * 3 // 8
    return f"{plain[:kept]} {plain[-kept:]}" if kept >= _REMEMBERED else None


def rank(seed: int, site: str, url: str) -> bytes:
    """Place of an article in the draw of its site; the smallest are drawn."""
    key = hashlib.sha256(f"{seed}:D24:{site}".encode()).digest()
    return hashlib.blake2b(url.encode("utf-8", "surrogateescape"), digest_size=8, key=key).digest()
