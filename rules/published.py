"""What the sites published, counted by the rules of the office's statistics. Counting, no judgement.

One item is one, however many columns, addresses or sites show it (一条信息以多种形式公开的，不重复计算); the unit that
publishes is the one counted, and what several publish together counts for each of them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from crawler.facts import PageFact, PublicationFact, Publications, RoundFacts, SiteFacts
from crawler.inventory import Inventory
from rules.registry import Draft, PageVisitor
from rules.windows import period

LEAST_WORDS = 10
"""Characters a title must have before two sites that show it on one day show one item: 停水公告 is anybody's."""
SURVEYS = "调查征集"
"""The column type whose items are surveys and their results."""
REPORT_SEASON = 3
"""Up to this month last year's items are counted as well: the yearly forms are due in January and March."""

_UPPER = re.compile(r"^(?:国发|国办发|国函|国办函|国办发明电|国令|国务院令|中发|中办发)")
_RESULT = re.compile(r"结果|反馈|采纳|采用情况")
_BRACKET = re.compile(r"[（(〔\[【]")
_PLAIN = re.compile(r"[\W_]+")
_BETWEEN = re.compile(r"[、，,;；/\s]+")


@dataclass(frozen=True, slots=True)
class _Shown:
    """An item as one site shows it; `units` publish it."""

    site: str
    fact: PublicationFact
    units: tuple[str, ...]

    @property
    def place(self) -> str:
        """site/column, the column empty for pages of none."""
        return f"{self.site}/{self.fact.column or ''}"


class PublicationCount:
    """Takes every site's pages in; `summary` tells the round's period and each month since the year began."""

    def __init__(self, facts: RoundFacts) -> None:
        self.first, self.last = period(facts.round, facts.as_of)
        self.since = date(self.last.year - (self.last.month <= REPORT_SEASON), 1, 1)
        self.since = min(self.since, self.first)
        self.types: dict[str, str] = {}
        self._units = Units(facts.inventory)
        self._order = {site.id: n for n, site in enumerate(facts.inventory.sites)}
        self._shown: list[_Shown] = []

    def visitor(self, site: SiteFacts) -> PageVisitor:
        """Counts the pages of one site."""
        return _SitePublications(self, site)

    def add(self, site: str, facts: Iterable[PublicationFact]) -> None:
        """The items of one site, each once."""
        self._shown += [_Shown(site, fact, self._units.publishing(fact)) for fact in facts]

    @cached_property
    def items(self) -> list[list[_Shown]]:
        """Each item with every site that shows it, first the one that stands first in the inventory."""
        groups: dict[Hashable, list[_Shown]] = {}
        for one in sorted(self._shown, key=lambda s: (self._order.get(s.site, 0), s.fact.url)):
            keys = list(_keys(one.fact)) or [("only", one.site, one.fact.url)]
            group: list[_Shown] = []
            for other in {id(groups[key]): groups[key] for key in keys if key in groups}.values():
                group += other
            group.append(one)
            groups.update(dict.fromkeys([*keys, *(key for each in group for key in _keys(each.fact))], group))
        return list({id(group): group for group in groups.values()}.values())

    def summary(self) -> dict[str, Any]:
        """The sums of the period, and `months`: the same counts month by month as `Counts.row` writes them."""
        now = Counts()
        months: dict[str, Counts] = {}
        for group in self.items:
            for day in {one.fact.published for one in group}:
                mine = [one for one in group if one.fact.published == day]
                first = day == min(one.fact.published for one in group)
                months.setdefault(f"{day:%Y-%m}", Counts()).take(mine, group if first else [])
                if self.first <= day <= self.last:
                    now.take(mine, group if first else [])
        return {
            **now.sums(self.types),
            "from": self.first.isoformat(),
            "to": self.last.isoformat(),
            "since": self.since.isoformat(),
            "months": {name: months[name].row() for name in sorted(months)},
        }


class Counts:
    """Sums of some items. Keys begin with the site: `site/column`, `site/column/unit`, `site/文种`.

    `once`: each item at the place that stands first; `units`: each item once for every unit that publishes it;
    `sites`: what each site shows; `results`: those of them that tell a result; `documents`: 文种 of each item where it
    stands first; `upper`: numbers of documents of the State Council and the Central Committee.
    """

    def __init__(self) -> None:
        self.once: Counter[str] = Counter()
        self.units: Counter[str] = Counter()
        self.sites: Counter[str] = Counter()
        self.documents: Counter[str] = Counter()
        self.results: Counter[str] = Counter()
        self.upper: set[str] = set()

    def take(self, shown: Sequence[_Shown], group: Sequence[_Shown]) -> None:
        """Sites that show an item on one day; `group` has all that show it, on the day it is counted, else nothing."""
        for one in shown:
            self.sites[one.place] += 1
            if _RESULT.search(one.fact.title):
                self.results[one.place] += 1
        if not group:
            return
        self.once[group[0].place] += 1
        kind = next((one.fact.doc_type for one in group if one.fact.doc_type), "其他")
        self.documents[f"{group[0].site}/{kind}"] += 1
        told: dict[str, str] = {}
        for one in group:
            for unit in one.units:
                told.setdefault(unit, one.place)
        self.units.update(f"{place}/{unit}" for unit, place in told.items())
        numbers = {one.fact.doc_number for one in group if one.fact.doc_number}
        self.upper |= {number for number in numbers if _UPPER.match(number)}

    def row(self) -> dict[str, Any]:
        """Plain sorted values for the judgement."""
        tables = {"once": self.once, "units": self.units, "sites": self.sites, "documents": self.documents}
        rows: dict[str, Any] = {name: dict(sorted(counts.items())) for name, counts in tables.items()}
        return rows | {"results": dict(sorted(self.results.items())), "upper": sorted(self.upper)}

    def sums(self, types: Mapping[str, str]) -> dict[str, Any]:
        """total, by_type, by_unit, by_document (文种), by_site; `types` of columns by `site/column`."""
        return sums_of(self.row(), types)


def sums_of(row: Mapping[str, Any], types: Mapping[str, str]) -> dict[str, Any]:
    """What documents print of one `Counts.row` or of several added up. by_type adds up to the total; by_unit may be
    more, where units publish together."""
    by_type: Counter[str] = Counter()
    by_unit: Counter[str] = Counter()
    by_site: dict[str, Counter[str]] = {}
    results: Counter[str] = Counter()
    for place, count in row["results"].items():
        if types.get(place) == SURVEYS:
            results[place.partition("/")[0]] += count
    by_document: Counter[str] = Counter()
    for key, count in row["documents"].items():
        by_document[key.partition("/")[2]] += count
    for place, count in row["once"].items():
        by_type[types.get(place, "其他")] += count
    for key, count in row["units"].items():
        by_unit[key.rpartition("/")[2]] += count
    for place, count in row["sites"].items():
        by_site.setdefault(place.partition("/")[0], Counter())[types.get(place, "其他")] += count
    return {
        "total": sum(row["once"].values()),
        "by_type": dict(sorted(by_type.items())),
        "by_unit": dict(sorted(by_unit.items())),
        "by_document": dict(sorted(by_document.items())),
        "by_site": {
            site: {"total": types_.total(), "by_type": dict(sorted(types_.items()))}
            for site, types_ in sorted(by_site.items())
        },
        "by_column": dict(sorted(row["once"].items())),
        "by_unit_column": dict(sorted(row["units"].items())),
        "results": dict(sorted(results.items())),
        "upper": len(row["upper"]),
    }


class Units:
    """Which units of the inventory publish an item: those its source names when it names several, else its own."""

    def __init__(self, inventory: Inventory) -> None:
        city = inventory.city
        self._known: dict[str, str] = {}
        for unit in inventory.units:
            for name in {unit.name, unit.name.removeprefix(city), unit.name.removeprefix(city[:-1])}:
                self._known.setdefault(name, unit.id)

    def publishing(self, fact: PublicationFact) -> tuple[str, ...]:
        """Unit ids, the column's own where fewer than two units are named."""
        words = _BETWEEN.split(fact.source or "")
        named = dict.fromkeys(self._known[word] for word in words if word in self._known)
        return tuple(named) if len(named) > 1 else (fact.unit,)


class _SitePublications:
    """Adds the articles of one site to the round's once all its pages were seen."""

    def __init__(self, total: PublicationCount, site: SiteFacts) -> None:
        self.total, self.site = total, site.site.id
        total.types |= {f"{site.site.id}/{fact.column.id}": fact.column.type for fact in site.columns}
        self.found = Publications(site.site.unit, total.since, total.last)

    def visit(self, page: PageFact) -> None:
        """Takes an article in; anything else is passed by."""
        self.found.add(page)

    def drafts(self) -> Iterator[Draft]:
        """No findings; adds what was seen to the round's sums."""
        self.total.add(self.site, self.found.facts())
        return iter(())


def _keys(fact: PublicationFact) -> Iterator[Hashable]:
    """The same title on the same day, or the same 文号 over the same matter: a number alone may be cited."""
    words = _PLAIN.sub("", fact.title)
    if len(words) >= LEAST_WORDS:
        yield ("title", words, fact.published)
    if fact.doc_number:
        matter = _BRACKET.split(fact.title.partition("关于")[2])[0]
        what = _PLAIN.sub("", matter) or words
        yield ("number", _PLAIN.sub("", fact.doc_number), what)
