"""Markup that would make an HTML parser slow is cut before it is parsed.

The HTML standard's tree builder looks through all open elements for many start tags, so 100,000 nested tags cost it
minutes. Browsers cut at a depth of 512; so does this, and it drops tags only, never text.
"""

from __future__ import annotations

import re

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]{0,20})(?=[\s/>])[^<>]*>?")
_FEW_TAGS = 2500
_FORMAT_TAG = re.compile(r"<(/?)(?:b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)(?=[\s/>])", re.I)
_MENU_TAG = re.compile(r"<(/?select|option)(?=[\s/>])", re.I)
_UNCLOSED = 300
_MANY_OPTIONS = 150
_MENU = 60
_LONG_TAG = 20_000
_MANY = 500
_DEPTH = 512
_FORMAT_DEPTH = 64
_FORMATTING = frozenset(
    ["a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"]
)
_UNNESTED = frozenset(
    [
        "p",
        "li",
        "td",
        "th",
        "tr",
        "dt",
        "dd",
        "option",
        "optgroup",
        "tbody",
        "thead",
        "tfoot",
        "colgroup",
        "br",
        "img",
        "input",
        "hr",
        "meta",
        "link",
        "base",
        "source",
        "area",
        "col",
        "embed",
        "param",
        "wbr",
        "track",
        "frame",
        "html",
        "head",
        "body",
        "script",
        "style",
        "title",
        "textarea",
    ]
)


def tame(html: str) -> str:
    """The same markup with tags beyond a sane depth left out; the very same string for any usual page."""
    if len(html) > _LONG_TAG:
        html = _shorten_tags(html)
    if html.count("<option") > _MANY_OPTIONS:
        html = _split_menus(html)
    opened = html.count("<")
    few = opened < _FEW_TAGS
    if few and (opened < _UNCLOSED or opened - 2 * html.count("</") < _UNCLOSED or not _unclosed_formatting(html)):
        return html
    return _cut(html) if (not few and _too_deep(html)) or few else html


def _unclosed_formatting(html: str) -> bool:
    """Every open `<font>` is opened again in each following paragraph, so a few hundred make a million elements."""
    tags = _FORMAT_TAG.findall(html)
    return len(tags) > _FORMAT_DEPTH and len(tags) - 2 * tags.count("/") > _FORMAT_DEPTH


def _split_menus(html: str) -> str:
    """Cut a menu of many options into several: the parser's time for one grows with the square of its options."""
    parts: list[str] = []
    place = options = 0
    inside = False
    for found in _MENU_TAG.finditer(html):
        name = found.group(1).lower()
        if name != "option":
            inside, options = name == "select", 0
            continue
        options += 1
        if inside and options % _MENU == 0:
            parts += [html[place : found.start()], "</select><select>"]
            place = found.start()
    parts.append(html[place:])
    return "".join(parts)


def _shorten_tags(html: str) -> str:
    """A tag of thousands of attributes is cut: the parser compares each attribute with all before it."""
    if not _has_long_stretch(html):
        return html
    pieces = html.split(">")
    for place, piece in enumerate(pieces):
        start = piece.rfind("<")
        if len(piece) - start > _LONG_TAG and piece.count("=", start) > _MANY:
            pieces[place] = piece[: start + _LONG_TAG]
    return ">".join(pieces)


def _has_long_stretch(html: str) -> bool:
    """Do more than `_LONG_TAG` characters stand without a `>`? Only the last `>` of each such stretch is looked for."""
    place = 0
    while place + _LONG_TAG < len(html):
        place = html.rfind(">", place, place + _LONG_TAG + 1) + 1
        if not place:
            return True
    return False


class _Depth:
    """Estimates depth from tags alone: never below zero, tags with implied ends do not count."""

    def __init__(self) -> None:
        self.blocks = 0
        self.formats = 0

    def takes(self, closing: bool, name: str) -> bool:
        if name in _UNNESTED:
            return True
        if name in _FORMATTING:
            self.formats = max(0, self.formats + (-1 if closing else 1))
            return closing or self.formats <= _FORMAT_DEPTH
        self.blocks = max(0, self.blocks + (-1 if closing else 1))
        return self.blocks <= _DEPTH if not closing else self.blocks < _DEPTH


def _too_deep(html: str) -> bool:
    """What `_Depth` says, written out: long pages ask it thousands of times."""
    blocks = formats = 0
    for found in _TAG.finditer(html):
        closing, name = found.groups()
        name = name.lower()
        if name in _UNNESTED:
            continue
        if name in _FORMATTING:
            if not closing:
                formats += 1
                if formats > _FORMAT_DEPTH:
                    return True
            elif formats:
                formats -= 1
        elif not closing:
            blocks += 1
            if blocks > _DEPTH:
                return True
        elif blocks:
            blocks -= 1
    return False


def _cut(html: str) -> str:
    depth = _Depth()
    return _TAG.sub(lambda found: found.group() if _keeps(depth, found) else "", html)


def _keeps(depth: _Depth, found: re.Match[str]) -> bool:
    name = found.group(2).lower()
    return depth.takes(found.group(1) == "/", name) or name == "a"
