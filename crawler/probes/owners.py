"""The name servers of foreign hosts' registrable domains: one question a domain, a few at a time."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from crawler.facts.model import NetworkFact
from crawler.facts.owners import NAME_SERVERS, PROBE
from crawler.probes.answers import DnsAnswer
from crawler.probes.dns import Resolver
from crawler.probes.names import BadNameError, ascii_host
from crawler.probes.zone import names_up

AT_ONCE = 4
GIVE_UP = 20  # questions without an answer one after the other: the round does not wait for dead name servers


class Delegations:
    """Asks for NS by the round's resolver, each domain once. Never raises."""

    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver
        self._gate = asyncio.Semaphore(AT_ONCE)
        self._asked: dict[str, asyncio.Future[DnsAnswer]] = {}
        self._silent = 0

    async def look(self, host: str) -> NetworkFact:
        """The fact (owner, NS) of a host; outcome `timeout` without a question when nothing answers any more."""
        try:
            zone = next(iter(names_up(ascii_host(host))[-1:]), "")
        except BadNameError:
            zone = ""
        if not zone:
            return self._fact(host, "", DnsAnswer("badname"))
        if zone not in self._asked:
            self._asked[zone] = asyncio.ensure_future(self._ask(zone))
        return self._fact(host, zone, await asyncio.shield(self._asked[zone]))

    async def _ask(self, zone: str) -> DnsAnswer:
        async with self._gate:
            if self._silent >= GIVE_UP:
                return DnsAnswer("timeout", detail="not asked: nothing answers")
            answer = await self._resolver.query(zone, "NS")
            self._silent = self._silent + 1 if answer.outcome == "timeout" else 0
            return answer

    def _fact(self, host: str, zone: str, answer: DnsAnswer) -> NetworkFact:
        through_alias = answer.outcome == "ok" and bool(answer.cname)  # speaks of another name
        outcome = "nodata" if through_alias else answer.outcome
        records = [] if through_alias else sorted(record.lower().rstrip(".") for record in answer.records)
        return NetworkFact(PROBE, host, NAME_SERVERS, outcome, {"zone": zone, "records": records}, datetime.now(UTC))
