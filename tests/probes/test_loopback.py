"""Is it a city on this machine: every host that resolves, and one at least."""

from __future__ import annotations

import asyncio

import pytest

from crawler.probes.loopback import all_on_loopback

KNOWN = {
    "a.cn": ["127.0.0.1"],
    "b.cn": ["127.0.0.2", "::1"],
    "mixed.cn": ["127.0.0.1", "10.1.1.1"],
    "far.cn": ["10.1.1.1"],
}


class Names:
    """Answers from `KNOWN`; notes who was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def addresses(self, host: str, family: int) -> list[str]:
        self.asked.append(host)
        return KNOWN[host]


@pytest.mark.parametrize(
    ("hosts", "expected", "asked"),
    [
        (["a.cn", "b.cn", "a.cn"], True, ["a.cn", "b.cn"]),
        (["none.cn", "a.cn"], True, ["none.cn", "a.cn"]),
        (["none.cn"], False, ["none.cn"]),
        ([], False, []),
        (["a.cn", "mixed.cn", "b.cn"], False, ["a.cn", "mixed.cn"]),
        (["far.cn", "a.cn"], False, ["far.cn"]),
    ],
)
def test_all_on_loopback(hosts: list[str], expected: bool, asked: list[str]) -> None:
    names = Names()
    assert asyncio.run(all_on_loopback(names, hosts)) is expected  # type: ignore[arg-type]
    assert names.asked == asked
