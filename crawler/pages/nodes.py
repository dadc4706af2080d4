"""What the walk over a parsed page does with each kind of node."""

from __future__ import annotations

from selectolax.lexbor import LexborHTMLParser

BLOCKS = frozenset(
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
_COMMON = (
    "html", "head", "link", "meta", "base", "a", "span", "img", "b", "i", "u", "em", "strong", "font", "input", "label",
    "small", "big", "sup", "sub", "area", "map", "source", "embed", "param", "col", "colgroup", "frame",
)  # fmt: skip
Kind = tuple[str, bool, bool, bool]
"""(name, stands in lines of its own, is not read, is kept beside the text)"""
_OWN_NUMBERS = 1000


def kind_of(tag: str) -> Kind:
    """What the walk does with an element, a comment and the like, by name."""
    return tag, tag in BLOCKS, tag in _MUTE, tag in _SPECIAL or tag[0] in "-!"


def _numbered() -> dict[int, Kind]:
    """Kinds by the parser's own numbers: to ask for one costs a third of what the name does.

    A name that the parser does not know has another number in each document, beyond all of those.
    """
    parser = LexborHTMLParser("<p>")
    names = (*BLOCKS, *_SPECIAL, *_MUTE, *_COMMON)
    numbers = {parser.create_node(tag).tag_id: tag for tag in names}
    return {number: kind_of(tag) for number, tag in numbers.items() if number < _OWN_NUMBERS}


TEXT = 2
"""The parser's number of text."""
KINDS = _numbered()
