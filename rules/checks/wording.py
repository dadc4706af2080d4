"""Wrong expressions by word lists: serious ones for the internal ledger alone (V1.1), common ones as advice (W1)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from pydantic import Field, field_validator

from crawler.facts import PageFact, Readable, SiteFacts
from crawler.inventory import BadInput
from rules.checks.identity import where
from rules.context import Context
from rules.registry import Draft, PageVisitor, Params, fill, page_check
from rules.schema import Rule, Where, region_of
from rules.wordlists import Hit, Searcher, Severity, searcher


class WordParams(Params):
    """Which hits are told, and an office's own lists beside the project's."""

    severity: Severity = Field(description="看哪一级：严重、一般")
    files: list[str] = Field(default_factory=list, description="本单位词表文件，格式同 rules/words/wrong.yaml")
    at_most: int = Field(default=50, ge=1, le=1000, description="每个站点最多列几个页面")

    @field_validator("files")
    @classmethod
    def _readable(cls, files: list[str]) -> list[str]:
        try:
            searcher(tuple(files))
        except BadInput as bad:
            raise ValueError(str(bad)) from None
        return files


@dataclass
class _Words:
    site: SiteFacts
    rule: Rule
    params: WordParams
    searcher: Searcher
    words: Readable | None
    found: list[tuple[PageFact, list[Hit]]] = field(default_factory=list)

    def visit(self, page: PageFact) -> None:
        text = self.words.text(page.url) if self.words is not None and page.kind != "challenge" else None
        if text is None:
            return
        whole = f"{page.title or ''}\n{page.headline or ''}\n{text}"
        hits = [hit for hit in self.searcher.find(whole) if hit.word.severity == self.params.severity]
        if hits:
            self.found.append((page, hits))

    def drafts(self) -> Iterator[Draft]:
        told = sorted(self.found, key=lambda one: one[0].url)[: self.params.at_most]
        for page, hits in told:
            yield self._serious(page, hits) if self.params.severity == "严重" else self._common(page, hits)

    def _serious(self, page: PageFact, hits: list[Hit]) -> Draft:
        """The expression stands in the internal part alone; the public words only say that there is something."""
        return Draft(
            subject=page.url,
            message=fill(self.rule.message, {"count": len(hits)}),
            gist="wording",
            certainty="suspected",
            unit=page.unit,
            column=page.column,
            where=(Where(page=page.url, text="", region=region_of(page.region)),),
            where_count=1,
            observed={"internal": [_told(hit) for hit in hits[:20]], "pages": len(self.found)},
        )

    def _common(self, page: PageFact, hits: list[Hit]) -> Draft:
        pairs = dict.fromkeys(f"“{hit.word.wrong}”应为“{hit.word.right}”" for hit in hits)
        values = {"words": "、".join(pairs), "title": page.headline or page.title or page.url, "count": len(hits)}
        return Draft(
            subject=page.url,
            message=fill(self.rule.message, values),
            gist="wording",
            certainty="suspected",
            unit=page.unit,
            column=page.column,
            where=where([page]),
            where_count=1,
            observed={"hits": [_told(hit) for hit in hits[:20]], "pages": len(self.found)},
        )


def _told(hit: Hit) -> dict[str, str]:
    return {"wrong": hit.word.wrong, "right": hit.word.right, "context": hit.context}


@page_check("wording", params=WordParams, fields=("count", "words", "title"))
def wording(site: SiteFacts, rule: Rule, ctx: Context) -> PageVisitor:
    """Candidates for a person: names, quotations of old texts and words cut by a line may look wrong."""
    params = WordParams.model_validate(rule.params)
    return _Words(site, rule, params, searcher(tuple(params.files)), site if isinstance(site, Readable) else None)
