"""What an article says about itself beside its date: source and document number."""

from __future__ import annotations

import re

_SOURCE = re.compile(r"(?:信息|文章|稿件|新闻|内容|资料)?来\s{0,4}源\s*[:：]\s*([^\n|｜]{1,60})")
_SOURCE_END = re.compile(
    r"\s{2,}|\s*(?:发布|时间|日期|作者|编辑|责任|责编|浏览|点击|阅读|访问|字体|字号|【|\[|打印|分享|\d{4}[-年/]|供稿|"
    r"审核|人气|收藏)"
)
_NUMBER = re.compile(
    r"([\u4e00-\u9fff]{1,14}?[\u4e00-\u9fff])\s?[〔\[［（(【﹝]\s?((?:19|20)\d\d)\s?[〕\]］）)】﹞]\s?(?:第\s?)?"
    r"(\d{1,5})\s?号"
)
_LABEL = re.compile(r"(?:发\s*文\s*字\s*号|文\s*件?\s*(?:编)?号|文\s*号|发\s*文\s*号)\s*[:：\]】]?\s*")
_NUMBER_YEAR = re.compile(r"[〔\[［（(【﹝]\s?(?:19|20)\d\d")
_LEAD = re.compile(r"^.*(?:根据|按照|依据|印发|转发|的通知|关于|《|以及|和|与|及)")
_NEAR = 1200


def read_source(text: str, start: int, tag: str) -> str | None:
    """来源 of the article as shown after its headline, else as its ContentSource tag says."""
    found = _SOURCE.search(text, start) or _SOURCE.search(text)
    if found is not None:
        shown = _SOURCE_END.split(" " + found.group(1))[0].strip(" ：:　-—")
        if not shown and found.end() < len(text):
            shown = text[found.end() : found.end() + 40].strip().partition("\n")[0]
        shown = re.sub(r"^(?:信息|文章|稿件)?来源\s*[:：]\s*", "", shown).strip("】]）) ")
        if 1 < len(shown) <= 40 and not shown.endswith(("：", ":")):
            return shown
    return " ".join(tag.split())[:80] or None


def read_doc_number(text: str, start: int, headline: str) -> str | None:
    """文号 of the document: as its own label gives it, in the headline, or alone in a line near the headline."""
    label = _LABEL.search(text[: start + 4000]) if _may_be_labelled(text, start + 4000) else None
    if label is not None:
        found = _NUMBER.match(text, label.end())
        if found is not None:
            return _written(found)
    found = _NUMBER.search(headline) if _NUMBER_YEAR.search(headline) else None
    if found is not None:
        return _written(found)
    if _NUMBER_YEAR.search(text, start, start + _NEAR) is None:
        return None
    for found in _NUMBER.finditer(text, start, start + _NEAR):
        line_start = text.rfind("\n", 0, found.start()) + 1
        line_end = text.find("\n", found.end())
        before = text[line_start : found.start()].strip(" （(【")
        after = text[found.end() : line_end if line_end >= 0 else len(text)].strip(" ）)】")
        if not before and not after:
            return _written(found)
    return None


def _may_be_labelled(text: str, stop: int) -> bool:
    """Cheap test before `_LABEL`: every label ends in 号 with one of four characters before it."""
    place = text.find("号", 0, stop)
    while place >= 0:
        before = text[max(0, place - 40) : place].rstrip()
        if before[-1:] in ("文", "字", "件", "编", ""):
            return True
        place = text.find("号", place + 1, stop)
    return False


def _written(found: re.Match[str]) -> str:
    """The usual writing with 〔〕 and without spaces."""
    body = _LEAD.sub("", found.group(1))
    return f"{body}〔{found.group(2)}〕{found.group(3)}号"
