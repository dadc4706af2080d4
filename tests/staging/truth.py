"""The truth of a city, written out of `planted.yaml` with addresses and dates: problems, innocents, vetoes."""

from __future__ import annotations

from typing import Any

from . import registers, words
from .clock import back
from .model import CityModel, Column
from .plants import LinkPlant
from .week import CLOSED

WINDOWS = {"动态要闻": "14d", "政策解读": "6m", "人事信息": "1y", "规划计划": "1y", "通知公告": "6m", "政策文件": "6m"}


def window_of(column: Column) -> str | None:
    """The age a column's newest item may have at most, None when nothing asks for updates."""
    if column.days is not None:
        return f"{column.days}d"
    if column.type in ("通知公告", "政策文件") and not column.top:
        return None
    return WINDOWS.get(column.type)


def is_stale(column: Column) -> bool:
    """True when a column with items is past its window; the window's last day is inside."""
    window, today = window_of(column), column.site.city.today
    return bool(window and column.articles and column.articles[0].published.date() < back(today, window))


def truth_of(city: CityModel, raw: dict[str, list[Any]], links: list[LinkPlant]) -> dict[str, Any]:
    """Everything planted: `problems` to be found, `innocents` to be left alone, `sites` with their vetoes."""
    problems = [*_columns(city, raw), *_vetoes(city, raw), *_network(city, raw), *_dead(links)]
    problems += [*words.problems(city, raw), *registers.problems(city, raw)]
    _tell_together(problems)
    vetoes = {site.id: [v["rule"] for v in raw["vetoes"] if v["site"] == site.id] for site in city.sites}
    waiting = {site.id: words.vetoes(raw, site.id) for site in city.sites}
    return {
        "city": city.name,
        "as_of": city.as_of.isoformat(),
        "http_port": city.port,
        "sites": [
            {
                "id": s.id,
                "name": s.name,
                "home": s.home,
                "vetoes": [*vetoes[s.id], *waiting[s.id]],
                "verdict": "不合格" if vetoes[s.id] else "待人工复核" if waiting[s.id] else None,
            }
            for s in city.sites
        ],
        "problems": problems,
        "innocents": [
            *_innocent_columns(city, raw),
            *_innocent_network(city, raw),
            *_innocent_links(city, raw, links),
            *words.innocents(city, raw),
            *registers.innocents(city, raw),
        ],
    }


def _tell_together(problems: list[dict[str, Any]]) -> None:
    """What is only suspected of a subject stands under a finding of the same category that is confirmed."""
    sure = {(p["site"], p["category"], p["subject"]) for p in problems if p["certainty"] == "confirmed"}
    for problem in problems:
        if (problem["site"], problem["category"], problem["subject"]) in sure:
            problem["certainty"] = "confirmed"


def _problem(site: str, category: str, subject: str, unit: str, rules: list[str], **more: Any) -> dict[str, Any]:
    return {
        "site": site,
        "category": category,
        "subject": subject,
        "certainty": more.pop("certainty", "confirmed"),
        "unit": unit,
        "rules": rules,
        **more,
    }


def _place(city: CityModel, at: str) -> Column:
    site, column = at.split("/")
    return city.site(site).column(column)


def _columns(city: CityModel, raw: dict[str, list[Any]]) -> list[dict[str, Any]]:
    found = []
    for part, category in (("stale", "栏目不更新"), ("blank", "空白栏目")):
        for entry in raw[part]:
            column = _place(city, entry["at"])
            more: dict[str, Any] = {"column": column.id, "level": "part", "note": entry["note"]}
            if column.articles and not entry.get("undated"):
                more["newest"] = column.articles[0].published.date().isoformat()
            found.append(_problem(column.site.id, category, column.url, column.unit.id, entry["rules"], **more))
    return found


def _vetoes(city: CityModel, raw: dict[str, list[Any]]) -> list[dict[str, Any]]:
    found = []
    notes = {e["site"]: e["note"] for e in raw["stale_home"]}
    for entry in raw["vetoes"]:
        site = city.site(entry["site"])
        note = notes.get(site.id, "单项否决")
        found.append(
            _problem(site.id, entry["category"], site.home, site.unit.id, [entry["rule"]], level="veto", note=note)
        )
    return found


def _subject(city: CityModel, entry: dict[str, Any]) -> str:
    site = city.site(entry["site"])
    if "to" in entry:
        host, _, path = entry["to"].removeprefix("http://").partition("/")
        return city.url(host, f"/{path}")
    if "column" in entry:
        return site.column(entry["column"]).url
    return city.url(entry["alias"], "/") if "alias" in entry and not entry.get("at_home") else site.home


def _network(city: CityModel, raw: dict[str, list[Any]]) -> list[dict[str, Any]]:
    found = []
    for part, category in (("ipv6", "IPv6不支持"), ("domains", "域名不规范"), ("told", "")):
        for entry in raw[part]:
            site = city.site(entry["site"])
            unit = site.column(entry["column"]).unit if "column" in entry else site.unit
            more = {"certainty": entry.get("certainty", "confirmed"), "note": entry["note"]}
            more |= {"faults": entry["faults"]} if "faults" in entry else {}
            kind = category or entry["category"]
            found.append(_problem(site.id, kind, _subject(city, entry), unit.id, entry["rules"], **more))
    for entry in raw["intranet"]:
        owner = city.site(entry["site"]).unit.id
        found.append(_problem(entry["site"], "其他", entry["url"], owner, [], note=entry["note"]))
    return found


def _dead(links: list[LinkPlant]) -> list[dict[str, Any]]:
    return [
        _problem(
            p.site.id,
            "链接不可用",
            p.url,
            p.unit.id,
            ["D22"],
            certainty=p.certainty,
            answer=p.answer,
            place=p.place,
            **({"column": p.column.id} if p.column else {}),
            **_known(p),
            note=p.note,
        )
        for p in links
        if p.dead
    ]


def _known(plant: LinkPlant) -> dict[str, Any]:
    """The reason expected of the crawler, the row of the thirty ways, and that the address only begins a trap."""
    return {key: value for key, value in (("reason", plant.reason), ("f", plant.f), ("trap", plant.trap)) if value}


def _innocent_columns(city: CityModel, raw: dict[str, list[Any]]) -> list[dict[str, Any]]:
    found = []
    for entry in raw["fresh"]:
        column = _place(city, entry["at"])
        found.append(
            {
                "site": column.site.id,
                "url": column.url,
                "why": entry["why"],
                "outcome": "ok",
                "category": entry.get("category", "栏目不更新"),
                **({"state": entry["state"]} if "state" in entry else {}),
            }
        )
    return found


def _innocent_network(city: CityModel, raw: dict[str, list[Any]]) -> list[dict[str, Any]]:
    return [
        {"site": e["site"], "url": _subject(city, e), "why": e["why"], "outcome": "ok", "category": category}
        | ({"keeps": e["keeps"]} if "keeps" in e else {})
        for part, category in (("ipv6_good", "IPv6不支持"), ("domains_good", "域名不规范"))
        for e in raw[part]
    ]


def _innocent_links(city: CityModel, raw: dict[str, list[Any]], links: list[LinkPlant]) -> list[dict[str, Any]]:
    told = [dict(e, url=city.site(e["site"]).home, category="链接不可用") for e in raw["hosts_told"]]
    return told + [
        {
            "site": p.site.id,
            "url": p.url,
            "why": p.note,
            "outcome": p.outcome,
            "category": "链接不可用",
            "answer": p.answer,
            **_known(p),
        }
        for p in links
        if not p.dead
    ]


def inventory_of(city: CityModel, raw: dict[str, list[Any]]) -> dict[str, Any]:
    """The inventory (contract 2) a person would have written for this city."""
    return {
        **city.head,
        "units": [{"id": u.id, "name": u.name, "kind": u.kind} for u in city.units.values()],
        "sites": [
            {
                "id": s.id,
                "name": s.name,
                "kind": s.kind,
                "unit": s.unit.id,
                "url": s.home,
                "site_code": s.code,
                "aliases": sorted(s.aliases),
                **({"ignore": s.ignore} if s.ignore else {}),
                **({"own_hosts": s.own_hosts} if s.own_hosts else {}),
                **({"closures": [_closure(city)]} if s.closes else {}),
                "columns": [_column_entry(c) for c in s.columns],
            }
            for s in city.sites
        ],
        **registers.inventory(city, raw),
    }


def _closure(city: CityModel) -> dict[str, str]:
    """计划停机 some days before the monitoring time."""
    days, start, end = CLOSED
    day = back(city.today, f"{days}d")
    return {"from": f"{day} {start:%H:%M}", "until": f"{day} {end:%H:%M}", "reason": "机房迁移"}


def _column_entry(column: Column) -> dict[str, Any]:
    entry: dict[str, Any] = {"id": column.id, "name": column.name, "type": column.type}
    entry["url"] = column.url if column.host else column.path
    if column.unit is not column.site.unit:
        entry["unit"] = column.unit.id
    if column.top:
        entry["top_level"] = True
    if column.days is not None:
        entry["update_days"] = column.days
    return entry
