"""Whether a server speaks TLCP (GB/T 38636-2020, 国密 SM2/SM3/SM4), which general-purpose TLS clients cannot.

A ClientHello of version 0x0101 with the TLCP suites is sent; a ServerHello of that version is a yes. No handshake is
finished and nothing is verified: it only explains why our TLS failed.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import struct

_VERSION = b"\x01\x01"
_SUITES = (0xE013, 0xE053, 0xE011, 0xE051, 0xE01C, 0xE059)  # ECC/ECDHE/IBC/RSA with SM4 CBC and GCM, SM3 first
_HANDSHAKE, _SERVER_HELLO = 0x16, 0x02


def client_hello(host: str) -> bytes:
    """The TLCP ClientHello record for `host` (server_name left out for IP literals)."""
    suites = b"".join(struct.pack("!H", suite) for suite in _SUITES)
    body = _VERSION + os.urandom(32) + b"\x00" + struct.pack("!H", len(suites)) + suites + b"\x01\x00" + _sni(host)
    handshake = b"\x01" + struct.pack("!I", len(body))[1:] + body
    return bytes([_HANDSHAKE]) + _VERSION + struct.pack("!H", len(handshake)) + handshake


def _sni(host: str) -> bytes:
    name = host.encode("ascii", "ignore")
    if not name or ":" in host or host.replace(".", "").isdigit():
        return b""
    entry = b"\x00" + struct.pack("!H", len(name)) + name
    extension = struct.pack("!H", len(entry)) + entry
    extension = b"\x00\x00" + struct.pack("!H", len(extension)) + extension
    return struct.pack("!H", len(extension)) + extension


async def speaks_tlcp(address: str, port: int, host: str, seconds: float = 3.0) -> bool:
    """True when `address`:`port` answers a TLCP ClientHello with a TLCP ServerHello. Never raises."""
    writer: asyncio.StreamWriter | None = None
    try:
        async with asyncio.timeout(seconds):
            reader, writer = await asyncio.open_connection(address, port)
            writer.write(client_hello(host))
            head = await reader.readexactly(6)
    except (OSError, TimeoutError, asyncio.IncompleteReadError):
        return False
    finally:
        if writer is not None:
            writer.close()
            with contextlib.suppress(Exception):
                writer.transport.abort()
    return head[0] == _HANDSHAKE and head[1:3] == _VERSION and head[5] == _SERVER_HELLO
