"""What a look-up gives: an answer, or why there is no address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

DnsOutcome = Literal["ok", "nxdomain", "nodata", "servfail", "timeout", "badname"]


@dataclass(frozen=True, slots=True)
class DnsAnswer:
    """What the name servers said about one name and type.

    `records` in presentation form without the final dot of names; `cname`: the chain from the asked name to the
    last one; `ttl` in seconds of the answer (of the SOA when there is none); `server` that said it; `asked`: every
    server that was tried; `disagree`: servers that said otherwise.
    """

    outcome: DnsOutcome
    records: tuple[str, ...] = ()
    ttl: int | None = None
    cname: tuple[str, ...] = ()
    server: str | None = None
    asked: tuple[str, ...] = ()
    disagree: tuple[str, ...] = ()
    milliseconds: int | None = None
    detail: str = ""


class LookupFailedError(OSError):
    """A host without an address to connect to. `outcome` is the DnsOutcome that says why."""

    def __init__(self, host: str, outcome: DnsOutcome, detail: str = "") -> None:
        super().__init__(f"{host}: {outcome}{f' ({detail})' if detail else ''}")
        self.host = host
        self.outcome: DnsOutcome = outcome
        self.detail = detail
