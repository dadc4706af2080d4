"""What a chain says and lacks, and the handshake that fetches it."""

from __future__ import annotations

import asyncio
import ssl
import warnings
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from OpenSSL import crypto

from crawler.probes.chain import read_chain, trusted_roots
from crawler.probes.tls import look_at_tls
from tests.downloader.rude import free_port, raw_server
from tests.probes.certs import Issued, authority, issue, server_context
from tests.probes.town import ok, town

ROOT, MIDDLE = authority()
ROOTS = [crypto.X509.from_cryptography(ROOT.cert)]


def faults(host: str, *chain: Issued) -> list[str]:
    told = read_chain([one.cert for one in chain], host, datetime.now(UTC), ROOTS)["faults"]
    assert isinstance(told, list)
    return told


@pytest.mark.parametrize(
    ("host", "chain", "expected"),
    [
        ("www.a.gov.cn", (issue("www.a.gov.cn", MIDDLE), MIDDLE), []),
        ("www.a.gov.cn", (issue("*.a.gov.cn", MIDDLE), MIDDLE, ROOT), []),
        ("127.0.0.1", (issue("127.0.0.1", MIDDLE), MIDDLE), []),
        ("www.a.gov.cn", (issue("www.a.gov.cn", MIDDLE),), ["missing-intermediate"]),
        ("www.a.gov.cn", (issue("www.a.gov.cn"),), ["self-signed"]),
        ("www.a.gov.cn", (issue("www.a.gov.cn", MIDDLE, days=(-90, -1)), MIDDLE), ["expired"]),
        ("www.a.gov.cn", (issue("www.a.gov.cn", MIDDLE, days=(1, 90)), MIDDLE), ["not-yet-valid"]),
        ("www.b.gov.cn", (issue("www.a.gov.cn", MIDDLE), MIDDLE), ["wrong-name"]),
        ("x.www.a.gov.cn", (issue("*.a.gov.cn", MIDDLE), MIDDLE), ["wrong-name"]),
        ("a.gov.cn", (issue("*.gov.cn", MIDDLE), MIDDLE), []),
        ("127.0.0.2", (issue("127.0.0.1", MIDDLE), MIDDLE), ["wrong-name"]),
    ],
)
def test_faults_of_a_chain(host: str, chain: tuple[Issued, ...], expected: list[str]) -> None:
    assert faults(host, *chain) == expected


def test_a_private_authority_is_an_untrusted_root() -> None:
    own = issue("Own CA", ca=True)
    assert faults("a.gov.cn", issue("a.gov.cn", own), own) == ["untrusted-root"]


def test_the_browsers_roots_are_known() -> None:
    assert len(trusted_roots()) > 50


def handshake(context: ssl.SSLContext, host: str = "www.a.gov.cn", **options: Any) -> tuple[str, dict[str, Any]]:
    async def main() -> tuple[str, dict[str, Any]]:
        async with town(lambda asked: ok(), v6=False, tls=context) as place:
            return await look_at_tls("127.0.0.1", place.port, host, roots=ROOTS, **options)

    return asyncio.run(main())


def test_the_chain_is_told_as_it_was_sent(tmp_path: Path) -> None:
    leaf = issue("www.a.gov.cn", MIDDLE)
    outcome, data = handshake(server_context(tmp_path, leaf, MIDDLE))
    assert (outcome, data["faults"], data["names"]) == ("ok", [], ["www.a.gov.cn"])
    assert data["protocol"] == "TLSv1.3"
    assert [one["subject"] for one in data["chain"]] == ["CN=www.a.gov.cn", "CN=Test Intermediate CA"]
    assert data["not_after"] == leaf.cert.not_valid_after_utc.isoformat()
    _, alone = handshake(server_context(tmp_path, leaf))
    assert alone["faults"] == ["missing-intermediate"]


def test_an_old_protocol_is_told(tmp_path: Path) -> None:
    context = server_context(tmp_path, issue("www.a.gov.cn", MIDDLE), MIDDLE)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    outcome, data = handshake(context)
    assert (outcome, data["protocol"], data["faults"]) == ("ok", "TLSv1.1", ["legacy-protocol"])


def failing(talk: Callable[..., Any]) -> tuple[str, dict[str, Any]]:
    async def main() -> tuple[str, dict[str, Any]]:
        async with raw_server(talk) as port:
            return await look_at_tls("127.0.0.1", port, "www.a.gov.cn", seconds=0.5)

    return asyncio.run(main())


def test_handshakes_that_fail_say_how() -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)

    async def mute(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        writer.write(b"HTTP/1.1 400 Bad\r\n\r\n")
        await writer.drain()

    assert [failing(talk)[1]["reason"] for talk in (hang_up, mute, plain)] == [
        "tls-handshake",
        "timeout",
        "tls-handshake",
    ]
    outcome, data = asyncio.run(look_at_tls("127.0.0.1", free_port(), "www.a.gov.cn"))
    assert (outcome, data["reason"]) == ("dead", "connect-refused")
