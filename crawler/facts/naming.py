"""What a column is by its names: its path from the home page, its type, and which columns stand under which."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from crawler.facts.model import ItemFact
from crawler.hosts import prefix_of
from crawler.pages import canonical, column_type_of
from crawler.pages.paths import is_home

HOME = "首页"
_HOME_NAMES = frozenset(("首页", "网站首页", "返回首页", "本站首页", "门户首页", "中心首页", "Home", "HOME", "home"))
_TAILS = frozenset(("正文", "列表", "内容", "详情", "文章列表", "信息列表", "列表页", "更多"))
_LIST_TYPES = frozenset(("动态要闻", "通知公告", "政策文件", "政策解读", "人事信息", "规划计划"))
_ENOUGH, _SHARE = 5, 0.6  # titles that must be of one type, and their share, before content tells the type

Crumb = Sequence[Sequence[str | None]]


def path_of(crumb: Crumb, name: str, home: str, site_name: str = "") -> tuple[str, ...]:
    """Names from the home page to the column: those of its breadcrumb, or its own alone when it has none."""
    names = []
    for step in crumb:
        step_name, url = step[0] or "", step[1]
        led_home = url is not None and (canonical(url) == home or is_home(url))
        if step_name and not led_home and step_name not in _HOME_NAMES | _TAILS and step_name != site_name:
            names.append(step_name)
    if name in names:
        names = names[: names.index(name)]
    elif names and len(crumb) > 1 and crumb[-1][1] is None:
        names.pop()  # the page's own step, worded otherwise
    return (HOME, *names, name)


def type_of(named: str, told: str | None, items: Sequence[ItemFact]) -> str:
    """The type by the column's name, else by its ColumnType tag and breadcrumb, else by what most of its titles are.

    `items` is empty for a column of sub-columns, which holds several types.
    """
    if named != "其他":
        return named
    if told:
        return told
    votes = Counter(column_type_of(item.title[-30:]) for item in items)
    votes.pop(None, None)
    if votes:
        kind, count = votes.most_common(1)[0]
        if kind is not None and count >= _ENOUGH and count >= _SHARE * len(items):
            return kind
    return "其他"


def without_list(kind: str) -> str:
    """The type of a page that holds no list: what is asked of lists is not asked of it."""
    return "其他" if kind in _LIST_TYPES else kind


def above(crumb: Crumb, menu_head: str | None) -> frozenset[str]:
    """Canonical addresses that the breadcrumb and the menu put above a column."""
    steps = {canonical(step[1]) for step in crumb if step[1] is not None}
    return frozenset(steps | ({menu_head} if menu_head else set()))


def folder_of(url: str) -> str | None:
    """What the addresses of sub-columns begin with; None for a home page."""
    folder = prefix_of(url)
    return None if is_home(folder) else folder
