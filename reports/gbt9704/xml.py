"""WordprocessingML by hand: paragraphs and runs as the standard asks, built as elements for speed and exactness."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape

from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from lxml import etree

from reports.files import xml_text
from reports.gbt9704.measures import LINE, SQUEEZE, Font
from reports.wording import SLOT

_SLOT = re.compile(f"({re.escape(SLOT)}[^】]*】)")
_NS = nsdecls("w")
_DECLARED = f" {_NS}".encode()


def element(markup: str) -> Any:
    """An element of WordprocessingML from text without namespace declarations."""
    opening = markup.index(">") if "/>" not in markup[: markup.index(">") + 1] else markup.index("/>")
    return parse_xml(f"{markup[:opening]} {_NS}{markup[opening:]}")


def serialized(markup: str) -> bytes:
    """An element from text without namespace declarations, as it stands inside a document that declares them."""
    made: bytes = etree.tostring(element(markup), encoding="UTF-8")
    return made.replace(_DECLARED, b"", 1)


def fonts(font: Font) -> str:
    """w:rFonts with the East Asian hint, so that “ ” and — come out full width."""
    east, latin = escape(font.east), escape(font.latin)
    return f'<w:rFonts w:ascii="{latin}" w:hAnsi="{latin}" w:eastAsia="{east}" w:cs="{latin}" w:hint="eastAsia"/>'


def run(text: str, font: Font, *, squeeze: int = 0, color: str = "", scale: int = 0, marked: bool = False) -> str:
    """A run of text; control characters go, line breaks become w:br."""
    properties = fonts(font)
    properties += "<w:b/><w:bCs/>" if font.bold else ""
    properties += f'<w:color w:val="{color}"/>' if color else ""
    properties += f'<w:spacing w:val="{squeeze}"/>' if squeeze else ""
    properties += f'<w:w w:val="{scale}"/>' if scale else ""
    properties += f'<w:sz w:val="{font.size}"/><w:szCs w:val="{font.size}"/>'
    properties += '<w:highlight w:val="yellow"/>' if marked else ""
    lines = xml_text(text).split("\n")
    inside = "<w:br/>".join(f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in lines)
    return f"<w:r><w:rPr>{properties}</w:rPr>{inside}</w:r>"


def runs(text: str, font: Font, *, squeeze: int = 0) -> str:
    """Runs of a text in which the slots a person must fill are highlighted."""
    return "".join(run(part, font, squeeze=squeeze, marked=slot) for part, slot in parts_of(text))


def parts_of(text: str) -> list[tuple[str, bool]]:
    """A text cut into pieces, each with whether it is a slot that a person must fill."""
    return [(part, bool(_SLOT.fullmatch(part))) for part in _SLOT.split(text) if part]


def paragraph(
    inner: str,
    *,
    align: str = "",
    before: int = 0,
    after: int = 0,
    line: int = LINE,
    first: float = 0,
    left: float = 0,
    right: float = 0,
    hanging: float = 0,
    left_twips: int = 0,
    right_twips: int = 0,
    keep: bool = False,
    snap: bool = True,
    page_break: bool = False,
    border: str = "",
    tabs: str = "",
    outline: int | None = None,
) -> str:
    """A paragraph. Indents are in characters of body text, spacing in twips, `align` as in w:jc."""
    properties = "<w:keepNext/>" if keep else ""
    properties += "<w:pageBreakBefore/>" if page_break else ""
    properties += '<w:widowControl w:val="0"/>'
    properties += border
    properties += tabs
    properties += '<w:overflowPunct w:val="0"/><w:autoSpaceDE w:val="0"/><w:autoSpaceDN w:val="0"/>'
    properties += "" if snap else '<w:snapToGrid w:val="0"/>'
    properties += f'<w:spacing w:before="{before}" w:after="{after}" w:line="{line}" w:lineRule="exact"/>'
    properties += _indent(
        {"firstLine": first, "left": left, "right": right, "hanging": hanging}, left_twips, right_twips
    )
    properties += f'<w:jc w:val="{align}"/>' if align else ""
    properties += f'<w:outlineLvl w:val="{outline}"/>' if outline is not None else ""
    return f"<w:p><w:pPr>{properties}</w:pPr>{inner}</w:p>"


def _indent(characters: Mapping[str, float], left_twips: int, right_twips: int) -> str:
    attributes = []
    for name, count in characters.items():
        if count:
            attributes.append(f'w:{name}Chars="{round(count * 100)}" w:{name}="{round(count * (320 + SQUEEZE))}"')
    attributes += [f'w:left="{left_twips}"'] if left_twips else []
    attributes += [f'w:right="{right_twips}"'] if right_twips else []
    return f"<w:ind {' '.join(attributes)}/>" if attributes else ""


def edges(top: str = "", bottom: str = "") -> str:
    """w:pBdr; each edge is given as attributes of w:top or w:bottom."""
    inner = f"<w:top {top}/>" if top else ""
    inner += f"<w:bottom {bottom}/>" if bottom else ""
    return f"<w:pBdr>{inner}</w:pBdr>"
