"""Further pages of a list, in the ways Chinese content systems page."""

from __future__ import annotations

import re
from collections.abc import Iterator

from crawler.pages.near import near
from crawler.pages.resolve import Resolver
from crawler.pages.tree import Document, Element

PAGE_LIMIT = 200
_CREATE = re.compile(r"createPage(?:HTML|Html)?\w*\s*\(([^()]{3,200})\)")
_ARGUMENT = re.compile(r"\s*(?:\"([^\"]*)\"|'([^']*)'|(\d+)|([^,]+))\s*(?:,|\Z)")
_COUNT_VAR = re.compile(r"(?:countPage|pageCount|totalPages?|nPageCount|page_count)\s*=\s*[\"']?(\d{1,5})")
_CURRENT_VAR = re.compile(r"(?:currentPage|currPage|nCurrIndex|curPage|page_index)\s*=\s*[\"']?(\d{1,5})")
_BUILDS_NAMES = re.compile(r"[\"']_[\"']\s*\+|[\"'](?:index|list|default)_[\"']\s*\+")
_NEXT = re.compile(r"[\s\[【<>»›]*(?:下\s*一?\s*页|后\s*一?\s*页|下页|next(?:\s*page)?|[>»›]{1,2})[\s\]】<>»›]*", re.I)
_END = re.compile(
    r"[\s\[【]*(?:尾\s*页|末\s*页|最后一?页|last|首\s*页|第一页|上\s*一?\s*页|前一?页|[<«‹]{1,2})[\s\]】>]*", re.I
)
_NUMBER = re.compile(r"[\[【(]?\s*\d{1,4}\s*[\]】)]?")
_PAGE_SIGNS = frozenset("第下每首尾末")
_PAGER_TEXT = re.compile(
    r"[共第下每首尾末](?:(?<=共)\s*(?:\d+\s*[条页篇]|有\s*\d+\s*条)|(?<=第)\s*\d+\s*页|(?<=下)\s*一?\s*页|"
    r"(?<=每)页\s*\d+|(?<=首)\s?页\s*上\s?页|(?<=[尾末])\s?页)"
)
_PAGE_OF = re.compile(r"(?<!\d)\d{1,5}\s?/\s?\d{1,5}\s?页?(?!\d)")
_PAGED_PATH = re.compile(
    r"[_/-]\d{1,4}\.\w{3,6}$|[?&](?:page|p|pageno|pagenum|pageindex|currentpage|pn|cur_page|a\d+p)=\d+|/page/\d+|"
    r"/p\d+/?$|PAGENUM|\d+/\d+\.html?$",
    re.I,
)


def next_pages(doc: Document, resolve: Resolver, url: str) -> list[str]:
    """Addresses of the other pages of this list that the page names or whose rule it gives, nearest first."""
    found: dict[str, None] = {}
    for element in _pager_links(doc):
        address = resolve.url(element.get("href"))
        if address and address.partition("#")[0] != url and address.startswith("http"):
            found[address] = None
    for raw in _by_scripts(doc, url):
        address = resolve.url(raw)
        if address and address != url:
            found[address] = None
        if len(found) >= PAGE_LIMIT:
            break
    return list(found)[:PAGE_LIMIT]


def pager_place(doc: Document) -> int | None:
    """Where the pager stands in the text; the list of the page is the one before it."""
    place = None
    for found in _pager_words(doc.text):
        element = doc.innermost(found.start())
        if element is not None and element.region not in ("header", "footer") and not doc.is_muted(found.start()):
            place = found.start()
            if "共" in found.group() or "页" in found.group():
                break
    if place is None:
        for script in doc.scripts:
            if _CREATE.search(script.text) and "function" not in script.text[:40]:
                return script.place
    return place


def _pager_words(text: str) -> Iterator[re.Match[str]]:
    """Words of a pager in the order of the text."""
    words = [*near(_PAGER_TEXT, text, "共", 0), *_page_words(text)]
    words += near(_PAGE_OF, text, "/", 6)
    end = 0
    for found in sorted(words, key=re.Match.start):
        if found.start() >= end:
            end = found.end()
            yield found


def _page_words(text: str) -> Iterator[re.Match[str]]:
    """Words of a pager that hold 页, which is rarer than their beginnings; only blanks and numbers stand between."""
    last = -1
    page = text.find("页")
    while page >= 0:
        start = page - 1
        while start > last and (text[start] == "一" or text[start].isdecimal() or text[start].isspace()):
            start -= 1
        if start > last and text[start] in _PAGE_SIGNS and (found := _PAGER_TEXT.match(text, start)):
            yield found
        last = page
        page = text.find("页", page + 1)


def _pager_links(doc: Document) -> list[Element]:
    """下一页 first, then the numbered pages around it, then the last page."""
    nexts, numbers, ends = [], [], []
    for element in doc.tagged["a"]:
        if element.stop - element.start > 12 or not 0 < len(element.get("href")) < 1000:
            continue
        text = doc.text_of(element).strip() or element.get("title").strip()
        href = element.get("href")
        if _NEXT.fullmatch(text):
            if text.strip("<>»›[]【】 ") or _PAGED_PATH.search(href):
                nexts.append(element)
        elif _NUMBER.fullmatch(text) and _PAGED_PATH.search(href):
            numbers.append(element)
        elif _END.fullmatch(text) and "首" not in text and _PAGED_PATH.search(href):
            ends.append(element)
    return nexts + (numbers if nexts or len(numbers) > 1 else []) + (ends if nexts or numbers else [])


def _by_scripts(doc: Document, url: str) -> list[str]:
    """Pages that a script draws: `createPageHTML(20, 0, "index", "html")` and TRS's own countPage/currentPage."""
    for script in doc.scripts:
        text = script.text
        if "age" not in text or len(text) > 200_000:
            continue
        for call in _CREATE.finditer(text):
            names = _created(call.group(1), url)
            if names:
                return names
        count, current = _COUNT_VAR.search(text), _CURRENT_VAR.search(text)
        if count and current and _BUILDS_NAMES.search(text):
            name, extension = _file(url)
            return _numbered(name, extension, int(count.group(1)), int(current.group(1)), 0)
    return []


def _created(arguments: str, url: str) -> list[str]:
    """Page names of one createPageHTML call; the first number counts pages, the second is the current page."""
    words: list[str] = []
    numbers: list[int] = []
    for part in _ARGUMENT.finditer(arguments):
        text = part.group(1) if part.group(1) is not None else part.group(2)
        if text is not None:
            words.append(text)
        elif part.group(3):
            numbers.append(int(part.group(3)))
        else:
            return []
    if len(numbers) < 2 or len(words) < 2:
        return []
    names = [word for word in words if re.fullmatch(r"[\w.-]{1,40}", word)]
    if len(names) > 2:
        names = names[-2:]
    if len(names) < 2 or numbers[0] < 2 or numbers[0] > 5000:
        return []
    return _numbered(names[0], names[1], numbers[0], numbers[1], _base(names[0], url, numbers[1]))


def _base(name: str, url: str, current: int) -> int:
    """0 when the second page is `index_1`, 1 when it is `index_2`: told by the current page and its own name."""
    if current == 0:
        return 0
    shown = re.search(r"_(\d+)\.\w+$", url.partition("?")[0])
    if shown is None:
        return 1
    return 0 if int(shown.group(1)) == current else 1


def _numbered(name: str, extension: str, count: int, current: int, base: int) -> list[str]:
    extension = extension.lstrip(".")
    pages = [f"{name}_{number}.{extension}" for number in range(1 + base, count + base) if number != current]
    return [page for page in pages if current <= base or page != f"{name}_{current}.{extension}"]


def _file(url: str) -> tuple[str, str]:
    """Name and extension of the list's first page."""
    last = url.partition("?")[0].rpartition("/")[2]
    found = re.fullmatch(r"([\w-]+?)(?:_\d+)?\.(\w{3,5})", last)
    return (found.group(1), found.group(2)) if found else ("index", "html")
