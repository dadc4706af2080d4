"""What the registers of a city say: accounts of 政务新媒体 with their feeds, rows of the national register.

`accounts`: unit, platform, name; `feed` is the age of the newest entry of a feed that the portal serves, `gone` for one
that is not there; `page` a column (portal/yw) whose list shows the posts; `register` the age of the registered day.
`registered`: `site` with what its row says otherwise, or a name and url of its own. `rules` and `why` as everywhere.
"""

from __future__ import annotations

from datetime import timedelta
from email.utils import format_datetime
from typing import Any

from .clock import back
from .model import CityModel

FEED_TYPE = "application/rss+xml; charset=utf-8"


def _path(number: int) -> str:
    return f"/xmt/{number}.xml"


def _day(city: CityModel, age: str) -> Any:
    return back(city.today, age)


def feeds(city: CityModel, raw: dict[str, list[Any]]) -> dict[str, bytes]:
    """The feeds that the portal serves, by path: three entries, the newest of the planted age."""
    made = {}
    for number, entry in enumerate(raw["accounts"], 1):
        if entry.get("feed", "gone") == "gone":
            continue
        day = _day(city, entry["feed"])
        newest = city.as_of.replace(year=day.year, month=day.month, day=day.day, hour=9)
        items = "".join(
            f"<item><title>{entry['name']}推送第{n}期</title><pubDate>{format_datetime(moment)}</pubDate></item>"
            for n, moment in enumerate([newest - timedelta(days=200), newest, newest - timedelta(days=40)], 1)
        )
        text = f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>{entry["name"]}</title>'
        made[_path(number)] = f"{text}{items}</channel></rss>".encode()
    return made


def inventory(city: CityModel, raw: dict[str, list[Any]]) -> dict[str, Any]:
    """The parts of the inventory that hold them; nothing where none is planted."""
    accounts = [_account(city, number, entry) for number, entry in enumerate(raw["accounts"], 1)]
    rows = [_row(city, entry) for entry in raw["registered"]]
    return ({"media_accounts": accounts} if accounts else {}) | ({"registered": rows} if rows else {})


def _account(city: CityModel, number: int, entry: dict[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {
        name: entry[name] for name in ("unit", "platform", "name", "state", "service") if name in entry
    }
    if "register" in entry:
        made["last_post"] = _day(city, entry["register"]).isoformat()
    if "feed" in entry:
        made["feed"] = city.url(_portal(city).host, _path(number))
    if "page" in entry:
        site, _, column = entry["page"].partition("/")
        made["page"] = city.site(site).column(column).url
    return made


def _portal(city: CityModel) -> Any:
    return next(site for site in city.sites if site.kind == "portal")


def _row(city: CityModel, entry: dict[str, Any]) -> dict[str, Any]:
    given: dict[str, Any] = {
        name: entry[name] for name in ("name", "url", "unit", "site_code", "state") if name in entry
    }
    if "since" in entry:
        given["since"] = _day(city, entry["since"]).isoformat()
    if "site" in entry:
        site = city.site(entry["site"])
        given = {"name": site.name, "url": site.host, "unit": site.unit.name, "site_code": site.code} | given
    return given


def _subject(city: CityModel, entry: dict[str, Any]) -> tuple[str, str, str]:
    """(site, category, subject) of what an entry breaks or does not."""
    if "platform" in entry:
        return _portal(city).id, "政务新媒体", f"media:{entry['platform']}/{entry['name']}"
    if "site" in entry:
        return entry["site"], "其他", city.site(entry["site"]).home
    closed = entry.get("state") == "永久下线"
    return _portal(city).id, "暗链外链" if closed else "其他", f"http://{entry['url']}/"


def problems(city: CityModel, raw: dict[str, list[Any]]) -> list[dict[str, Any]]:
    """What they break, as the truth tells it."""
    found = []
    for entry in (one for part in ("accounts", "registered") for one in raw[part] if "rules" in one):
        site, category, subject = _subject(city, entry)
        found.append(
            {
                "site": site, "category": category, "subject": subject, "rules": entry["rules"],
                "certainty": entry.get("certainty", "suspected"), "note": entry["note"],
                "unit": entry["unit"] if "platform" in entry else city.site(site).unit.id,
            }
        )  # fmt: skip
    return found


def innocents(city: CityModel, raw: dict[str, list[Any]]) -> list[dict[str, Any]]:
    """What only looks like a breach."""
    found = []
    for entry in (one for part in ("accounts", "registered") for one in raw[part] if "why" in one):
        site, category, subject = _subject(city, entry)
        found.append({"site": site, "url": subject, "category": category, "why": entry["why"], "outcome": "ok"})
    return found
