"""Documents that a later decision ends or changes carry a mark on the page that published them (G12)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from pydantic import Field

from crawler.facts import PageFact, SiteFacts
from crawler.inventory import ColumnType
from rules.checks.identity import where
from rules.context import Context
from rules.policies import TITLED, Policies
from rules.registry import Draft, PageVisitor, Params, fill, page_check
from rules.schema import Rule

_DECIDES = re.compile(r"(废止|失效|修改|修订)")
_MARKED = re.compile(
    r"(?:有效性|效力状态|文件状态|是否有效|时效性)[^\n]{0,8}(?:失效|废止|修改|修订|无效|否)|"
    r"(?:本|该)(?:文件|规定|办法|通知|意见)[^\n。]{0,4}已[^\n。]{0,20}(?:废止|失效|修改|修订)|(?:已|全文)(?:废止|失效|修订|修改)"
)
_LISTED = re.compile(r"^[\s　（(]*(?:\d{1,3}|[一二三四五六七八九十]{1,4})[.、．)）]")


class ValidityParams(Params):
    """Where documents and the decisions on them stand."""

    types: list[ColumnType] = Field(default=["政策文件", "通知公告"], description="文件和废止、修改决定所在的栏目类型")
    look_at: int = Field(default=200, ge=1, le=5000, description="最多看几个废止、修改决定")


@dataclass
class _Validity:
    site: SiteFacts
    rule: Rule
    ctx: Context
    params: ValidityParams
    types: dict[str, str]
    known: Policies = field(default_factory=Policies)
    decisions: list[PageFact] = field(default_factory=list)

    def visit(self, page: PageFact) -> None:
        """Sorts articles into documents and decisions on documents."""
        title = page.headline or page.title or ""
        if page.kind != "article" or self.types.get(page.column or "") not in self.params.types or not title:
            return
        if _DECIDES.search(title) and re.search(r"决定|公告|通知|目录|清单", title):
            self.decisions.append(page)
            return
        self.known.add(page)

    def drafts(self) -> Iterator[Draft]:
        told: set[str] = set()
        for decision in sorted(self.decisions, key=lambda page: page.url)[: self.params.look_at]:
            word = _DECIDES.search(decision.headline or decision.title or "")
            for page in self._named(decision):
                marked = self._marked(page)
                if page.url in told or marked is not False or word is None or _later(page, decision):
                    continue
                told.add(page.url)
                values = {"title": page.headline or page.title, "word": word[1]}
                values["decision"] = decision.headline or decision.title
                yield Draft(
                    subject=page.url,
                    message=fill(self.rule.message, values),
                    gist="validity",
                    certainty="suspected",
                    unit=page.unit,
                    column=page.column,
                    where=where([page, decision]),
                    where_count=2,
                    observed={"decision": decision.url, "number": page.doc_number},
                )

    def _named(self, decision: PageFact) -> Iterator[PageFact]:
        """Documents of the site that the decision's title names, or a numbered line of its list."""
        reading = self.ctx.reading(self.site, decision.url)
        lines = [decision.headline or decision.title or ""]
        if reading is not None and not reading.cut:
            lines += [line for line in reading.text.split("\n") if _LISTED.match(line)]
        for line in lines:
            by_number = list(self.known.numbered(line))
            yield from by_number or self.known.named(TITLED.findall(line))

    def _marked(self, page: PageFact) -> bool | None:
        """Does the page say that it is no more as it was? None when it was not kept."""
        reading = self.ctx.reading(self.site, page.url)
        if reading is None:
            return None
        return bool(_MARKED.search(f"{page.headline or ''}\n{page.title or ''}\n{reading.text}"))


def _later(page: PageFact, decision: PageFact) -> bool:
    """A document published after the decision is not the one that it ended."""
    return bool(page.published and decision.published and page.published > decision.published)


@page_check("validity_marked", params=ValidityParams, fields=("title", "word", "decision"))
def validity_marked(site: SiteFacts, rule: Rule, ctx: Context) -> PageVisitor:
    """G12 candidates: a mark may be a picture, or the decision may name a document of another year."""
    params = ValidityParams.model_validate(rule.params)
    return _Validity(site, rule, ctx, params, {fact.column.id: fact.column.type for fact in site.columns})
