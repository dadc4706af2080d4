"""What the city's name server knows: zones, hosts of the sites, and the names that are planted to fail."""

from __future__ import annotations

from collections.abc import Iterable

from .model import CityModel
from .nameserver import Names
from .plants import LinkPlant

NAME_SERVERS = ["ns1.yunling.gov.cn", "ns2.yunling.gov.cn"]
BROKEN_V4 = "127.0.0.9"
"""A loopback address on which nothing listens: connections are refused."""


def registered(host: str) -> str:
    """The registered domain of a host name, by the few suffixes the city uses."""
    labels = host.split(".")
    return ".".join(labels[-3:] if ".".join(labels[-2:]) in ("gov.cn", "org.cn", "com.cn") else labels[-2:])


def base_names(hosts: Iterable[str]) -> Names:
    """Top zones and the city's name servers, with `hosts` on both loopback addresses."""
    names = Names()
    for zone in ("", "cn", "gov.cn", "org.cn", "com.cn", "com"):
        names.zone(zone, NAME_SERVERS)
    for server in NAME_SERVERS:
        names.host(server)
    for host in hosts:
        names.zone(registered(host), NAME_SERVERS)
        names.host(host)
    return names


def names_of(model: CityModel, hosts: Iterable[str], links: list[LinkPlant]) -> Names:
    """All names of the staging city.

    A site whose IPv6 is "dropped" has AAAA ::1 like the others: the web server closes its connections unanswered.
    """
    without = {s.host for s in model.sites if s.ipv6 == "no-aaaa"}
    names = base_names(host for host in hosts if host not in without)
    for site in model.sites:
        for host in (site.host, *(alias for alias, serves in site.aliases.items() if serves != "gone")):
            names.zone(registered(host), NAME_SERVERS)
            names.host(host, v6=None if host in without else "::1")
        if site.ipv6 == "ns-no-aaaa":
            names.zone(site.host, ["ns1.nyjdns.com", "ns2.nyjdns.com"])
            names.host("ns1.nyjdns.com", v6=None)
            names.host("ns2.nyjdns.com", v6=None)
    for link in links:
        plant_name(names, link.answer, link.host)
    return names


def plant_fault(names: Names, name: str, fault: str) -> None:
    """Make one name or zone answer as planted: no-aaaa, aaaa-servfail, aaaa-silent, one-server."""
    if fault == "no-aaaa":
        names.records[name].pop("AAAA", None)
    elif fault == "one-server":
        del names.records[name]["NS"][1:]
    elif fault in ("aaaa-servfail", "aaaa-silent"):
        names.failing[name, "AAAA"] = fault.removeprefix("aaaa-")
    else:
        raise ValueError(f"no such fault of a name: {fault}")


def plant_name(names: Names, answer: str, host: str) -> None:
    """Make one name fail as planted; nothing for behaviours of the web server."""
    if answer == "refused":
        names.host(host, BROKEN_V4, None)
    elif answer == "dns-silent":
        names.silent.add(host)
    elif answer == "servfail":
        names.servfail.add(host)
