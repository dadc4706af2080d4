"""政务新媒体 in the register: M2.1 (国办秘函〔2019〕19号 第一部分, 政务新媒体)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from pydantic import Field

from crawler.facts import PageFact, SiteFacts
from crawler.inventory import MediaAccount
from rules.context import Context
from rules.registry import Draft, PageVisitor, Params, fill, page_check
from rules.schema import Rule
from rules.subjects import host_of, normal
from rules.windows import Window, chinese_day


class MediaParams(Params):
    """The window of accounts that publish."""

    window: Window = Field(default=Window(days=14), description="应更新的期限")


@dataclass
class _Accounts:
    site: SiteFacts
    rule: Rule
    ctx: Context
    params: MediaParams
    newest: dict[str, date] = field(default_factory=dict)  # of public pages that list an account's posts

    def visit(self, page: PageFact) -> None:
        """Remembers the newest day of a page that lists an account's posts."""
        day = page.newest or page.published
        if day is not None and any(one.page and normal(one.page) == normal(page.url) for one in self._mine()):
            self.newest[normal(page.url)] = day

    def _mine(self) -> list[MediaAccount]:
        """Accounts told with this site: those whose public page it holds, all others with the first site."""
        hosts = {other.host: other.id for other in reversed(self.ctx.inventory.sites)}
        first = self.ctx.inventory.sites[0].id
        return [
            one
            for one in self.ctx.inventory.media_accounts
            if hosts.get(host_of(one.page or ""), first) == self.site.site.id
        ]

    def drafts(self) -> Iterator[Draft]:
        since = self.params.window.since(self.ctx.today)
        for account in self._mine():
            seen = self.newest.get(normal(account.page or ""))
            newest = max((day for day in (account.last_post, seen) if day is not None), default=None)
            if account.state == "正常" and not account.service and newest is not None and newest < since:
                yield self._draft(account, newest)

    def _draft(self, account: MediaAccount, newest: date) -> Draft:
        values = {
            "platform": account.platform, "name": account.name, "newest": chinese_day(newest),
            "days": (self.ctx.today - newest).days, "window": self.params.window.text,
        }  # fmt: skip
        return Draft(
            subject=f"media:{account.platform}/{account.name}",
            message=fill(self.rule.message, values),
            gist="media",
            level="part",
            unit=account.unit,
            observed={"platform": account.platform, "name": account.name, "last_post": newest.isoformat()},
        )


@page_check("media_updated", params=MediaParams, fields=("platform", "name", "newest", "days", "window"))
def media_updated(site: SiteFacts, rule: Rule, ctx: Context) -> PageVisitor:
    """M2.1: an account fails itself, never the site; closed, merged and service accounts need no posts."""
    return _Accounts(site, rule, ctx, MediaParams.model_validate(rule.params))
