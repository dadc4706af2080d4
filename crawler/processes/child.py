"""One process of several: walks the jobs it was given, hands facts and what belongs to others to the parent."""

from __future__ import annotations

import asyncio
import logging
import os
import pickle
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from multiprocessing.connection import Connection
from typing import Any

from scrapy.crawler import CrawlerProcess
from scrapy.utils.project import get_project_settings
from sqlalchemy.engine import Engine

from crawler.facts.handover import Handover
from crawler.facts.store import Run, open_store
from crawler.facts.writer import Batch, statements
from crawler.inventory import Inventory
from crawler.rounds import Plan
from crawler.spiders.gov_sites import GovSitesSpider
from crawler.walk.book import Handed

TELL_SECONDS = 0.4
SEND_SECONDS = 0.05  # from one message to the parent to the next
AT_ONCE = 200  # batches of one message
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Order:
    """What a child is started with."""

    run: Run
    inventory: Inventory
    sites: tuple[str, ...]
    jobs: frozenset[str]
    resumed: bool
    recheck_delay: float
    servers: list[tuple[str, int]] | None
    controls: list[str] | None
    settings: dict[str, Any]


class PipeWriter:
    """Facts on their way to the one writer. What is handed over after a batch arrives after it."""

    def __init__(self, connection: Connection, engine: Engine) -> None:
        self._connection = connection
        self._statements = statements(engine)
        self._waiting: Handover[Any] = Handover(SEND_SECONDS)
        self.error: str | None = None
        self._thread = threading.Thread(target=self._send, name="fact-pipe", daemon=True)
        self._thread.start()

    @property
    def backlog(self) -> int:
        """Messages that the parent has not taken yet."""
        return len(self._waiting)

    def put(self, batch: Batch) -> None:
        """Hand over one batch."""
        if batch and self.error is None:
            self._waiting.put(batch)

    def tell(self, *message: Any) -> None:
        """Hand over anything else."""
        self._waiting.put(message)

    def close(self) -> None:
        """Send what is left."""
        self._waiting.put(None)
        self._waiting.hurry()
        self._thread.join()

    def _send(self) -> None:
        try:
            while True:
                for message in self._together(self._waiting.take(AT_ONCE)):
                    if message is None:
                        return
                    self._connection.send_bytes(pickle.dumps(message, pickle.HIGHEST_PROTOCOL))
        except OSError:  # the parent is gone, and with it whoever could store anything
            os._exit(1)
        except Exception:  # a process that cannot tell what it sees must not go on; another begins where it stood
            log.exception("facts could not be handed over")
            os._exit(1)

    def _together(self, taken: Sequence[Any]) -> Iterator[Any]:
        """The messages, with batches that follow each other made one. None is the last."""
        for are_batches, some in groupby(taken, lambda message: isinstance(message, list)):
            if are_batches:
                yield "batches", [[(name, self._statements[name].pack(row)) for name, row in batch] for batch in some]
            else:
                yield from some


class PipePart:
    """This process's part of the round, as the spider sees it."""

    def __init__(self, connection: Connection, jobs: frozenset[str]) -> None:
        self.jobs: frozenset[str] | None = jobs
        self._connection = connection
        self._received = 0
        self._told_idle = -1
        self._finish = False

    def writer(self, engine: Engine, on_error: Callable[[str], None]) -> PipeWriter:
        """The parent writes."""
        self._out = PipeWriter(self._connection, engine)
        return self._out

    def begin(self, spider: GovSitesSpider) -> None:
        """Listen to the parent, and tell it how far we are."""
        self._spider = spider
        self._loop = asyncio.get_running_loop()
        threading.Thread(target=self._listen, name="from-parent", daemon=True).start()
        self._tell()

    def hand(self, found: Sequence[Handed]) -> None:
        """To whoever does their jobs."""
        self._out.tell("handed", found)

    def fine(self, number: int) -> None:
        """To all."""
        self._out.tell("fine", number)

    def idle(self) -> bool:
        """Say so once; the parent knows when all are idle and nothing is on its way."""
        if self._told_idle != self._received:
            self._told_idle = self._received
            self._out.tell("idle", self._received)
        return self._finish

    def tell_end(self, spider: GovSitesSpider) -> None:
        """The last counts and how it ended; the connection is closed by the process's end."""
        self._connection.send_bytes(pickle.dumps(("counts", *self._counts())))
        self._connection.send_bytes(pickle.dumps(("ended", spider.finished, spider.exit_reason)))

    def _counts(self) -> tuple[dict[str, tuple[int, int, int]], int]:
        book = self._spider.book
        counts = {name: (one.pages, one.checked, one.bad) for name, one in book.counts.items()}
        return counts, book.to_go

    def _tell(self) -> None:
        self._out.tell("counts", *self._counts())
        self._loop.call_later(TELL_SECONDS, self._tell)

    def _listen(self) -> None:
        try:
            while True:
                message = pickle.loads(self._connection.recv_bytes())
                self._loop.call_soon_threadsafe(self._take, message)
        except (EOFError, OSError):
            os._exit(1)
        except RuntimeError:  # the loop is closed: this process ends on its own
            return

    def _take(self, message: Any) -> None:
        kind, *rest = message
        self._received += 1
        if kind == "handed":
            for found in rest[0]:
                self._spider.walk.adopt(found)
        elif kind == "fine":
            self._spider.book.fine.add(rest[0])
        elif kind == "search":
            self._spider.ask_searches()
        elif kind == "finish":
            self._finish = True
        elif kind == "stop":
            self._spider.stop("shutdown")
        self._spider.go_on()


def walk_part(connection: Connection, order: Order) -> None:
    """The main function of a child process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's: it tells us
    settings = get_project_settings()
    settings.setdict(order.settings, priority="cmdline")
    shown = {name: at for name, at in settings.getdict("EXTENSIONS_BASE").items() if not name.startswith("reports.")}
    settings.set("EXTENSIONS_BASE", shown, priority="cmdline")  # the parent shows and closes
    chosen = [site for site in order.inventory.sites if site.id in order.sites]
    engine = open_store(str(settings["DATABASE_URL"]))
    plan = Plan(
        order.run, order.resumed, order.inventory, chosen, engine, order.recheck_delay, order.servers, order.controls
    )
    part = PipePart(connection, order.jobs)
    process = CrawlerProcess(settings)
    crawler = process.create_crawler("gov_sites")
    process.crawl(crawler, plan=plan, part=part)
    process.start(install_signal_handlers=False)
    engine.dispose()
    if crawler.spider is not None:
        part.tell_end(crawler.spider)  # type: ignore[arg-type]
    connection.close()
