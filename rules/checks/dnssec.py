"""DNSSEC: N16. 国办函〔2018〕55号 asks for safe resolution and does not name it, so it is advice for the work list."""

from __future__ import annotations

from collections.abc import Iterator

from crawler.facts import SiteFacts
from rules.checks.home import home_place
from rules.context import Context, public_host
from rules.registry import Draft, Params, check, fill
from rules.schema import Rule


class DnssecParams(Params):
    """Whether names without signatures are told as well."""

    tell_unsigned: bool = False
    unsigned: str


@check("dnssec", params=DnssecParams, fields=("host", "zone", "detail"), facts=("dns/DNSSEC",))
def dnssec(site: SiteFacts, rule: Rule, ctx: Context) -> Iterator[Draft]:
    """A bogus signature keeps readers with validating resolvers out; an unsigned zone breaks nothing."""
    params, host = DnssecParams.model_validate(rule.params), public_host(site.site.url)
    fact = ctx.network(site, "dns", "DNSSEC")
    if host is None or fact is None or fact.outcome != "ok":
        return
    state = fact.data.get("state")
    template = rule.message if state == "bogus" else params.unsigned
    if state != "bogus" and not (state == "unsigned" and params.tell_unsigned):
        return
    values = {
        "host": host,
        "zone": fact.data.get("zone") or host,
        "detail": fact.data.get("detail") or "签名验证不通过",
    }
    yield Draft(
        subject=site.site.url,
        message=fill(template, values),
        gist=f"dnssec {state}",
        certainty="suspected",  # a clock or a resolver of ours may be at fault
        where=(home_place(site),),
        where_count=1,
        observed={"state": state, "zone": values["zone"], "detail": fact.data.get("detail")},
    )
