"""解读关联: an interpretation and the policy that it explains link to each other (D8, G13)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain

from pydantic import Field

from crawler.facts import PageFact, Reading, SiteFacts
from crawler.inventory import ColumnType
from rules.checks.identity import where
from rules.context import Context, Draw
from rules.policies import TITLED, Policies
from rules.registry import Draft, PageVisitor, Params, fill, page_check
from rules.schema import Rule
from rules.subjects import normal

_NEIGHBOURS = re.compile(r"^[\s　]*(?:上|下)(?:一|1)[篇条页则].*$", re.MULTILINE)  # what another page explains
_BEGINNING = 1500  # characters: an interpretation says at once what it explains


class PairParams(Params):
    """How many interpretations are drawn."""

    sample: int = Field(default=3, ge=1, le=50, description="抽查几个解读稿")
    policies: list[ColumnType] = Field(default=["政策文件"], description="政策文件栏目类型")
    explained: list[ColumnType] = Field(default=["政策解读"], description="政策解读栏目类型")


@dataclass
class _Pairs:
    site: SiteFacts
    rule: Rule
    ctx: Context
    params: PairParams
    draw: Draw
    types: dict[str, str]
    known: Policies = field(default_factory=Policies)

    def visit(self, page: PageFact) -> None:
        kind, title = self.types.get(page.column or ""), page.headline or page.title or ""
        if page.kind != "article" or not title:
            return
        if kind in self.params.explained:
            self.draw.add(page)
        elif kind in self.params.policies:
            self.known.add(page)

    def drafts(self) -> Iterator[Draft]:
        drawn = self.draw.pages()
        for page in drawn:
            reading = self.ctx.reading(self.site, page.url)
            policy = self._policy(page, reading) if reading is not None else None
            if policy is None or reading is None:
                continue
            forth = _links_to(reading, policy.url)
            answer = self.ctx.reading(self.site, policy.url)
            back = answer is None or _links_to(answer, page.url)
            if not (forth and back):
                yield self._draft(page, policy, forth, back, len(drawn))

    def _policy(self, page: PageFact, reading: Reading) -> PageFact | None:
        """The site's own policy that an interpretation names: by 文号, else by the title in 《》."""
        title = page.headline or page.title or ""
        text = title if TITLED.search(title) else f"{title}\n{_NEIGHBOURS.sub('', reading.text)}"
        beginning = f"{title}\n{_NEIGHBOURS.sub('', reading.text)[:_BEGINNING]}"
        by_name = self.known.named([*TITLED.findall(text), title])
        return next(chain(self.known.numbered(beginning), by_name), None)

    def _draft(self, page: PageFact, policy: PageFact, forth: bool, back: bool, sample: int) -> Draft:
        parts = [] if forth else ["解读稿未关联政策文件"]
        parts += [] if back else ["政策文件未关联解读稿"]
        values = {"title": page.headline or page.title, "policy": policy.headline or policy.title}
        return Draft(
            subject=page.url,
            message=fill(self.rule.message, values | {"faults": "，".join(parts)}),
            gist="pair",
            certainty="suspected",
            unit=page.unit,
            column=page.column,
            where=where([page, policy]),
            where_count=2,
            observed={
                "policy": policy.url, "number": policy.doc_number, "links_to_policy": forth, "links_back": back,
                "points": (self.rule.points or 0) * len(parts), "sample": sample, "population": self.draw.population,
            },
        )  # fmt: skip


def _links_to(reading: Reading, url: str) -> bool:
    wanted = normal(url)
    return any(normal(link.url) == wanted for link in reading.page.links)


@page_check("two_way_links", params=PairParams, fields=("title", "policy", "faults"))
def two_way_links(site: SiteFacts, rule: Rule, ctx: Context) -> PageVisitor:
    """D8 candidates: interpretations of documents that the site does not hold are not judged."""
    params = PairParams.model_validate(rule.params)
    types = {fact.column.id: fact.column.type for fact in site.columns}
    return _Pairs(site, rule, ctx, params, ctx.draw(f"{rule.id}:{site.site.id}", params.sample), dict(types))
