"""What the inventory itself shows: one unit with two sites (G17)."""

from __future__ import annotations

from collections.abc import Iterator

from crawler.facts import SiteFacts
from rules.context import Context
from rules.registry import Draft, check, fill
from rules.schema import Rule, Where


def _advice(site: SiteFacts, message: str, gist: str, **observed: object) -> Draft:
    return Draft(
        subject=site.site.url,
        message=message,
        gist=gist,
        certainty="suspected",
        where=(Where(page=site.site.url, text=site.site.name, region="home"),),
        where_count=1,
        observed=observed,
    )


@check("one_site_each", fields=("unit", "sites", "count"))
def one_site_each(site: SiteFacts, rule: Rule, ctx: Context) -> Iterator[Draft]:
    """G17: one unit opens one site at most; told with the unit's first site."""
    mine = [other for other in ctx.inventory.sites if other.unit == site.site.unit]
    unit = ctx.unit(site.site.unit)
    if len(mine) > 1 and mine[0].id == site.site.id and unit is not None:
        values = {"unit": unit.name, "sites": "、".join(other.name for other in mine), "count": len(mine)}
        yield _advice(site, fill(rule.message, values), "two-sites", sites=[other.id for other in mine])
