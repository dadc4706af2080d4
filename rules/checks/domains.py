"""Domain names: N1–N5, N8, N10 and D20(1) (国办函〔2018〕55号). Label by label, never by string ending."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

import tldextract
from pydantic import Field

from crawler.facts import NetworkFact, Outcome, SiteFacts
from rules.checks.home import home_place
from rules.context import Context, is_address, public_host
from rules.registry import Draft, Params, check, fill
from rules.schema import Certainty, Rule, Where
from rules.subjects import home_of, host_of

_extract = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)
ZHENGWU = ("政务", "xn--zfr164b")


class SuffixParams(Params):
    """Messages for a plain wrong suffix and for a name that only looks like gov.cn."""

    look_alike: str
    address: str


class VerticalParams(Params):
    """Domains of the ministries whose local offices are vertical systems."""

    ministries: dict[str, str] = Field(min_length=1, description="主管部门域名: 部门名称")


class PortalDomainParams(Params):
    """What D20 deducts for."""

    structure: str
    suffix: str


def registered(host: str) -> str:
    """The domain that was registered: `yunling.gov.cn` of `jyj.yunling.gov.cn`; empty for addresses and suffixes."""
    return _registered(host.lower().rstrip("."))


@lru_cache(maxsize=65536)
def _registered(host: str) -> str:
    return str(_extract(host).top_domain_under_public_suffix)


def is_gov(host: str) -> bool:
    """True for a name under gov.cn or .政务, compared label by label."""
    labels = host.lower().rstrip(".").split(".")
    return (len(labels) > 2 and labels[-2:] == ["gov", "cn"]) or (len(labels) > 1 and labels[-1] in ZHENGWU)


def looks_like_gov(host: str) -> bool:
    """True for names that only look like gov.cn: notgov.cn, yunling-gov.cn, www.gov.cn.evil.com, gov.com."""
    if is_gov(host):
        return False
    labels = host.lower().rstrip(".").split(".")
    return any("gov" in label.split("-") or label.endswith("gov") for label in labels)


def portal_domains(ctx: Context) -> set[str]:
    """The □□□.gov.cn of the inventory's portals."""
    found = {registered(site.host) for site in ctx.inventory.sites if site.kind == "portal" and is_gov(site.host)}
    return {domain for domain in found if domain}


def main_host(site: SiteFacts) -> str | None:
    """The host that readers end at: the home page's, or its www twin when the home page redirects there."""
    host = public_host(site.site.url)
    if host is None or site.home is None or not site.home.final_url:
        return host
    final = host_of(site.home.final_url)
    return final if final in (f"www.{host}", *(alias.lower() for alias in site.site.aliases)) else host


def _kind(site: SiteFacts, ctx: Context) -> str:
    unit = ctx.unit(site.site.unit)
    return unit.kind if unit else "department"


def _draft(site: SiteFacts, message: str, gist: str, host: str, certainty: Certainty = "confirmed") -> Draft:
    return Draft(
        subject=site.site.url,
        message=message,
        gist=gist,
        certainty=certainty,
        where=(home_place(site),),
        where_count=1,
        observed={"host": host, "registered": registered(host)},
    )


def _values(site: SiteFacts, ctx: Context, host: str) -> dict[str, str]:
    portal = min(portal_domains(ctx), default="□□□.gov.cn")
    first = next((label for label in host.split(".") if label != "www"), "○○○")
    suffix = _extract(host).suffix
    return {"name": site.site.name, "host": host, "portal": portal, "like": f"{first}.{portal}", "suffix": f".{suffix}"}


_FIELDS = ("name", "host", "portal", "like", "suffix")


@check("domain_suffix", params=SuffixParams, fields=_FIELDS)
def domain_suffix(site: SiteFacts, rule: Rule, ctx: Context) -> Iterator[Draft]:
    """N1: .gov.cn or .政务, for every body but institutions without administrative functions (N2)."""
    params = SuffixParams.model_validate(rule.params)
    host = main_host(site)
    if host is None or is_gov(host) or _kind(site, ctx) == "institution":
        return
    template = params.address if is_address(host) else params.look_alike if looks_like_gov(host) else rule.message
    yield _draft(site, fill(template, _values(site, ctx, host)), "suffix", host)


@check("domain_institution", fields=_FIELDS)
def domain_institution(site: SiteFacts, rule: Rule, ctx: Context) -> Iterator[Draft]:
    """N2: an institution on gov.cn; whether it has administrative functions only a person knows."""
    host = main_host(site)
    if host is not None and _kind(site, ctx) == "institution" and is_gov(host):
        yield _draft(site, fill(rule.message, _values(site, ctx, host)), "institution", host, "suspected")


def _portal_form(host: str) -> bool:
    """www.□□□.gov.cn, www.gov.cn itself, or △△△.政务."""
    labels = host.split(".")
    if labels[-1] in ZHENGWU:
        return len(labels) == 2 or (len(labels) == 3 and labels[0] == "www")
    return labels[0] == "www" and len(labels) in (3, 4)


@check("domain_portal", fields=_FIELDS)
def domain_portal(site: SiteFacts, rule: Rule, ctx: Context) -> Iterator[Draft]:
    """N3: a portal is www.□□□.gov.cn."""
    host = main_host(site)
    if host is not None and site.site.kind == "portal" and is_gov(host) and not _portal_form(host):
        yield _draft(site, fill(rule.message, _values(site, ctx, host)), "portal-form", host)


@check("domain_department", fields=_FIELDS)
def domain_department(site: SiteFacts, rule: Rule, ctx: Context) -> Iterator[Draft]:
    """N4: a department is ○○○.□□□.gov.cn under its own portal; vertical bodies and institutions have their rules."""
    host, portals = main_host(site), portal_domains(ctx)
    exempt = site.site.kind == "portal" or _kind(site, ctx) in ("vertical", "institution")
    if host is None or exempt or not portals or not is_gov(host) or host.split(".")[-1] in ZHENGWU:
        return
    if registered(host) not in portals:
        yield _draft(site, fill(rule.message, _values(site, ctx, host)), "under-portal", host)


@check("domain_vertical", params=VerticalParams, fields=_FIELDS)
def domain_vertical(site: SiteFacts, rule: Rule, ctx: Context) -> Iterator[Draft]:
    """N5: a vertical body stands under its ministry's domain."""
    params = VerticalParams.model_validate(rule.params)
    host = main_host(site)
    if host is None or _kind(site, ctx) != "vertical" or not is_gov(host):
        return
    if registered(host) not in params.ministries:
        yield _draft(site, fill(rule.message, _values(site, ctx, host)), "ministry", host)


@check("domain_columns", fields=("column", "host", "domain"))
def domain_columns(site: SiteFacts, rule: Rule, ctx: Context) -> Iterator[Draft]:
    """N8: columns on a domain that is neither the site's own, nor its body's systems, nor an allowed platform."""
    home = public_host(site.site.url)
    if home is None:
        return
    for fact in sorted(site.columns, key=lambda fact: fact.column.id):
        shown = public_host(fact.url)
        final = public_host(fact.final_url or fact.url)
        foreign = next((h for h in (shown, final) if h and _foreign(h, home, site, ctx)), None)
        if foreign is None or fact.discovered:
            continue
        values = {"column": fact.column.name, "host": foreign, "domain": registered(home) or home}
        yield Draft(
            subject=fact.url,
            message=fill(rule.message, values),
            gist="column-domain",
            certainty="confirmed" if foreign == shown else "suspected",
            unit=fact.unit,
            column=fact.column.id,
            where=(Where(page=fact.url, text=fact.column.name, region="column"),),
            where_count=1,
            observed={"host": foreign, "registered": registered(foreign), "site_domain": registered(home)},
        )


def _foreign(host: str, home: str, site: SiteFacts, ctx: Context) -> bool:
    own = {host_of(f"//{name}") for name in (*site.site.aliases, *site.site.own_hosts)}
    own |= {other.host for other in ctx.inventory.sites}
    same = registered(host) == registered(home) != ""
    return not (host == home or same or host in own or ctx.profile.allows(host))


@check("domain_twins", fields=("host", "main"), facts=("twin/home",))
def domain_twins(site: SiteFacts, rule: Rule, ctx: Context) -> Iterator[Draft]:
    """N10: another name serves the same home page without leading to the main one; example.cn and www are one name."""
    home = public_host(site.site.url)
    if home is None:
        return
    told: set[str] = set()
    for fact in sorted((f for f in site.network if f.probe == "twin"), key=lambda f: f.host):
        host = fact.host.lower().rstrip(".")
        if host in told or not _serves_same(fact) or host.removeprefix("www.") == home.removeprefix("www."):
            continue
        told.add(host)
        subject = str(fact.data.get("url") or home_of(host, site.site.url))
        yield Draft(
            subject=subject,
            message=fill(rule.message, {"host": host, "main": home}),
            gist="twin",
            where=(Where(page=subject, text=site.site.name, region="home"),),
            where_count=1,
            observed={"host": host, "main": home, "similarity": fact.data.get("similarity")},
        )


def _serves_same(fact: NetworkFact) -> bool:
    return fact.outcome == Outcome.OK and bool(fact.data.get("same")) and not fact.data.get("redirect")


@check("portal_domain", params=PortalDomainParams, fields=_FIELDS)
def portal_domain(site: SiteFacts, rule: Rule, ctx: Context) -> Iterator[Draft]:
    """D20(1): the portal's name breaks N1 or N3."""
    params = PortalDomainParams.model_validate(rule.params)
    host = main_host(site)
    if host is None or (is_gov(host) and _portal_form(host)):
        return
    template, gist = (params.structure, "portal-form") if is_gov(host) else (params.suffix, "suffix")
    draft = _draft(site, fill(template, _values(site, ctx, host)), gist, host)
    yield replace(draft, deduction=rule.points)
