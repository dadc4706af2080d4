"""The number by which an address is found again."""

from __future__ import annotations

import hashlib


def key_of(url: str) -> int:
    """64-bit signed number of a canonical address."""
    return int.from_bytes(
        hashlib.blake2b(url.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big", signed=True
    )
