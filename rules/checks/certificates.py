"""Certificates of https sites: advice only, no clause of 国办秘函〔2019〕19号 asks for HTTPS (domain 7.9)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from pydantic import Field

from crawler.facts import Outcome, SiteFacts
from rules.context import Context
from rules.registry import Draft, Params, check, fill
from rules.schema import Rule, Where

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


@check("certificate", params=CertificateParams, fields=("faults",))
def certificate(site: SiteFacts, rule: Rule, ctx: Context) -> Iterator[Draft]:
    """Faults of the served chain, and an expiry near the monitoring time."""
    params, fact = CertificateParams.model_validate(rule.params), ctx.network(site, "tls", "home")
    if fact is None or fact.outcome != Outcome.OK:
        return
    told = list(_faults(fact.data, ctx.facts.as_of, params.days))
    if told:
        yield Draft(
            subject=site.site.url,
            message=fill(rule.message, {"faults": "；".join(told)}),
            gist="certificate",
            where=(Where(page=site.site.url, text=site.site.name, region="home"),),
            where_count=1,
            observed={name: fact.data.get(name) for name in ("faults", "not_after", "issuer", "names", "protocol")},
        )


def _faults(data: Mapping[str, Any], as_of: datetime, days: int) -> Iterator[str]:
    faults = [name for name in data.get("faults", ()) if not (data.get("sm2") and name in _SM2_NORMAL)]
    yield from (FAULTS.get(name, name) for name in faults)
    end = data.get("not_after")
    if end and "expired" not in faults and datetime.fromisoformat(end) - as_of <= timedelta(days=days):
        left = (datetime.fromisoformat(end) - as_of).days
        yield f"证书将在{left}天内到期" if left > 0 else "证书即将到期"
