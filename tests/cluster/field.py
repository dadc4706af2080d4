"""A cluster on this machine: queue, two workers, a dispatcher, each of which may be killed and comes back."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

import sqlalchemy as sa

from crawler.facts import schema
from crawler.facts.engines import engine_of
from tests.cluster.brokers import Broker, Redis, why_no_redis

ROOT = Path(__file__).resolve().parents[2]
AS_OF = "2026-11-20T10:00:00+08:00"
DELAY = 0.2  # seconds between two requests to a site; the downloader takes half to one and a half of it
LEASE = 4


def why_not(no_broker: Callable[[], str] = why_no_redis) -> str:
    """Why no cluster can be made here; empty when one can."""
    return no_broker() or ("" if Path("/proc/net/tcp").exists() else "没有 /proc：集群的断电测试未做")


class Field:
    """Starts the processes, kills them, starts them again as a service manager would."""

    def __init__(
        self, folder: Path, url: str, inventory: Path, slice_seconds: int = 3, broker: Broker | None = None
    ) -> None:
        self.folder, self.url, self.inventory = folder, url, inventory
        self.broker: Broker = Redis() if broker is None else broker
        self.environment = os.environ | {
            "CLUSTER_URL": self.broker.url, "DATABASE_URL": url, "LEASE_SECONDS": str(LEASE), "LOG_LEVEL": "WARNING",
        }  # fmt: skip
        self.slice_seconds = slice_seconds
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self._logs: list[IO[bytes]] = []
        self._commands: dict[str, Callable[[], list[str]]] = {
            "worker1": self._worker, "worker2": self._worker, "dispatcher": self._dispatcher,
        }  # fmt: skip

    def _worker(self) -> list[str]:
        return [
            sys.executable, "-m", "celery", "-A", "crawler.cluster.app", "worker", "-P", "threads", "-c", "3",
            "-Q", "walk", "--without-gossip", "--without-mingle", "-n", f"w{time.monotonic_ns()}@%h", "-l", "INFO",
        ]  # fmt: skip

    def _dispatcher(self) -> list[str]:
        return [
            sys.executable, "-m", "scrapy", "crawl", "gov_sites", *round_of(self.inventory, self.url, self.folder),
            "-s", f"CLUSTER_URL={self.broker.url}", "-s", f"SLICE_SECONDS={self.slice_seconds}",
            "-s", f"LEASE_SECONDS={LEASE}", "-s", f"SITE_DELAY={DELAY}",
        ]  # fmt: skip

    def start(self, name: str) -> None:
        """Start one of broker, worker1, worker2, dispatcher."""
        if name == "broker":
            self.running[name] = self.broker.start(self.folder / "broker.log")
            return
        log = (self.folder / f"{name}.log").open("ab")
        self._logs.append(log)
        self.running[name] = subprocess.Popen(
            self._commands[name](), cwd=ROOT, env=self.environment, stdout=log, stderr=log
        )

    def start_all(self) -> None:
        """All four, the broker first unless it runs already."""
        for name in ("broker", *self._commands):
            if name not in self.running:
                self.start(name)

    def kill(self, name: str, spare: int | None = None, away: float = 0) -> None:
        """`kill -9`; a crawl child is the youngest but `spare`. What is no child starts again after `away` seconds."""
        if name == "child":
            for number in [child for child in self.children() if child != spare][-1:]:
                with suppress(ProcessLookupError):
                    os.kill(number, signal.SIGKILL)
            return
        process = self.running[name]
        process.kill()
        process.wait()
        time.sleep(away)
        self.start(name)

    def children(self, of: str | None = None) -> list[int]:
        """Processes that walk a slice now, the oldest first; `of` one worker only."""
        parents = {process.pid for name, process in self.running.items() if of in (None, name)}
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            with suppress(OSError, ValueError):
                words = (folder / "stat").read_text().rpartition(")")[2].split()
                if int(words[1]) in parents and b"crawler.cluster.slice" in (folder / "cmdline").read_bytes():
                    found.append((int(words[19]), int(folder.name)))
        return [number for _, number in sorted(found)]

    def wait(self, seconds: float) -> int | None:
        """Exit status of the dispatcher, None when it is not through in time. One that was kept out comes again."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            status = self.running["dispatcher"].poll()
            if status == 0 or (status is not None and not self._again()):
                return status
            if status is not None:
                time.sleep(1)
                self.start("dispatcher")
            time.sleep(0.2)
        return None

    def _again(self) -> bool:
        return "正由另一个进程分发" in self.log("dispatcher")[-2000:]

    def log(self, name: str) -> str:
        """What a process said."""
        return (self.folder / f"{name}.log").read_text("utf-8", "replace")

    def stop(self) -> None:
        """End all that still runs."""
        for name in ("dispatcher", "worker1", "worker2"):
            if name in self.running:
                self.running[name].terminate()
        for name in ("dispatcher", "worker1", "worker2", "broker"):
            if name in self.running:
                with suppress(subprocess.TimeoutExpired):
                    self.running[name].wait(0.1 if name == "broker" else 15)
                self.running[name].kill()
                self.running[name].wait()
        self.broker.close()
        for log in self._logs:
            log.close()


def round_of(inventory: Path, url: str, folder: Path) -> list[str]:
    """Arguments of the round, whoever walks it."""
    return [
        "-a", f"inventory={inventory}", "-a", "round=2026-11", "-a", f"as_of={AS_OF}", "-s", f"DATABASE_URL={url}",
        "-s", f"OUTPUT_DIR={folder}/out", "-s", "RECHECK_DELAY=1", "-s", "CONTROL_ADDRESSES=none",
    ]  # fmt: skip


def unbroken(inventory: Path, url: str, folder: Path) -> None:
    """The same round by one process that nobody disturbs."""
    done = subprocess.run(
        [sys.executable, "-m", "scrapy", "crawl", "gov_sites", *round_of(inventory, url, folder)],
        cwd=ROOT, capture_output=True, text=True, timeout=180, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]


def told(folder: Path) -> dict[str, Any]:
    """What must be alike: everything but the clock's readings."""
    data = json.loads((folder / "out" / "2026-11" / "findings.json").read_text("utf-8"))
    names = ("rule", "category", "certainty", "site", "unit", "column", "subject", "where", "where_count", "deduction",
             "message", "status")  # fmt: skip
    sites = [{name: one[name] for name in ("id", "verdict", "score", "vetoes", "pages")} for one in data["sites"]]
    findings = sorted(({name: one[name] for name in names} for one in data["findings"]), key=str)
    return {"findings": findings, "sites": sites, "pages": data["coverage"]["pages"]}


def doubles(url: str) -> list[Any]:
    """What the store holds twice: pages by their last address, links by their place, looks by their moment."""
    address, page, edge, attempt = schema.address, schema.page, schema.edge, schema.attempt
    last = sa.func.coalesce(address.c.final_url, address.c.url)
    of_page = (address.c.run == page.c.run) & (address.c.id == page.c.id)
    queries = [
        sa.select(last).join_from(page, address, of_page).group_by(last).having(sa.func.count() > 1),
        sa.select(edge.c.target, edge.c.page).group_by(edge.c.target, edge.c.page).having(sa.func.count() > 1),
        sa.select(attempt.c.address).group_by(attempt.c.address).having(sa.func.count() > 2),
    ]
    with engine_of(url).connect() as db:
        return [tuple(row) for query in queries for row in db.execute(query)]
