"""Templates of like pages (G3), 国办发〔2017〕47号 页面设计."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pydantic import Field

from crawler.facts import PageFact, SiteFacts
from rules.context import Context, Draw
from rules.registry import Draft, PageVisitor, Params, fill, page_check
from rules.schema import Region, Rule, Where
from rules.subjects import host_of
from rules.windows import Window

_STYLE = re.compile(r"<link\b[^>]*?\bhref\s*=\s*[\"']?([^\"'\s>?#]+\.css)\b", re.IGNORECASE)
_FEWEST = 3  # pages of a group: of two nobody knows which one departs


class TemplateParams(Params):
    """How many pages of a column are compared."""

    sample: int = Field(default=5, ge=_FEWEST, le=50, description="每个栏目抽查几个页面")
    window: Window = Field(default=Window(years=1), description="看多长时间以内发布的页面，改版以前的不比")


@dataclass
class _Templates:
    site: SiteFacts
    rule: Rule
    ctx: Context
    params: TemplateParams
    draws: dict[str, Draw] = field(default_factory=dict)  # by column id

    def visit(self, page: PageFact) -> None:
        recent = page.published is not None and page.published >= self.params.window.since(self.ctx.today)
        if page.kind == "article" and page.column and recent and host_of(page.url) == self.site.site.host:
            if page.column not in self.draws:
                name = f"templates:{self.site.site.id}:{page.column}"
                self.draws[page.column] = self.ctx.draw(name, self.params.sample)
            self.draws[page.column].add(page)

    def drafts(self) -> Iterator[Draft]:
        for fact in self.site.columns:
            if fact.column.id in self.draws:
                urls = [page.url for page in self.draws[fact.column.id].pages()]
                yield from self._told(f"“{fact.column.name}”栏目的页面", fact.url, urls, "article", fact.column.id)
        for kind in sorted({fact.column.type for fact in self.site.columns} - {"其他", "专题"}):
            urls = [fact.final_url or fact.url for fact in self.site.columns if fact.column.type == kind]
            ours = [url for url in dict.fromkeys(urls) if host_of(url) == self.site.site.host]
            yield from self._told(f"{kind}类栏目的列表页", self.site.site.url, ours, "column", None)

    def _told(
        self, what: str, subject: str, urls: Sequence[str], region: Region, column: str | None
    ) -> Iterator[Draft]:
        styles = {url: found for url in urls if (found := self._styles(url))}
        groups = alike(styles)
        if len(styles) < _FEWEST or len(groups) < 2 or len(groups[0]) == len(groups[1]):
            return
        others = [url for group in groups[1:] for url in group]
        values = {"what": what, "looked": len(styles), "count": len(groups), "others": len(others)}
        yield Draft(
            subject=subject,
            message=fill(self.rule.message, values),
            gist=f"templates.{what}",
            certainty="suspected",
            unit=self.ctx.unit_of_column(self.site, column),
            column=column,
            where=tuple(Where(page=url, region=region) for url in others[:20]),
            where_count=len(others),
            observed={"alike": groups[0], "others": others},
        )

    def _styles(self, url: str) -> frozenset[str]:
        """Names of the style sheets that a page asks for; the folder may differ from page to page."""
        reading = self.ctx.reading(self.site, url)
        if reading is None or reading.cut:
            return frozenset()
        return frozenset(name.rpartition("/")[2].lower() for name in _STYLE.findall(reading.html))


def alike(styles: dict[str, frozenset[str]]) -> list[list[str]]:
    """Pages that share a style sheet, directly or over others; the largest group first, the rest by address."""
    groups: list[tuple[set[str], list[str]]] = []
    for url, names in sorted(styles.items()):
        mine, pages = set(names), [url]
        for group in [one for one in groups if one[0] & mine]:
            groups.remove(group)
            mine, pages = mine | group[0], group[1] + pages
        groups.append((mine, pages))
    return sorted((sorted(pages) for _, pages in groups), key=lambda pages: (-len(pages), pages))


@page_check("same_template", params=TemplateParams, fields=("what", "looked", "count", "others"))
def same_template(site: SiteFacts, rule: Rule, ctx: Context) -> PageVisitor:
    """G3, a candidate: pages without one style sheet in common look different; a topic page may be meant to."""
    return _Templates(site, rule, ctx, TemplateParams.model_validate(rule.params))
