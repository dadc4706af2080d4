"""政务新媒体 in the register: M2.1 (国办秘函〔2019〕19号 第一部分, 政务新媒体)."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field

from crawler.facts import SiteFacts
from rules.context import Context
from rules.registry import Draft, Params, check, fill
from rules.schema import Rule
from rules.windows import Window, chinese_day


class MediaParams(Params):
    """The window of accounts that publish."""

    window: Window = Field(default=Window(days=14), description="应更新的期限")


@check("media_updated", params=MediaParams, fields=("platform", "name", "newest", "days", "window"))
def media_updated(site: SiteFacts, rule: Rule, ctx: Context) -> Iterator[Draft]:
    """M2.1: told once, with the first site of the inventory; an account fails itself, never the site."""
    if site.site.id != ctx.inventory.sites[0].id:
        return
    params = MediaParams.model_validate(rule.params)
    since = params.window.since(ctx.today)
    for account in ctx.inventory.media_accounts:
        if account.last_post is None or account.last_post >= since:
            continue
        days = (ctx.today - account.last_post).days
        values = {"platform": account.platform, "name": account.name, "newest": chinese_day(account.last_post)}
        yield Draft(
            subject=f"media:{account.platform}/{account.name}",
            message=fill(rule.message, values | {"days": days, "window": params.window.text}),
            gist="media",
            level="part",
            unit=account.unit,
            observed={"platform": account.platform, "name": account.name, "last_post": account.last_post.isoformat()},
        )
