"""重要政策转载: documents of a higher office that the site has to repost, by the office's own list, and how late."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, time

from pydantic import BaseModel, ConfigDict, Field

from crawler.facts import PageFact, SiteFacts
from rules.checks.home import home_was_read
from rules.checks.identity import where
from rules.context import Context
from rules.policies import core, plain_number
from rules.registry import Draft, PageVisitor, Params, fill, page_check
from rules.schema import Rule, Where
from rules.windows import BEIJING

_MOMENT = re.compile(r"(20\d\d)[-/年](\d{1,2})[-/月](\d{1,2})日?[\sT\xa0]+(\d{1,2})[:：∶时](\d{1,2})")
_OTHER = re.compile(r"解读|一图读懂|图解|问答|学习|贯彻|宣讲|座谈|心得|培训")


class Important(BaseModel):
    """One document of the list."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str = Field(min_length=4, description="文件标题")
    number: str = Field(default="", description="文号，有的话以文号为准")
    issued: datetime = Field(description="上级网站发布的时间，如 2026-11-02 18:30（北京时间）")
    hours: int = Field(default=24, ge=1, le=8760, description="应在发布后几小时内转载")


class RepostParams(Params):
    """The list, each with how soon after it was issued it has to stand on the site."""

    policies: list[Important] = Field(default_factory=list, description="须转载的重要政策，由本单位列出")


def published_at(page: PageFact) -> tuple[datetime, bool] | None:
    """(moment, exact) when a page was published: to the minute where its PubDate says so of the same day."""
    if page.published is None:
        return None
    found = _MOMENT.search(page.tags.get("PubDate", ""))
    if found is not None:
        try:
            moment = datetime(*map(int, found.groups()), tzinfo=BEIJING)  # type: ignore[arg-type, misc]
        except ValueError:
            moment = None
        if moment is not None and moment.date() == page.published:
            return moment, True
    return datetime.combine(page.published, time(), BEIJING), False


@dataclass
class _Reposts:
    site: SiteFacts
    rule: Rule
    ctx: Context
    params: RepostParams
    found: dict[int, list[PageFact]] = field(default_factory=dict)

    def visit(self, page: PageFact) -> None:
        """Keeps the pages that carry a document of the list."""
        title = page.headline or page.title or ""
        if not self.params.policies or page.kind != "article" or _OTHER.search(title):
            return
        name = core(title)
        for number, one in enumerate(self.params.policies):
            wanted = core(one.title)
            by_number = one.number and plain_number(page.doc_number or "").endswith(plain_number(one.number))
            if by_number or (wanted and wanted in name):
                self.found.setdefault(number, []).append(page)

    def drafts(self) -> Iterator[Draft]:
        if not home_was_read(self.site):
            return
        for number, one in enumerate(self.params.policies):
            issued = one.issued if one.issued.tzinfo else one.issued.replace(tzinfo=BEIJING)
            due = (self.ctx.facts.as_of - issued).total_seconds() / 3600
            if due < one.hours:
                continue
            pages = self.found.get(number, [])
            times = [(told_at, page.url, page) for page in pages if (told_at := published_at(page)) is not None]
            if not pages:
                yield self._draft(one, f"发布{due:.0f}小时后仍未发现", None, {"hours": round(due)})
            elif times:
                (moment, exact), _, page = min(times, key=lambda entry: (entry[0][0], entry[1]))
                delay = (moment - issued).total_seconds() / 3600
                if delay > one.hours:  # of a page without the hour: of its midnight, which favours the site
                    told = f"发布后{'' if exact else '至少'}{delay:.0f}小时才转载"
                    yield self._draft(one, told, page, {"hours": round(delay), "exact": exact})

    def _draft(self, one: Important, told: str, page: PageFact | None, observed: dict[str, object]) -> Draft:
        site = self.site.site
        values = {"title": one.title, "told": told, "hours": one.hours}
        home = (Where(page=site.url, text=site.name, region="home"),)
        return Draft(
            subject=page.url if page is not None else f"{site.url}#{one.number or one.title}",
            message=fill(self.rule.message, values),
            gist=one.title,
            certainty="suspected",
            unit=page.unit if page is not None else None,
            column=page.column if page is not None else None,
            where=where([page]) if page is not None else home,
            where_count=1,
            observed=observed,
        )


@page_check("reposted", params=RepostParams, fields=("title", "told", "hours"))
def reposted(site: SiteFacts, rule: Rule, ctx: Context) -> PageVisitor:
    """A document that was not found may stand under another title or behind a link to the higher site: a candidate."""
    return _Reposts(site, rule, ctx, RepostParams.model_validate(rule.params))
