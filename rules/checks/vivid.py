"""解读回应: interpretations told by pictures, sound, film or a press conference (B2)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from pydantic import Field

from crawler.facts import PageFact, SiteFacts
from crawler.inventory import ColumnType
from rules.checks.identity import where
from rules.context import Context
from rules.policies import TITLED, core
from rules.registry import Draft, PageVisitor, Params, fill, page_check
from rules.schema import Rule

_FORMS = (
    ("新闻发布会", re.compile(r"发布会")),
    ("图表图解", re.compile(r"图解|图读懂|图看懂|图说|长图|图表")),
    ("动漫", re.compile(r"动漫|动画|漫画")),
    ("音视频", re.compile(r"视频|音频|微电影")),
)
_PLAYER = re.compile(r"<(?:video|audio)\b|\.(?:mp4|m3u8|mp3)\b", re.IGNORECASE)


class VividParams(Params):
    """How many interpretations are drawn."""

    sample: int = Field(default=3, ge=1, le=50, description="抽查几个不同文件的解读稿")
    explained: list[ColumnType] = Field(default=["政策解读"], description="政策解读栏目类型")


@dataclass
class _Vivid:
    site: SiteFacts
    rule: Rule
    ctx: Context
    params: VividParams
    columns: set[str]
    lists: set[str]
    one_each: dict[str, PageFact] = field(default_factory=dict)  # by the document that is explained

    def visit(self, page: PageFact) -> None:
        """Of several interpretations of one document the first address stands for all.

        A page of one picture or film has hardly a word and is read as a list of nothing.
        """
        title = _title(page)
        speaks = page.kind in ("article", "other") or (page.kind == "list" and page.item_count <= 1)
        if not speaks or page.column not in self.columns or page.url in self.lists or not title:
            return
        document = core(next(iter(TITLED.findall(title)), title))
        known = self.one_each.get(document)
        if known is None or page.url < known.url:
            self.one_each[document] = page

    def drafts(self) -> Iterator[Draft]:
        draw = self.ctx.draw(f"{self.rule.id}:{self.site.site.id}", self.params.sample)
        for page in self.one_each.values():
            draw.add(page)
        for page in draw.pages():
            title = _title(page)
            if not (forms := self._forms(page, title)):
                continue
            yield Draft(
                subject=page.url,
                message=fill(self.rule.message, {"title": title.strip("《》"), "forms": "、".join(forms)}),
                gist="vivid",
                certainty="suspected",
                unit=page.unit,
                column=page.column,
                where=where([page]),
                where_count=1,
                observed={"forms": forms, "sample": self.params.sample, "population": draw.population},
                bonus=self.rule.points,
            )

    def _forms(self, page: PageFact, title: str) -> list[str]:
        """Forms that the title names outside 《》, or that the page plays."""
        said = TITLED.sub("", title)
        forms = [name for name, words in _FORMS if words.search(said)]
        reading = self.ctx.reading(self.site, page.url)
        if reading is not None and "音视频" not in forms and _PLAYER.search(reading.html):
            forms.append("音视频")
        return forms


def _title(page: PageFact) -> str:
    return page.headline or re.split(r"[_|]", page.title or "")[0].strip()


@page_check("vivid_interpretations", params=VividParams, fields=("title", "forms"))
def vivid_interpretations(site: SiteFacts, rule: Rule, ctx: Context) -> PageVisitor:
    """B2, a candidate each: whether the form really explains the document, a person sees."""
    params = VividParams.model_validate(rule.params)
    columns = {fact.column.id for fact in site.columns if fact.column.type in params.explained}
    return _Vivid(site, rule, ctx, params, columns, {fact.url for fact in site.columns})
