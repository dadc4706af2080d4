"""The title of the page and the headline that a reader sees over the article."""

from __future__ import annotations

import re
from functools import lru_cache

from crawler.pages.tree import Document, Element

_NOISE = re.compile(r"[\W_]+")
_NAMED = re.compile(r"tit(?:le|les)?(?:$|[\s_\d-])|headline|biaoti|(?:^|[\s_-])(?:bt|h1)(?:$|[\s_\d-])", re.I)
_HEADINGS = frozenset(("h1", "h2", "h3", "ucaptitle"))
_CANDIDATES = frozenset(
    [
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "p",
        "div",
        "td",
        "th",
        "span",
        "strong",
        "b",
        "font",
        "ucaptitle",
        "center",
        "dt",
        "li",
        "section",
        "article",
        "big",
        "em",
    ]
)
_PARTS = re.compile(r"\s*[-_|—–>»·•]+\s*|\s{2,}")
_CRUMB = re.compile(r"当前位置|您的位置|您现在的位置|所在位置|首页\s*[>»/]")


def page_title(doc: Document) -> str | None:
    """Text of the title element with white space collapsed, None when there is none."""
    if doc.title is None:
        return None
    return " ".join(doc.title.split()) or None


@lru_cache(maxsize=8192)  # menus, headers and footers are the same on all pages of a site
def bare(text: str) -> str:
    """Letters and digits alone, to compare titles that differ in quotes and spaces."""
    return _NOISE.sub("", text)


def find_headline(doc: Document, title: str | None, article_title: str) -> Element | None:
    """The element that shows the article's title: what meta or title name, else a heading by tag or class."""
    wanted, whole = bare(article_title), bare(title or "")
    first = bare(_PARTS.split(title)[0]) if title else ""
    leads = {wanted[:1], whole[:1], first[:1]}
    middle, end = whole[len(whole) // 2 :][:1], whole[-1:]
    page, best, best_score = doc.text, None, 0.0
    for element in doc.elements:
        tag, start, stop = element.tag, element.start, element.stop
        if tag not in _CANDIDATES or not 2 <= stop - start <= 300:
            continue
        if element.hidden or element.region == "footer" or element.region == "side":
            continue
        attrs = element.attrs
        style, name = attrs.get("class"), attrs.get("id")
        named = tag in _HEADINGS or ((bool(style) or bool(name)) and _is_named(style, name))
        text = page[start:stop]
        if not named:
            if text[0].isalnum() and text[0] not in leads and not (end in text and middle in text):
                continue  # neither begins like a title nor holds one
            if whole[:1] not in text and wanted[:1] not in text:
                continue
        score = _score(element, text, named, wanted, whole, first)
        if score > best_score:
            best, best_score = element, score
    return best


def _score(element: Element, text: str, named: bool, wanted: str, whole: str, first: str) -> float:
    key = bare(text)
    size = len(key)
    if size < 2 or (element.tag in ("div", "td", "li") and _CRUMB.search(text)):
        return 0
    score = 0.0
    if wanted and key == wanted:
        score = 100
    elif size >= 6 and whole.startswith(key):
        score = 60 + 30 * size / len(whole)
    elif size >= 6 and (key == first or (whole and whole in key and len(whole) * 1.3 > size)):
        score = 58
    elif wanted and size >= 8 and (wanted.startswith(key) or key.startswith(wanted)):
        score = 55
    if not score and (not named or size < 6 or element.region != "content"):
        return 0
    if named:
        score += 15 if score else 20 + (15 if element.tag in ("h1", "ucaptitle") else 0)
    return score - 40 if _in_link(element) else score


@lru_cache(maxsize=4096)
def _is_named(style: str | None, name: str | None) -> bool:
    """Is a class or an id one that templates give to headlines?"""
    return _NAMED.search(f"{style or ''} {name or ''}"[:200]) is not None


def _in_link(element: Element) -> bool:
    node: Element | None = element
    for _ in range(4):
        if node is None:
            return False
        if node.tag == "a":
            return True
        node = node.parent
    return False
