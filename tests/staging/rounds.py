"""A city crawled by the real command, in a folder of its own, with what came of it: documents, store, truth."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from .process import ROOT, City, start_city

AS_OF = datetime.fromisoformat("2026-11-20T10:00+08:00")
ROUND = "2026-11"
SECONDS = 240
PROFILES = {"network": "tests/staging/network_profile.yaml", "words": "tests/staging/words_profile.yaml"}
"""Profiles of the cities that are not judged monthly."""
WORDS = {"network": ("-s", "IPV6_SAMPLE=40"), "words": ("-s", "READ_ATTACHMENTS=1")}
"""Further words of the command; 40: every link below its small home pages is asked over IPv6."""


@dataclass
class Done:
    """One finished command with its folder; `said` is what it printed."""

    folder: Path
    truth: dict[str, Any]
    status: int
    said: str
    profile: str = ""

    @property
    def database(self) -> str:
        """The store, as the setting DATABASE_URL takes it."""
        return f"sqlite:///{self.folder / 'inspection.db'}"

    @property
    def findings(self) -> dict[str, Any]:
        """findings.json of the round."""
        path = self.folder / "output" / ROUND / "findings.json"
        data: dict[str, Any] = json.loads(path.read_text("utf-8"))
        return data

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Rows of the store by SQL."""
        with closing(sqlite3.connect(self.folder / "inspection.db")) as database:
            return database.execute(query, values).fetchall()

    def command(self, *words: str, output: str = "output") -> subprocess.CompletedProcess[str]:
        """Another command over the same store."""
        settings = [f"DATABASE_URL={self.database}", f"OUTPUT_DIR={self.folder / output}"]
        if self.profile:
            settings.append(f"RULES_PROFILE={self.profile}")
        return _scrapy(*words, *(word for setting in settings for word in ("-s", setting)))


def _scrapy(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "scrapy", *words],
        cwd=ROOT, env=os.environ | {"PYTHONUTF8": "1"}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, timeout=SECONDS, check=False,
    )  # fmt: skip


def crawl(running: City, folder: Path, *more: str, profile: str = "") -> Done:
    """`scrapy crawl gov_sites` over a running city as it stands at `AS_OF`; `more` are further words.

    A city with signed zones is validated from its own root key.
    """
    truth: dict[str, Any] = yaml.safe_load(running.truth.read_text("utf-8"))
    done = Done(folder, truth, 0, "", profile)
    if "dnssec" in truth:
        more = ("-s", f"DNSSEC_ANCHORS={truth['dnssec']['anchor']}", *more)
    arguments = (f"inventory={running.inventory}", f"round={ROUND}", f"as_of={AS_OF.isoformat()}")
    ended = done.command(
        "crawl", "gov_sites", *(word for argument in arguments for word in ("-a", argument)),
        "-s", f"DNS_SERVERS={running.dns_servers}", "-s", "RECHECK_DELAY=1", *more,
    )  # fmt: skip
    done.status, done.said = ended.returncode, ended.stdout
    return done


def crawled(folder: Path, city: str, *more: str) -> Done:
    """The named city started, crawled and stopped again."""
    profile = PROFILES.get(city)
    with start_city(AS_OF, out_dir=folder / "city", city=city) as running:
        return crawl(running, folder, *WORDS.get(city, ()), *more, profile=str(ROOT / profile) if profile else "")
