"""Fixtures of rules as data: tests/rules/cases/<id>.yaml holds named cases, each a few facts and what comes of them.

`pass*` and `edge_*_pass` must not break the rule, `fail*` and `edge_*_fail` must. What a case may say is in `site_of`;
the site is in good order where it says nothing. `want` counts the findings by level, `points`, `lost` and `earned` what
they cost or earn, `sure` whether they are confirmed, `unfilled` what is still asked of a person.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import yaml

from crawler.facts import AddressFact, BadLink, ItemFact, MediaFact, NetworkFact, Outcome, OwnerFact, Reason, SeenTitle
from crawler.inventory import MediaAccount, Registered, Site, Unit
from rules.engine import judge
from rules.forms import Answer
from rules.loader import RuleSet
from rules.schema import Judgement
from tests.rules.build import (
    AS_OF,
    UNITS,
    FakeRound,
    FakeSite,
    ago,
    blank,
    column,
    dead,
    department,
    good_columns,
    holder,
    item,
    page,
    portal,
    round_facts,
    site_facts,
)
from tests.rules.fixtures import HOME, TYPES, pages_of, words_of
from tests.rules.papers import markup_of

HERE = Path(__file__).parent
FOLDER = HERE / "cases"
FIRST_LOOK = datetime(2026, 11, 9, 16, 0, tzinfo=UTC)  # midnight in Beijing
Data = Mapping[str, Any]


@dataclass(frozen=True)
class Case:
    """One named case of a rule."""

    rule: str
    name: str
    facts: Data

    @property
    def breaks(self) -> bool:
        """True when the rule must find something."""
        return self.name.startswith("fail") or self.name.endswith("_fail")


@dataclass(frozen=True)
class Look:
    """One probe of a home page."""

    at: datetime
    outcome: str = "ok"
    total_ms: int | None = 300
    control_ok: bool = True
    place: str = ""
    reason: str = "ok"


@dataclass
class CaseSite(FakeSite):
    """A site with a series of probes and hidden links."""

    looks: list[Look] = field(default_factory=list)
    hidden: list[BadLink] = field(default_factory=list)
    known: list[tuple[OwnerFact, OwnerFact]] = field(default_factory=list)
    down: list[tuple[date, int]] = field(default_factory=list)  # day on which nothing opened, probes of it
    led: list[tuple[str, str]] = field(default_factory=list)  # address, page that led to it

    def owners(self) -> list[tuple[OwnerFact, OwnerFact]]:
        """Foreign hosts as the round before and this one saw them."""
        return self.known

    def down_days(self, since: date, looks: int) -> list[date]:
        """Days on which no probe found the home page open."""
        return [day for day, count in self.down if day >= since and count >= looks]

    def led_to(self, hosts: Sequence[str]) -> Iterator[tuple[str, str]]:
        """Addresses on these hosts that pages led to."""
        return ((url, page) for url, page in self.led if urlsplit(url).hostname in hosts)

    def hidden_links(self) -> Iterator[BadLink]:
        """Links that pages hold without showing them."""
        return iter(self.hidden)


def cases_of(rule_id: str) -> list[Case]:
    """The cases of a rule's file and the pages of its folder, as cases of the same names."""
    file, folder = FOLDER / f"{rule_id}.yaml", HERE / rule_id
    data = yaml.safe_load(file.read_text(encoding="utf-8")) if file.is_file() else {}
    pages = {path.stem: {"file": path} for path in sorted(folder.glob("*.html"))}
    return [Case(rule_id, name, facts or {}) for name, facts in {**data, **pages}.items()]


def every(given: Any) -> Iterator[dict[str, Any]]:
    """The entries of a list, one with `times` so many times; `{n}` in a text becomes its number from 1."""
    for entry in given or ():
        entry = {"value": entry} if not isinstance(entry, dict) else dict(entry)
        for number in range(1, entry.pop("times", 1) + 1):
            yield {name: _numbered(value, number) for name, value in entry.items()}


def _numbered(value: Any, number: int) -> Any:
    if isinstance(value, str):
        return value.replace("{n}", str(number))
    return [_numbered(one, number) for one in value] if isinstance(value, list) else value


def _column(number: int, entry: dict[str, Any]) -> Any:
    kind, days = entry.pop("type", "其他"), entry.pop("days", None)
    name = entry.pop("id", f"c{number}")
    if "outcome" in entry:
        entry |= {"outcome": Outcome(entry["outcome"])}
    if entry.pop("blank", False):
        return blank(name, kind, **entry)
    return column(name, kind, None if days is None else ago(days), **entry)


def _link(entry: dict[str, Any]) -> BadLink:
    entry = {"url": "http://www.yunling.gov.cn/gone.html", "reason": "http-404", "outcome": "dead"} | entry
    places = [one if isinstance(one, dict) else {"at": one} for one in entry.get("at", ["article"])]
    holders = [
        holder(
            HOME if place["at"] == "home" else place.get("page", f"{HOME}{place['at']}/1.html"), place["at"],
            place.get("column"), hidden=place.get("hidden", entry.get("hidden", False)),
            text=place.get("text", entry.get("text", "链接")),
        )
        for place in places
    ]  # fmt: skip
    return dead(
        entry["url"], *holders, reason=Reason(entry["reason"]), outcome=Outcome(entry["outcome"]),
        holder_count=entry.get("pages", len(holders)), fault=entry.get("fault"),
    )  # fmt: skip


def _network(entry: dict[str, Any], host: str) -> NetworkFact:
    data = entry.get("data", {}) | ({"records": entry["records"]} if "records" in entry else {})
    return NetworkFact(
        entry.get("probe", "dns"), entry.get("host", host), entry["key"], entry.get("outcome", "ok"), data, AS_OF
    )


def _owner(entry: dict[str, Any], when: str) -> OwnerFact:
    host = entry.get("host", "www.yl-zhaoshang.com")
    said = {"servers": ["dns1.old-host.com", "dns2.old-host.com"], "title": "云岭招商信息网"} | entry.get(when, {})
    seen = SeenTitle(f"http://{host}/", said["title"], HOME, "portal")
    return OwnerFact(host, tuple(said["servers"]), {f"{host}/": seen})


def _page(entry: dict[str, Any]) -> Any:
    url = HOME + entry.pop("path", "a.html")
    if "days" in entry:
        entry["published"] = ago(entry.pop("days"))
    return page(url, **entry)


def _looks(given: Data) -> list[Look]:
    plain = {"outcome", "total_ms", "control_ok", "reason"} & given.keys()
    bad = {name: given[name] for name in plain} or {"outcome": "suspect", "reason": "timeout"}
    step = timedelta(minutes=given.get("minutes", 60))
    times = [
        FIRST_LOOK + timedelta(days=day) + n * step
        for day in range(given.get("days", 7))
        for n in range(given["per_day"])
    ]
    return [
        Look(at, **(bad if n < given["failed"] else {}), place=given.get("place", "")) for n, at in enumerate(times)
    ]


def _site(case: Data) -> Site:
    given = dict(case.get("site", {}))
    return department(**given) if given.get("kind") == "department" else portal(**given)


def site_of(case: Case) -> CaseSite:
    """The site of a case. Lists are added to a site in good order, `bare: true` leaves its columns out."""
    facts, site = case.facts, _site(case.facts)
    columns = [] if facts.get("bare") else good_columns()
    columns += [_column(n, entry) for n, entry in enumerate(every(facts.get("columns")), 1)]
    made: dict[str, Any] = {
        "columns": columns,
        "links": [_link(entry) for entry in every(facts.get("links"))],
        "network": [_network(entry, site.host) for entry in every(facts.get("network"))],
        "page_facts": [_page(entry) for entry in every(facts.get("pages"))],
    }
    if "home_address" in facts:
        made["home"] = _address({"url": site.url} | facts["home_address"])
    if "home" in facts:
        made["home_items"] = [_item(entry) for entry in every(facts["home"])]
    if "home_page" in facts:
        made["home_page"] = page(site.url, **({"kind": "home", "region": "home"} | facts["home_page"]))
        made["page_facts"].insert(0, made["home_page"])
    _add_words(facts, made, site)
    base = site_facts(site, **made)
    extra: dict[str, Any] = {
        "looks": [look for series in facts.get("looks", ()) for look in _looks(series)],
        "hidden": [_link({"hidden": True} | entry) for entry in every(facts.get("hidden"))],
        "down": [
            (ago(entry["days"] + n), entry["looks"]) for entry in facts.get("down", ()) for n in range(entry["for"])
        ],
        "led": [(entry["url"], entry.get("page", HOME)) for entry in every(facts.get("led"))],
        "known": [(_owner(entry, "before"), _owner(entry, "now")) for entry in every(facts.get("owners"))],
    }
    values: dict[str, Any] = {name: getattr(base, name) for name in FakeSite.__dataclass_fields__}
    return CaseSite(**values, **extra)


def _item(entry: dict[str, Any]) -> Any:
    if entry.get("title"):
        return ItemFact(f"{HOME}1.html", entry["title"], ago(1))
    return item(entry.get("value", entry.get("days")), listed=entry.get("listed", False), read=entry.get("read", True))


def _add_words(facts: Data, made: dict[str, Any], site: Site) -> None:
    """Pages with their markup: `file` is a page of the rule's folder, `html` stands in the case itself."""
    given = pages_of(facts["file"]) if "file" in facts else []
    entries = list(every(facts.get("html")))
    given += [(urljoin(site.url, one["path"]), one.get("column", "yw"), markup_of(one)) for one in entries]
    words = words_of(given)
    for one in entries:
        url = urljoin(site.url, one["path"])
        words.facts[url] = replace(words.facts[url], **one.get("seen", {}))
    made |= {"words": words.now, "earlier": words.earlier, "numbers": words.numbers}
    made["page_facts"] = [*made["page_facts"], *words.facts.values()]
    if given:  # pages stand in columns named after their type
        known = {fact.column.id for fact in made["columns"]}
        made["columns"] += [column(name, kind, ago(3)) for name, kind in TYPES.items() if name not in known]
    if site.url in words.facts:
        made["home_page"] = words.facts[site.url]


def round_of(case: Case) -> FakeRound:
    """The round of a case: its site, with further sites, units and accounts of the inventory."""
    facts = case.facts
    made = round_facts(site_of(case), **({"as_of": datetime.fromisoformat(facts["as_of"])} if "as_of" in facts else {}))
    given, site_name = facts.get("inventory", {}), made.inventory.sites[0].name
    changes: dict[str, Any] = {name: given[name] for name in ("region_code",) if name in given}
    if "sites" in given:
        changes["sites"] = [*made.inventory.sites, *(_site({"site": one}) for one in given["sites"])]
    if "units" in given:
        changes["units"] = [*UNITS, *(Unit(**one) for one in given["units"])]
    if "registered" in facts:
        changes["registered"] = [Registered(**({"name": site_name, "url": HOME} | one)) for one in facts["registered"]]
    if "media" in facts:
        changes["media_accounts"] = [_account(entry) for entry in every(facts["media"])]
    made.inventory = made.inventory.model_copy(update=changes)
    made.shown = {one["url"]: _shown(one) for one in every(facts.get("shown"))}
    made.book = {one["url"]: _address(one) for one in every(facts.get("addresses"))}
    made.staging = facts.get("staging", True)
    return made


def _account(entry: dict[str, Any]) -> MediaAccount:
    days = entry.pop("days", None)
    given = {
        "unit": "jyj",
        "platform": "微信公众号",
        "name": "云岭教育",
        "last_post": None if days is None else ago(days),
    }
    return MediaAccount(**(given | entry))


def _shown(entry: dict[str, Any]) -> MediaFact:
    days = entry.pop("days", None)
    given = {"form": "page", "newest": None if days is None else ago(days), "entries": 10, "dated": 10}
    return MediaFact(**(given | entry))


def _address(entry: dict[str, Any]) -> AddressFact:
    kinds = {"outcome": Outcome(entry.pop("outcome", "ok")), "reason": Reason(entry.pop("reason", "ok"))}
    return AddressFact(**(kinds | entry))


def judged(case: Case, ruleset: RuleSet) -> Judgement:
    """The judgement of a case."""
    given = {"rule": case.rule, "site": "portal", "by": "李某", "on": "2026-11-18"}
    answers = [Answer.model_validate(given | entry) for entry in every(case.facts.get("answers"))]
    return judge(round_of(case), ruleset, answers=answers)
