"""智能搜索 (B8): parts of a title, services among the results, titles of the sites below a portal."""

from __future__ import annotations

from collections.abc import Iterator

from crawler.facts import NetworkFact, SiteFacts
from rules.checks.identity import candidate_of_case
from rules.context import Context
from rules.registry import Draft, check
from rules.schema import Rule, Where

_FUZZY, _SERVICES, _BELOW = range(3)  # the cases of the indicator, in its order


@check("smart_search", fields=("text",))
def smart_search(site: SiteFacts, rule: Rule, ctx: Context) -> Iterator[Draft]:
    """B8, a candidate each: whether the results are what a reader looks for, a person sees."""
    found = [fact for fact in site.network if fact.probe.startswith("search") and fact.outcome == "ok"]
    found.sort(key=lambda fact: (fact.probe, fact.key))
    for fact in found:
        title = fact.data["title"].strip("《》")
        if fact.probe == "search-part":
            yield _draft(rule, _FUZZY, fact, f"以“{fact.data['words']}”检索，第一页见到《{title}》")
        if fact.probe == "search-lower":
            yield _draft(rule, _BELOW, fact, f"以下级网站的标题检索，第一页见到《{title}》")
    served = next((fact for fact in found if fact.data.get("services")), None)
    if served is not None:
        texts = "、".join(f"“{text}”" for text in served.data["services"])
        yield _draft(rule, _SERVICES, served, f"检索结果中见到办事服务：{texts}")


def _draft(rule: Rule, case: int, fact: NetworkFact, text: str) -> Draft:
    place = Where(page=fact.data["article"], text=fact.data["title"], region="article")
    return candidate_of_case(rule, case, text, [place], subject=fact.data["asked"], by=fact.data.get("by"))
