"""The DNS_SERVERS setting: which name servers every look-up goes to."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass

Server = tuple[str, int]


class DnsServersError(ValueError):
    """A DNS_SERVERS value that cannot be used; the message is Chinese and names the faulty part."""


@dataclass(frozen=True, slots=True)
class ServerState:
    """One name server as checked. `answers`: any rcode counts; `lies`: it has an address for a name under .invalid."""

    server: str
    answers: bool
    lies: bool = False
    milliseconds: int | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class ServerCheck:
    """All configured name servers. `usable` when at least one answers."""

    states: Sequence[ServerState]

    @property
    def usable(self) -> bool:
        return not self.states or any(state.answers for state in self.states)

    def message(self) -> str:
        """One Chinese line for a person: what is wrong and what to do; empty when every server is well."""
        silent = [f"{s.server}（{s.detail}）" for s in self.states if not s.answers]
        liars = [s.server for s in self.states if s.lies]
        if not self.usable:
            return f"域名服务器均无应答：{'、'.join(silent)}。请核对 DNS_SERVERS 设置或本机网络。"
        parts = []
        if silent:
            parts.append(f"域名服务器无应答：{'、'.join(silent)}，本轮使用其余服务器")
        if liars:
            parts.append(f"域名服务器对不存在的域名也返回地址：{'、'.join(liars)}，其“域名存在”的结论不可靠")
        return "；".join(parts)


def parse_dns_servers(value: str | None) -> list[Server] | None:
    """`host:port,host:port` → [(address, port)], None for an empty value (the system's servers).

    The port may be left out (53); an IPv6 address with a port is written `[::1]:53`.
    Raises DnsServersError with a Chinese message for anything else.
    """
    parts = [part.strip() for part in (value or "").replace("，", ",").split(",")]
    if not any(parts):
        return None
    return [_parse_one(part, number) for number, part in enumerate(parts, 1) if part]


def _parse_one(part: str, number: int) -> Server:
    host, port_text = part, "53"
    if part.startswith("["):
        host, bracket, rest = part[1:].partition("]")
        if not bracket or (rest and not rest.startswith(":")):
            raise _fault(part, number, "IPv6 地址应写作 [::1]:53")
        port_text = rest[1:] if rest else "53"
    elif part.count(":") == 1:
        host, _, port_text = part.partition(":")
    try:
        address = str(ipaddress.ip_address("127.0.0.1" if host == "localhost" else host))
    except ValueError:
        raise _fault(part, number, "服务器应为 IP 地址") from None
    if not (port_text.isascii() and port_text.isdigit() and 0 < int(port_text) < 65536):
        raise _fault(part, number, "端口应为 1 至 65535 的整数")
    return address, int(port_text)


def _fault(part: str, number: int, why: str) -> DnsServersError:
    return DnsServersError(f"DNS_SERVERS 第 {number} 项“{part}”无法使用：{why}；写法如 127.0.0.1:5353,223.5.5.5:53")


def show(server: Server) -> str:
    """`127.0.0.1:53` or `[::1]:53`."""
    host, port = server
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
