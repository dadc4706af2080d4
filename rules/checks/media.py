"""政务新媒体 in the register: M2.1 (国办秘函〔2019〕19号 第一部分, 政务新媒体)."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field

from crawler.facts import SiteFacts
from rules.context import Context
from rules.media import AccountState, account_states, site_of
from rules.registry import Draft, Params, check, fill
from rules.schema import Rule, Where
from rules.windows import Window, chinese_day


class MediaParams(Params):
    """The window of accounts that publish."""

    window: Window = Field(default=Window(days=14), description="应更新的期限")


@check("media_updated", params=MediaParams, fields=("platform", "name", "newest", "days", "window", "source"))
def media_updated(site: SiteFacts, rule: Rule, ctx: Context) -> Iterator[Draft]:
    """M2.1: an account fails itself, never the site. Closed, merged and service accounts need no posts.

    Confirmed where the register's own day is old; by a list page or a feed alone it is suspected, since either may lag
    behind the account. What could not be read is no finding.
    """
    window = MediaParams.model_validate(rule.params).window
    for state in account_states(ctx, window):
        if state.state == "未更新" and site_of(state.account, ctx.inventory) == site.site.id:
            yield _draft(state, rule, ctx, window)


def _draft(state: AccountState, rule: Rule, ctx: Context, window: Window) -> Draft:
    account, newest = state.account, state.newest
    assert newest is not None
    values = {
        "platform": account.platform, "name": account.name, "newest": chinese_day(newest), "source": state.source,
        "days": (ctx.today - newest).days, "window": window.text,
    }  # fmt: skip
    where = (Where(page=state.url, text=account.name, region="other"),) if state.url else ()
    observed = {"platform": account.platform, "name": account.name, "last_post": newest.isoformat()}
    return Draft(
        subject=state.subject,
        message=fill(rule.message, values),
        gist="media",
        certainty=state.certainty,
        level="part",
        unit=account.unit,
        where=where,
        where_count=len(where),
        observed=observed | {"source": state.source},
    )
