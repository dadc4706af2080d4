"""DNSSEC against a real name server (Knot DNS), where it is installed: signed, delegated unsigned, tampered with."""

from __future__ import annotations

import asyncio
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import dns.dnssec
import dns.name
import dns.rdataset
import dns.zone
import pytest

from crawler.probes.dns import Resolver
from crawler.probes.dnssec import Dnssec

KNOTD = shutil.which("knotd") or shutil.which("knotd", path="/usr/sbin:/usr/local/sbin")
SECONDS = 20
_ZONE = """$ORIGIN {zone}.
$TTL 300
@ SOA ns hostmaster 1 7200 900 1209600 300
@ NS ns
ns A 127.0.0.1
www A 127.0.0.1
"""
pytestmark = pytest.mark.skipif(KNOTD is None, reason="knotd is not installed: no real signed zones to look at")


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def configure(folder: Path, port: int, signing: bool) -> Path:
    """A configuration over the zone files of `folder`; with `signing` Knot signs them and writes them back."""
    zones = "".join(
        f'  - domain: {zone}.\n    file: "{folder / zone}.zone"\n    zonefile-sync: 0\n    journal-content: none\n'
        f"    zonefile-load: whole\n    dnssec-signing: {'on' if signing and zone != PLAIN else 'off'}\n"
        for zone in ZONES
    )
    path = folder / "knot.conf"
    path.write_text(
        f'server:\n  rundir: "{folder}"\n  listen: 127.0.0.1@{port}\n'
        f'database:\n  storage: "{folder}"\nlog:\n  - target: stderr\n    any: error\nzone:\n{zones}'
    )
    return path


ZONES = ("signed.test", "tampered.test", "plain.signed.test")
PLAIN = "plain.signed.test"


def run(folder: Path, port: int, signing: bool) -> subprocess.Popen[bytes]:
    """Start Knot and wait until it answers for every zone."""
    assert KNOTD
    process = subprocess.Popen([KNOTD, "-c", str(configure(folder, port, signing))], stderr=subprocess.DEVNULL)
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        if all(answers(port, f"www.{zone}") for zone in ZONES):
            return process
        time.sleep(0.2)
    process.kill()
    process.wait()
    raise AssertionError("knotd does not answer")


def answers(port: int, name: str) -> bool:
    return asyncio.run(Resolver([("127.0.0.1", port)], lifetime=0.5).query(name, "A")).outcome == "ok"


def signed_file(path: Path) -> str:
    """The zone file once Knot has signed it and written it back."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        text = path.read_text()
        if "RRSIG" in text:
            return text
        time.sleep(0.2)
    raise AssertionError(f"{path.name} was not signed")


def anchor(path: Path, zone: str) -> str:
    """DS of the zone's key-signing key, as its parent would register it."""
    loaded = dns.zone.from_file(str(path), origin=f"{zone}.", relativize=False, check_origin=False)
    keys = loaded.get_rdataset(f"{zone}.", "DNSKEY")
    assert keys is not None
    key = next(key for key in keys if key.flags & 1)
    return dns.dnssec.make_ds(dns.name.from_text(zone), key, "SHA256").to_text()


@pytest.fixture(scope="module")
def knot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, dict[str, str]]]:
    """Port of a Knot that serves a signed zone, a tampered one and an unsigned one, with the trust anchors."""
    folder, port = tmp_path_factory.mktemp("knot"), free_port()
    for zone in ZONES:
        extra = f"plain NS ns.{PLAIN}.\nns.plain A 127.0.0.1\n" if zone == "signed.test" else ""
        (folder / f"{zone}.zone").write_text(_ZONE.format(zone=zone) + extra)
    first = run(folder, port, signing=True)
    tampered = signed_file(folder / "tampered.test.zone")
    signed_file(folder / "signed.test.zone")
    first.terminate()
    first.wait(SECONDS)
    (folder / "tampered.test.zone").write_text(
        re.sub(r"(?m)^(www\S*\s.*\bA\s+)127\.0\.0\.1", r"\g<1>127.0.0.66", tampered)
    )
    second = run(folder, port, signing=False)
    yield port, {zone: anchor(folder / f"{zone}.zone", zone) for zone in ZONES if zone != PLAIN}
    second.terminate()
    second.wait(SECONDS)


@pytest.mark.parametrize(
    ("zone", "trusted", "state"),
    [
        ("signed.test", "signed.test", "validated"),
        (PLAIN, "signed.test", "unsigned"),
        ("tampered.test", "tampered.test", "bogus"),
    ],
)
def test_state_of_a_real_zone(knot: tuple[int, dict[str, str]], zone: str, trusted: str, state: str) -> None:
    port, anchors = knot

    async def main() -> str:
        dnssec = Dnssec(Resolver([("127.0.0.1", port)], lifetime=2), {trusted: [anchors[trusted]]})
        return (await dnssec.state(f"www.{zone}", zone)).state

    assert asyncio.run(main()) == state
