"""HTTPS: certificates, 国密, mixed content, http beside https. Advice only, no clause asks for HTTPS (domain 7.9)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from pydantic import Field

from crawler.facts import Outcome, Reason, SiteFacts
from rules.checks.home import home_place
from rules.context import Context
from rules.registry import Draft, Params, check, fill
from rules.schema import Rule

FAULTS = {
    "expired": "证书已过期",
    "not-yet-valid": "证书尚未生效",
    "wrong-name": "证书与域名不符",
    "self-signed": "自签名证书",
    "missing-intermediate": "缺少中间证书",
    "untrusted-root": "根证书不受信任",
    "expired-intermediate": "中间证书已过期",
    "weak-key": "密钥强度不足",
    "weak-signature": "签名算法过时",
    "legacy-protocol": "仍使用TLS 1.2以下的协议",
}
_SM2_NORMAL = ("untrusted-root", "missing-intermediate")  # an SM2 chain is not in the browsers' list


class CertificateParams(Params):
    """When an expiry is told beforehand."""

    days: int = Field(default=30, ge=0, le=365, description="几天内到期即提示")


def _draft(site: SiteFacts, message: str, gist: str, observed: Mapping[str, Any]) -> Draft:
    return Draft(
        subject=site.site.url,
        message=message,
        gist=gist,
        where=(home_place(site),),
        where_count=1,
        observed=observed,
    )


@check("certificate", params=CertificateParams, fields=("faults",), facts=("tls/home",))
def certificate(site: SiteFacts, rule: Rule, ctx: Context) -> Iterator[Draft]:
    """Faults of the served chain, and an expiry near the monitoring time."""
    params, fact = CertificateParams.model_validate(rule.params), ctx.network(site, "tls", "home")
    if fact is None or fact.outcome != Outcome.OK:
        return
    told = list(_faults(fact.data, ctx.facts.as_of, params.days))
    if told:
        observed = {name: fact.data.get(name) for name in ("faults", "not_after", "issuer", "names", "protocol")}
        yield _draft(site, fill(rule.message, {"faults": "；".join(told)}), "certificate", observed)


def _faults(data: Mapping[str, Any], as_of: datetime, days: int) -> Iterator[str]:
    faults = [name for name in data.get("faults", ()) if not (data.get("sm2") and name in _SM2_NORMAL)]
    yield from (FAULTS.get(name, name) for name in faults)
    end = data.get("not_after")
    if end and "expired" not in faults and datetime.fromisoformat(end) - as_of <= timedelta(days=days):
        left = (datetime.fromisoformat(end) - as_of).days
        yield f"证书将在{left}天内到期" if left > 0 else "证书即将到期"


@check("sm2_only", fields=("host",), facts=("tls/home",))
def sm2_only(site: SiteFacts, rule: Rule, ctx: Context) -> Iterator[Draft]:
    """A server that speaks 国密 (TLCP) alone shuts out the browsers most readers have."""
    fact = ctx.network(site, "tls", "home")
    if fact is not None and fact.data.get("reason") == Reason.TLS_SM2_ONLY.value:
        yield _draft(site, fill(rule.message, {"host": site.site.host}), "sm2-only", {"reason": fact.data["reason"]})


@check("mixed_content", fields=("count", "example"), facts=("tls/mixed",))
def mixed_content(site: SiteFacts, rule: Rule, ctx: Context) -> Iterator[Draft]:
    """An https home page that takes images, styles, scripts or frames over http: browsers block or warn."""
    fact = ctx.network(site, "tls", "mixed")
    if fact is None or fact.outcome != "ok" or not fact.data.get("count"):
        return
    examples = list(fact.data.get("examples", ()))
    values = {"count": fact.data["count"], "example": examples[0] if examples else ""}
    yield _draft(site, fill(rule.message, values), "mixed", {"count": fact.data["count"], "examples": examples})


@check("https_redirect", fields=("host",), facts=("tls/http",))
def https_redirect(site: SiteFacts, rule: Rule, ctx: Context) -> Iterator[Draft]:
    """An https site whose http address opens and stays there: readers who type the name are not led to https."""
    fact = ctx.network(site, "tls", "http")
    if not site.site.url.startswith("https://") or fact is None or fact.outcome != Outcome.OK:
        return
    if fact.data.get("offered") and not fact.data.get("to_https"):
        final = fact.data.get("final_url")
        yield _draft(site, fill(rule.message, {"host": site.site.host}), "no-redirect", {"final_url": final})


@check("https_offered", fields=("host",), facts=("tls/http",))
def https_offered(site: SiteFacts, rule: Rule, ctx: Context) -> Iterator[Draft]:
    """An http site whose https address refuses the connection. A silence, or a port never asked, tells nothing."""
    fact = ctx.network(site, "tls", "http")
    if not site.site.url.startswith("http://") or fact is None or fact.data.get("scheme") != "https":
        return
    if fact.data.get("reason") == Reason.CONNECT_REFUSED.value:
        yield _draft(site, fill(rule.message, {"host": site.site.host}), "no-https", {"reason": fact.data["reason"]})
