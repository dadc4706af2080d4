"""Which part of the page an element stands in: header, nav, content, side or footer.

Names of classes and ids tell, in the ways Chinese templates name things; a name is believed only where the text agrees,
because `bottom` and `top` also name the halves of a list.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import lru_cache
from itertools import accumulate, islice

from crawler.pages.tree import Document, Element

_WORDS = re.compile(r"[a-z]+|\d+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_FOOTER = frozenset(
    [
        "foot",
        "footer",
        "footers",
        "footbox",
        "footwrap",
        "bottom",
        "btm",
        "copyright",
        "copyrights",
        "dibu",
        "yejiao",
        "banquan",
    ]
)
_HEADER = frozenset(
    ["header", "head", "top", "topbar", "toolbar", "sitetop", "logo", "banner", "toubu", "wangtou", "topper"]
)
_NAV = frozenset(
    [
        "nav",
        "navi",
        "navbar",
        "navs",
        "menu",
        "menus",
        "mainnav",
        "daohang",
        "dh",
        "navigation",
        "mainmenu",
        "topnav",
        "navbox",
        "subnav",
        "submenu",
    ]
)
_SIDE = frozenset(
    [
        "side",
        "sidebar",
        "aside",
        "sidenav",
        "leftnav",
        "leftmenu",
        "sidemenu",
        "related",
        "xgyd",
        "xgwz",
        "xgxx",
        "hot",
        "recommend",
        "phb",
        "rank",
    ]
)
_NO_REGION = re.compile(
    r"crumb|position|weizhi|dqwz|location|path|tit|content|cont|detail|detial|article|announce|news|info|list|"
    r"header-?(?:title|info)|nav-?(?:con|tab)"
)
_FOOTER_HINT = re.compile(  # begins with a plain class: the engine skips ahead to it
    r"[Ii网主版公承技备Cc](?:(?<=[Ii])[Cc][Pp]\s*备|(?<=网)站标识码|(?<=[主承])办单位|(?<=版)权所有|(?<=公)网安备|(?<=技)术支持|"
    r"(?<=备)案号|(?<=[Cc])[Oo][Pp][Yy][Rr][Ii][Gg][Hh][Tt])"
)
_ROW_DATE = re.compile(
    r"(?:19|20)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}|[\n\[(（]\s?\d{1,2}[-/.月]"
    r"\d{1,2}日?\s?(?=[\n\])）])"
)
_NAMING = frozenset(("header", "footer", "nav", "aside"))
_NEVER_NAMED = frozenset(("body", "html", "a", "img", "li", "form", "input"))
_LIST_DATES = 3
_INFO_LINE = re.compile(r"(?:发布|更新|发表)(?:时间|日期)|来\s?源\s?[:：]|(?:时间|日期)\s?[:：]\s?(?:19|20)\d\d")
_LATE = 0.4
_FOOTER_TEXT = 1500
_HEADER_SHARE = 0.5


def _named(label: str) -> str:
    """Region that a tag with its id and class claims, or ''."""
    words = _WORDS.findall(_CAMEL.sub(" ", label).lower())
    tag, names = words[0], words[1:]
    if tag in ("header", "footer", "nav", "aside"):
        return "side" if tag == "aside" else tag
    for claim, known in (("footer", _FOOTER), ("nav", _NAV), ("side", _SIDE), ("header", _HEADER)):
        if any(name in known for name in names) and _NO_REGION.search(label) is None:
            return claim
    if any("foot" in name or "copyright" in name for name in names):
        return "footer"
    return "nav" if any(name.endswith(("nav", "menu")) for name in names) and "list" not in label else ""


@lru_cache(maxsize=8192)
def _claimed(tag: str, name: str | None, style: str | None) -> str:
    return "" if tag in _NEVER_NAMED else _named(f"{tag} {name or ''} {style or ''}"[:200])


def mark_regions(doc: Document) -> None:
    """Give every element its region; what no name claims is content."""
    footer_from = _footer_start(doc)
    linked = _Linked(doc)
    total = max(1, len(doc.text))
    behind = total + 1 if footer_from is None else footer_from
    elements, inside, zones = doc.elements, 0, doc.zones
    zones.clear()
    for element in elements:
        if element.index < inside:  # its region is that of the element around it
            continue
        attrs, tag = element.attrs, element.tag
        own = ""
        if attrs or tag in _NAMING:
            name, style = attrs.get("id"), attrs.get("class")
            claim = _claimed(tag, name and name[:200], style and style[:200]) if name or style or tag in _NAMING else ""
            own = _own(doc, element, claim, total, linked) if claim else ""
        if not own and element.start >= behind:
            own = "footer"
        if own:
            inside = element.end
            zones.append(element)
            for inner in elements[element.index : inside]:
                inner.region = own
        else:
            element.region = "content"


class _Linked:
    """Characters of link text up to each link, so that any subtree's share of links is a subtraction."""

    def __init__(self, doc: Document) -> None:
        self.links = doc.tagged["a"]
        self.places: list[int] = []
        self.sums: list[int] = []

    def within(self, element: Element) -> int:
        """Characters of the links of a subtree."""
        if not self.sums:  # counted when a page first asks
            self.places = [link.index for link in self.links]
            self.sums = list(accumulate((link.stop - link.start for link in self.links), initial=0))
        first, behind = bisect_left(self.places, element.index), bisect_left(self.places, element.end)
        return self.sums[behind] - self.sums[first]


def _own(doc: Document, element: Element, claim: str, total: int, linked: _Linked) -> str:
    """The region this element opens, after its text was held against the claim."""
    text = doc.text_of(element)
    if claim != "side" and sum(1 for _ in islice(_ROW_DATE.finditer(text), _LIST_DATES)) >= _LIST_DATES:
        return ""
    if claim == "footer":
        late = element.start > total * _LATE and element.stop > total * 0.75
        return "footer" if late and (_FOOTER_HINT.search(text) or element.stop > total * 0.95) else ""
    if claim == "header" and _INFO_LINE.search(text):
        return ""
    if claim == "header":
        return "header" if element.start < total * 0.35 and len(text) < total * _HEADER_SHARE else ""
    if claim == "nav":
        return "nav" if linked.within(element) * 2 >= len(text.strip()) else ""
    return claim if len(text) < total * 0.6 else ""


def _footer_start(doc: Document) -> int | None:
    """Where the footer's own words begin, for pages whose tables bear no names: the first late
    line with such a word that no dated entry follows."""
    text = doc.text
    late = int(len(text) * 0.6)
    for found in islice(_FOOTER_HINT.finditer(text, max(late, len(text) - 3000)), 20):
        if len(text) - found.start() <= _FOOTER_TEXT and not _ROW_DATE.search(text, found.start()):
            return text.rfind("\n", 0, found.start()) + 1
    return None
