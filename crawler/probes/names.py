"""Host names as they go into a DNS question, and the forms of an IP address that a browser accepts as a host."""

from __future__ import annotations

import ipaddress
import re
import socket

import idna

_HOST = re.compile(r"^(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_\-]{0,62})(?:\.[a-z0-9_](?:[a-z0-9_\-]{0,62}))*$")
_NUMERIC = re.compile(r"^(?:0x[0-9a-f]*|[0-9]+)(?:\.(?:0x[0-9a-f]*|[0-9]+)){0,3}$")


class BadNameError(ValueError):
    """A host that can be no domain name: empty or over-long labels, characters outside the host alphabet."""


def ascii_host(host: str) -> str:
    """Lower-case ASCII form without trailing dot; IDN (…政务) becomes punycode. Raises BadNameError."""
    name = host.strip().rstrip(".").lower()
    if not name.isascii():
        try:
            name = idna.encode(name, uts46=True).decode("ascii")
        except (idna.IDNAError, UnicodeError) as error:
            raise BadNameError(f"{host!r}: {error}") from None
    if not _HOST.match(name) or any(len(label) > 63 for label in name.split(".")):
        raise BadNameError(f"{host!r}")
    return name


def literal_address(host: str) -> str | None:
    """The IP address that a host part is written as, or None for a name.

    Reads `[::1]`, scope ids dropped, and the shortened IPv4 forms of the WHATWG URL standard (`127.1`, `0x7f000001`),
    which would otherwise lead past an address guard.
    """
    text = host.strip("[]").partition("%")[0].lower().rstrip(".")
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        pass
    if _NUMERIC.match(text):
        try:
            return socket.inet_ntoa(socket.inet_aton(text))
        except OSError:
            return None
    return None
