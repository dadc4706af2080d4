"""办事指南: which of the ten element classes a guide shows, vague wording, forms named and forms offered. Pure.

Panes that a click opens are part of the guide, so hidden text counts; what only a picture or an attachment shows is
not seen, which is why `pictures` and `files` are told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

from crawler.pages.address import parse
from crawler.pages.links import read_links
from crawler.pages.marks import load_marks
from crawler.pages.regions import mark_regions
from crawler.pages.resolve import Resolver
from crawler.pages.substance import is_picture
from crawler.pages.title import find_headline, page_title
from crawler.pages.tree import Document, build

_NUMBER = r"[\s\u3000●■◆★▶►*·•【\[（(]*(?:第?[一二三四五六七八九十\d]{1,3}[)）、.．:：]?[\s\u3000]*)?[【\[《]?"
_FILE = re.compile(r"\.(?:docx?|xlsx?|pdf|wps|et|zip|rar|ofd)$", re.IGNORECASE)
_NAMED_LAW = re.compile(r"《[^《》]{4,60}》")
_QUOTED = re.compile(r"第[一二三四五六七八九十百零\d]{1,6}[条款项章]")
_GENERIC = re.compile(r"^(?:办事指南|服务指南|指南|办事服务|政务服务|首页)$")


@dataclass(frozen=True, slots=True)
class Guide:
    """A guide's elements by their official names with the beginning of what each says."""

    title: str
    elements: Mapping[str, str] = field(default_factory=dict)
    empty: tuple[str, ...] = ()
    """Elements whose heading stands there with nothing under it."""
    vague: tuple[str, ...] = ()
    """Sentences of the conditions and materials that leave open what is asked."""
    format_unclear: bool = False
    """Materials are listed, and nothing says original or copy, paper or electronic, how many."""
    forms: tuple[str, ...] = ()
    """Forms that the materials ask for."""
    offered: bool = False
    """Some way to a form is given: a file, a download link, a window."""
    laws: tuple[str, ...] = ()
    """Documents of the basis, each once, with their 《》."""
    laws_only_named: tuple[str, ...] = ()
    """Documents of the basis that are named without clause, text or link."""
    pictures: int = 0
    files: int = 0

    @property
    def missing(self) -> tuple[str, ...]:
        """Element classes of the ten that do not stand there."""
        return tuple(name for name in element_names() if name not in self.elements)

    @property
    def is_guide(self) -> bool:
        """True when the page speaks as a guide does: three classes, or two and a title that says so."""
        named = "指南" in self.title or "办理流程" in self.title
        return len(self.elements) - ("事项名称" in self.elements) >= (1 if named else 3)


def element_names() -> tuple[str, ...]:
    """The ten classes in the order of the official text."""
    return tuple(load_marks("guides.yaml")["elements"])


@cache
def _labels() -> tuple[dict[str, str], re.Pattern[str], re.Pattern[str]]:
    """Names to classes; a heading at the start of a line; a heading with a colon inside a line."""
    classes = {name: kind for kind, names in load_marks("guides.yaml")["elements"].items() for name in names}
    names = "|".join(sorted(map(re.escape, classes), key=len, reverse=True))
    opening = re.compile(rf"{_NUMBER}({names})(?:[】\]》]?[\s\u3000]*(?:[:：]|$)|[】\]》]|(?=[（(\s]))")
    inside = re.compile(rf"(?<![\u4e00-\u9fff])({names})[\s\u3000]*[:：]")
    return classes, opening, inside


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    marks = load_marks("guides.yaml")
    form = re.compile(rf"《?([\u4e00-\u9fff（）()]{{0,24}}{marks['forms']})》?")
    return re.compile("|".join(marks["vague"])), re.compile("|".join(marks["plain"])), form


def read_guide(html: str, url: str) -> Guide:
    """The page as a guide; never raises for any markup."""
    doc = build(html)
    mark_regions(doc)
    lines = [line.strip() for line in _text(doc).split("\n") if line.strip()]
    said, order = _sections(lines)
    title = _title(doc)
    elements, empty = _elements(said, order, "\n".join(lines), title)
    asked = "\n".join(said.get(kind, "") for kind in ("办理材料", "申请条件"))
    materials = said.get("办理材料", "")
    files, offers, pictures = _offers(doc, url)
    forms = tuple(dict.fromkeys(found.strip("（）()") for found in _patterns()[2].findall(materials)))
    marks = load_marks("guides.yaml")
    laws = said.get("设定依据", "")
    return Guide(
        title=title,
        elements=elements,
        empty=empty,
        vague=tuple(_vague(asked)),
        format_unclear=len(materials) > 10 and re.search(marks["form"], materials) is None,
        forms=forms,
        offered=offers or any(word in "\n".join(lines) for word in marks["channels"]),
        laws=tuple(dict.fromkeys(_NAMED_LAW.findall(laws))),
        laws_only_named=tuple(_NAMED_LAW.findall(laws)) if _only_named(laws) else (),
        pictures=pictures,
        files=files,
    )


def _text(doc: Document) -> str:
    """The content region with the panes that are closed."""
    parts, place = [], 0
    for element in doc.elements:
        if element.start >= place and (element.region != "content" or element.tag in ("select", "textarea")):
            parts.append(doc.text[place : element.start])
            place = element.stop
    return "".join([*parts, doc.text[place:]])


def _title(doc: Document) -> str:
    head = find_headline(doc, page_title(doc), "")
    shown = " ".join(doc.text_of(head).split()) if head is not None else ""
    return shown or (page_title(doc) or "").partition("_")[0].partition("-")[0].strip()


def _sections(lines: list[str]) -> tuple[dict[str, str], list[str]]:
    """What stands under each heading, and the headings in their order."""
    classes, opening, inside = _labels()
    said: dict[str, list[str]] = {}
    order: list[str] = []
    current: str | None = None
    for line in lines:
        place = 0
        found = opening.match(line)
        marks = [(found.start(), found.end(), found.group(1))] if found else []
        marks += [(m.start(), m.end(), m.group(1)) for m in inside.finditer(line, found.end() if found else 0)]
        for start, end, name in marks:
            _say(said, current, line[place:start])
            current, place = classes[name], end
            said.setdefault(current, [])
            order.append(current)
        _say(said, current, line[place:])
    return {kind: "\n".join(parts) for kind, parts in said.items()}, order


def _say(said: dict[str, list[str]], kind: str | None, text: str) -> None:
    text = text.strip(" \u3000").lstrip(":：】]》—-")
    if kind is not None and text:
        said[kind].append(text)


def _elements(
    said: Mapping[str, str], order: list[str], text: str, title: str
) -> tuple[dict[str, str], tuple[str, ...]]:
    """Classes that are there, and headings without anything under them. Three bare headings in a row are a bar of
    tabs or a table's head, whose contents stand elsewhere: they count as there."""
    bare = [kind for kind in said if not said[kind]]
    tabs = len(bare) >= 3
    elements = {kind: text[:80] for kind, text in said.items() if text or tabs}
    if title and not _GENERIC.match(title):
        elements.setdefault("事项名称", title[:80])
    if any(word in text for word in load_marks("guides.yaml")["free"]):
        elements.setdefault("收费标准", "不收费")
    ordered = {name: elements[name] for name in element_names() if name in elements}
    return ordered, () if tabs else tuple(kind for kind in dict.fromkeys(order) if kind not in ordered)


def _vague(text: str) -> Iterator[str]:
    """Lines with vague wording that no plain use explains."""
    vague, plain, _ = _patterns()
    for line in text.split("\n"):
        cleared = plain.sub("", line)
        if vague.search(cleared):
            yield line[:80]


def _only_named(laws: str) -> bool:
    """The basis names documents and neither quotes a clause nor says what they rule."""
    named = _NAMED_LAW.findall(laws)
    return bool(named) and not _QUOTED.search(laws) and len(laws) - sum(map(len, named)) < 20 * len(named)


def _offers(doc: Document, url: str) -> tuple[int, bool, int]:
    """(files linked from the content, is one of them or a link's words an offer, pictures of the content)"""
    files, offered = 0, False
    for link in read_links(doc, Resolver(parse(url), "utf-8")):
        if link.tag == "a" and link.region == "content":
            is_file = _FILE.search(link.url.partition("?")[0]) is not None or _FILE.search(link.text) is not None
            files += is_file
            offered = offered or is_file or any(word in link.text for word in ("下载", "样表", "表格"))
    pictures = sum(e.tag == "img" and e.region in ("content", "footer") and is_picture(e) for e in doc.elements)
    return files, offered, pictures
