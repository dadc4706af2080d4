"""Accounts of 政务新媒体 with what is known of their newest post: the register's day, a public list page, a feed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from crawler.facts import AddressFact, MediaFact, Outcome, places_of
from crawler.inventory import Inventory, MediaAccount
from rules.context import Context
from rules.schema import Certainty
from rules.subjects import host_of
from rules.windows import Window

State = Literal["正常", "未更新", "未能核实", "未填报", "不检查"]
REGISTER = "名录登记"
_FORMS = {"page": "公开列表页", "rss": "RSS订阅", "atom": "Atom订阅", "json": "JSON订阅"}
_WHY = {
    "challenge": "被防护系统拦截", "scripted-list": "列表由脚本绘制", "not-a-feed": "不是订阅文件或网页",
    "truncated": "内容过大或没有传完", "no-dates": "条目没有日期", "robots": "robots.txt 不允许访问",
    "budget": "超出本轮采集范围", "not-reached": "本轮没有访问到",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class AccountState:
    """One account as judged. `source`: what gave `newest`; `why`: of what could not be read; `url`: its address."""

    account: MediaAccount
    state: State
    newest: date | None = None
    source: str = ""
    url: str = ""
    certainty: Certainty = "confirmed"
    why: str = ""

    @property
    def subject(self) -> str:
        """What a finding about the account is about."""
        return f"media:{self.account.platform}/{self.account.name}"


def account_states(ctx: Context, window: Window) -> list[AccountState]:
    """Every account of the inventory, in its order."""
    return [_judge(account, ctx, window) for account in ctx.inventory.media_accounts]


def site_of(account: MediaAccount, inventory: Inventory) -> str:
    """Id of the site an account is told with: whose host shows its posts, else the first one."""
    hosts = {site.host: site.id for site in reversed(inventory.sites)}
    shown = (hosts.get(host_of(url)) for url in places_of(account))
    return next((site for site in shown if site), inventory.sites[0].id)


def _judge(account: MediaAccount, ctx: Context, window: Window) -> AccountState:
    if account.state != "正常" or account.service:
        return AccountState(account, "不检查", why=account.state if account.state != "正常" else "服务类账号")
    seen = [fact for url in places_of(account) if (fact := ctx.media(url)) is not None and fact.newest is not None]
    why = "" if seen else "；".join(dict.fromkeys(_unread(account, ctx)))
    newest = max(
        [(fact.newest, _FORMS.get(fact.form, fact.form), fact.url) for fact in seen if fact.newest is not None]
        + ([(account.last_post, REGISTER, "")] if account.last_post is not None else []),
        default=None,
    )
    if newest is None:
        return AccountState(account, "未能核实" if why else "未填报", why=why)
    day, source, url = newest
    if day >= window.since(ctx.today):
        return AccountState(account, "正常", day, source, url)
    if why:  # the register's day is old, and what could show a newer post did not answer
        return AccountState(account, "未能核实", day, source, url, why=why)
    sure = account.last_post is not None and not any(_mostly_undated(fact) for fact in seen)
    return AccountState(account, "未更新", day, source, url, "confirmed" if sure else "suspected")


def _mostly_undated(fact: MediaFact) -> bool:
    return fact.entries - fact.dated > fact.dated


def _unread(account: MediaAccount, ctx: Context) -> Iterator[str]:
    """Why each address of an account told no day."""
    for url in places_of(account):
        fact = ctx.media(url)
        reason = fact.reason if fact is not None else _failed(ctx.address(url))
        yield _WHY.get(reason, f"未能读取（{reason}）")


def _failed(address: AddressFact | None) -> str:
    if address is None or address.outcome is Outcome.OK:
        return "not-reached"
    return f"HTTP {address.status}" if address.status else address.reason.value


def media_rows(ctx: Context, window: Window) -> list[dict[str, Any]]:
    """The accounts for the documents: who, where, newest post, by what it is known, and how it was judged."""
    return [
        {
            "unit": state.account.unit, "platform": state.account.platform, "name": state.account.name,
            "state": state.state, "newest": state.newest.isoformat() if state.newest else None,
            "source": state.source, "url": state.url or next(iter(places_of(state.account)), ""), "why": state.why,
            "site": site_of(state.account, ctx.inventory),
        }
        for state in account_states(ctx, window)
    ]  # fmt: skip
