"""Every address a browser would request or a reader could click, one Link an occurrence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from html import unescape

from crawler.pages.css import css_addresses
from crawler.pages.model import Link
from crawler.pages.resolve import Resolver
from crawler.pages.tree import Document, Element

RAW_LIMIT = 500
TEXT_LIMIT = 300

_PLAIN_SOURCES = {"script": "src", "iframe": "src", "frame": "src", "embed": "src", "audio": "src", "track": "src"}
_LAZY = (
    "data-src",
    "data-original",
    "data-lazy-src",
    "data-lazy",
    "lazy-src",
    "lazysrc",
    "data-echo",
    "data-url",
    "data-img",
)
_LAZY_SETS = ("srcset", "data-srcset", "data-lazy-srcset")
_LATER = frozenset((*_LAZY, *_LAZY_SETS))
_BACKGROUNDS = ("background", "data-background", "data-bg", "data-background-image")
_NOT_STYLE = frozenset(("onclick", *_BACKGROUNDS))
_ANYWHERE = frozenset(("style", *_NOT_STYLE))
_HOLDERS = frozenset(
    ("a", "area", "img", "input", "link", "marquee", "source", "option", "meta", "object", "video", *_PLAIN_SOURCES)
)
_REQUESTED_RELS = re.compile(
    r"\b(?:stylesheet|icon|apple-touch-icon[\w-]*|manifest|preload|modulepreload|mask-icon)\b", re.I
)
_CLICK = re.compile(
    r"(?:\bopen\s*\(|\bopen[A-Z]\w*\s*\(|\blocation(?:\.href)?\s*=(?!=)|\blocation\.(?:replace|assign)\s*\(|"
    r"\bhref\s*=(?!=)|"
    r"\b(?:go|jump|link)[A-Z]?\w*\s*\()\s*(?:\"([^\"]{1,2000})\"|'([^']{1,2000})')\s*(\+?)"
)
_ADDRESS = re.compile(
    r"(?:https?:|//|\.{0,2}/|\?|[\w%-]+/|www\.)\S|[^\s/]+\.(?:s?html?|jspx?|aspx?|php|do|action|pdf|docx?|xlsx?)\b"
)
_REFRESH = re.compile(r"\s*[\d.]+\s*[;,\s]\s*(?:url\s*=\s*)?[\"']?\s*([^\"'\s][^\"']*)", re.I)
_CANDIDATE = re.compile(r"[\s,]*(\S+)")
_FAR = re.compile(r"(?<![\w-])(?:left|top|right|margin-left|margin-top)\s*:\s*-(?:[2-9]\d{3}|\d{5,})(?:\.\d+)?px", re.I)
_FLAT = re.compile(r"(?<![\w-])(?:height|width)\s*:\s*[01](?:px)?\s*(?:!important\s*)?(?:;|$)", re.I)
_CLIPS = re.compile(r"overflow\s*:\s*hidden", re.I)
_NO_SIZE = ("0", "1", "2")
_NO_SCRIPT = frozenset("/.h#?0123456789")
_OPTION = re.compile(r"\s*(?:https?:|//|www\.)", re.I)
_make = tuple.__new__  # the constructor of a named tuple takes twice the time


def read_links(doc: Document, resolve: Resolver) -> list[Link]:
    """All links of the page in page order; stylesheet blocks come last."""
    links: list[Link] = []
    text = doc.text
    tucked = 0  # index of the first element behind the last box that is out of sight
    for element in doc.elements:
        attrs, tag = element.attrs, element.tag
        if not attrs:
            continue
        silent = attrs.keys().isdisjoint(_ANYWHERE)
        if tag not in _HOLDERS and (silent or _is_silent_style(attrs)):
            continue
        if silent and tag == "a":  # most addresses of a page: the short way
            href = attrs.get("href")
            if href and (href[0] in _NO_SCRIPT or not _is_script(href)) and (found := resolve(href)) is not None:
                hidden = element.hidden or element.index < tucked
                words = text[element.start : element.stop] if element.stop - element.start <= TEXT_LIMIT else ""
                if not words or "\n" in words or words[0] == " " or words[-1] == " ":
                    words = link_text(doc, element)
                url, fault = found
                links.append(_make(Link, (url, words, tag, element.region, hidden, href[:RAW_LIMIT], fault)))
                continue
        if element.end > tucked and ("style" in attrs or tag == "marquee") and tucks_away(element):
            tucked = element.end
        for name, raw in _addresses(element):
            hidden = element.hidden or (element.index < tucked and name in ("a", "area"))
            _add(links, doc, resolve, element, name, raw, hidden)
    for script in doc.scripts:
        raw = script.attrs.get("src") or ""
        if raw and not is_inert(script.attrs):
            region = script.parent.region if script.parent else "header"
            _append(links, resolve, raw, "", "script", region, False)
    for style in doc.styles:
        for raw in css_addresses(style):
            _append(links, resolve, raw, "", "style", "header", False)
    return links


def _is_silent_style(attrs: dict[str, str | None]) -> bool:
    """Of what any element may bear, is a style alone there that neither loads anything nor hides what is in it?"""
    style = attrs.get("style")
    return bool(style) and _is_idle(style) and (len(attrs) == 1 or attrs.keys().isdisjoint(_NOT_STYLE))


@lru_cache(maxsize=4096)
def _is_idle(style: str) -> bool:
    return not _of_style(style) and not _tucks_away(style)


def is_inert(attrs: dict[str, str | None]) -> bool:
    """A script element that browsers treat as data (`text/template`, `text/xml`, JSON)."""
    kind = (attrs.get("type") or "").strip().lower()
    return bool(kind) and not ("javascript" in kind or "ecmascript" in kind or kind in ("module", "text/jscript"))


def _addresses(element: Element) -> Iterator[tuple[str, str]]:
    """(Link.tag, address as written) pairs of one element's attributes."""
    tag, attrs = element.tag, element.attrs
    if tag in ("a", "area"):
        href = attrs.get("href")
        if href:
            yield from _anchor(tag, href)
    elif tag == "img" or tag == "input":
        if tag == "img" or element.get("type").lower() == "image":
            yield from _image(element)
    elif tag in _PLAIN_SOURCES:
        for name in (_PLAIN_SOURCES[tag], "data-src"):
            if attrs.get(name):
                yield tag, element.get(name)
    else:
        yield from _other(element)
    if "onclick" in attrs:
        for raw in click_targets(element.get("onclick")):
            yield "onclick", raw
    style = attrs.get("style")
    if style:
        for raw in _of_style(style):
            yield "style", raw
    if not attrs.keys().isdisjoint(_BACKGROUNDS):
        for name in _BACKGROUNDS:
            if attrs.get(name):
                yield "img", element.get(name)


def _anchor(tag: str, href: str) -> Iterator[tuple[str, str]]:
    if _is_script(href):
        for raw in click_targets(href):
            yield "onclick", raw
    else:
        yield tag, href


def _is_script(href: str) -> bool:
    return href[0] not in _NO_SCRIPT and href.lstrip()[:11].lower() == "javascript:"


@lru_cache(maxsize=4096)  # editors write the same style on every paragraph
def _of_style(style: str) -> tuple[str, ...]:
    return tuple(css_addresses(style))


def _image(element: Element) -> Iterator[tuple[str, str]]:
    src = element.get("src")
    if src:
        yield element.tag, src
    if element.attrs.keys().isdisjoint(_LATER):
        return
    for name in _LAZY:
        if name in element.attrs and element.get(name) != src:
            raw = element.get(name)
            if raw and (name in ("data-src", "data-original") or _ADDRESS.match(raw)):
                yield element.tag, raw
    for name in _LAZY_SETS:
        for raw in _srcset(element.get(name)):
            if raw != src:
                yield element.tag, raw


def _other(element: Element) -> Iterator[tuple[str, str]]:
    tag = element.tag
    if tag == "link":
        if _REQUESTED_RELS.search(element.get("rel")) and element.get("href"):
            yield tag, element.get("href")
    elif tag == "source":
        if element.get("src"):
            yield tag, element.get("src")
        for raw in _srcset(element.get("srcset") or element.get("data-srcset")):
            yield tag, raw
    elif tag == "option":
        if _OPTION.match(element.get("value")):
            yield tag, element.get("value")
    elif tag == "meta":
        target = refresh_target(element)
        if target:
            yield tag, target
    elif tag == "object":
        if element.get("data"):
            yield tag, element.get("data")
    elif tag == "video":
        for name in ("src", "data-src", "poster"):
            if element.get(name):
                yield tag, element.get(name)


def refresh_target(element: Element) -> str | None:
    """Target of a meta refresh, None when it only reloads."""
    if element.get("http-equiv").strip().lower() != "refresh":
        return None
    found = _REFRESH.match(element.get("content"))
    return found.group(1).strip() if found else None


def click_targets(script: str) -> Iterator[str]:
    """Whole addresses that a click handler opens; one that is put together from parts is left out."""
    if "(" not in script and "=" not in script:
        return
    for found in _CLICK.finditer(unescape(script)):
        raw = found.group(1) or found.group(2)
        if not found.group(3) and _ADDRESS.match(raw.strip()):
            yield raw


def _srcset(value: str) -> Iterator[str]:
    """Addresses of a srcset, after the HTML standard: a comma inside an address stays."""
    place = 0
    while place < len(value):
        found = _CANDIDATE.match(value, place)
        if found is None:
            return
        address = found.group(1).rstrip(",")
        if address and not address.startswith("data:"):
            yield address
        comma = found.end() - 1 if found.group(1).endswith(",") else value.find(",", found.end())
        place = comma + 1 if comma >= 0 else len(value)


def _add(
    links: list[Link], doc: Document, resolve: Resolver, element: Element, tag: str, raw: str, hidden: bool
) -> None:
    found = resolve(raw)
    if found is None:
        return
    region = element.region
    if tag in ("link", "meta"):
        region = "header"
    url, fault = found
    links.append(Link(url, link_text(doc, element), tag, region, hidden, raw[:RAW_LIMIT], fault))


def tucks_away(element: Element) -> bool:
    """True for a box whose own style keeps what is in it out of sight without display: none (7.9): far outside the
    window, of no size, a marquee of no height. What only a style sheet hides is not seen.

    Slides that fade, pictures in place of words and gaps closed by font-size 0 use other means and stay visible.
    """
    style = element.attrs.get("style")
    if style and _tucks_away(style):
        return True
    return element.tag == "marquee" and element.get("height").strip().removesuffix("px") in _NO_SIZE


@lru_cache(maxsize=4096)
def _tucks_away(style: str) -> bool:
    return _FAR.search(style) is not None or (_FLAT.search(style) is not None and _CLIPS.search(style) is not None)


def _append(links: list[Link], resolve: Resolver, raw: str, text: str, tag: str, region: str, hidden: bool) -> None:
    found = resolve(raw)
    if found is not None:
        links.append(Link(found[0], text, tag, region, hidden, raw[:RAW_LIMIT], found[1]))


def link_text(doc: Document, element: Element) -> str:
    """What a reader sees of a link: its text, else the words of its picture, else its title."""
    if element.tag in ("img", "input", "area"):
        return (element.get("alt") or element.get("title")).strip()[:TEXT_LIMIT]
    text = doc.text[element.start : min(element.stop, element.start + 4 * TEXT_LIMIT)]
    text = " ".join(text.split())
    if not text and element.end > element.index + 1:
        texts = (inner.get("alt") or inner.get("title") for inner in doc.subtree(element, 20)[1:])
        text = next((words.strip() for words in texts if words.strip()), "")
    return (text or element.get("title").strip())[:TEXT_LIMIT]
