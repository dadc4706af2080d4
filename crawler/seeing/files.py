"""Attachments and images: is what came under a file's name the file? (扣分指标“可用性”, attachments that do not open)

Only contents that leave a reader without the file are called wrong; files that an office suite opens all the same are
innocent, and a page that shows the file instead of sending it is left to a person.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import unquote

from pydantic import Field

from crawler.outcomes import Reason
from crawler.pages.encoding import decode
from crawler.seeing.marks import Data, load_marks
from crawler.seeing.visible import title_of, visible_text

_HEAD = 65_536  # bytes that are looked at
_HTML_HEAD = re.compile(
    r"\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--.{0,1000}?-->\s*){0,3}"
    r"<(!doctype\s+html|html|head|body|script|title|meta|div|p|h[1-6]|center|table|style|link|iframe|font|span|br|b)[\s>/]",
    re.I | re.S,
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ufffd]")
_FILENAME = re.compile(r"filename\*?\s*=\s*(?:[\w-]{1,20}'[\w-]{0,10}')?\"?([^\";]{1,300})", re.I)
_LEADS_TO = re.compile(
    r"(?:<(?:iframe|img|source|frame|embed|video|audio)\b[^>]{0,300}?\bsrc|<object\b[^>]{0,300}?\bdata"
    r"|location(?:\.href)?|location\.replace|content)\s{0,5}[=(]\s{0,5}[\"']([^\"']{1,500})",
    re.I,
)


class _Magic(Data):
    kind: str
    hex: str
    within: int = 0


class _Family(Data):
    id: str
    extensions: frozenset[str]
    refuses: frozenset[str]


class FileMarks(Data):
    """files.yaml"""

    magic: list[_Magic] = Field(min_length=1)
    families: list[_Family] = Field(min_length=1)
    office_html: list[str]
    viewers: list[str]
    json_errors: list[str]
    error_words: list[str]


@lru_cache(maxsize=1)
def file_marks() -> FileMarks:
    """The marks of crawler/marks/files.yaml."""
    return load_marks("files.yaml", FileMarks)


@lru_cache(maxsize=1)
def _families() -> dict[str, _Family]:
    return {extension: family for family in file_marks().families for extension in family.extensions}


@lru_cache(maxsize=1)
def _magic() -> list[tuple[str, bytes, int]]:
    return [(magic.kind, bytes.fromhex(magic.hex), magic.within) for magic in file_marks().magic]


def family_of(extension: str | None) -> _Family | None:
    """The family of a file extension with or without its dot, any case; None for a page's or an unknown one."""
    return _families().get(extension.lower().lstrip(".")) if extension else None


def named_extension(headers: Mapping[str, str]) -> str | None:
    """The extension a Content-Disposition header gives the file, without its dot."""
    found = _FILENAME.search(headers.get("content-disposition", ""))
    if found is None:
        return None
    name = unquote(found.group(1)).strip().strip('"')
    _, dot, extension = name.rpartition(".")
    return extension.lower() if dot and extension.isalnum() and len(extension) <= 5 else None


def sniff(body: bytes, content_type: str = "") -> str:
    """Kind of content: pdf ole zip rar 7z gzip rtf image html json xml text binary empty."""
    head = body[:_HEAD]
    if not head.strip(b"\0 \t\r\n\xef\xbb\xbf"):
        return "empty"
    for kind, magic, within in _magic():
        if head.startswith(magic) or (within and magic in head[:within]):
            return kind
    if b"\0" in head[:512] and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "binary"
    text = decode(head[:4096], content_type)[1].lstrip("\ufeff")
    if _HTML_HEAD.match(text):
        return "html"
    start = text.lstrip()[:1]
    if start == "{" and ("json" in content_type or any(mark in text for mark in file_marks().json_errors)):
        return "json"
    if start == "<":
        return "xml"
    return "binary" if _CONTROL.search(text) else "text"


def see_file(
    extension: str,
    headers: Mapping[str, str],
    body: bytes,
    *,
    declared_size: int | None = None,
    truncated: bool = False,
    dataloss: bool = False,
    url: str = "",
) -> tuple[Reason, str]:
    """(reason, detail) of a 2xx answer under a file's name. `truncated`: we stopped reading ourselves.

    `extension` must be one that `family_of` knows, `url` is the address asked for. The first 64 kB are looked at.
    """
    family = _families()[extension.lower().lstrip(".")]
    if declared_size == 0 or (not body.strip(b" \t\r\n\xef\xbb\xbf") and len(body) < 64 and not truncated):
        return (Reason.OK, "空文件") if family.id == "part" else (Reason.EMPTY_FILE, "0字节")
    if not body:
        return Reason.OK, "只读到首部"
    kind = sniff(body, headers.get("content-type", "").lower())
    if kind in family.refuses:
        return _refused(family, kind, extension.lower().lstrip("."), headers, body, url)
    if dataloss and not truncated:
        return Reason.TRUNCATED, f"读到{len(body)}字节后连接中断"
    if declared_size and len(body) < declared_size and not truncated and "content-encoding" not in headers:
        return Reason.TRUNCATED, f"应有{declared_size}字节，实收{len(body)}字节"
    return Reason.OK, ""


def _refused(
    family: _Family, kind: str, extension: str, headers: Mapping[str, str], body: bytes, url: str
) -> tuple[Reason, str]:
    """A content that does not belong under the name: innocent export, page that leads to the file, or really wrong."""
    if kind != "html":
        names = {"json": "出错信息", "image": "图片", "text": "文字", "ole": "Office文档", "rtf": "RTF文档"}
        return Reason.WRONG_TYPE, f".{extension}文件实为{names.get(kind, kind)}"
    markup = decode(body[:_HEAD], headers.get("content-type"))[1]
    lower = markup.lower()
    title = title_of(markup)[:60]
    if family.id == "office" and _is_export(markup, lower):
        return Reason.OK, "网页格式的文档"
    if family.id != "part" and _leads_to_file(lower, family, extension, url):
        return Reason.VIEWER_PAGE, title
    return Reason.WRONG_TYPE, f".{extension}文件实为网页" + (f"“{title}”" if title else "")


def _is_export(markup: str, lower: str) -> bool:
    """HTML that an office suite wrote, or a bare table of data as reporting systems send it."""
    marks = file_marks()
    if any(mark in lower for mark in marks.office_html):
        return True
    if lower.count("<tr") < 2 or lower.count("<td") + lower.count("<th") < 4 or "<script" in lower:
        return False
    text, anchors = visible_text(markup, 2000)
    words = (text + title_of(markup)).lower()
    return anchors <= 2 and not (len(text) < 400 and any(word.lower() in words for word in marks.error_words))


def _leads_to_file(lower: str, family: _Family, extension: str, url: str) -> bool:
    """The page embeds, shows or jumps to the file; every page shows images, so an image must be the one asked for."""
    if family.id != "image" and any(mark in lower for mark in file_marks().viewers):
        return True
    name = url.lower().partition("?")[0].rpartition("/")[2]
    wanted = name if family.id == "image" else f".{extension}"
    return bool(wanted) and any(wanted in found.group(1) for found in _LEADS_TO.finditer(lower))
