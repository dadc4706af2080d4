"""Publications of a quarter, half-year or year from the month tables that its rounds keep, and by class of the 条例."""

from __future__ import annotations

import re
from calendar import monthrange
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from reports.numbers import count_published
from reports.problems import rows_of
from rules.published import sums_of
from rules.schema import Judgement

_TABLE = Path(__file__).with_name("disclosure.yaml")
_NO_UNIT = r"(?![\w]{0,6}(?:局|委员会|厅|办公室))"  # 教育局信息 is what a unit publishes, not 教育
_BY_SITE = ("once", "units", "sites", "documents", "results")


@cache
def forms() -> dict[str, Any]:
    """Classes of disclosed information and the lines of the annual report (disclosure.yaml)."""
    table: dict[str, Any] = yaml.safe_load(_TABLE.read_text(encoding="utf-8"))
    return table


def published_in(months: Sequence[str], rounds: Sequence[Judgement], later: Sequence[Judgement] = ()) -> dict[str, Any]:
    """The items published in `months`, as `extra.published` of one judgement has them, with `until` by site.

    Each site is told by the newest round that read it, one of the period's or of those soon after (`later`): it saw
    the whole period up to its own day. Rounds without month tables are added up where their windows do not overlap.
    """
    able = [r for r in (*rounds, *later) if _reaches(r, months[0])] if months else []
    if not able:
        return _added(rounds)
    total: dict[str, Counter[str]] = {name: Counter() for name in _BY_SITE}
    upper: set[str] = set()
    until: dict[str, str] = {}
    by_month: Counter[str] = Counter(dict.fromkeys(months, 0))
    for site, judgement in _tellers(able).items():
        published = judgement.extra["published"]
        for month, row in ((month, published["months"].get(month)) for month in months):
            if row is None:
                continue
            for name in _BY_SITE:
                total[name].update(mine := {k: n for k, n in row[name].items() if k.partition("/")[0] == site})
                by_month[month] += sum(mine.values()) if name == "once" else 0
            upper.update(row["upper"])
        until[site] = min(published["to"], _last_day(months[-1]))
    sums = sums_of({**total, "upper": upper}, column_types(able))
    newest = max(until.values(), default=able[-1].extra["published"]["to"])
    told = {month: count for month, count in sorted(by_month.items()) if month <= newest[:7]}
    return sums | {"from": f"{months[0]}-01", "to": newest, "until": until, "by_month": told}


def column_types(rounds: Sequence[Judgement]) -> dict[str, str]:
    """The type of each column by `site/column`, as the newest round has it."""
    return {place: str(row.get("type") or "其他") for place, row in column_rows(rounds).items()}


def column_rows(rounds: Sequence[Judgement]) -> dict[str, dict[str, Any]]:
    """The newest row of each column by `site/column`."""
    return {f"{row.get('site')}/{row.get('id')}": row for r in rounds for row in rows_of(r.extra, "columns")}


def _tellers(rounds: Sequence[Judgement]) -> dict[str, Judgement]:
    """For each site the newest round that read a page of it."""
    return {site.id: judgement for judgement in rounds for site in judgement.sites if site.pages}


def _reaches(judgement: Judgement, month: str) -> bool:
    published = judgement.extra.get("published")
    return isinstance(published, dict) and "months" in published and str(published.get("since")) <= f"{month}-01"


def _last_day(month: str) -> str:
    return f"{month}-{monthrange(int(month[:4]), int(month[5:]))[1]:02d}"


def _added(rounds: Sequence[Judgement]) -> dict[str, Any]:
    by_type: Counter[str] = Counter()
    by_unit: Counter[str] = Counter()
    total, covered, first = 0, "", ""
    for judgement in rounds:
        one = count_published(judgement.extra.get("published"))
        if not one.total or (covered and one.start <= covered):
            continue
        total += one.total
        by_type.update(dict(one.by_type))
        by_unit.update(dict(one.by_unit))
        covered, first = one.end, first or one.start
    return {"total": total, "by_type": dict(by_type), "by_unit": dict(by_unit), "from": first, "to": covered}


def classified(published: Mapping[str, Any], columns: Mapping[str, Mapping[str, Any]]) -> Counter[str]:
    """Items by class of the 条例 (`name` in disclosure.yaml)."""
    by_column = published.get("by_column")
    counts: Counter[str] = Counter()
    if not isinstance(by_column, dict):
        for kind, count in count_published(published).by_type:
            counts[class_of(kind, "")] += count
        return counts
    for place, count in by_column.items():
        counts[_class_at(place, columns)] += count
    return counts


def classified_units(published: Mapping[str, Any], columns: Mapping[str, Mapping[str, Any]]) -> dict[str, Counter[str]]:
    """Items by unit id and class: what several units publish counts for each."""
    table: dict[str, Counter[str]] = {}
    for key, count in (published.get("by_unit_column") or {}).items():
        place, _, unit = key.rpartition("/")
        table.setdefault(unit, Counter())[_class_at(place, columns)] += count
    return table


def _class_at(place: str, columns: Mapping[str, Mapping[str, Any]]) -> str:
    row = columns.get(place, {})
    return class_of(str(row.get("type") or "其他"), str(row.get("name") or ""))


@cache
def class_of(kind: str, name: str) -> str:
    """The class of a column: by its type where that says it all, else by the words of its name, else by its type."""
    table = forms()["classes"]
    by_type = next((entry["name"] for entry in table if kind in entry.get("types", ())), table[-1]["name"])
    if kind in forms()["plain_types"]:
        return str(by_type)
    marks = [
        (len(word), found.end(), entry["name"])
        for entry in table
        for word in entry.get("words", ())
        for found in re.finditer(re.escape(word) + _NO_UNIT, name)
    ]
    return str(max(marks)[2] if marks else by_type)
