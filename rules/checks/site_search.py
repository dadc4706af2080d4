"""站内搜索 (D24): seeded titles that a site's own search does not show on its first page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from crawler.facts import NetworkFact, PageFact, SiteFacts
from crawler.facts.titles import asked_title
from rules.context import Context, Draw
from rules.registry import Draft, PageVisitor, fill, page_check
from rules.schema import Rule, Where

_TITLES = 4  # as many as the walk asks: 随机选取4条
_MISSED = 1  # the second case of the indicator


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
        missed = [fact for fact in answered if fact.outcome == "missing"]
        if not missed or _one_shell(answered):
            return
        titles = "".join(f"《{fact.data['title'].strip('《》')}》" for fact in missed)
        places = [Where(page=fact.data["article"], text=fact.data["title"], region="article") for fact in missed]
        yield Draft(
            subject=self.site.site.url,
            message=fill(self.rule.message, {"asked": len(answered), "count": len(missed), "titles": titles}),
            gist=self.rule.id,
            certainty="suspected",
            where=tuple(places),
            where_count=len(places),
            observed={"asked": [fact.data["asked"] for fact in missed], "unchecked": len(asked) - len(answered)},
            deduction=len(missed) * self.rule.items[_MISSED].points,
        )


def _one_shell(answered: Sequence[NetworkFact]) -> bool:
    """Every title got the same page: a script may draw the results, or the address is not the search's."""
    shapes = {fact.data.get("shape") for fact in answered}
    return len(answered) > 1 and len(shapes) == 1 and all(fact.outcome == "missing" for fact in answered)


@page_check("site_search", fields=("asked", "count", "titles"))
def site_search(site: SiteFacts, rule: Rule, ctx: Context) -> PageVisitor:
    """D24(2), a candidate: the index may be rebuilt by night, the results may stand under another heading."""
    return _Search(site, rule, ctx, ctx.draw(f"{rule.id}:{site.site.id}", _TITLES, named=True))
