"""机构职能: the column is missing, or its pages leave out departments that the inventory has (D2)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from crawler.facts import PageFact, SiteFacts
from rules.checks.identity import where
from rules.checks.presence import PresenceParams, column_presence
from rules.context import Context
from rules.registry import Draft, PageVisitor, page_check
from rules.schema import Rule

_LOOK_AT = 300  # pages of the column that are read at most; with more than that nothing is told to be missing


@dataclass
class _Organs:
    site: SiteFacts
    rule: Rule
    ctx: Context
    columns: set[str]
    pages: list[PageFact] = field(default_factory=list)

    def visit(self, page: PageFact) -> None:
        """All pages of the column together are the list of organs."""
        if page.column in self.columns and page.region != "home" and len(self.pages) <= _LOOK_AT:
            self.pages.append(page)

    def drafts(self) -> Iterator[Draft]:
        yield from column_presence(self.site, self.rule, self.ctx)
        if self.site.site.kind != "portal" or not self.pages or len(self.pages) > _LOOK_AT:
            return
        readings = [self.ctx.reading(self.site, page.url) for page in self.pages]
        if any(reading is None or reading.cut for reading in readings):
            return
        text = _plain("".join(reading.text for reading in readings if reading is not None))
        city = self.ctx.inventory.city
        units = [unit.name for unit in self.ctx.inventory.units if unit.kind == "department"]
        missing = [name for name in units if _plain(name.removeprefix(city)) not in text]
        if missing and len(missing) * 2 < len(units):
            yield self._draft(missing)

    def _draft(self, missing: list[str]) -> Draft:
        pages = sorted(self.pages, key=lambda page: page.url)
        each = min((item.points for item in self.rule.items), default=0)
        return Draft(
            subject=pages[0].url,
            message=f"机构职能栏目未见名录中的{'、'.join(missing)}",
            gist="organs",
            certainty="suspected",
            unit=pages[0].unit,
            column=pages[0].column,
            where=where(pages),
            where_count=len(pages),
            observed={"missing": missing, "points": each * len(missing)},
        )


def _plain(name: str) -> str:
    """Without blanks and without 和, which names of reorganised bodies have or have not."""
    return re.sub(r"[\s　和与、]", "", name)


@page_check("organs", params=PresenceParams, fields=("name",))
def organs(site: SiteFacts, rule: Rule, ctx: Context) -> PageVisitor:
    """D2 candidates: told only of a portal whose column names most departments of the inventory."""
    params = PresenceParams.model_validate(rule.params)
    columns = {fact.column.id for fact in site.columns if fact.column.type in params.types}
    return _Organs(site, rule, ctx, columns)
