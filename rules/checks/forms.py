"""`form`: what only a person knows. The machine finds nothing here; answers come from rules.forms."""

from __future__ import annotations

from collections.abc import Iterator

from crawler.facts import SiteFacts
from rules.context import Context
from rules.registry import Draft, check
from rules.schema import Rule


@check("form", fields=("text",))
def form(site: SiteFacts, rule: Rule, ctx: Context) -> Iterator[Draft]:
    """Asked of a person once a round; unanswered it is 未填报 and costs nothing."""
    return iter(())
