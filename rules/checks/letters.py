"""Public letters: those that wait too long (V5.2), fields that an answered one does not show (D18, case 2)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from pydantic import Field

from crawler.facts import ColumnFact, Outcome, PageFact, Reading, SiteFacts
from crawler.facts.bodies import LetterRow
from crawler.inventory import ColumnType
from rules.checks.identity import candidate
from rules.checks.presence import ReplyParams, replies_updated
from rules.context import Context
from rules.registry import Draft, PageVisitor, Params, fill, page_check
from rules.schema import Rule, Where, region_of
from rules.subjects import normal
from rules.windows import Window, chinese_day

_TYPES: list[ColumnType] = ["咨询建言"]
_STATISTICS = re.compile(
    r"(?:来信|信件|留言|咨询|诉求|互动|受理|答复|回复|办理|网民|信箱|12345|热线)[^，。\n]{0,10}(?:统计|分析|月报|季报|月通报|季通报)|"
    r"统计数据|数据统计"
)
_COUNTED = re.compile(
    r"(?:收到|受理|来信|信件|留言|答复|回复|办结|办理)(?:总数|总量|数量|件数|数|量|率)?[^\d\n年月]{0,6}\d[\d,]*\s*(?:件|条|封|%)"
)


class WaitingParams(Params):
    """V5.2: how far back letters count, how long one may wait."""

    types: list[ColumnType] = Field(default=_TYPES, description="政务咨询类栏目的类型")
    window: Window = Field(default=Window(years=1), description="看多久以内的留言")
    wait: Window = Field(default=Window(months=3), description="超过多久未回应")
    look_at: int = Field(default=2000, ge=1, le=20000, description="每个站点最多看几条，超过时按种子抽取")


class PublicParams(ReplyParams):
    """D18: nothing public (case 1), the four fields (case 2), freshness (case 3), statistics (case 4)."""

    closed: float = Field(default=6, ge=0, le=100, description="所有留言都未公开扣分")
    closed_message: str = Field(default="咨询建言类栏目没有公开的留言", description="都未公开时的说法")
    statistics: float = Field(default=3, ge=0, le=100, description="未公开受理反馈统计数据扣分")
    statistics_message: str = Field(default="未发现留言受理反馈情况统计数据", description="未公开统计数据时的说法")
    sample: int = Field(default=5, ge=1, le=100, description="抽查几条已公开的留言")
    look_at: int = Field(default=200, ge=1, le=20000, description="从几个页面中认出留言")
    field: float = Field(ge=0, le=100, description="缺少一项内容扣分")
    field_message: str = Field(min_length=1, description="缺少内容时的说法，可用 {title}、{fields}")


class _Letters:
    """The letters of a site: pages of its consultation columns that show a question."""

    def __init__(self, site: SiteFacts, rule: Rule, ctx: Context, types: list[ColumnType], look_at: int) -> None:
        self.site = site
        self.rule = rule
        self.ctx = ctx
        self.columns = {fact.column.id for fact in site.columns if fact.column.type in types}
        self.draw = ctx.draw(f"letters:{site.site.id}", look_at)

    def visit(self, page: PageFact) -> None:
        if page.column in self.columns and page.kind in ("article", "other") and page.region != "home":
            self.draw.add(page)

    def rows(self) -> Iterator[tuple[ColumnFact, LetterRow]]:
        """Letters as the first pages of the columns list them, spam and tests left out."""
        for fact in self.site.columns:
            reading = self.ctx.reading(self.site, fact.url) if fact.column.id in self.columns else None
            if reading is not None and not reading.cut:
                yield from ((fact, row) for row in reading.letter_rows if not row.message.void)

    def letters(self) -> Iterator[tuple[PageFact, Reading]]:
        """The drawn pages that are letters, spam and tests left out."""
        for page in self.draw.pages():
            reading = self.ctx.reading(self.site, page.url)
            if reading is not None and reading.message.is_message and not reading.message.void:
                yield page, reading


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a letter stands."""

    page: str
    text: str
    region: str
    unit: str | None
    column: str | None


@dataclass
class _Waiting:
    found: _Letters
    params: WaitingParams

    def visit(self, page: PageFact) -> None:
        self.found.visit(page)

    def drafts(self) -> Iterator[Draft]:
        today = self.found.ctx.today
        waiting, seen = self._waiting()
        if not waiting:
            return
        asked, first = waiting[0]
        values = {
            "count": len(waiting), "title": first.text or first.page, "asked": chinese_day(asked),
            "days": (today - asked).days, "wait": self.params.wait.text,
        }  # fmt: skip
        units = {place.unit for _, place in waiting}
        columns = {place.column for _, place in waiting}
        yield Draft(
            subject=self.found.site.site.url,
            message=fill(self.found.rule.message, values),
            gist="waiting",
            certainty="suspected",
            unit=first.unit if len(units) == 1 else None,
            column=first.column if len(columns) == 1 else None,
            where=tuple(Where(page=one.page, text=one.text, region=region_of(one.region)) for _, one in waiting[:20]),
            where_count=len(waiting),
            observed={"letters": seen, "waiting": {place.page: asked.isoformat() for asked, place in waiting[:50]}},
        )

    def _waiting(self) -> tuple[list[tuple[date, _Place]], int]:
        """Letters without a reply in the window, the longest waiting first; and how many letters were seen.

        A letter's own page speaks first; the list speaks for letters whose page was not read as one.
        """
        found: list[tuple[date, _Place]] = []
        seen: set[str] = set()
        for page, reading in self.found.letters():
            seen.add(normal(page.url))
            title = page.headline or page.title or ""
            place = _Place(page.url, title, page.region, page.unit, page.column)
            self._add(found, reading.message.asked, reading.message.answered, place)
        for fact, row in self.found.rows():
            key = normal(row.url) if row.url else f"{fact.url} {row.message.title} {row.message.asked}"
            if key not in seen:
                seen.add(key)
                place = _Place(row.url or fact.url, row.message.title, "column", fact.unit, fact.column.id)
                self._add(found, row.message.asked, row.message.answered, place)
        return sorted(found, key=lambda one: (one[0], one[1].page, one[1].text)), len(seen)

    def _add(self, found: list[tuple[date, _Place]], asked: date | None, answered: bool | None, place: _Place) -> None:
        oldest, latest = self.params.window.since(self.found.ctx.today), self.params.wait.since(self.found.ctx.today)
        if asked is not None and oldest <= asked < latest and answered is False:
            found.append((asked, place))


@page_check("letters_waiting", params=WaitingParams, fields=("count", "title", "asked", "days", "wait"))
def letters_waiting(site: SiteFacts, rule: Rule, ctx: Context) -> PageVisitor:
    """V5.2: a letter that says it waits, or whose field for the reply is empty; whether it is valid a person knows."""
    params = WaitingParams.model_validate(rule.params)
    return _Waiting(_Letters(site, rule, ctx, params.types, params.look_at), params)


@dataclass
class _Fields:
    found: _Letters
    params: PublicParams
    statistics: bool = False

    def visit(self, page: PageFact) -> None:
        self.found.visit(page)
        self.statistics = self.statistics or bool(_STATISTICS.search(page.headline or page.title or ""))

    def drafts(self) -> Iterator[Draft]:
        ctx, rule = self.found.ctx, self.found.rule
        yield from replies_updated(self.found.site, rule, ctx, self.params)
        yield from self._channel()
        draw = ctx.draw(f"{rule.id}:{self.found.site.site.id}", self.params.sample)
        missing: dict[str, tuple[str, ...]] = {}
        for page, reading in self.found.letters():
            if reading.message.answered:
                draw.add(page)
                missing[page.url] = reading.message.missing
        for page in draw.pages():
            if missing[page.url]:
                values = {"title": page.headline or page.title or page.url, "fields": "、".join(missing[page.url])}
                observed = {
                    "missing": list(missing[page.url]), "sample": len(draw.pages()), "population": draw.population,
                    "points": self.params.field * len(missing[page.url]),
                }  # fmt: skip
                yield candidate(page, fill(self.params.field_message, values), "fields", observed)

    def _channel(self) -> Iterator[Draft]:
        """Cases 1 and 4: nothing is public; letters are, and nothing says how many came and were answered.

        Only columns of the site itself whose pages were read speak: a list that a script draws may hold letters.
        """
        columns = [fact for fact in self.found.site.columns if fact.column.id in self.found.columns]
        read = [fact for fact in columns if fact.outcome is Outcome.OK and fact.kind in ("list", "blank", "other")]
        if not columns or len(read) < len(columns):
            return
        shown = any(fact.item_count for fact in read) or any(True for _ in self.found.rows())
        if not shown and not any(True for _ in self.found.letters()):
            yield self._told(read, self.params.closed_message, "closed", self.params.closed)
        elif shown and self._kept(read) and not self._counted(read):
            yield self._told(read, self.params.statistics_message, "statistics", self.params.statistics)

    def _kept(self, columns: list[ColumnFact]) -> bool:
        """The words of every column page were kept whole: what is missing there is missing."""
        readings = [self.found.ctx.reading(self.found.site, fact.url) for fact in columns]
        return all(reading is not None and not reading.cut for reading in readings)

    def _counted(self, columns: list[ColumnFact]) -> bool:
        """Numbers of letters on a page of the columns, or a column or page named after them."""
        names = (fact.column.name for fact in self.found.site.columns)
        if self.statistics or any(_STATISTICS.search(name) for name in names):
            return True
        home = self.found.site.home_page
        urls = [fact.url for fact in columns] + ([home.url] if home is not None else [])
        readings = (self.found.ctx.reading(self.found.site, url) for url in urls)
        return any(
            reading is not None
            and (_COUNTED.search(reading.text) or any(_STATISTICS.search(link.text) for link in reading.page.links))
            for reading in readings
        )

    def _told(self, columns: list[ColumnFact], message: str, gist: str, points: float) -> Draft:
        first = columns[0]
        return Draft(
            subject=first.url,
            message=message,
            gist=gist,
            certainty="suspected",
            unit=first.unit,
            column=first.column.id,
            where=tuple(Where(page=fact.url, text=fact.column.name, region="column") for fact in columns),
            where_count=len(columns),
            deduction=points,
        )


@page_check("public_letters", params=PublicParams, fields=("name", "newest", "days", "window"))
def public_letters(site: SiteFacts, rule: Rule, ctx: Context) -> PageVisitor:
    """D18: the newest public reply, and the four fields of a seeded sample of answered letters."""
    params = PublicParams.model_validate(rule.params)
    return _Fields(_Letters(site, rule, ctx, params.types, params.look_at), params)
