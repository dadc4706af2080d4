"""Other names of a site: does each lead to the main one, or serve the same pages beside it (N10)?"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from crawler.inventory import Site
from crawler.outcomes import Outcome
from crawler.probes.home import HomeSeen, is_same_page, likeness
from crawler.probes.names import literal_address
from crawler.probes.zone import names_up


def twin_urls(site: Site) -> dict[str, str]:
    """Host → home page address of every other name: aliases, own hosts, and the name with or without `www.`.

    Scheme and port are those of the site unless the inventory writes a port. The site's own host is left out.
    """
    parts = urlsplit(site.url)
    urls: dict[str, str] = {}
    for name in (*site.aliases, *site.own_hosts, *_sister(site.host)):
        written = urlsplit(name if "//" in name else f"//{name}")
        host = (written.hostname or "").lower().rstrip(".")
        port = written.port or (parts.port if not written.port else None)
        if host and host != site.host:
            urls.setdefault(host, f"{parts.scheme}://{host}{f':{port}' if port else ''}/")
    return urls


def _sister(host: str) -> list[str]:
    """The bare name of a www host, the www name of a registrable domain: what a reader may type instead."""
    names = names_up(host)
    if host.startswith("www.") and len(names) > 1:
        return [host.removeprefix("www.")]
    return [f"www.{host}"] if len(names) == 1 and literal_address(host) is None else []


def twin_fact(site: Site, host: str, main: HomeSeen, twin: HomeSeen) -> tuple[Outcome, dict[str, Any]]:
    """(outcome, data) of one other name. `redirect`: where it leads when that is another host, else None.

    `same` is only said of a page that opened and stayed under its own name; `similarity` is 1 − the I5 difference.
    """
    data = twin.data()
    final = (urlsplit(twin.final_url).hostname or "").lower()
    data["redirect"] = twin.final_url if final and final != host else None
    data["to_main"] = final == (urlsplit(main.final_url).hostname or "").lower() or final == site.host
    data["status_first"] = twin.hops[0][1] if twin.hops else None
    data["same"] = False
    if twin.opened and main.opened:
        compared = likeness(main, twin)
        data |= compared
        data["same"] = data["redirect"] is None and is_same_page(compared)
        difference = compared["difference"]
        data["similarity"] = None if difference is None else round(1 - difference, 4)
    return twin.outcome, data
