"""内容准确 of guides (D14): telephone numbers that nobody can dial, two guides of one item that contradict."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import Field

from crawler.facts import PageFact, Reading, SiteFacts
from rules.checks.services import GuideParams, Guides
from rules.context import Context
from rules.registry import Draft, PageVisitor, fill, page_check
from rules.schema import Rule

_PHONE = "联系电话"
_KEPT = 80  # characters of an element that a reading keeps
_EXTENSION = re.compile(r"(?:转|分机|ext\.?)\s*\d{1,6}|[（(]\s*(?:工作日|上班)[^）)]*[）)]", re.IGNORECASE)
_TIMES = re.compile(r"\d{1,2}[:：]\d{2}|20\d\d[-年/.]\d{1,2}(?:[-月/.]\d{1,2}日?)?")
_NUMBER = re.compile(r"(?<![\d*])[\dXx×*]{3,}(?:[-— －][\dXx×*]{3,}){0,3}(?!\d)")
_BRACKETED = re.compile(r"[（(]\s*(0\d{2,3})\s*[）)]\s*")
_AREA = re.compile(r"^(?:86)?(0(?:10|2\d|[3-9]\d\d))(\d{7,8})$")
_WHOLE = re.compile(
    r"^(?:[2-8]\d{6,7}|1[3-9]\d{9}|[48]00\d{7}"  # of the place, mobile, paid by the called
    r"|1\d{4}|1[12]\d|95\d{2,4}|96\d{3,5}|0\d{2,3}(?:12\d{3}|96\d{3,5}))$"  # service numbers
)
_PLACEHOLDER = re.compile(r"[Xx×*]{3,}|^0{6,}$|^1234567\d?$|^(\d)\1{6,}$")


class AccuracyParams(GuideParams):
    """D14: how many guides are drawn."""

    sample: int = Field(default=5, ge=1, le=50, description="抽查几个办事指南")


def bad_phones(text: str) -> list[str]:
    """Numbers of a telephone field that nobody can dial: placeholders, and those of no length there is."""
    plain = _BRACKETED.sub(r"\1-", _TIMES.sub("；", _EXTENSION.sub("；", text)))
    if len(text) >= _KEPT:
        plain = re.sub(r"[\dXx×*—－ -]+$", "", plain)  # what is kept may end within a number
    return [found for found in (match.group() for match in _NUMBER.finditer(plain)) if _is_bad(found)]


def _is_bad(written: str) -> bool:
    if _PLACEHOLDER.search(re.sub(r"[\s（）()+—－-]", "", written)):
        return True
    parts = [part for part in re.split(r"[\s（）()+—－-]+", written) if part]
    joined = "".join(parts)
    if _AREA.match(joined) or _WHOLE.match(joined):
        return False
    area = parts[0] if len(parts[0]) in (3, 4) and parts[0].startswith("0") else ""
    rest = parts[1:] if area else parts
    if area:  # 0872-2123456-8001: area code, number, extension; 0872-2123456 2123457: two numbers
        return not rest or not all(7 <= len(part) <= 8 or n > 0 for n, part in enumerate(rest))
    return not all(_AREA.match(part) or _WHOLE.match(part) for part in rest)


@dataclass
class _Accuracy:
    found: Guides
    params: AccuracyParams

    def visit(self, page: PageFact) -> None:
        self.found.visit(page)

    def drafts(self) -> Iterator[Draft]:
        twins = self._twins()
        sample, population = self.found.sampled(self.params.sample)
        for page, reading in sample:
            phones = bad_phones(reading.guide.elements.get(_PHONE, ""))
            other = twins.get(page.url)
            faults = [f"联系电话“{phones[0]}”不是可以拨打的号码"] if phones else []
            faults += [f"联系电话与同名指南（{other}）不一致"] if other else []
            if faults:
                values = {"title": reading.guide.title or page.title, "faults": "；".join(faults)}
                points = (self.found.rule.points or 0) * len(faults)
                yield self.found.draft(
                    page, fill(self.found.rule.message, values), points, phones=phones, other=other,
                    sample=len(sample), population=population,
                )  # fmt: skip

    def _twins(self) -> dict[str, str]:
        """Guides of one title in one unit whose telephone numbers have nothing in common, by address."""
        named: dict[tuple[str, str], list[tuple[str, frozenset[str]]]] = defaultdict(list)
        for page, reading in self.found.guides():
            phones = frozenset(re.findall(r"\d{7,8}(?!\d)", reading.guide.elements.get(_PHONE, "").replace("-", "")))
            if phones:
                named[page.unit or "", _item(reading)].append((page.url, phones))
        found: dict[str, str] = {}
        for same in named.values():
            for url, phones in same:
                other = next((one for one, theirs in same if one != url and not phones & theirs), None)
                if other is not None:
                    found[url] = other
        return found


def _item(reading: Reading) -> str:
    return re.sub(r"\s|办事指南|服务指南|指南", "", reading.guide.title)


@page_check("guide_accuracy", params=AccuracyParams, fields=("title", "faults"))
def guide_accuracy(site: SiteFacts, rule: Rule, ctx: Context) -> PageVisitor:
    """D14 candidates. Whether somebody answers the telephone, and how an office works, a person knows."""
    params = AccuracyParams.model_validate(rule.params)
    return _Accuracy(Guides(site, rule, ctx, params), params)
