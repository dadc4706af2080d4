"""统一登录: the columns of interaction lead to one place for logging in (D17)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pydantic import Field

from crawler.facts import SiteFacts
from crawler.inventory import ColumnType
from rules.context import Context
from rules.registry import Draft, Params, check, fill
from rules.schema import Rule, Where
from rules.subjects import host_of

_LOGIN = re.compile(
    r"^(?:请|立即|用户|个人|法人|企业|会员|网民|统一)*(?:登录|登陆|注册|登入)(?:[/|｜、或]?(?:登录|注册))?(?:/注册)?$"
)


class LoginParams(Params):
    """Which columns are interaction, which channels are apart."""

    types: list[ColumnType] = Field(
        default=["咨询建言", "调查征集", "在线访谈", "办事服务", "依申请公开"], description="具有互动功能的栏目类型"
    )
    apart: str = Field(
        default="信访|纪检|监察|举报|xinfang|12388|gjxfj", description="专门渠道，不要求统一登录（正则表达式）"
    )


@check("one_login", params=LoginParams, fields=("places", "count"))
def one_login(site: SiteFacts, rule: Rule, ctx: Context) -> Iterator[Draft]:
    """D17 candidates: two columns whose entries for logging in have no host in common. A column without is no fault."""
    params = LoginParams.model_validate(rule.params)
    apart = re.compile(params.apart)
    entries: dict[str, tuple[str, set[str]]] = {}
    for fact in site.columns:
        reading = ctx.reading(site, fact.url) if fact.column.type in params.types else None
        if reading is None or apart.search(f"{fact.column.name} {fact.url}"):
            continue
        hosts = {
            host_of(link.url)
            for link in reading.page.links
            if link.tag == "a" and _LOGIN.match("".join(link.text.split())) and not apart.search(link.url)
        }
        if hosts - {""}:
            entries[fact.url] = (fact.column.name, hosts - {""})
    common = set.intersection(*(hosts for _, hosts in entries.values())) if entries else set()
    if len(entries) < 2 or common:
        return
    told = "、".join(f"“{name}”为{'、'.join(sorted(hosts))}" for name, hosts in entries.values())
    yield Draft(
        subject=site.site.url,
        message=fill(rule.message, {"places": told, "count": len(entries)}),
        gist="logins",
        certainty="suspected",
        where=tuple(Where(page=url, text=name, region="column") for url, (name, _) in entries.items()),
        where_count=len(entries),
        observed={"logins": {name: sorted(hosts) for name, hosts in entries.values()}},
        deduction=rule.points,
    )
