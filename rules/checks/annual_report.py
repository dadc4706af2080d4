"""信息公开年报: the six parts that every report has, and the sums of its table of applications."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from pydantic import Field

from crawler.facts import PageFact, SiteFacts
from rules.checks.identity import where
from rules.context import Context
from rules.registry import Draft, PageVisitor, Params, fill, page_check
from rules.schema import Rule

_YEAR = re.compile(r"(20\d\d)\s?年")
_NUMBERS = re.compile(r"^\d{1,7}$")
_ROWS = {
    "new": re.compile(r"本年新收政府信息公开申请数量"),
    "carried": re.compile(r"上年结转政府信息公开申请数量"),
    "done": re.compile(r"[（(]七[）)]\s*总计"),
    "left": re.compile(r"结转下年度继续办理"),
}


class ReportParams(Params):
    """How a report is recognised and what it must have."""

    title: str = Field(
        default=r"政府信息公开工作年度报告|信息公开(?:工作)?年(?:度报告|报)$", description="年报标题的正则表达式"
    )
    parts: dict[str, str] = Field(
        default={
            "总体情况": "总体情况|^[一1][、.．]\\s?(?:概述|总体)",
            "主动公开政府信息情况": "主动公开政府信息(?:的)?情况",
            "收到和处理政府信息公开申请情况": "(?:收到和处理|受理和处理)政府信息公开申请(?:的)?情况",
            "行政复议、行政诉讼情况": "行政复议[、和]?\\s?行政诉讼(?:的)?情况",
            "存在的主要问题及改进情况": "存在的?(?:主要)?问题(?:及|和|与)改进",
            "其他需要报告的事项": "其他需要报告(?:的)?事项",
        },
        min_length=1,
        description="应有的各部分名称及其正则表达式",
    )
    shortest: int = Field(default=600, ge=0, description="正文少于几个字的不看，内容多在附件中")


@dataclass
class _Report:
    site: SiteFacts
    rule: Rule
    ctx: Context
    params: ReportParams
    wanted: re.Pattern[str]
    newest: dict[str, tuple[int, PageFact]] = field(default_factory=dict)

    def visit(self, page: PageFact) -> None:
        """Keeps the newest report of each unit."""
        title = page.headline or page.title or ""
        year = _YEAR.search(title)
        if page.kind != "article" or year is None or not self.wanted.search(title):
            return
        unit = page.unit or ""
        if unit not in self.newest or (int(year[1]), page.url) > (self.newest[unit][0], self.newest[unit][1].url):
            self.newest[unit] = (int(year[1]), page)

    def drafts(self) -> Iterator[Draft]:
        for unit, (year, page) in sorted(self.newest.items()):
            reading = self.ctx.reading(self.site, page.url)
            if reading is None or reading.cut or len(reading.text) < self.params.shortest:
                continue
            missing = [name for name, sign in self.params.parts.items() if not re.search(sign, reading.text, re.M)]
            faults = [f"缺少“{'”“'.join(missing)}”"] if missing else []
            sums = table_sums(reading.text)
            if sums is not None and sums["new"] + sums["carried"] != sums["done"] + sums["left"]:
                faults.append(
                    f"申请情况表不平：新收{sums['new']}件加结转{sums['carried']}件，"
                    f"不等于办理{sums['done']}件加结转下年{sums['left']}件"
                )
            if faults:
                values = {"title": page.headline or page.title, "faults": "；".join(faults), "year": year}
                yield Draft(
                    subject=page.url,
                    message=fill(self.rule.message, values),
                    gist="report",
                    certainty="suspected",
                    unit=unit or None,
                    column=page.column,
                    where=where([page]),
                    where_count=1,
                    observed={"missing": missing, "sums": sums, "year": year},
                )


def table_sums(text: str) -> dict[str, int] | None:
    """The last number of each row (总计) of the table of applications; None when a row cannot be read."""
    lines = text.split("\n")
    found: dict[str, int] = {}
    for number, line in enumerate(lines):
        for name, sign in _ROWS.items():
            if name not in found and sign.search(line):
                numbers = _row(line[sign.search(line).end() :], lines[number + 1 :])  # type: ignore[union-attr]
                if numbers:
                    found[name] = numbers[-1]
    return found if found.keys() == _ROWS.keys() else None


def _row(rest: str, following: list[str]) -> list[int]:
    """Numbers after a row's name: on its line, else in the cells that follow, which are lines of their own."""
    inline = [int(part) for part in rest.split() if _NUMBERS.match(part)]
    for line in following[:8]:
        if not _NUMBERS.match(line.strip()):
            break
        inline.append(int(line))
    return inline


@page_check("annual_report", params=ReportParams, fields=("title", "faults", "year"))
def annual_report(site: SiteFacts, rule: Rule, ctx: Context) -> PageVisitor:
    """The newest report of each unit; one whose text stands in an attachment is not judged."""
    params = ReportParams.model_validate(rule.params)
    return _Report(site, rule, ctx, params, re.compile(params.title))
