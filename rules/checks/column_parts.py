"""What the page of a class of columns must say: the parts of a 公开指南, the way in of 依申请公开."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pydantic import Field, field_validator

from crawler.facts import ColumnFact, Outcome, Reading, SiteFacts
from crawler.inventory import ColumnType
from rules.context import Context
from rules.registry import Draft, Params, check, fill
from rules.schema import Rule, Where

_FILE = re.compile(r"\.(?:docx?|xlsx?|pdf|wps|ofd|zip|rar)$", re.IGNORECASE)


class PartsParams(Params):
    """Which columns, and the parts by name with the pattern that shows each."""

    types: list[ColumnType] = Field(min_length=1, description="栏目类型")
    parts: dict[str, str] = Field(min_length=1, description="应有的内容: 正则表达式")
    shortest: int = Field(default=200, ge=0, le=100_000, description="页面文字少于几个字的不看，内容多在附件、图片中")

    @field_validator("parts")
    @classmethod
    def _compile(cls, value: dict[str, str]) -> dict[str, str]:
        for name, sign in value.items():
            try:
                re.compile(sign)
            except re.error as error:
                raise ValueError(f"“{name}”的正则表达式有误：{error}") from None
        return value


def _speaks(reading: Reading, shortest: int) -> bool:
    """The page itself has the text: not cut, long enough, no attachment or frame that may hold it."""
    if reading.cut or len(reading.text) < shortest:
        return False
    held = (link for link in reading.page.links if not link.hidden and link.region == "content")
    return not any(link.tag in ("iframe", "frame") or _FILE.search(link.url.partition("?")[0]) for link in held)


@check("column_parts", params=PartsParams, fields=("name", "missing", "count"))
def column_parts(site: SiteFacts, rule: Rule, ctx: Context) -> Iterator[Draft]:
    """Candidates; of a list the newest article speaks, which is where such a text is then kept."""
    params = PartsParams.model_validate(rule.params)
    for fact in site.columns:
        if fact.column.type not in params.types or fact.outcome is not Outcome.OK:
            continue
        url = fact.newest_item.url if fact.kind == "list" and fact.newest_item is not None else fact.url
        reading = ctx.reading(site, url)
        if reading is None or not _speaks(reading, params.shortest):
            continue
        missing = [name for name, sign in params.parts.items() if not re.search(sign, reading.text)]
        if missing:
            yield _draft(fact, url, rule, missing)


def _draft(fact: ColumnFact, url: str, rule: Rule, missing: list[str]) -> Draft:
    values = {"name": fact.column.name, "missing": "、".join(missing), "count": len(missing)}
    return Draft(
        subject=fact.url,
        message=fill(rule.message, values),
        gist="parts",
        certainty="suspected",
        unit=fact.unit,
        column=fact.column.id,
        where=(Where(page=url, text=fact.column.name, region="column"),),
        where_count=1,
        observed={"missing": missing},
    )
