"""页面加载时长 (G1): how heavy the home page is with all it loads, and how long that takes at the place's speed."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from pydantic import Field

from crawler.facts import Outcome, SiteFacts
from rules.checks.availability import Watched
from rules.checks.home import home_place, home_was_read
from rules.context import Context
from rules.registry import Draft, Params, check, fill
from rules.schema import Rule

_LOADED = ("img", "script", "link", "css", "iframe", "frame", "embed", "source", "video", "audio", "style")
_MEDIA = ("video/", "audio/")


class LoadingParams(Params):
    """The seconds of the official text, and the speed at which they are reckoned."""

    seconds: float = Field(default=3, gt=0, le=60, description="加载时长不宜超过几秒")
    megabits: float = Field(default=20, gt=0, le=10_000, description="当地平均网速，兆比特每秒，由本单位按实际填写")


def weight(site: SiteFacts, ctx: Context) -> tuple[int, int, int]:
    """(bytes, parts of known size, parts of unknown size) of the home page with what it loads; media play later."""
    home = ctx.reading(site, site.home_page.url) if site.home_page is not None else None
    if home is None:
        return 0, 0, 0
    total, known, unknown = len(home.markup), 0, 0
    for url in dict.fromkeys(one.url for one in home.page.links if one.tag in _LOADED and not one.hidden):
        found = ctx.address(url)
        if found is None or found.outcome is not Outcome.OK or found.size is None:
            unknown += 1
        elif not (found.content_type or "").startswith(_MEDIA):
            total, known = total + found.size, known + 1
    return total, known, unknown


@check("page_weight", params=LoadingParams, fields=("size", "parts", "seconds", "limit", "speed"))
def page_weight(site: SiteFacts, rule: Rule, ctx: Context) -> Iterator[Draft]:
    """Reckoned from sizes, not measured in a browser: a candidate. The first byte's time is that of the probes."""
    params = LoadingParams.model_validate(rule.params)
    if not home_was_read(site):
        return
    size, known, unknown = weight(site, ctx)
    looks = site.looks if isinstance(site, Watched) else ()
    answers = [one.total_ms for one in looks if one.outcome == "ok" and one.total_ms]
    waiting = median(answers) / 1000 if answers else 0.0
    seconds = waiting + size * 8 / (params.megabits * 1_000_000)
    if seconds <= params.seconds:
        return
    values = {
        "size": f"{size / 1_000_000:.1f}", "parts": known, "seconds": f"{seconds:.1f}", "limit": f"{params.seconds:g}",
        "speed": f"{params.megabits:g}",
    }  # fmt: skip
    yield Draft(
        subject=site.site.url,
        message=fill(rule.message, values),
        gist="weight",
        certainty="suspected",
        where=(home_place(site),),
        where_count=1,
        observed={"bytes": size, "parts": known, "unknown": unknown, "first_answer_s": round(waiting, 3)},
    )
