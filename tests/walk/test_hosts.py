"""Whose host an address is on, and which column it belongs to."""

import pytest

from crawler.hosts import HostMap, SitePlan, prefix_of
from crawler.inventory import Inventory

INVENTORY = Inventory.model_validate(
    {
        "city": "云岭市",
        "region_code": "532901",
        "issuer": "云岭市人民政府办公室",
        "units": [{"id": "zfb", "name": "办公室"}, {"id": "jyj", "name": "教育局"}],
        "sites": [
            {
                "id": "portal",
                "name": "门户",
                "kind": "portal",
                "unit": "zfb",
                "url": "http://www.yl.gov.cn/",
                "aliases": ["yl.gov.cn"],
                "own_hosts": ["zwfw.yl.gov.cn"],
                "ignore": ["/calendar/"],
                "columns": [
                    {"id": "all", "name": "公开", "url": "/xxgk/"},
                    {"id": "jy", "name": "教育", "url": "/xxgk/jyj/index.html", "unit": "jyj"},
                    {"id": "bd", "name": "博达", "url": "/tzgg.htm"},
                ],
            },
            {"id": "jyj", "name": "教育局", "unit": "jyj", "url": "http://jyj.yl.gov.cn:8080/"},
        ],
    }
)


@pytest.mark.parametrize(
    ("url", "site", "walked"),
    [
        ("http://www.yl.gov.cn/a", "portal", True),
        ("https://www.yl.gov.cn/a", "portal", True),
        ("http://yl.gov.cn/a", "portal", True),
        ("http://zwfw.yl.gov.cn/", None, False),
        ("http://jyj.yl.gov.cn:8080/x", "jyj", True),
        ("http://www.yl.gov.cn.evil.com/", None, False),
        ("http://notyl.gov.cn/", None, False),
    ],
)
def test_place(url: str, site: str | None, walked: bool) -> None:
    place = HostMap(INVENTORY, list(INVENTORY.sites)).place(url)
    assert (place.site, place.walked) == (site, walked)


def test_systems_share_the_pace_of_their_site() -> None:
    hosts = HostMap(INVENTORY, list(INVENTORY.sites))
    assert hosts.place("http://zwfw.yl.gov.cn/").lane == hosts.place("http://www.yl.gov.cn/").lane
    assert hosts.place("http://other.org/").lane == "host:other.org"


def test_a_site_left_out_of_the_round_is_not_walked() -> None:
    hosts = HostMap(INVENTORY, [INVENTORY.sites[0]])
    assert hosts.place("http://jyj.yl.gov.cn:8080/").walked is False


@pytest.mark.parametrize(
    ("url", "column"),
    [
        ("http://www.yl.gov.cn/xxgk/jyj/a.html", "jy"),
        ("http://www.yl.gov.cn/xxgk/mzj/a.html", "all"),
        ("http://www.yl.gov.cn/tzgg/59.htm", "bd"),
        ("http://www.yl.gov.cn/about.html", None),
    ],
)
def test_longest_prefix_wins(url: str, column: str | None) -> None:
    assert SitePlan(INVENTORY.sites[0]).column_of(url) == column


def test_prefixes() -> None:
    assert prefix_of("http://a/tzgg/") == "http://a/tzgg/"
    assert prefix_of("http://a/tzgg/index.html") == "http://a/tzgg/"
    assert prefix_of("http://a/tzgg") == "http://a/tzgg/"
    assert prefix_of("http://a/col/col12/index.html") == "http://a/col/col12/"
    assert prefix_of("http://a/list.jsp?id=3") == "http://a/list.jsp?id=3"


def test_ignored_paths() -> None:
    plan = SitePlan(INVENTORY.sites[0])
    assert plan.ignored("http://www.yl.gov.cn/calendar/2026")
    assert not plan.ignored("http://www.yl.gov.cn/xxgk/")
