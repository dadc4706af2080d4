"""One parse and one walk: the page as a flat list of elements over one string of its text.

Every reader works on this list, so a page is parsed once and each reader stays linear. lexbor is used because libxml2
drops everything after an early `</html>`, which official sites do write.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from functools import lru_cache

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler.pages.nodes import BLOCKS, KINDS, TEXT, kind_of
from crawler.pages.tame import tame


class Element:
    """One element. `start`/`stop` cut its text out of `Document.text`, `index`/`end` its subtree out of `elements`.

    Only `build` makes elements and fills them in itself: an `__init__` would take twice the time, hundreds of times a
    page.
    """

    __slots__ = ("attrs", "end", "hidden", "index", "parent", "region", "start", "stop", "tag")
    tag: str
    attrs: dict[str, str | None]
    parent: Element | None
    index: int
    end: int
    start: int
    stop: int
    hidden: bool
    region: str

    def get(self, name: str) -> str:
        """Attribute as a string, empty when absent."""
        return self.attrs.get(name) or ""


class Script:
    """One script element: its attributes, its text and the place in the text of the page where it stands."""

    __slots__ = ("attrs", "parent", "place", "text")

    def __init__(self, attrs: dict[str, str | None], text: str, parent: Element | None, place: int) -> None:
        self.attrs = attrs
        self.text = text
        self.parent = parent
        self.place = place


class Document:
    """The flat page. `muted` are the stretches of text a reader does not see, in order; `hidden` the
    elements that hide what is in them, `zones` those that open another region than the content.
    """

    __slots__ = (
        "_muted_starts",
        "_starts",
        "comments",
        "elements",
        "hidden",
        "muted",
        "scripts",
        "styles",
        "tagged",
        "text",
        "title",
        "zones",
    )

    def __init__(self) -> None:
        self.text = ""
        self.title: str | None = None
        self.elements: list[Element] = []
        self.tagged: defaultdict[str, list[Element]] = defaultdict(list)
        self.scripts: list[Script] = []
        self.styles: list[str] = []
        self.comments: list[tuple[str, int]] = []
        self.muted: list[tuple[int, int]] = []
        self.hidden: list[Element] = []
        self.zones: list[Element] = []
        self._starts: list[int] | None = None
        self._muted_starts: list[int] | None = None

    def text_of(self, element: Element) -> str:
        """Text of the element's subtree."""
        return self.text[element.start : element.stop]

    def subtree(self, element: Element, most: int = 1_000_000) -> list[Element]:
        """The element and everything in it, in page order; at most so many elements where only a few can matter."""
        return self.elements[element.index : min(element.end, element.index + most)]

    def is_muted(self, place: int) -> bool:
        """Is the character at `place` out of a reader's sight?"""
        if self._muted_starts is None:
            self._muted_starts = [start for start, _ in self.muted]
        before = bisect_right(self._muted_starts, place) - 1
        return before >= 0 and place < self.muted[before][1]

    def innermost(self, place: int) -> Element | None:
        """The deepest element whose text covers the character at `place`."""
        if self._starts is None:
            self._starts = [element.start for element in self.elements]
        before = bisect_right(self._starts, place) - 1
        element: Element | None = self.elements[before] if before >= 0 else None
        while element is not None and element.stop <= place:
            element = element.parent
        return element

    def visible(self, start: int, stop: int) -> str:
        """Text between two places without what a reader does not see."""
        parts, place = [], start
        first = bisect_right([end for _, end in self.muted], start) if self.muted else 0
        for begin, end in self.muted[first:]:
            if begin >= stop:
                break
            parts.append(self.text[place : max(begin, place)])
            place = max(place, end)
        parts.append(self.text[place:stop])
        return "".join(parts)


_HIDING = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)


def build(html: str) -> Document:
    """Parse and walk. Nesting is cut where it would make the parser slow; no text or link is lost by that."""
    doc = Document()
    root = LexborHTMLParser(tame(html)).root
    if root is not None:
        doc.text = _walk(root, doc)
    return doc


def _walk(root: LexborNode, doc: Document) -> str:
    """Take in every node in page order and return the text; one loop without calls, since a page costs most here.

    `last` is the last character of the text so far; `joint`: an element began or ended since the last words.
    """
    elements, tagged, chunks, kinds = doc.elements, doc.tagged, [""], KINDS
    place, count, last, joint, muted_from = 0, 0, "\n", False, 0
    current: Element | None = None
    muting: Element | None = None
    hiding: Element | None = None
    parents: list[LexborNode] = []
    node = root
    while True:
        if (number := node.tag_id) == TEXT:
            raw = node.text_content or ""
            if words := raw.split():
                text = " ".join(words)
                if len(text) == len(raw):  # no white space at either end
                    if joint and last.isdigit() and text[0].isdigit():
                        text = " " + text
                else:
                    if last not in " \n" and (raw[0].isspace() or (joint and last.isdigit() and text[0].isdigit())):
                        text = " " + text
                    if raw[-1].isspace():
                        text += " "
                joint = False
                chunks.append(text)
                place, last = place + len(text), text[-1]
            elif raw and last not in " \n":
                chunks.append(" ")
                place, last = place + 1, " "
        else:
            tag, block, mutes, aside = kinds.get(number) or kind_of(node.tag or "-")
            if aside and (tag != "title" or muting is None):
                _set_aside(doc, node, tag, current, place)
            else:
                if block and last != "\n":
                    chunks.append("\n")
                    place, last = place + 1, "\n"
                element = Element()
                element.tag, element.parent, element.region = tag, current, ""
                element.index, element.start = count, place
                element.attrs = attrs = node.attributes
                if attrs and hiding is None:
                    style = attrs.get("style")
                    if "hidden" in attrs or (style is not None and _hides(style)):
                        hiding = element
                        doc.hidden.append(element)
                element.hidden = hidden = hiding is not None
                elements.append(element)
                tagged[tag].append(element)
                count, joint = count + 1, True
                if muting is None and (hidden or mutes):
                    muting, muted_from = element, place
                child = node.first_child
                if child is not None:
                    parents.append(node)
                    current, node = element, child
                    continue
                element.stop, element.end = place, count
                muting = None if element is muting else muting
                hiding = None if element is hiding else hiding
        following = node.next
        while following is None:
            if not parents:
                return "".join(chunks)
            assert current is not None  # parents hold an open element each
            current.stop, current.end, joint = place, count, True
            if current is muting:
                if place > muted_from:
                    doc.muted.append((muted_from, place))
                muting = None
            hiding = None if current is hiding else hiding
            if last != "\n" and current.tag in BLOCKS:
                chunks.append("\n")
                place, last = place + 1, "\n"
            current = current.parent
            following = parents.pop().next
        node = following


@lru_cache(maxsize=4096)  # editors write the same style on every paragraph
def _hides(style: str) -> bool:
    return _HIDING.search(style) is not None


def _set_aside(doc: Document, node: LexborNode, tag: str, parent: Element | None, place: int) -> None:
    """Scripts, styles, comments and titles are kept beside the text; what browsers do not show is left out."""
    if tag == "-comment":
        doc.comments.append((node.comment_content or "", place))
    elif tag == "script":
        doc.scripts.append(Script(node.attributes, node.text() or "", parent, place))
    elif tag == "style":
        doc.styles.append(node.text() or "")
    elif tag == "title" and doc.title is None:
        doc.title = node.text() or ""
