"""The process in which a city runs: binds its ports, says "ready" on stdout, and ends when its parent does."""

from __future__ import annotations

import asyncio
import contextlib
import copy
import errno
import json
import os
import socket
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from .nameserver import Names, NameServer
from .web import WebServer

HTTP_PORT, DNS_PORT = 8380, 8353
TLS = ("modern", "legacy")
PORTS = {"hazards": TLS, "network": (*TLS, "v4only")}
"""Web ports beside the city's own."""
CERTIFICATE_HOSTS = {"hazards": "{}.hz.cn", "network": "{}.yltls.org.cn"}
FAMILIES = ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"))


class PortTaken(Exception):
    """A port that was asked for by number is in use."""


def _bind(kind: socket.SocketKind, port: int, v6: bool = True) -> list[socket.socket]:
    """Sockets on 127.0.0.1 and, where the machine has IPv6, on ::1, with one port; OSError when it is taken."""
    bound: list[socket.socket] = []
    for family, address in FAMILIES if v6 else FAMILIES[:1]:
        sock = socket.socket(family, kind)
        try:
            if kind is socket.SOCK_STREAM:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family is socket.AF_INET6:
                sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            sock.bind((address, port or bound[0].getsockname()[1] if bound else port))
            if kind is socket.SOCK_STREAM:
                sock.listen(128)  # with SO_REUSEADDR two cities could bind one port; only one of them may listen
        except OSError as error:
            sock.close()
            if family is socket.AF_INET6 and error.errno in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT):
                continue
            for other in bound:
                other.close()
            raise
        sock.setblocking(False)
        bound.append(sock)
    return bound


def claim(
    kinds: list[socket.SocketKind], asked: int | None, default: int, what: str, v6: bool = True
) -> list[list[socket.socket]]:
    """Bind one port for all `kinds`: the asked one or an error, else the default, else any that is free."""
    for attempt in range(60):
        port = asked or (default if attempt == 0 else 0)
        groups: list[list[socket.socket]] = []
        try:
            for kind in kinds:
                groups.append(_bind(kind, groups[0][0].getsockname()[1] if groups else port, v6))
            return groups
        except OSError as error:
            for sock in (s for group in groups for s in group):
                sock.close()
            if asked:
                raise PortTaken(f"{what}端口 {asked} 已被占用或无法使用（{error.strerror}）") from error
    raise PortTaken(f"找不到可用的{what}端口")


def _end_with_parent() -> None:
    """End this process when stdin closes, which it does whatever way the parent goes, or when we are handed on."""
    parent = os.getppid()

    def watch_pipe() -> None:
        with contextlib.suppress(OSError):
            while os.read(0, 4096):
                pass
        os._exit(0)

    def watch_parent() -> None:
        pause = threading.Event()
        while os.getppid() == parent:
            pause.wait(1)
        os._exit(0)

    for target in (watch_pipe, watch_parent):
        threading.Thread(target=target, daemon=True).start()


def build(options: dict[str, Any], port: int, tls_ports: dict[str, int]) -> Any:
    """The city that was asked for."""
    as_of = datetime.fromisoformat(options["as_of"])
    if options["city"] == "replay":
        from .replay import ReplayCity

        return ReplayCity(Path(options["pages"]), as_of, port)
    from .city import StagingCity

    if options["city"] != "yunling":
        name = options["city"]
        return StagingCity(as_of, port, f"{name}_city.yaml", options.get("planted") or f"{name}.yaml", tls_ports)
    return StagingCity(as_of, port)


def odd_resolvers(city: Any) -> dict[str, Names]:
    """Name servers that a person may have configured by mistake: one never answers, one invents an address for every
    name, one says of a few names that they do not exist."""
    mute, liar, other = Names(silent={""}), copy.copy(city.names), copy.copy(city.names)
    liar.fallback = {"A": ["127.0.0.1"]}
    other.records = {name: found for name, found in city.names.records.items() if name not in city.contradicted}
    return {"mute": mute, "liar": liar, "other": other}


async def answer_names(names: Names, udp: list[socket.socket], tcp: list[socket.socket]) -> list[asyncio.Server]:
    """Serve names on sockets that are bound already; the servers must be kept."""
    loop = asyncio.get_running_loop()
    for sock in udp:
        await loop.create_datagram_endpoint(lambda: NameServer(names), sock=sock)
    return [await asyncio.start_server(NameServer(names).client, sock=sock) for sock in tcp]


def _contexts(options: dict[str, Any]) -> dict[str, Any]:
    from . import tls

    now, as_of = datetime.now(UTC).replace(microsecond=0), datetime.fromisoformat(options["as_of"])
    return tls.contexts(Path(options["out_dir"]), now, CERTIFICATE_HOSTS[options["city"]].format, as_of)


async def serve(options: dict[str, Any]) -> None:
    """Bind, build, write the files, tell the parent, and serve until killed."""
    [web] = claim([socket.SOCK_STREAM], options.get("http_port"), HTTP_PORT, "网站")
    udp, tcp = claim([socket.SOCK_DGRAM, socket.SOCK_STREAM], options.get("dns_port"), DNS_PORT, "域名服务")
    http_port, dns_port = web[0].getsockname()[1], udp[0].getsockname()[1]
    more = {
        name: claim([socket.SOCK_STREAM], None, 0, "网站", name != "v4only")[0]
        for name in PORTS.get(options["city"], ())
    }
    city = build(options, http_port, {name: sockets[0].getsockname()[1] for name, sockets in more.items()})
    inventory, truth = city.write(Path(options["out_dir"]))
    server = WebServer(city, http_port, datetime.fromisoformat(options["as_of"]))
    await server.start(web)
    served = _contexts(options) if more else {}
    for name, sockets in more.items():
        await server.start(sockets, served.get(name))
    keep = [await answer_names(city.names, udp, tcp)]
    resolvers = {}
    for name, names in (odd_resolvers(city) if options["city"] == "network" else {}).items():
        udp, tcp = claim([socket.SOCK_DGRAM, socket.SOCK_STREAM], None, 0, "域名服务")
        resolvers[name] = udp[0].getsockname()[1]
        keep.append(await answer_names(names, udp, tcp))
    ready = {
        "http_port": http_port,
        "dns_port": dns_port,
        "inventory": str(inventory),
        "truth": str(truth),
        "ipv6": len(web) > 1,
        "resolvers": resolvers,
    }
    print(json.dumps(ready), flush=True)
    await asyncio.Event().wait()
    del keep


def main() -> int:
    """Run as `python -m tests.staging.child`, options as one line of JSON on stdin."""
    options = json.loads(sys.stdin.readline())
    _end_with_parent()
    try:
        asyncio.run(serve(options))
    except (PortTaken, OSError, ValueError, LookupError) as error:
        print(
            json.dumps(
                {"error": f"{type(error).__name__}: {error}" if not isinstance(error, PortTaken) else str(error)}
            ),
            flush=True,
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
