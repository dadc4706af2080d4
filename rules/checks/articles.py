"""What articles give away: dates that contradict each other (V1.5), policies nobody explained (D7)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from pydantic import Field

from crawler.facts import PageFact, Readable, SiteFacts
from crawler.inventory import ColumnType
from rules.checks.identity import candidate, where
from rules.context import Context
from rules.policies import NUMBER, TITLED, core, plain_number
from rules.registry import Draft, PageVisitor, Params, fill, page_check
from rules.schema import Rule
from rules.windows import chinese_day

_AGREES = 1  # day between a date of the page and its file's: sent before midnight, written after
_NAMES = {"label": "页面注明", "text": "页面日期", "meta": "页面标签", "url": "网址"}
_BEGINNING = 1500  # characters: an interpretation says at once what it explains


class ConflictParams(Params):
    """From which difference on two dates of one article are told."""

    days: int = Field(default=30, ge=1, le=3660, description="相差超过几天才提示")
    with_file: int = Field(
        default=10, ge=1, le=3660, description="文件修改日期（Last-Modified）与较晚的日期相符时，相差超过几天即提示"
    )
    alone: int = Field(
        default=3, ge=1, le=500, description="同一天修改的稿件超过几篇，视为重新生成，不采用文件修改日期"
    )
    at_most: int = Field(default=20, ge=1, le=500, description="每个站点最多列几篇")


class InterpretParams(Params):
    """How many policies are drawn."""

    sample: int = Field(default=3, ge=1, le=50, description="抽查几个政策文件")
    policies: list[ColumnType] = Field(default=["政策文件"], description="政策文件栏目类型")
    explained: list[ColumnType] = Field(default=["政策解读"], description="政策解读栏目类型")


@dataclass
class _Conflicts:
    site: SiteFacts
    rule: Rule
    params: ConflictParams
    found: list[tuple[PageFact, dict[str, date]]] = field(default_factory=list)
    files: Counter[str] = field(default_factory=Counter)

    def visit(self, page: PageFact) -> None:
        if page.kind != "article":
            return
        if modified := page.extra.get("modified"):
            self.files[modified] += 1
        dates = {name: date.fromisoformat(day) for name, day in page.extra.get("dates", {}).items()}
        known = {day for name, day in dates.items() if name in _NAMES}
        least = min(self.params.days, self.params.with_file)
        if page.published_conflict and known and (max(known) - min(known)).days > least:
            self.found.append((page, dates))

    def _told(self) -> Iterator[tuple[PageFact, dict[str, date], date | None]]:
        """(page, its dates, its file's day where that agrees with the later date), by address."""
        for page, dates in sorted(self.found, key=lambda one: one[0].url):
            known = {day for name, day in dates.items() if name in _NAMES}
            file = self._file(page, max(known))
            if (max(known) - min(known)).days > (self.params.days if file is None else self.params.with_file):
                yield page, dates, file

    def _file(self, page: PageFact, latest: date) -> date | None:
        """A file's day never speaks alone: a site written anew has new files of old articles."""
        modified = page.extra.get("modified")
        if not modified or self.files[modified] > self.params.alone:
            return None
        day = date.fromisoformat(modified)
        return day if abs((day - latest).days) <= _AGREES else None

    def drafts(self) -> Iterator[Draft]:
        found = list(self._told())
        for page, dates, file in found[: self.params.at_most]:
            shown = [f"{_NAMES[name]}{chinese_day(dates[name])}" for name in _NAMES if name in dates]
            told = "，".join([*shown, *([f"文件修改{chinese_day(file)}"] if file else [])])
            yield Draft(
                subject=page.url,
                message=fill(self.rule.message, {"title": page.headline or page.title or page.url, "dates": told}),
                gist="dates",
                certainty="suspected",
                level="part",
                unit=page.unit,
                column=page.column,
                where=where([page]),
                where_count=1,
                observed={name: day.isoformat() for name, day in dates.items()}
                | ({"file": file.isoformat()} if file else {})
                | {"in_all": len(found)},
            )


@page_check("date_conflicts", params=ConflictParams, fields=("title", "dates"))
def date_conflicts(site: SiteFacts, rule: Rule, ctx: Context) -> PageVisitor:
    """V1.5 candidates for a person: an import of old articles or a re-ordering may explain them."""
    return _Conflicts(site, rule, ConflictParams.model_validate(rule.params))


class _Interpreted:
    def __init__(self, site: SiteFacts, rule: Rule, ctx: Context, params: InterpretParams) -> None:
        self.rule = rule
        self.params = params
        self.types: Mapping[str, str] = {fact.column.id: fact.column.type for fact in site.columns}
        self.policies = ctx.draw(f"{rule.id}:{site.site.id}", params.sample)
        self.explained: set[str] = set()
        self.numbers: set[str] = set()
        self.site = site

    def visit(self, page: PageFact) -> None:
        kind = self.types.get(page.column or "")
        title = page.headline or page.title or ""
        if page.kind != "article" or not title:
            return
        if kind in self.params.policies and page.doc_number:
            self.policies.add(page)
        elif kind in self.params.explained:
            text = self.site.text(page.url) if isinstance(self.site, Readable) else None
            beginning = (text or "")[:_BEGINNING]
            named = TITLED.findall(f"{title}\n{beginning}")
            self.explained.update(core(name) for name in (*named, title))
            self.numbers.update(plain_number(number) for number in NUMBER.findall(beginning))

    def drafts(self) -> Iterator[Draft]:
        told = {name for name in self.explained if len(name) > 3}
        drawn = self.policies.pages()
        for page in drawn:
            title = page.headline or page.title or ""
            name = core(next(iter(TITLED.findall(title)), title))
            by_number = any(one.endswith(plain_number(page.doc_number or "-")) for one in self.numbers)
            if name and not by_number and not any(name in one or one in name for one in told):
                observed = {
                    "number": page.doc_number,
                    "sample": len(drawn),
                    "population": self.policies.population,
                }
                message = fill(self.rule.message, {"title": title, "number": page.doc_number})
                yield candidate(page, message, "unexplained", observed, self.rule.points)


@page_check("interpreted", params=InterpretParams, fields=("title", "number"))
def interpreted(site: SiteFacts, rule: Rule, ctx: Context) -> PageVisitor:
    """D7 candidates: drawn policies whose title no interpretation names; which are “涉及面广” a person knows."""
    return _Interpreted(site, rule, ctx, InterpretParams.model_validate(rule.params))
