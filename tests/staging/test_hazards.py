"""The hazards city: every hazard is on a page, told in the truth, and does over real sockets what it is named for."""

from __future__ import annotations

import http.client
import socket
import ssl
import warnings
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
import yaml

from crawler.outcomes import Outcome, Reason
from tests.staging.city import StagingCity
from tests.staging.process import City, start_city
from tests.staging.test_city import walk

AS_OF = datetime.fromisoformat("2026-11-20T10:00+08:00")
OUTCOMES = {*(o.value for o in Outcome), "none", "not-dead", "not-told"}


@pytest.fixture(scope="module")
def hazards() -> StagingCity:
    return StagingCity(AS_OF, 8380, "hazards_city.yaml", "hazards.yaml", {"modern": 8443, "legacy": 8444})


@pytest.fixture(scope="module")
def city() -> Iterator[City]:
    with start_city(AS_OF, city="hazards") as running:
        yield running


def truth_of(city: City) -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load(city.truth.read_text("utf-8"))
    return data


def raw(city: City, host: str, path: str = "/", limit: int = 100_000, seconds: float = 3) -> bytes:
    """What comes over the wire, up to `limit` bytes or until nothing more comes for `seconds`."""
    with socket.create_connection(("127.0.0.1", city.http_port), timeout=seconds) as sock:
        sock.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        data = b""
        try:
            while len(data) < limit and (part := sock.recv(65536)):
                data += part
        except TimeoutError:
            pass
        return data


def test_every_row_of_the_thirty_ways_is_there(hazards: StagingCity) -> None:
    rows = {p.f for p in hazards.links} | {
        e["f"] for part in ("fresh", "hosts_told") for e in hazards.raw[part] if "f" in e
    }
    no_server = {"F18", "F30"}
    assert rows - {""} == {f"F{n}" for n in range(1, 31)} - no_server


def test_outcomes_and_reasons_are_the_crawlers_own(hazards: StagingCity) -> None:
    for plant in hazards.links:
        assert plant.outcome in OUTCOMES, plant.note
        for reason in filter(None, plant.reason.split("|")):
            assert Reason(reason)


def test_every_hazard_stands_on_a_page(hazards: StagingCity) -> None:
    holders, _ = walk(hazards)
    for plant in hazards.links:
        if plant.how in ("text", "item") or not plant.url.startswith("http"):
            continue
        if plant.outcome == "none":
            assert plant.url not in holders, plant.note
        else:
            assert plant.url in holders, plant.note


@pytest.mark.parametrize("host", ["reset.hz.cn", "closed.hz.cn"])
def test_connections_that_end_without_an_answer(city: City, host: str) -> None:
    try:
        assert raw(city, host) == b""
    except ConnectionResetError:
        assert host == "reset.hz.cn"


@pytest.mark.parametrize(
    ("host", "path", "part"),
    [
        ("garbage.hz.cn", "/", b"this is not HTTP"),
        ("chunk.hz.cn", "/", b"ZZ\r\n"),
        ("badloc.hz.cn", "/", b"Location: /\xff\xfe"),
        ("noloc.hz.cn", "/", b"302 Found"),
        ("loop.hz.cn", "/x.html", b"Location: /x.html?step=b"),
        ("e410.hz.cn", "/gone.html", b"410 Gone"),
        ("ruishu202.hz.cn", "/", b"HTTP/1.1 202"),
        ("aliyun.hz.cn", "/", b"HTTP/1.1 405"),
        ("soft.hz.cn", "/any/thing.html", "不存在或已被删除".encode()),
        ("soft.hz.cn", "/real/3.html", b"2026-03-12"),
        ("soft302.hz.cn", "/any", b"Location: /\r\n"),
        ("catchall.hz.cn", "/any/2024/1.html", "便民服务平台".encode()),
        ("refuser.yunling.gov.cn", "/", b"HTTP/1.1 404"),
        ("lab.yunling.gov.cn", "/files/fj/picture.pdf", b"\x89PNG"),
        ("ssrf.hz.cn", "/", b"Location: http://10.20.30.40/admin"),
    ],
)
def test_what_comes_over_the_wire(city: City, host: str, path: str, part: bytes) -> None:
    assert part in raw(city, host, path)


def test_bodies_without_end_come_in_pieces(city: City) -> None:
    assert len(raw(city, "huge.hz.cn", limit=2_000_000)) >= 2_000_000
    dripped = raw(city, "drip.hz.cn", seconds=1.5, limit=90)
    assert dripped.startswith(b"HTTP/1.1 200 OK") and len(dripped) < 200
    bomb = raw(city, "bomb.hz.cn", limit=10_000_000)
    assert b"Content-Encoding: gzip" in bomb and len(bomb) < 500_000
    head = raw(city, "bighead.hz.cn", limit=1_000_000).split(b"\r\n\r\n")[0]
    assert len(head) > 64_000


def test_a_browser_is_not_refused(city: City) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", city.http_port, timeout=5)
    connection.request("GET", "/", headers={"Host": "refuser.yunling.gov.cn", "User-Agent": "Mozilla/5.0 Chrome/140.0"})
    assert connection.getresponse().status == 200
    connection.close()


def https(city: City, host: str) -> tuple[int, str | None]:
    """Status over TLS without verification, and the protocol that was spoken."""
    urls = [e.get("url") or e["subject"] for part in ("innocents", "problems") for e in truth_of(city)[part]]
    url = next(u for u in urls if u.startswith(f"https://{host}:"))
    context = ssl._create_unverified_context()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1
    context.set_ciphers("ALL:@SECLEVEL=0")
    address = ("127.0.0.1", int(url.rsplit(":", 1)[1].strip("/")))
    with socket.create_connection(address, 5) as plain, context.wrap_socket(plain, server_hostname=host) as sock:
        sock.sendall(f"GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        return int(sock.recv(100).split()[1]), sock.version()


@pytest.mark.parametrize("kind", ["good", "expired", "wrongname", "selfsigned", "nointermediate"])
def test_tls_opens_for_a_lenient_client_only(city: City, kind: str) -> None:
    assert https(city, f"{kind}.hz.cn")[0] == 200


def test_tls_legacy_and_refused(city: City) -> None:
    assert https(city, "legacy.hz.cn") == (200, "TLSv1.1")
    with pytest.raises(ssl.SSLError):
        https(city, "alert.hz.cn")
