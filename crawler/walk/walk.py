"""One answer at a time: settle the address, read the page, add what it leads to.

All of what an answer gives is one batch for the writer: a page's facts and the addresses it led to are stored together.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from urllib.parse import quote, unquote_to_bytes, urlsplit

from crawler.facts import schema
from crawler.facts.keys import key_of
from crawler.facts.model import Attempt
from crawler.facts.writer import Batch
from crawler.frontier import Entry, Role
from crawler.outcomes import REASONS, Outcome, Reason, Seeing
from crawler.pages.address import parse
from crawler.seeing.recheck import settled
from crawler.seeing.response import retry_after, see_response
from crawler.seeing.tuning import RecheckPolicy
from crawler.walk.answer import Answer
from crawler.walk.book import FILE_ENDING, AddressBook, Handed, is_intranet
from crawler.walk.circuits import CANARY_ID, Circuits
from crawler.walk.files import AttachmentReader, is_attachment
from crawler.walk.media import MediaPlaces
from crawler.walk.owners import Owners
from crawler.walk.reader import PageReader
from crawler.walk.rows import attempt_row, body_hash, done_row
from crawler.walk.search import SEARCH_ID, SiteSearch
from crawler.walk.soft import PROBE_ID, SoftPages

MAX_HOPS = 10
LOOKS_PER_RUN = 2  # contract 4: the first failure and its second check
RATE_LIMIT_TRIES = 3


class Walk:
    """Takes answers, feeds the frontier and the writer. Driven by the spider, tested without one."""

    def __init__(
        self, book: AddressBook, put: Callable[[Batch], None], *, as_of: datetime, seed: int, policy: RecheckPolicy
    ) -> None:
        self.book = book
        self.put = put
        self.reader = PageReader(book, as_of)
        self.told_fine: Callable[[int], None] = lambda number: None  # others hold links to it as well
        self.attachments: AttachmentReader | None = None
        self.owners: Owners | None = None
        self.search: SiteSearch | None = None
        self.media = MediaPlaces(book, as_of)
        homes = {f"site:{site}": plan.home for site, plan in book.plans.items()}
        self.circuits = Circuits(book.frontier, homes, policy.delay, self._ask_again, self._distrust)
        self.soft = SoftPages(seed, partial(book.frontier.add, front=True), self._fine)
        self.policy = policy

    # -- beginning ---------------------------------------------------------------------------------------------

    def start(self) -> None:
        """The home page and the columns of every walked site; nothing is added twice."""
        late, self.book.late = self.book.late, []
        self.put(late)
        for plan in self.book.plans.values():
            batch: Batch = []
            if self._ours(plan.home):
                self.book.add(batch, plan.home, Role.HOME, depth=0, parent=None)
            for url, column in plan.columns.items():
                if self._ours(url):
                    self.book.add(batch, url, Role.COLUMN, depth=1, parent=plan.home, column=column)
            self.put(batch)
        self.put(self.media.begin())

    def _ours(self, url: str) -> bool:
        return self.book.owns(self.book.hosts.place(url).job)

    def adopt(self, found: Handed) -> None:
        """Take over what another walk found on a host of ours."""
        batch: Batch = []
        self.book.adopt(batch, found)
        self.put(batch)
        number = key_of(found.url)
        if number in self.book.fine:  # seen before anybody asked
            self.told_fine(number)

    # -- one answer --------------------------------------------------------------------------------------------

    def take(self, entry: Entry, answer: Answer) -> None:
        """Settle one look at an address."""
        if answer.status is not None and 300 <= answer.status < 400 and "location" in answer.headers:
            self._follow(entry, answer)
            return
        self._settle(entry, answer, self.see(entry, answer))

    def refuses(self, entry: Entry) -> bool:
        """Settle an entry without asking when its host was given up in this run."""
        if not self.book.frontier.lane(entry.lane).closed:
            return False
        if entry.id >= 0:
            reason = Reason.HOST_DOWN if entry.attempts else Reason.NOT_REACHED
            self.put([("seen", done_row(self.book.run, entry, reason, None))])
        return True

    def _settle(self, entry: Entry, answer: Answer, seeing: Seeing) -> None:
        if entry.id == PROBE_ID:
            self.soft.take(entry, answer, seeing.reason)
            return
        if entry.id == SEARCH_ID:
            if self.search is not None:
                self.search.take(entry, answer, seeing)
            return
        self.circuits.record(entry, entry.lane, entry.target, seeing.reason, answer.at.timestamp())
        if entry.id == CANARY_ID:
            return
        if seeing.outcome is Outcome.OK:
            self._fine(entry, answer)
        else:
            self._not_fine(entry, answer, seeing)

    def see(self, entry: Entry, answer: Answer) -> Seeing:
        """The outcome that this answer alone shows."""
        if answer.failure is not None:
            return Seeing(answer.failure, answer.status, answer.detail)
        ending = FILE_ENDING.search(urlsplit(entry.url).path)
        return see_response(
            answer.status or 0,
            answer.headers,
            answer.body,
            entry.target,
            expects=ending.group(0).lower() if ending else None,
            declared_size=answer.declared_size,
            truncated=answer.truncated,
            dataloss=answer.dataloss,
            request_url=entry.url,
            foreign=self.book.hosts.place(entry.target).site is None,
        )

    def _follow(self, entry: Entry, answer: Answer) -> None:
        found = parse(answer.headers["location"].strip(), parse(entry.target))
        target = str(found)
        if found is not None and is_intranet(target, loopback_allowed=self.book.loopback):
            self._settle(entry, answer, Seeing(Reason.INTRANET_ADDRESS, answer.status, target[:200]))
            return
        if found is None:
            self._settle(entry, answer, Seeing(Reason.BAD_ADDRESS, answer.status, answer.headers["location"][:200]))
            return
        # The same address once more is how a cookie is handed out; a third time is a loop.
        visits = [entry.url, *entry.hops].count(target)
        if len(entry.hops) >= MAX_HOPS or visits >= 2:
            self._settle(entry, answer, Seeing(Reason.REDIRECT_LOOP, answer.status, target[:200]))
            return
        entry.hops.append(target)
        self._queue(entry, front=True)

    def _fine(self, entry: Entry, answer: Answer) -> None:
        is_page = "html" in answer.content_type or (not answer.content_type and b"<html" in answer.body[:2000].lower())
        page = self.reader.read(entry, answer) if is_page else None
        if is_page:
            decided, soft = self.soft.consider(entry, answer, page)
            if not decided:
                return
            if soft is not None:
                self._not_fine(entry, answer, Seeing(soft, answer.status))
                return
        batch: Batch = []
        reason = Reason.REDIRECTED if entry.hops else Reason.OK
        self.book.fine.add(entry.id)
        if entry.id in self.book.lent:
            self.told_fine(entry.id)
        more = {}
        if is_page and urlsplit(entry.target).path.lower() in ("/", "", "/index.html", "/index.htm"):
            more["body_hash"] = body_hash(answer.body)
        batch.append(("seen", done_row(self.book.run, entry, reason, answer, **more)))
        self.reader.take(batch, entry, answer, page, is_page=is_page)
        batch += self.media.rows(entry, answer, page)
        self._count(entry, bad=False)
        site = self.book.hosts.place(entry.target)
        if self.owners is not None and is_page and self.book.hosts.place(entry.url).site is None:
            self.owners.see(batch, entry, answer, self.book.hosts.place(entry.parent or "").site)
        if self.attachments and site.walked and site.site and not answer.truncated and is_attachment(entry.target):
            self.attachments.take(batch, entry.id, site.site, entry.url, answer.body)
        else:
            self.put(batch)

    def _not_fine(self, entry: Entry, answer: Answer, seeing: Seeing) -> None:
        batch: Batch = []
        run = self.book.run
        at = answer.at
        attempt = Attempt(
            at,
            seeing.reason,
            answer.status,
            answer.ip,
            answer.milliseconds,
            seeing.detail or answer.detail,
            answer.kept_headers,
        )
        if seeing.reason is Reason.HTTP_404 and self._other_encoding(entry):
            return
        if seeing.reason is Reason.RATE_LIMITED and self._rest(entry, answer, at):
            return
        entry.attempts.append(attempt)
        batch.append(("attempt", attempt_row(run, entry.id, attempt)))
        again = seeing.outcome in (Outcome.DEAD, Outcome.SUSPECT) and len(entry.attempts) < LOOKS_PER_RUN
        self.circuits.failed(entry, entry.lane, entry.target, waits=again)
        suspect = entry.role is not Role.HOME and self.circuits.suspect(entry.lane, entry.target)
        outcome, reason = settled(entry.attempts, self.policy, at, host_suspect=suspect)
        refusing = entry.role is Role.HOME and answer.status is not None  # some refuse robots with 404 (F4)
        if outcome is Outcome.DEAD and refusing and self.circuits.suspect(entry.lane, entry.target):
            outcome = Outcome.SUSPECT
        if again:
            due = at.timestamp() + self.policy.delay
            batch.append(
                ("seen", done_row(run, entry, reason, answer, state=schema.RECHECK, due=due, outcome=outcome.value))
            )
            entry.hops.clear()
            self.book.queue(batch, entry, due=due)
        else:
            batch.append(("seen", done_row(run, entry, reason, answer, outcome=outcome.value)))
            self._count(entry, bad=outcome in (Outcome.DEAD, Outcome.SUSPECT))
        self.put(batch)

    def _rest(self, entry: Entry, answer: Answer, at: datetime) -> bool:
        """Honour a rate limit: the lane rests, the entry waits. False when it was asked often enough."""
        if entry.requests >= RATE_LIMIT_TRIES + len(entry.hops):
            return False
        until = at.timestamp() + (retry_after(answer.headers) or 5.0)
        self.book.frontier.rest(entry.lane, until)
        self.circuits.slow_down(entry.lane, entry.target, at.timestamp(), retry_after(answer.headers))
        self.ask_later(entry, until)
        return True

    def ask_later(self, entry: Entry, due: float) -> None:
        """Nothing was learnt: the address is asked again from its beginning."""
        entry.hops.clear()
        self._queue(entry, due=due)

    def _queue(self, entry: Entry, *, front: bool = False, due: float | None = None) -> None:
        batch: Batch = []
        self.book.queue(batch, entry, front=front, due=due)
        if batch:
            self.put(batch)

    def _distrust(self, entry: Entry, attempts: list[Attempt]) -> None:
        """What a host under suspicion said is not believed: a settled address of it becomes suspect."""
        settled_badly = REASONS[attempts[-1].reason].outcome in (Outcome.DEAD, Outcome.SUSPECT)
        if settled_badly and entry.role is not Role.HOME:
            row = done_row(self.book.run, entry, Reason.HOST_DOWN, None, status=attempts[-1].status)
            self.put([("seen", row | {"checked": attempts[-1].at.isoformat(timespec="seconds")})])

    def _ask_again(self, entry: Entry) -> None:
        """An address that was settled while its host was under suspicion begins anew."""
        entry.hops.clear()
        batch: Batch = [("seen", done_row(self.book.run, entry, Reason.HOST_DOWN, None, state=schema.TODO))]
        self.book.queue(batch, entry)
        self.put(batch)

    def _other_encoding(self, entry: Entry) -> bool:
        """Queue the same path in the other of UTF-8 and GBK, once, before a 404 counts (F14)."""
        other = other_path_encoding(entry.url)
        if other is None or other in entry.hops:
            return False
        entry.hops[:] = [other]
        self._queue(entry, front=True)
        return True

    def give_up(self, entry: Entry, answer: Answer) -> None:
        """Settle an address that our own fault keeps from being seen."""
        self.put([("seen", done_row(self.book.run, entry, answer.failure or Reason.TOOL_ERROR, answer))])

    def _count(self, entry: Entry, *, bad: bool) -> None:
        counts = self.book.counts[entry.site or entry.lane.removeprefix("site:")]
        counts.checked += 1
        counts.bad += bad


def other_path_encoding(url: str) -> str | None:
    """The address with its path bytes as GBK instead of UTF-8 or the reverse; None when there is no other."""
    parts = urlsplit(url)
    raw = unquote_to_bytes(parts.path)
    if raw.isascii():
        return None
    try:
        text, target = raw.decode("utf-8"), "gb18030"
    except UnicodeDecodeError:
        try:
            text, target = raw.decode("gb18030"), "utf-8"
        except UnicodeDecodeError:
            return None
    path = quote(text.encode(target), safe="/:@!$&'()*+,;=~-._")
    return parts._replace(path=path).geturl()
