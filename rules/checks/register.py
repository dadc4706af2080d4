"""What the inventory shows: one unit with two sites (G17); beside the national register: G16 and A3."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from crawler.facts import Outcome, SiteFacts
from crawler.inventory import Registered, Site
from rules.checks.home import home_place
from rules.context import Context
from rules.registry import Draft, Params, check, fill
from rules.schema import Rule, Where
from rules.subjects import host_of


def _advice(site: SiteFacts, message: str, gist: str, **observed: object) -> Draft:
    return Draft(
        subject=site.site.url,
        message=message,
        gist=gist,
        certainty="suspected",
        where=(home_place(site),),
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


def row_of(site: SiteFacts, ctx: Context) -> Registered | None:
    """The register's row of a site: by its code, else by its host, else by its name."""
    code, hosts, name = site.site.site_code, _hosts(site.site), _plain(site.site.name)
    rows = ctx.inventory.registered
    for same in (
        lambda row: bool(code) and row.site_code.lower() == str(code).lower(),
        lambda row: _bare(row.host) in hosts,
        lambda row: _plain(row.name) == name,
    ):
        if found := next((row for row in rows if same(row)), None):
            return found
    return None


def _hosts(site: Site) -> set[str]:
    return {_bare(host) for host in (site.host, *(host_of(f"//{name}") for name in site.aliases))}


def _bare(host: str) -> str:
    return host.removeprefix("www.")


def _plain(name: str) -> str:
    """Without blanks, in half width: a register writes names with either."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", name))


@check("registered_same", fields=("differences", "count"))
def registered_same(site: SiteFacts, rule: Rule, ctx: Context) -> Iterator[Draft]:
    """G16: name, domain, sponsor and code of the register beside the inventory; a person sees which is late."""
    row = row_of(site, ctx)
    if row is None:
        return
    unit = ctx.unit(site.site.unit)
    told = []
    if _plain(row.name) != _plain(site.site.name):
        told.append(f"网站名称登记为“{row.name}”，清单为“{site.site.name}”")
    if _bare(row.host) not in _hosts(site.site):
        told.append(f"域名登记为“{row.host}”，清单为“{site.site.host}”")
    if row.unit and unit is not None and _plain(row.unit) != _plain(unit.name):
        told.append(f"主办单位登记为“{row.unit}”，清单为“{unit.name}”")
    if row.site_code and site.site.site_code and row.site_code.lower() != site.site.site_code.lower():
        told.append(f"网站标识码登记为“{row.site_code}”，清单为“{site.site.site_code}”")
    if told:
        values = {"differences": "；".join(told), "count": len(told)}
        yield _advice(site, fill(rule.message, values), "differs", differences=told)


class StateParams(Params):
    """What each case says."""

    dead: str = "登记为正常运行，本轮首页打不开（{result}）"
    open: str = "登记为{state}，本轮首页可以打开"
    absent: str = "登记表中没有这个网站"
    unlisted: str = "登记表中正常运行的网站“{name}”（{host}）不在巡查清单中"


@check("registered_state", params=StateParams)
def registered_state(site: SiteFacts, rule: Rule, ctx: Context) -> Iterator[Draft]:
    """A3: states of the register beside what was seen. A register that was not given is asked of a person."""
    params, row = StateParams.model_validate(rule.params), row_of(site, ctx)
    if not ctx.inventory.registered:
        return
    outcome = site.home.outcome if site.home is not None else None
    if row is None:
        yield _advice(site, params.absent, "absent")
    elif row.state == "正常运行" and site.home is not None and outcome is Outcome.DEAD:
        result = f"HTTP {site.home.status}" if site.home.status else site.home.reason.value
        yield _advice(site, fill(params.dead, {"result": result}), "dead", state=row.state)
    elif row.state != "正常运行" and outcome is Outcome.OK and not site.site.closed_at(ctx.facts.as_of):
        yield _advice(site, fill(params.open, {"state": row.state}), "open", state=row.state)
    if site.site.id == ctx.inventory.sites[0].id:
        yield from _unlisted(ctx, params)


def _unlisted(ctx: Context, params: StateParams) -> Iterator[Draft]:
    """Rows that no site of the inventory matches, told with its first site."""
    sites = ctx.inventory.sites
    hosts = {host for site in sites for host in _hosts(site)}
    codes = {site.site_code.lower() for site in sites if site.site_code}
    names = {_plain(site.name) for site in sites}
    for row in ctx.inventory.registered:
        known = _bare(row.host) in hosts or row.site_code.lower() in codes or _plain(row.name) in names
        if row.state == "正常运行" and not known:
            message = fill(params.unlisted, {"name": row.name, "host": row.host})
            url = f"http://{row.host}/"
            yield Draft(
                subject=url, message=message, gist="unlisted", certainty="suspected",
                where=(Where(page=url, text=row.name, region="other"),), where_count=1,
                observed={"name": row.name, "host": row.host},
            )  # fmt: skip
