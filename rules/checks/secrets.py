"""Marks of secrecy in public pages (V1.2): always a person's to judge, told through the internal part alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from crawler.facts import PageFact, Readable, SiteFacts
from rules.context import Context
from rules.registry import Draft, PageVisitor, fill, page_check
from rules.schema import Rule, Where, region_of

_MARK = re.compile(
    r"(?:绝密|机密|秘密)\s*[★☆]|[★☆]\s*(?:\d{1,2}\s*年|长期|\d{1,2}\s*个月)|"
    r"内部(?:资料|文件|材料|使用|传阅)[^\n。]{0,6}(?:注意保存|注意保密|严禁外传|不得外传|请勿外传|禁止转载)|"
    r"(?:严禁|不得|请勿)(?:对外)?(?:外传|外泄|扩散|公开)(?:[（(]\s*内部|[，,]?\s*阅后)|"
    r"(?:^|\n)[\s　]*(?:密级|秘密等级)[：:\s　]*(?:绝密|机密|秘密)(?!级?\s*[、/或])"
)
_AT_MOST = 20  # pages of a site: more of them are one template
_ABOUT = re.compile(
    r"解密|已降密|保密法|保守国家秘密|保密承诺|保密协议|定密|保密管理|保密教育|保密知识|保密宣传|国家秘密载体|违反保密"
)


@dataclass
class _Secrets:
    rule: Rule
    words: Readable | None
    found: list[tuple[PageFact, str]] = field(default_factory=list)

    def visit(self, page: PageFact) -> None:
        """Looks for a mark in a page that is not about secrecy itself."""
        text = self.words.text(page.url) if self.words is not None and page.kind != "challenge" else None
        mark = _MARK.search(text) if text else None
        title = f"{page.headline or ''}{page.title or ''}"
        if mark is None or text is None or _ABOUT.search(title) or _ABOUT.search(_around(text, mark)):
            return
        self.found.append((page, " ".join(mark[0].split())))

    def drafts(self) -> Iterator[Draft]:
        for page, mark in sorted(self.found, key=lambda one: one[0].url)[:_AT_MOST]:
            yield Draft(
                subject=page.url,
                message=fill(self.rule.message, {"count": len(self.found)}),
                gist="secret",
                certainty="suspected",
                unit=page.unit,
                column=page.column,
                where=(Where(page=page.url, text="", region=region_of(page.region)),),
                where_count=1,
                observed={"internal": [mark], "pages": len(self.found)},
            )


def _around(text: str, mark: re.Match[str]) -> str:
    return text[max(0, mark.start() - 60) : mark.end() + 60]


@page_check("secret_marks", fields=("count",))
def secret_marks(site: SiteFacts, rule: Rule, ctx: Context) -> PageVisitor:
    """V1.2 candidates: the mark stands in the internal part, the content is repeated nowhere."""
    return _Secrets(rule, site if isinstance(site, Readable) else None)
