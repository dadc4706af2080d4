"""The type of a column by its name, from the synonyms in crawler/marks/columns.yaml."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from crawler.pages.marks import load_marks

_NOISE = re.compile(r"[\s\u3000>»·•:：\-—_|()（）\[\]【】“”\"']+")


@cache
def _synonyms() -> tuple[dict[str, str], list[tuple[str, str]], list[str]]:
    """(whole names, parts of names, words that forbid a guess)."""
    data = load_marks("columns.yaml")
    whole: dict[str, str] = {}
    parts: list[tuple[str, str]] = []
    for entry in data["types"]:
        for name in entry.get("names", []):
            whole[_NOISE.sub("", name)] = entry["type"]
        parts += [(part, entry["type"]) for part in entry.get("parts", [])]
    return whole, parts, list(data.get("never", []))


@lru_cache(maxsize=4096)
def column_type_of(name: str) -> str | None:
    """ColumnType (contract 2) that a column's name means, None when the name does not tell.

    The longest known part decides; of equal ones the last, as the head of a Chinese name stands at its end.
    """
    key = _NOISE.sub("", name)
    if not key or len(key) > 40:
        return None
    whole, parts, never = _synonyms()
    if key in whole:
        return whole[key]
    if any(word in key for word in never):
        return None
    found = [(len(part), key.rfind(part), kind) for part, kind in parts if part in key]
    return max(found)[2] if found else None
