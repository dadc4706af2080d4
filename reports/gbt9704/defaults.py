"""Settings and default font of a document: what the standard's layout needs of Word and WPS."""

from __future__ import annotations

from typing import Any

from docx.oxml.ns import qn

from reports.gbt9704 import measures as m
from reports.gbt9704.xml import element, fonts

_COMPAT = "".join(
    f'<w:compatSetting w:name="{name}" w:uri="http://schemas.microsoft.com/office/word" w:val="{value}"/>'
    for name, value in (("compatibilityMode", 15), ("overrideTableStyleFontSizeAndJustification", 1))
)
_SETTINGS = (
    '<w:zoom w:percent="100"/>',
    '<w:defaultTabStop w:val="420"/>',
    "<w:evenAndOddHeaders/>",
    '<w:characterSpacingControl w:val="doNotCompress"/>',
    f"<w:compat>{_COMPAT}</w:compat>",
    '<w:themeFontLang w:val="en-US" w:eastAsia="zh-CN"/>',
    '<w:decimalSymbol w:val="."/>',
    '<w:listSeparator w:val=","/>',
)


def standard_settings(document: Any) -> None:
    """In place of what the library's template brings: fonts, language, odd and even pages as Word 2013 reads them."""
    settings = document.settings.element
    for old in list(settings):
        settings.remove(old)
    for markup in _SETTINGS:
        settings.append(element(markup))
    _plain_font(document.styles["Normal"].element)
    _plain_font(document.styles.element.find(qn("w:docDefaults")).find(qn("w:rPrDefault")))


def _plain_font(owner: Any) -> None:
    """仿宋 16 pt and zh-CN in place of theme fonts, which would win over named ones."""
    for old in owner.findall(qn("w:rPr")):
        owner.remove(old)
    properties = element(
        f"<w:rPr>{fonts(m.BODY)}"
        '<w:sz w:val="32"/><w:szCs w:val="32"/><w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr>'
    )
    owner.append(properties)
