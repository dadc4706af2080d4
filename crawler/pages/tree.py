"""One parse and one walk: the page as a flat list of elements over one string of its text.

Every reader works on this list, so a page is parsed once and each reader stays linear. lexbor is used because libxml2
drops everything after an early `</html>`, which official sites do write.
"""

from __future__ import annotations

import re
from bisect import bisect_right

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler.pages.tame import tame


class Element:
    """One element. `start`/`stop` cut its text out of `Document.text`, `index`/`end` its subtree out of `elements`."""

    __slots__ = ("attrs", "end", "hidden", "index", "parent", "region", "start", "stop", "tag")

    def __init__(
        self, tag: str, attrs: dict[str, str | None], parent: Element | None, index: int, start: int, hidden: bool
    ) -> None:
        self.tag = tag
        self.attrs = attrs
        self.parent = parent
        self.index = index
        self.end = index + 1
        self.start = start
        self.stop = start
        self.hidden = hidden
        self.region = ""

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
    """The flat page. `muted` are the stretches of text a reader does not see, in order."""

    __slots__ = ("_muted_starts", "_starts", "comments", "elements", "muted", "scripts", "styles", "text", "title")

    def __init__(self) -> None:
        self.text = ""
        self.title: str | None = None
        self.elements: list[Element] = []
        self.scripts: list[Script] = []
        self.styles: list[str] = []
        self.comments: list[tuple[str, int]] = []
        self.muted: list[tuple[int, int]] = []
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


_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "br",
        "button",
        "caption",
        "center",
        "dd",
        "details",
        "dialog",
        "dir",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "frameset",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hgroup",
        "hr",
        "iframe",
        "legend",
        "li",
        "main",
        "marquee",
        "menu",
        "nav",
        "ol",
        "optgroup",
        "option",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
        "ucaptitle",
        "ucapcontent",
    ]
)
_SPECIAL = frozenset(("script", "style", "title", "template", "noscript", "noframes", "noembed"))
_MUTE = frozenset(("select", "textarea", "datalist", "object", "iframe", "audio", "video", "canvas", "svg", "math"))
_HIDING = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)


def build(html: str) -> Document:
    """Parse and walk. Nesting is cut where it would make the parser slow; no text or link is lost by that."""
    root = LexborHTMLParser(tame(html)).root
    walker = _Walker()
    if root is not None:
        walker.walk(root)
    return walker.finish()


class _Walker:
    """Walks without recursion and fills a Document."""

    def __init__(self) -> None:
        self.doc = Document()
        self.elements = self.doc.elements
        self.chunks: list[str] = []
        self.place = 0
        self.last = "\n"
        self.joint = False
        self.current: Element | None = None
        self.muting: Element | None = None
        self.muted_from = 0

    def walk(self, root: LexborNode) -> None:
        """Take in every node in page order. Most of a page's time is spent here, so the common cases come first."""
        node: LexborNode | None = root
        parents: list[LexborNode] = []
        add_text, open_, close, take_special = self.add_text, self.open, self.close, self.take_special
        while node is not None:
            tag = node.tag or "-"
            opened = False
            if tag == "-text":
                add_text(node.text_content or "")
            elif tag in _SPECIAL or tag[0] in "-!":
                opened = take_special(node, tag)
            else:
                open_(tag, node.attributes)
                opened = True
            if opened:
                child = node.first_child
                if child is not None:
                    parents.append(node)
                    node = child
                    continue
                close()
            following = node.next
            while following is None and parents:
                following = parents.pop().next
                close()
            node = following

    def take_special(self, node: LexborNode, tag: str) -> bool:
        """Scripts, styles, comments and titles are kept beside the text; what browsers do not show is left out."""
        if tag == "-comment":
            self.doc.comments.append((node.comment_content or "", self.place))
        elif tag == "script":
            self.doc.scripts.append(Script(node.attributes, node.text() or "", self.current, self.place))
        elif tag == "style":
            self.doc.styles.append(node.text() or "")
        elif tag == "title":
            if self.muting is not None:  # of a drawing, not of the page
                self.open(tag, node.attributes)
                return True
            if self.doc.title is None:
                self.doc.title = node.text() or ""
        return False

    def open(self, tag: str, attrs: dict[str, str | None]) -> None:
        parent = self.current
        if self.last != "\n" and tag in _BLOCKS:
            self.push("\n")
        self.joint = True
        hidden = parent is not None and parent.hidden
        if not hidden and attrs:
            style = attrs.get("style")
            hidden = "hidden" in attrs or (style is not None and _HIDING.search(style) is not None)
        element = Element(tag, attrs, parent, len(self.elements), self.place, hidden)
        self.elements.append(element)
        self.current = element
        if self.muting is None and (hidden or tag in _MUTE):
            self.muting, self.muted_from = element, self.place

    def close(self) -> None:
        """Close the element that was opened last."""
        element = self.current
        if element is None:
            return
        element.stop = self.place
        element.end = len(self.elements)
        self.joint = True
        if element is self.muting:
            if self.place > self.muted_from:
                self.doc.muted.append((self.muted_from, self.place))
            self.muting = None
        if self.last != "\n" and element.tag in _BLOCKS:
            self.push("\n")
        self.current = element.parent

    def push(self, text: str) -> None:
        self.chunks.append(text)
        self.place += len(text)
        self.last = text[-1]

    def add_text(self, raw: str) -> None:
        words = raw.split()
        if not words:
            if raw and self.last not in " \n":
                self.push(" ")
            return
        text = " ".join(words)
        if self.last not in " \n" and (raw[0].isspace() or (self.joint and self.last.isdigit() and text[0].isdigit())):
            text = " " + text
        if raw[-1].isspace():
            text += " "
        self.joint = False
        self.push(text)

    def finish(self) -> Document:
        self.doc.text = "".join(self.chunks)
        return self.doc
