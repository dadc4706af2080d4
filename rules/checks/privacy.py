"""Personal numbers that pages and attachments show (domain 7.7). The facts hold them masked, so findings do too."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from pydantic import Field

from crawler.facts import PageFact, PersonalFact, Readable, SiteFacts
from rules.context import Context
from rules.registry import Draft, PageVisitor, Params, fill, page_check
from rules.schema import Rule, Where, region_of

_KINDS = {"identity": "身份证号", "card": "银行卡号", "phone": "手机号码"}


class PersonalParams(Params):
    """Which numbers are told."""

    kinds: list[Literal["identity", "card", "phone"]] = Field(
        default=["identity", "card", "phone"],
        min_length=1,
        description="看哪几种：identity 身份证号、card 银行卡号、phone 手机号码",
    )
    phones: int = Field(default=3, ge=1, le=100, description="一个页面上的手机号码达到几个才提示")


@dataclass
class _Personal:
    site: SiteFacts
    rule: Rule
    params: PersonalParams
    shown: dict[str, list[PersonalFact]] = field(default_factory=dict)
    pages: dict[str, PageFact] = field(default_factory=dict)

    def visit(self, page: PageFact) -> None:
        """Remembers the pages that show a number or lead to an attachment that does: they say whose it is."""
        if page.url in self.pages:
            self.pages[page.url] = page

    def drafts(self) -> Iterator[Draft]:
        for url, facts in sorted(self.shown.items()):
            fewest = {"phone": self.params.phones}
            counts = {kind: len({one.digest for one in facts if one.kind == kind}) for kind in _KINDS}
            told = {kind: count for kind, count in counts.items() if count >= fewest.get(kind, 1)}
            if told:
                yield self._draft(url, [one for one in facts if one.kind in told], told)

    def _draft(self, url: str, facts: list[PersonalFact], told: dict[str, int]) -> Draft:
        holder = facts[0].holder
        page = self.pages.get(holder or url)
        page = page if isinstance(page, PageFact) else None
        names = "、".join(f"{_KINDS[kind]}{count}个" for kind, count in told.items())
        places = [one.place for one in facts if one.place]
        title = (page.headline or page.title if page else None) or url
        values = {"title": title, "names": names, "what": "附件" if holder else "页面"}
        return Draft(
            subject=url,
            message=fill(self.rule.message, values),
            gist="personal",
            certainty="suspected",
            unit=page.unit if page else None,
            column=page.column if page else None,
            where=(Where(page=holder or url, text=title, region=region_of(page.region if page else "other")),),
            where_count=1,
            observed={
                "numbers": [f"{_KINDS[one.kind]} {one.masked} {one.place}".strip() for one in facts[:20]],
                "digests": [one.digest for one in facts[:20]],
                "places": list(dict.fromkeys(places))[:20],
                "counts": told,
            },
        )


@page_check("personal_numbers", params=PersonalParams, fields=("title", "names", "what"))
def personal_numbers(site: SiteFacts, rule: Rule, ctx: Context) -> PageVisitor:
    """P1: candidates for a person; disclosure that a law asks for (惩戒公示) is no leak."""
    params = PersonalParams.model_validate(rule.params)
    found = _Personal(site, rule, params)
    for one in site.personal_numbers() if isinstance(site, Readable) else ():
        if one.kind in params.kinds:
            found.shown.setdefault(one.url, []).append(one)
            found.pages[one.holder or one.url] = PageFact(one.holder or one.url, "other", "other", None)
    return found
