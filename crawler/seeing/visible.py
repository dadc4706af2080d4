"""How much of a body a reader sees: enough to tell a challenge or an error page from a page. Linear on any input."""

from __future__ import annotations

import html
import re

_UNSEEN = ("script", "style", "template", "noscript", "title", "textarea", "svg")
_TAG_NAME = re.compile(r"/?([a-zA-Z][a-zA-Z0-9]*)")
_TITLE = re.compile(r"<title[^>]{0,200}>([^<]{0,500})", re.I)
_SPACE = re.compile(r"\s+")


def visible_text(markup: str, limit: int = 4000) -> tuple[str, int]:
    """(text without white space, number of <a>) of HTML, reading stops once the text has `limit` characters.

    Scripts, styles, comments, templates and the title are not text. Not a parser: close enough to count characters.
    """
    parts: list[str] = []
    length = anchors = position = 0
    end = len(markup)
    lower = markup.lower()
    if len(lower) != end:  # İ and its like change length; positions must agree
        lower = markup
    while position < end and length < limit:
        opening = markup.find("<", position)
        piece = markup[position : opening if opening >= 0 else end]
        if piece:
            text = _SPACE.sub("", html.unescape(piece))
            parts.append(text)
            length += len(text)
        if opening < 0:
            break
        name = _TAG_NAME.match(markup, opening + 1)
        if name is None and not markup.startswith(("<!", "<?"), opening):
            position = opening + 1
            continue
        tag = name.group(1).lower() if name else ""
        anchors += tag == "a" and markup[opening + 1] != "/"
        position = _after(lower, opening, tag)
    return "".join(parts)[:limit], anchors


def title_of(markup: str) -> str:
    """Text of the first <title>, white space folded; empty when there is none."""
    found = _TITLE.search(markup)
    return _SPACE.sub(" ", html.unescape(found.group(1))).strip() if found else ""


def _after(lower: str, opening: int, tag: str) -> int:
    """Where reading goes on behind the construct that begins at `opening`."""
    if lower.startswith("<!--", opening):
        closing = lower.find("-->", opening + 4)
        return closing + 3 if closing >= 0 else len(lower)
    if tag in _UNSEEN and lower[opening + 1] != "/":
        closing = lower.find(f"</{tag}", opening)
        opening = closing if closing >= 0 else len(lower)
    closing = lower.find(">", opening)
    return closing + 1 if closing >= 0 else len(lower)
