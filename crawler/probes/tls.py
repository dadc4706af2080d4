"""The certificate chain and protocol that a server offers, and what http and https do for each other. Advice only."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from cryptography import x509
from OpenSSL import SSL, crypto

from crawler.outcomes import REASONS, Outcome, Reason
from crawler.probes.chain import read_chain
from crawler.probes.names import literal_address
from crawler.probes.tlcp import speaks_tlcp

_LEGACY_SERVER_CONNECT = 0x4
_OLD = ("TLSv1", "TLSv1.1", "SSLv3")


async def look_at_tls(
    address: str,
    port: int,
    host: str,
    *,
    seconds: float = 10.0,
    now: datetime | None = None,
    roots: Sequence[crypto.X509] | None = None,
) -> tuple[Outcome, dict[str, Any]]:
    """(outcome, data) of one handshake with `address`:`port` for `host`, nothing verified while connecting.

    data: reason, protocol, cipher, faults and the certificate's facts of `read_chain`; `legacy-protocol` among the
    faults for TLS below 1.2. Never raises.
    """
    try:
        async with asyncio.timeout(seconds):
            protocol, cipher, chain = await _handshake(address, port, host)
    except TimeoutError:
        return _failed(Reason.TIMEOUT, f"{seconds:g}秒内未完成握手")
    except ConnectionRefusedError as error:
        return _failed(Reason.CONNECT_REFUSED, str(error))
    except (SSL.Error, OSError, EOFError) as error:
        if await speaks_tlcp(address, port, host):
            return _failed(Reason.TLS_SM2_ONLY, "仅支持国密协议（TLCP）")
        return _failed(Reason.TLS_HANDSHAKE, _detail(error))
    data: dict[str, Any] = {"reason": Reason.OK.value, "protocol": protocol, "cipher": cipher, "address": address}
    data |= read_chain(chain, host, now or datetime.now(UTC), roots) if chain else {"faults": [], "names": []}
    if protocol in _OLD:
        data["faults"].append("legacy-protocol")
    return Outcome.OK, data


def _failed(reason: Reason, detail: str) -> tuple[Outcome, dict[str, Any]]:
    info = REASONS[reason]
    return info.outcome, {"reason": reason.value, "reason_name": info.name, "detail": detail, "faults": []}


def _detail(error: Exception) -> str:
    if isinstance(error, SSL.Error) and error.args and error.args[0]:
        return str(error.args[0][-1][-1])
    return str(error) or type(error).__name__


def _connection(host: str) -> SSL.Connection:
    context = SSL.Context(SSL.TLS_METHOD)
    context.set_cipher_list(b"ALL:@SECLEVEL=0")
    context.set_min_proto_version(SSL.TLS1_VERSION)
    context.set_options(_LEGACY_SERVER_CONNECT)
    connection = SSL.Connection(context, None)
    if literal_address(host) is None:
        connection.set_tlsext_host_name(host.rstrip(".").encode("ascii"))
    connection.set_connect_state()
    return connection


async def _handshake(address: str, port: int, host: str) -> tuple[str, str, list[x509.Certificate]]:
    """pyOpenSSL over memory, for it alone gives the chain as it was sent."""
    connection = _connection(host)
    reader, writer = await asyncio.open_connection(address, port)
    try:
        while True:
            try:
                connection.do_handshake()
                break
            except SSL.WantReadError:
                await _flush(connection, writer)
                received = await reader.read(1 << 16)
                if not received:
                    raise EOFError("连接在握手中被关闭") from None
                connection.bio_write(received)
        await _flush(connection, writer)
        chain = [cert.to_cryptography() for cert in connection.get_peer_cert_chain() or ()]
        return connection.get_protocol_version_name(), connection.get_cipher_name() or "", chain
    finally:
        with contextlib.suppress(Exception):
            writer.transport.abort()


async def _flush(connection: SSL.Connection, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(SSL.WantReadError):
        while True:
            writer.write(connection.bio_read(1 << 16))
    await writer.drain()
