"""站内搜索 (D24): no search or one that does not open, titles not on its first page, results that are not sorted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from crawler.facts import NetworkFact, PageFact, SiteFacts
from crawler.facts.titles import asked_title
from rules.checks.home import home_place, home_reading, names_a_search
from rules.checks.identity import candidate_of_case
from rules.context import Context, Draw
from rules.registry import Draft, PageVisitor, page_check
from rules.schema import Rule, Where

_TITLES = 4  # as many as the walk asks: 随机选取4条
_NONE, _MISSED, _UNSORTED = range(3)  # the cases of the indicator, in its order
_GONE = {404, 410, 500, 502, 503}
_FEWEST = 2  # answers: of one page nobody knows


@dataclass
class _Search:
    site: SiteFacts
    rule: Rule
    ctx: Context
    titles: Draw

    def visit(self, page: PageFact) -> None:
        """The same draw as the walk's: where no search could be asked, a person is given these titles."""
        if page.kind == "article" and asked_title(page.headline or page.title, page.published, self.ctx.today):
            self.titles.add(page)

    def drafts(self) -> Iterator[Draft]:
        asked = sorted((fact for fact in self.site.network if fact.probe == "search"), key=lambda fact: fact.key)
        answered = [fact for fact in asked if fact.outcome in ("ok", "missing")]
        if (fault := self._unusable(asked)) is not None:
            yield self._draft(_NONE, fault, asked, 1)
        missed = [fact for fact in answered if fact.outcome == "missing"]
        if not answered or _one_shell(answered):
            return
        if missed:
            titles = "".join(f"《{fact.data['title'].strip('《》')}》" for fact in missed)
            told = f"试搜{len(answered)}个标题，{len(missed)}个在搜索结果第一页未见到：{titles}"
            yield self._draft(_MISSED, told, missed, len(missed), unchecked=len(asked) - len(answered))
        if len(answered) >= _FEWEST and all(fact.data.get("kinds") == 0 for fact in answered):
            yield self._draft(_UNSORTED, f"试搜{len(answered)}个标题，搜索结果未见分类展现", answered, 1)

    def _unusable(self, asked: Sequence[NetworkFact]) -> str | None:
        """The address that the office gives is not there, or the home page has no word of a search anywhere."""
        statuses = {fact.data.get("status") for fact in asked}
        if len(asked) >= _FEWEST and len(statuses) == 1 and statuses <= _GONE:
            return f"站内搜索无法使用，搜索地址{len(asked)}次均返回HTTP {statuses.pop()}"
        home = home_reading(self.site, self.ctx)
        if asked or self.site.site.search_url or home is None or home.cut or names_a_search(home):
            return None
        return "首页未见站内搜索入口"

    def _draft(self, case: int, text: str, facts: Sequence[NetworkFact], times: int, **observed: object) -> Draft:
        places = [Where(page=fact.data["article"], text=fact.data["title"], region="article") for fact in facts]
        asked = [fact.data["asked"] for fact in facts]
        return candidate_of_case(
            self.rule, case, text, places or [home_place(self.site)], subject=self.site.site.url, times=times,
            asked=asked, **observed,
        )  # fmt: skip


def _one_shell(answered: Sequence[NetworkFact]) -> bool:
    """Every title got the same page: a script may draw the results, or the address is not the search's."""
    shapes = {fact.data.get("shape") for fact in answered}
    return len(answered) > 1 and len(shapes) == 1 and all(fact.outcome == "missing" for fact in answered)


@page_check("site_search", fields=("text",))
def site_search(site: SiteFacts, rule: Rule, ctx: Context) -> PageVisitor:
    """D24, candidates: the index may be rebuilt by night, the results may stand under another heading."""
    return _Search(site, rule, ctx, ctx.draw(f"{rule.id}:{site.site.id}", _TITLES, named=True))
