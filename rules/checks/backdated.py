"""Articles that came after the round before with a date before it: our own first sight against the label (V1.5)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from pydantic import Field

from crawler.facts import ColumnFact, Readable, Reading, SiteFacts
from crawler.inventory import ColumnType
from rules.context import Context
from rules.registry import Draft, Params, check, fill
from rules.schema import Rule, Where
from rules.subjects import normal
from rules.windows import chinese_day

_SORTED = 0.8  # of neighbours in falling order: a list by date, some pinned entries apart


class BackdatedParams(Params):
    """Which columns are compared, and from how many entries on it is an import and no forgery."""

    types: list[ColumnType] = Field(
        default=["动态要闻", "通知公告", "政策文件", "政策解读"], description="看哪些类型的栏目"
    )
    share: float = Field(default=0.5, gt=0, le=1, description="补录超过列表的这个比例，视为迁移或改版，不提示")


def backdated(now: Reading, before: Reading, share: float) -> list[tuple[str, str, date]]:
    """(address, title, date) of entries that the earlier list would have shown, had they been there.

    Only dates strictly inside the days that the earlier first page covered count: what is older stood on a further
    page then, what is as new as its newest may have come later that day.
    """
    then = [item.date for item in before.page.items if item.date is not None]
    known = {normal(item.url) for item in before.page.items}
    titles = {item.title for item in before.page.items}
    if len(then) < 3 or not _by_date(then):
        return []
    oldest, newest = min(then), max(then)
    fresh = [item for item in now.page.items if normal(item.url) not in known and item.title not in titles]
    late = [(item.url, item.title, item.date) for item in fresh if item.date and oldest < item.date < newest]
    return late if len(late) <= share * len(then) and known & {normal(item.url) for item in now.page.items} else []


def _by_date(days: list[date]) -> bool:
    falling = sum(later >= earlier for later, earlier in pairwise(days))
    return falling >= _SORTED * (len(days) - 1)


@check("backdated", params=BackdatedParams, fields=("name", "title", "date"))
def backdated_items(site: SiteFacts, rule: Rule, ctx: Context) -> Iterator[Draft]:
    """V1.5 candidates: approval may have taken its time, or an entry was moved here from another column."""
    params = BackdatedParams.model_validate(rule.params)
    if not isinstance(site, Readable):
        return
    for fact in site.columns:
        now = ctx.reading(site, fact.url) if fact.column.type in params.types and fact.kind == "list" else None
        before = site.before(fact.url) if now is not None else None
        if now is None or before is None:
            continue
        for url, title, day in backdated(now, before, params.share):
            yield _draft(fact, rule, url, title, day)


def _draft(fact: ColumnFact, rule: Rule, url: str, title: str, day: date) -> Draft:
    return Draft(
        subject=url,
        message=fill(rule.message, {"name": fact.column.name, "title": title, "date": chinese_day(day)}),
        gist="backdated",
        certainty="suspected",
        level="part",
        unit=fact.unit,
        column=fact.column.id,
        where=(Where(page=fact.url, text=title, region="column"),),
        where_count=1,
        observed={"date": day.isoformat()},
    )
