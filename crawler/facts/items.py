"""Items of lists: which day counts, and each item once."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from crawler.facts.model import ItemFact

_AUTOMATIC = re.compile(
    r"今天是|今日是|星期[一二三四五六日天]|℃|天气|气温|农历|万年历|日历|空气质量|(?:当前|现在|北京)时间|访问(?:量|人次|人数)|在线人数|点击量"
)


def is_automatic(title: str) -> bool:
    """Weather, calendars and counters renew themselves: as blocks of a page they are no updates (1.1.b)."""
    return _AUTOMATIC.search(title) is not None


def day_of(text: str | None) -> date | None:
    """A stored date."""
    return date.fromisoformat(text) if text else None


def day_of_item(item: ItemFact) -> date | None:
    """The article's own date; the list's while the article was not read. One that says none counts as no update."""
    return item.published if item.article_read else item.listed


def newest_of(items: Iterable[ItemFact]) -> tuple[date | None, ItemFact | None]:
    """The newest day and its item, the first of equal ones."""
    best: tuple[date | None, ItemFact | None] = (None, None)
    for item in items:
        day = day_of_item(item)
        if day is not None and (best[0] is None or day > best[0]):
            best = day, item
    return best


def distinct(items: Iterable[ItemFact]) -> list[ItemFact]:
    """Each listed address once, its dated entry before one without: a list and its data address show the same items."""
    kept: dict[str, ItemFact] = {}
    for item in items:
        known = kept.get(item.url)
        if known is None or (known.listed is None and item.listed is not None):
            kept[item.url] = item
    return list(kept.values())
