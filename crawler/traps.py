"""Addresses without end: repeated path parts, overlong addresses, calendars and other makers of ever new parameters."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from urllib.parse import parse_qsl, urlsplit

REPEATED_PART = 3  # `/a/b/a/b/a/b/`: a path part that stands this often is a loop (F16)
MAX_LENGTH = 1500
MAX_PARTS = 20
PER_TEMPLATE = 400  # addresses that differ only in parameter values or in a calendar's numbers
_CALENDAR = re.compile(r"(?:calendar|rili|riqi)", re.IGNORECASE)
_DATE_NAMES = {"year", "month", "day", "date", "y", "m", "d", "nian", "yue", "ri"}


class TrapWatch:
    """Counts addresses per template of one site and says which are cut. Reasons are Chinese, for the report."""

    def __init__(self, per_template: int = PER_TEMPLATE) -> None:
        self._per_template = per_template
        self._seen: Counter[str] = Counter()
        self.cut: defaultdict[str, int] = defaultdict(int)

    def trapped(self, url: str) -> str | None:
        """The reason to leave this address out, or None. Counts it."""
        reason = shape_trap(url) or self._template_trap(url)
        if reason:
            self.cut[reason] += 1
        return reason

    def remember(self, url: str) -> None:
        """Count an address that an earlier walk of the run let through."""
        if "?" in url:
            self._template_trap(url)

    def _template_trap(self, url: str) -> str | None:
        parts = urlsplit(url)
        if not parts.query:
            return None
        names = sorted(name for name, _ in parse_qsl(parts.query, keep_blank_values=True))
        dated = _CALENDAR.search(parts.path) or len(_DATE_NAMES.intersection(n.lower() for n in names)) >= 2
        template = f"{parts.netloc}{parts.path}?{'&'.join(names)}"
        self._seen[template] += 1
        limit = self._per_template // 20 if dated else self._per_template
        if self._seen[template] > limit:
            return "日历类地址无限翻页" if dated else f"同一模板地址超过{limit}个"
        return None


def shape_trap(url: str) -> str | None:
    """A trap that the address alone shows."""
    if len(url) > MAX_LENGTH:
        return f"地址超过{MAX_LENGTH}个字符"
    path_parts = [part for part in urlsplit(url).path.split("/") if part]
    if len(path_parts) > MAX_PARTS:
        return f"地址层级超过{MAX_PARTS}级"
    folders = [part for part in path_parts[:-1] if not part.isdigit()]
    if folders and max(Counter(folders).values()) >= REPEATED_PART:
        return "路径片段循环重复"
    return None
