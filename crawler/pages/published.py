"""When an article was published, as its page says to a reader.

A labelled visible date comes first, then an unlabelled one in the line under the headline, then meta unless it is the
time of generation. The address is a hint, never a date of its own: 国办秘函〔2019〕19号 counts an article page that
does not state its date as not updated. 成文, 生效 and 失效 dates, the header's “今天是” and dates of other articles are
never taken.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, timedelta

from crawler.pages.dates import Hit, day_in_url, find_compact
from crawler.pages.tree import Document, Element

_LABELS = (
    (0, re.compile(
        r"(?:发布时间|发布日期|发布于|时间发布|日期发布|发表时间|发表日期|发表于|发布时点|公布时间|公布日期|公开时间|"
        r"公开日期|"
        r"上网时间|上网日期|上传时间|上传日期|发稿时间|发稿日期|刊发时间|刊登时间|刊登日期|登载时间|推送时间|发布"
        r"|publish(?:ed|date|time|edon)?(?:date|time|on)?|release(?:d|date|time)?|posted(?:on)?|pubdate)\W{0,4}$",
        re.I)),
    (1, re.compile(
        r"(?:更新时间|更新日期|更新于|信息时间|信息日期|录入时间|录入日期|添加时间|添加日期|加入时间|入库时间|"
        r"新闻时间|稿件时间|文章时间|"
        r"编辑时间|编辑日期|审核时间|修改时间|最后更新|创建时间|创建日期|updated?(?:on|time|at)?|updatetime|"
        r"lastupdated?)\W{0,4}$",
        re.I)),
    (3, re.compile(r"(?:生成日期|发文日期|发文时间|签署时间|签署日期|签发日期|签发时间|制发日期)\W{0,4}$")),
)  # fmt: skip
_BARE_LABEL = re.compile(r"(?:^|[^\u4e00-\u9fff])[\s\u3000]*(?:时\s*间|日\s*期|date|time)\s*\W{0,4}$", re.I)
_NEVER = re.compile(
    r"(?:今天是?|今日是?|现在是?|现在时间|当前时间|当前日期|系统时间|北京时间|成文日期|成文时间|印发日期|印发时间|"
    r"生效日期|生效时间|"
    r"实施日期|实施时间|施行日期|施行时间|失效日期|失效时间|废止日期|废止时间|截止日期|截止时间|截至日期|截止|截至|"
    r"有效期至?|开始时间|"
    r"结束时间|开始日期|结束日期|起始时间|活动时间|会议时间|举办时间|报名时间|考试时间|开标时间|投标时间|公示时间|"
    r"公示期|成立时间|"
    r"成立日期|出生年月|出生日期|来信时间|来信日期|写信时间|留言时间|留言日期|提问时间|咨询时间|答复时间|答复日期|"
    r"回复时间|回复日期|"
    r"办结时间|受理时间|修订日期|修订时间|登记日期|注册日期|签订日期|签订时间|合同签订日期|竣工日期|建档日期|自|从|于|"
    r"至|到|期限|起)"
    r"\W{0,3}$"
)
_INFO_AFTER = re.compile(
    r"\W{0,6}(?:\d{1,2}\s?[:：∶时]\s?\d{1,2}(?:\s?[:：∶分]\s?\d{0,2}秒?)?)?[\s\W]{0,12}"
    r"(?:(?:文章|信息|稿件|新闻)?(?:来源|出处)|信息提供|作者|供稿|发布机构|发布单位|发布人|发布者|编辑|责编|责任编辑|"
    r"字体|字号|浏览|点击|阅读|访问|"
    r"查看|人气|次数|打印|分享|收藏|关闭|视力|大\s*中\s*小|【?\s*大|【字|A\+|A-|source|share|views?|hits?|print)",
    re.I,
)
_INFO_BEFORE = re.compile(
    r"(?:来源|作者|供稿|出处|编辑|发布机构|发布单位|信息提供|source|字体|字号)\s*[:：】\]]?[^\n]{0,40}$", re.I
)
_ALONE = re.compile(r"[\s\[\]【】()（）:：日号|\-—星期一二三四五六天上下午\d时分秒]*")
_DATE_NAME = re.compile(
    r"pub(?:lish)?(?:ed)?[_-]?(?:time|date)|(?:^|[\s_-])(?:fbsj|fbrq)(?:$|[\s_-])|(?:article|news|"
    r"info|art)[_-]?(?:time|date)",
    re.I,
)
_LABEL_ENDS = frozenset("间期于点布新天是日在止至月自从到限起" + "hdentHDENT")
"""The last letter of every label above; most dates of a list stand behind a title that ends otherwise."""
_NEAR_HEADLINE = 260
_BODY_LINE = 60


@dataclass(slots=True)
class Publication:
    """Outcome: the date, where it was read, whether sources disagree, and each source's date."""

    day: date | None = None
    source: str | None = None
    conflict: bool = False
    evidence: dict[str, date] = field(default_factory=dict)
    place: int | None = None


def read_publication(
    doc: Document, hits: list[Hit], headline: Element | None, meta: date | None, url: str, as_of: date
) -> Publication:
    """Choose the date of publication of an article page; `hits` are the full dates of `doc.text`."""
    latest = as_of + timedelta(days=1)
    usable = [hit for hit in hits if hit.day <= latest and not doc.is_muted(hit.start)]
    in_url = day_in_url(url)
    result = Publication()
    labelled = _labelled(doc, usable, headline)
    if labelled and labelled[0] < 3:
        result.evidence["label"], result.place = labelled[1].day, labelled[1].start
    text = _unlabelled(doc, usable, headline, in_url)
    if text is not None:
        result.evidence["text"] = text.day
        result.place = text.start if result.place is None else result.place
    if meta is not None and meta <= latest:
        result.evidence["meta"] = meta
    if labelled and not result.evidence:
        result.evidence["label"], result.place = labelled[1].day, labelled[1].start
    if in_url is not None and in_url <= latest:
        result.evidence["url"] = in_url
    for source in ("label", "text", "meta"):
        if source in result.evidence:
            result.day, result.source = result.evidence[source], source
            break
    known = [result.evidence[name] for name in ("label", "meta", "url") if name in result.evidence]
    result.conflict = result.day is not None and len(known) > 1 and (max(known) - min(known)).days > 1
    return result


def label_rank(text: str, start: int) -> int | None:
    """Rank of the label before a date: 0 published, 1 updated, 2 bare 时间/日期, 3 for want of better, -1 never."""
    before = text[max(0, start - 40) : start]
    if _no_label(before):
        return None
    tight = "".join(before.split())
    for rank, pattern in _LABELS:
        if pattern.search(tight):
            return rank
    if _NEVER.search(tight):
        return -1
    return 2 if _BARE_LABEL.search(before) else None


def _no_label(before: str) -> bool:
    """Does the last letter before a date, among the last five marks, say that no label stands there?"""
    marks = 0
    for letter in reversed(before):
        if letter.isalnum() or letter == "_":
            return letter not in _LABEL_ENDS
        marks += not letter.isspace()
        if marks == 5:
            return False
    return False


def _labelled(doc: Document, hits: list[Hit], headline: Element | None) -> tuple[int, Hit] | None:
    """The date with the best label; among equals the one nearest to the headline."""
    best: tuple[int, int, Hit] | None = None
    text = doc.text
    anchor = headline.stop if headline is not None else 0
    for hit in hits:
        rank = label_rank(text, hit.start)
        if rank is None or rank < 0 or _foreign(doc, hit.start, headline):
            continue
        distance = abs(hit.start - anchor) + (400 if hit.start < anchor - 60 else 0)
        if best is None or (rank, distance) < best[:2]:
            best = (rank, distance, hit)
    if best is not None:
        return best[0], best[2]
    compact = (hit for hit in find_compact(text) if label_rank(text, hit.start) == 0 and not doc.is_muted(hit.start))
    return next(((0, hit) for hit in compact), None)


def _unlabelled(doc: Document, hits: list[Hit], headline: Element | None, in_url: date | None) -> Hit | None:
    """A date without a label in the line that stands with the headline, else in an element named for it."""
    near = _under_headline(doc, hits, headline, in_url) if headline is not None else None
    return near or _named_for_date(doc, hits, headline)


def _named_for_date(doc: Document, hits: list[Hit], headline: Element | None) -> Hit | None:
    """`<span class="pubtime">2026-11-18</span>`"""
    for hit in hits:
        element = doc.innermost(hit.start)
        if element is None or element.stop - element.start > _BODY_LINE:
            continue
        if _DATE_NAME.search(f"{element.get('class')} {element.get('id')}") and not _foreign(doc, hit.start, headline):
            return hit
    return None


def _under_headline(doc: Document, hits: list[Hit], headline: Element, in_url: date | None) -> Hit | None:
    text = doc.text
    for hit in hits:
        distance = hit.start - headline.stop
        if distance < -200 or distance > _NEAR_HEADLINE or label_rank(text, hit.start) == -1:
            continue
        if headline.start <= hit.start < headline.stop:
            if _closes_headline(text, hit, headline):
                return hit
            continue
        if _foreign(doc, hit.start, headline):
            continue
        if any(len(between) > _BODY_LINE for between in text[headline.stop : hit.start].split("\n")):
            break
        line = text[text.rfind("\n", 0, hit.start) + 1 : hit.start]
        rest = text[hit.stop : hit.stop + 60]
        after = _INFO_AFTER.match(rest)
        alone = not line.strip(" [【(（|") and _ALONE.fullmatch(rest.partition("\n")[0])
        if distance >= 0 and (after or alone or _INFO_BEFORE.search(line)):
            return hit
        if after and distance < 0 and hit.day == in_url:
            return hit
        if hit.day == in_url and len(line) < 40 and 0 <= distance < 120:
            return hit
    return None


def _closes_headline(text: str, hit: Hit, headline: Element) -> bool:
    """`标题 ( 2022-03-22)`: a bracketed date that ends the headline and is no part of its words."""
    opened = text[max(headline.start, hit.start - 3) : hit.start].strip()[-1:]
    return opened in ("(", "（", "[", "【") and not text[hit.stop : headline.stop].strip(" \n)）]】")


def _foreign(doc: Document, place: int, headline: Element | None) -> bool:
    """Does this date belong to another article: inside a link, a header, a side list or a footer?"""
    element = doc.innermost(place)
    if element is None:
        return False
    if element.region in ("header", "nav", "side") and not (headline and 0 <= place - headline.stop < _NEAR_HEADLINE):
        return True
    row: Element | None = element
    for _ in range(4):
        if row is None:
            return False
        if row.tag == "a":
            return True
        if row.tag in ("li", "dd", "tr") and _holds_link(doc, row):
            return True
        row = row.parent
    return False


def _holds_link(doc: Document, row: Element) -> bool:
    """A short row with the title of another page: an entry of a list."""
    if row.stop - row.start > 200:
        return False
    return any(inner.tag == "a" and inner.stop - inner.start >= 8 for inner in doc.subtree(row, 40))
