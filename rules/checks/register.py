"""What the inventory itself shows: one unit with two sites (G17), county departments (N6), own systems (N9)."""

from __future__ import annotations

from collections.abc import Iterator

from crawler.facts import Reason, SiteFacts
from rules.checks.domains import is_gov
from rules.checks.links import unit_of, wheres
from rules.context import Context
from rules.registry import Draft, check, fill
from rules.schema import Rule, Where
from rules.subjects import home_of, host_of


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


@check("county_sites", fields=("name", "unit"))
def county_sites(site: SiteFacts, rule: Rule, ctx: Context) -> Iterator[Draft]:
    """N6: below a county (region code not ending in 00) departments and towns normally have no site of their own."""
    unit = ctx.unit(site.site.unit)
    county = not ctx.inventory.region_code.endswith("00")
    if county and site.site.kind == "department" and unit is not None and unit.kind in ("department", "township"):
        yield _advice(site, fill(rule.message, {"name": site.site.name, "unit": unit.name}), "county-site")


@check("own_systems", fields=("hosts", "count"))
def own_systems(site: SiteFacts, rule: Rule, ctx: Context) -> Iterator[Draft]:
    """N9: business systems on hosts of their own, to be merged in principle."""
    hosts = sorted(host for host in site.site.own_hosts if not ctx.profile.allows(host))
    if hosts:
        yield _advice(
            site, fill(rule.message, {"hosts": "、".join(hosts), "count": len(hosts)}), "systems", hosts=hosts
        )


@check("closed_domains", fields=("host", "place"))
def closed_domains(site: SiteFacts, rule: Rule, ctx: Context) -> Iterator[Draft]:
    """N12 candidates: pages still link to government names that no longer exist."""
    told: set[str] = set()
    for link in ctx.bad_links(site):
        host = host_of(link.target.url)
        if link.target.reason is not Reason.DNS_NXDOMAIN or not is_gov(host) or host in told:
            continue
        told.add(host)
        holders = sorted(link.holders, key=lambda holder: (holder.region != "home", holder.page, holder.text))
        unit, column = unit_of(holders, site, ctx)
        yield Draft(
            subject=home_of(host, link.target.url),
            message=fill(rule.message, {"host": host, "place": holders[0].page if holders else ""}),
            gist="closed",
            certainty="suspected",
            unit=unit,
            column=column,
            where=wheres(holders),
            where_count=link.holder_count,
            observed={"host": host},
        )
