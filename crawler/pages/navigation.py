"""The ways through a site that a page shows: the breadcrumb and the main navigation."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice

from crawler.pages.resolve import Resolver
from crawler.pages.tree import Document, Element

_HERE = re.compile(
    r"(?=[您你现当目的所位yl])(?:(?:您|你)?(?:现在|当前|目前)?(?:的|所在|所处)*位置|当前(?:所在)?页面?|您所在的(?:栏目|页面)?|当前栏目|"
    r"You are here|Location)\s*(?:是|为|在)?\s*(?:[:：>»]|\s|(?=首页))",
    re.I,
)
_HERE_WORDS = ("位置", "当前", "所在", "You are", "you are", "ocation")
_CRUMB_CLASS = re.compile(r"crumb|bread|dqwz|weizhi|position|location|dangqian|curmb|wznav|address|path", re.I)
_HOME_WORDS = frozenset(
    ("首页", "网站首页", "返回首页", "本站首页", "首頁", "Home", "HOME", "home", "门户首页", "中心首页")
)
_SEPARATORS = re.compile(r"\s*(?:>+|»|›|→|/|\\|·|-+|—+|＞|::|\|)\s*")
_NAME_LIMIT = 30
_MENU_ITEMS = frozenset(("li", "dl", "dd", "div", "td"))
_CRUMB_TEXT = 260


def breadcrumb(doc: Document, resolve: Resolver) -> list[tuple[str, str | None]]:
    """Names and addresses from the home page down to this page; names without a link have None."""
    box = _crumb_by_words(doc) or _crumb_by_class(doc) or _crumb_by_home(doc)
    return _steps(doc, box, resolve) if box is not None else []


def _crumb_by_words(doc: Document) -> Element | None:
    if not any(word in doc.text for word in _HERE_WORDS):
        return None
    for found in _HERE.finditer(doc.text):
        if doc.is_muted(found.start()):
            continue
        element = doc.innermost(found.start())
        for _ in range(4):
            if element is None or element.stop - element.start > _CRUMB_TEXT:
                break
            if any(inner.tag == "a" for inner in doc.subtree(element, 60)) or _SEPARATORS.search(
                doc.text_of(element), 6
            ):
                return element
            element = element.parent
    return None


@lru_cache(maxsize=4096)
def _is_crumb(style: str | None, name: str | None) -> bool:
    return _CRUMB_CLASS.search(f"{style or ''} {name or ''}"[:200]) is not None


def _crumb_by_class(doc: Document) -> Element | None:
    for element in doc.elements:
        attrs = element.attrs
        if not attrs or not ("class" in attrs or "id" in attrs) or element.hidden or element.region == "footer":
            continue
        if 4 <= element.stop - element.start <= _CRUMB_TEXT and _is_crumb(attrs.get("class"), attrs.get("id")):
            links = [inner for inner in doc.subtree(element, 60) if inner.tag == "a"]
            if links and _name(doc, links[0]) in _HOME_WORDS:
                return element
    return None


def _crumb_by_home(doc: Document) -> Element | None:
    """`首页 > 栏目` without a label."""
    for element in doc.tagged["a"]:
        if element.stop - element.start > 10 or _name(doc, element) not in _HOME_WORDS:
            continue
        after = doc.text[element.stop : element.stop + 4].strip()
        if after[:1] in (">", "»", "›", "＞", "→") and element.parent is not None:
            box = element.parent
            return box if box.stop - box.start <= _CRUMB_TEXT else None
    return None


def _steps(doc: Document, box: Element, resolve: Resolver) -> list[tuple[str, str | None]]:
    steps: list[tuple[str, str | None]] = []
    place = box.start
    start = _HERE.search(doc.text, box.start, box.stop)
    if start is not None:
        place = start.end()
    for element in doc.subtree(box, 100):
        if element.tag == "a" and element.start >= place and element.stop > element.start:
            _plain_steps(steps, doc.text[place : element.start])
            href = element.get("href")
            steps.append((_name(doc, element), resolve.url(href) if href else None))
            place = element.stop
    _plain_steps(steps, doc.text[place : box.stop])
    return [(name, url) for name, url in steps if name][:12]


def _plain_steps(steps: list[tuple[str, str | None]], text: str) -> None:
    for part in _SEPARATORS.split(text):
        name = " ".join(part.split()).strip(":： ")
        if 1 < len(name) <= 80 and not name.startswith(("当前", "您", "欢迎")):
            steps.append((name, None))


def _name(doc: Document, element: Element) -> str:
    return " ".join(doc.text_of(element).split())


def navigation(doc: Document, resolve: Resolver) -> list[tuple[str, str]]:
    """Names and addresses of the main navigation, in order."""
    box = _nav_by_region(doc) or _nav_by_home(doc)
    if box is None:
        return []
    found: dict[str, str] = {}
    for element in doc.subtree(box):
        if element.tag != "a":
            continue
        name = _name(doc, element) or element.get("title").strip()
        url = resolve.url(element.get("href")) if element.get("href") else None
        if url and 1 < len(name) <= _NAME_LIMIT:
            found.setdefault(url, name)
    return [(name, url) for url, name in found.items()]


def menu_parents(doc: Document, resolve: Resolver) -> dict[str, str]:
    """Address of each entry of a drop-down menu to that of the entry it drops down from."""
    box = _nav_by_region(doc) or _nav_by_home(doc)
    if box is None:
        return {}
    heads: dict[int, Element | None] = {}
    found: dict[str, str] = {}
    for element in doc.subtree(box):
        if element.tag != "a" or not element.get("href"):
            continue
        head = _head_of(doc, element, box, heads)
        url, parent = resolve.url(element.get("href")), resolve.url(head.get("href")) if head is not None else None
        if url and parent and parent != url:
            found.setdefault(url, parent)
    return found


def _head_of(doc: Document, link: Element, box: Element, heads: dict[int, Element | None]) -> Element | None:
    """The nearest link that stands one level or more above this one in a common item of the menu."""
    depth, outer = 1, link.parent
    while outer is not None and outer is not box:
        if outer.tag in _MENU_ITEMS:
            if outer.index not in heads:
                inner = (one for one in doc.subtree(outer) if one.tag == "a" and len(_name(doc, one)) > 1)
                heads[outer.index] = next(inner, None)
            head = heads[outer.index]
            if head is not None and head.index < link.index and _depth(head, outer) < depth:
                return None if _name(doc, head) in _HOME_WORDS else head
        depth, outer = depth + 1, outer.parent
    return None


def _depth(element: Element, outer: Element) -> int:
    depth, parent = 1, element.parent
    while parent is not None and parent is not outer:
        depth, parent = depth + 1, parent.parent
    return depth


def _nav_by_region(doc: Document) -> Element | None:
    """The first block named as navigation that holds several links; one with a 首页 link is preferred."""
    first = None
    for element in doc.zones:
        if element.region != "nav":
            continue
        links = [inner for inner in doc.subtree(element) if inner.tag == "a" and inner.stop > inner.start]
        if len(links) < 4:
            continue
        if any(_name(doc, link) in _HOME_WORDS for link in links[:3]):
            return element
        first = first or element
    return first


def _nav_by_home(doc: Document) -> Element | None:
    """For pages whose markup bears no names: the block around the first 首页 link."""
    homes = (link for link in doc.tagged["a"] if link.stop - link.start <= 10)
    for element in islice((link for link in homes if _name(doc, link) in _HOME_WORDS), 4):
        box: Element | None = element.parent
        for _ in range(5):
            if box is None or box.tag == "body":
                break
            links = [inner for inner in doc.subtree(box) if inner.tag == "a"]
            if len(links) >= 5:
                words = sum(link.stop - link.start for link in links)
                return box if words * 3 >= (box.stop - box.start) * 2 and words < 40 * len(links) else None
            box = box.parent
    return None
