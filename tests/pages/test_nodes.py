"""Kinds of nodes by the parser's numbers."""

from __future__ import annotations

import pytest
from selectolax.lexbor import LexborHTMLParser

from crawler.pages.nodes import BLOCKS, KINDS, TEXT, kind_of

PAGE = (
    "<p>one<o:p>two</o:p><ucaptitle>three</ucaptitle><x-new>four</x-new><table><tr><td><b>five</table>"
    "<svg><foreignObject><a>six</a></foreignObject><title>seven</title></svg><!-- eight --><select><option>nine"
)


def test_a_number_means_the_same_name_in_every_document() -> None:
    root = LexborHTMLParser(PAGE).root
    assert root is not None
    for node in root.traverse(include_text=True):
        kind = KINDS.get(node.tag_id)
        assert kind is None or kind[0] == node.tag
        assert (node.tag_id == TEXT) == (node.tag == "-text")


def test_names_that_the_parser_does_not_know_are_told_by_name() -> None:
    known = {tag for tag, *_ in KINDS.values()}
    assert {"div", "a", "td", "script", "select"} <= known
    assert not {"ucaptitle", "o:p", "x-new"} & known


@pytest.mark.parametrize(
    ("tag", "block", "mute", "aside"),
    [
        ("div", True, False, False),
        ("ucaptitle", True, False, False),
        ("select", False, True, False),
        ("script", False, False, True),
        ("-comment", False, False, True),
        ("x-new", False, False, False),
    ],
)
def test_kinds(tag: str, block: bool, mute: bool, aside: bool) -> None:
    assert kind_of(tag) == (tag, block, mute, aside)
    assert (tag in BLOCKS) == block
