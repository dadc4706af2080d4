"""`page_match`: an office's own indicator as YAML alone: which pages, what must or must not be there (contract 5)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from parsel import Selector
from pydantic import Field, model_validator

from crawler.facts import PageFact, SiteFacts
from rules.checks.identity import where
from rules.context import Context
from rules.registry import Draft, PageVisitor, Params, fill, page_check
from rules.schema import Rule

_EARLY_END = re.compile(r"</(?:body|html)\s*>", re.IGNORECASE)  # libxml2 drops what follows an early one
_PLAIN = ("title", "headline", "url", "source", "doc_number")


class NoBodyError(LookupError):
    """The page's words were not kept (KEEP_BODIES), so a selector cannot be judged from stored facts."""


class MatchParams(Params):
    """Which pages, where in them, what to look for. Exactly one of css, xpath and regex."""

    pages: Literal["home", "column", "article", "other", "all"] = Field(description="看哪些页面")
    css: str | None = Field(default=None, description="CSS选择器")
    xpath: str | None = Field(default=None, description="XPath")
    regex: str | None = Field(default=None, description="正则表达式")
    part: str = Field(
        default="html",
        pattern=r"^(?:html|title|headline|url|source|doc_number|(?:tags|identity)\.\w+)$",
        description="正则表达式在哪里找：html、title、headline、url、source、doc_number、tags.名称、identity.名称",
    )
    must: bool = Field(default=True, description="true 必须有，false 不得有")
    at_least: int = Field(default=1, ge=1, description="几个页面不合要求才算问题")
    each: bool = Field(default=False, description="true 每个页面一个问题，false 全站一个问题")
    sure: bool = Field(default=True, description="true 确认，false 疑似")

    @model_validator(mode="after")
    def _one_pattern(self) -> MatchParams:
        given = [name for name in ("css", "xpath", "regex") if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError("css、xpath、regex 三者须写且只写一个")
        if self.part != "html" and self.regex is None:
            raise ValueError("part 只与 regex 同用")
        self._compile()
        return self

    def _compile(self) -> None:
        try:
            if self.regex is not None:
                re.compile(self.regex)
            elif self.xpath is not None:
                Selector(text="<p></p>").xpath(self.xpath)
            elif self.css is not None:
                Selector(text="<p></p>").css(self.css)
        except Exception as error:
            raise ValueError(f"写法有误：{error}") from None


def matches(params: MatchParams, page: PageFact, body: str | None) -> bool:
    """True when the page has what the pattern describes. NoBodyError when the text is needed and was not kept."""
    if params.regex is not None and params.part != "html":
        return re.search(params.regex, _part(page, params.part)) is not None
    if body is None:
        raise NoBodyError(f"没有保存网页原文（{page.url}）：KEEP_BODIES 不含这类页面，只能用 part 检查标题等")
    if params.regex is not None:
        return re.search(params.regex, body) is not None
    page_tree = Selector(text=_EARLY_END.sub("", body) or "<p></p>")
    return bool(page_tree.css(params.css) if params.css is not None else page_tree.xpath(str(params.xpath)))


def _part(page: PageFact, name: str) -> str:
    if name in _PLAIN:
        return str(getattr(page, name) or "")
    group, _, key = name.partition(".")
    return str((page.tags if group == "tags" else page.identity).get(key, ""))


@dataclass
class _Match:
    site: SiteFacts
    rule: Rule
    ctx: Context
    params: MatchParams
    faulty: list[PageFact] = field(default_factory=list)
    seen: int = 0

    def visit(self, page: PageFact) -> None:
        if self.params.pages not in ("all", page.region) or page.kind == "challenge":
            return
        body = None
        if self.params.part == "html":
            reading = self.ctx.reading(self.site, page.url)
            if reading is not None and reading.cut and self.params.must:
                return  # what is missing may stand in the part that was not kept
            body = reading.html if reading is not None else None
        self.seen += 1
        if matches(self.params, page, body) is not self.params.must:
            self.faulty.append(page)

    def drafts(self) -> Iterator[Draft]:
        if len(self.faulty) < self.params.at_least:
            return
        pages = sorted(self.faulty, key=lambda page: page.url)
        if self.params.each:
            yield from (self._draft([page], page) for page in pages)
        else:
            yield self._draft(pages, None)

    def _draft(self, pages: list[PageFact], page: PageFact | None) -> Draft:
        title = (page.title or page.url) if page else ""
        return Draft(
            subject=page.url if page else self.site.site.url,
            message=fill(self.rule.message, {"count": len(pages), "seen": self.seen, "title": title}),
            gist=self.rule.id,
            certainty="confirmed" if self.params.sure else "suspected",
            unit=page.unit if page else None,
            column=page.column if page else None,
            where=where(pages),
            where_count=len(pages),
            observed={"seen": self.seen, "pages": len(pages)},
            deduction=self.rule.points if self.rule.level == "deduction" else None,
        )


@page_check("page_match", params=MatchParams, fields=("count", "seen", "title"))
def page_match(site: SiteFacts, rule: Rule, ctx: Context) -> PageVisitor:
    """The general check: a pattern that pages must or must not show."""
    return _Match(site, rule, ctx, MatchParams.model_validate(rule.params))
