"""Fields at the head of a document (G20): 索引号、发文机关、成文日期 and their like (国办函〔2018〕71号 的配套规范)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import Field

from crawler.facts import PageFact, SiteFacts
from crawler.inventory import ColumnType
from rules.checks.identity import candidate_of_all
from rules.context import Context, Draw
from rules.registry import Draft, PageVisitor, Params, fill, page_check
from rules.schema import Rule

_FIELDS = {
    "索引号": r"索\s*引\s*号",
    "主题分类": r"(?:主题|信息|体裁)\s*分\s*类",
    "发文机关": r"(?:发文|发布)\s*(?:机关|机构|单位)|公开(?:主体|机构)",
    "成文日期": r"(?:成文|生成|印发)\s*(?:日期|时间)",
    "发文字号": r"(?:发文字|文)\s*号",
    "发布日期": r"(?:发布|公开)\s*(?:日期|时间)",
    "主题词": r"主\s*题\s*词|关\s*键\s*词",
    "有效性": r"有\s*效\s*性|(?:效力|文件)\s*状态|是否有效|时效",
}
_LABELS = {
    name: re.compile(rf"(?:{words})[\s\u3000】\]]*(?:[:：]|\n|$)", re.MULTILINE) for name, words in _FIELDS.items()
}


class FieldParams(Params):
    """How many documents are drawn, and how many fields each should show."""

    types: list[ColumnType] = Field(default=["政策文件"], description="政策文件栏目类型")
    sample: int = Field(default=5, ge=1, le=50, description="抽查几个有文号的文件")
    at_least: int = Field(default=3, ge=1, le=len(_FIELDS), description="文件要素少于几项即提示")


@dataclass
class _Fields:
    site: SiteFacts
    rule: Rule
    ctx: Context
    params: FieldParams
    columns: set[str]
    draw: Draw

    def visit(self, page: PageFact) -> None:
        if page.kind == "article" and page.column in self.columns and page.doc_number:
            self.draw.add(page)

    def drafts(self) -> Iterator[Draft]:
        shown: dict[str, list[str]] = {}
        pages = {page.url: page for page in self.draw.pages()}
        for url in pages:
            reading = self.ctx.reading(self.site, url)
            if reading is not None and not reading.cut:
                shown[url] = [name for name, label in _LABELS.items() if label.search(reading.text)]
        few = [pages[url] for url, names in shown.items() if len(names) < self.params.at_least]
        if few:
            values = {"looked": len(shown), "count": len(few), "at_least": self.params.at_least}
            observed = {"shown": {page.url: shown[page.url] for page in few}, "population": self.draw.population}
            yield candidate_of_all(few, fill(self.rule.message, values), self.rule.id, observed)


@page_check("document_fields", params=FieldParams, fields=("looked", "count", "at_least"))
def document_fields(site: SiteFacts, rule: Rule, ctx: Context) -> PageVisitor:
    """G20, a candidate: no document makes the fields a duty of every site; a standard of the province may."""
    params = FieldParams.model_validate(rule.params)
    columns = {fact.column.id for fact in site.columns if fact.column.type in params.types}
    return _Fields(site, rule, ctx, params, columns, ctx.draw(f"{rule.id}:{site.site.id}", params.sample))
