"""The checkers that are measured on the bench city: how each is started, and which links it calls dead."""

from __future__ import annotations

import csv
import json
import re
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SCRAPY = (sys.executable, "-m", "scrapy")


@dataclass(frozen=True)
class Place:
    """Where one checker works: the city's folder, its home pages, and a folder of its own."""

    city: Path
    seeds: tuple[str, ...]
    inventory: Path
    folder: Path


@dataclass(frozen=True)
class Checker:
    """`command` and `dead` are asked with the place; `dead` gives addresses as the checker writes them."""

    name: str
    what: str
    command: Callable[[Place], list[str]]
    dead: Callable[[Place], set[str]]
    needs: str | None = None
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def there(self) -> bool:
        """It is installed here."""
        return self.needs is None or _program(self.needs) is not None


def _program(name: str) -> str | None:
    """Beside this Python, or on the path."""
    own = Path(sys.executable).parent / name
    return str(own) if own.exists() else shutil.which(name)


def _xuncha(place: Place) -> list[str]:
    """What failed is looked at again, at once: the pause before it is a choice of the office, not work."""
    return [
        *SCRAPY, "crawl", "gov_sites", "-a", f"inventory={place.inventory}", "-a", "round=2024-06",
        "-a", "as_of=2024-06-02T10:00+08:00", "-s", "RECHECK_DELAY=0",
        "-s", f"DATABASE_URL=sqlite:///{place.folder}/facts.db", "-s", f"OUTPUT_DIR={place.folder}/output",
    ]  # fmt: skip


def _xuncha_dead(place: Place) -> set[str]:
    findings = json.loads((place.folder / "output/2024-06/findings.json").read_text(encoding="utf-8"))["findings"]
    return {finding["subject"] for finding in findings if finding["category"] == "链接不可用"}


def _two_at_once(place: Place, commands: list[list[str]]) -> list[str]:
    """All of the commands, on two processes: benchmarks/side_by_side.py."""
    file = place.folder / "commands.json"
    file.write_text(json.dumps(commands), encoding="utf-8")
    return [sys.executable, "-m", "benchmarks.side_by_side", "2", str(file)]


def _follow(place: Place, name: str, seeds: Sequence[str]) -> list[str]:
    file = place.folder / f"{name}.seeds"
    file.write_text("\n".join(seeds), encoding="utf-8")
    spider = Path(__file__).with_name("follow.py")
    return [*SCRAPY, "runspider", str(spider), "-a", f"seeds={file}", "-a", f"dead={place.folder}/{name}.dead"]


def _follow_all(place: Place) -> list[str]:
    return _follow(place, "all", place.seeds)


def _follow_halves(place: Place) -> list[str]:
    return _two_at_once(place, [_follow(place, f"half{half}", place.seeds[half::2]) for half in range(2)])


def _lines(place: Place) -> set[str]:
    return {line for file in place.folder.glob("*.dead") for line in file.read_text(encoding="utf-8").splitlines()}


def _linkchecker(place: Place) -> list[str]:
    config = place.folder / "linkcheckerrc"
    config.write_text("[filtering]\ncheckextern=1\n[checking]\nmaxrequestspersecond=10000\n", encoding="utf-8")
    output = f"csv/utf-8/{place.folder}/dead.csv"
    return [
        str(_program("linkchecker")), "-f", str(config), "--no-status", "--no-robots", "--no-warnings", "-o", "none",
        "-F", output, *place.seeds,
    ]  # fmt: skip


def _linkchecker_dead(place: Place) -> set[str]:
    with (place.folder / "dead.csv").open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader((line for line in file if not line.startswith("#")), delimiter=";")
        return {row["url"] for row in rows if row.get("valid") == "False" and row["url"]}


def _linkinator(place: Place) -> list[str]:
    """A process a site. Its `--concurrency` bounds waiting and not requests: one process that asks all sites at once
    has requests that fail, and calls their addresses broken."""
    words = [str(_program("linkinator")), "--recurse", "--format", "json", "--concurrency", "64", "--timeout", "20000"]
    return _two_at_once(place, [[*words, seed] for seed in place.seeds])


def _linkinator_dead(place: Place) -> set[str]:
    dead: set[str] = set()
    for number in range(len(place.seeds)):
        text = (place.folder / f"{number}.out").read_text(encoding="utf-8")
        dead.update(link["url"] for link in json.loads(text[text.index("{") :])["links"] if link["state"] == "BROKEN")
    return dead


def _wget(place: Place) -> list[str]:
    hosts = ",".join(seed.split("/")[2].partition(":")[0] for seed in place.seeds)
    return [
        "wget", "--spider", "--recursive", "--level=inf", "--page-requisites", "--span-hosts", f"--domains={hosts}",
        "--no-verbose", "--tries=1", "--execute=robots=off", f"--directory-prefix={place.folder}",
        f"--output-file={place.folder}/log", *place.seeds,
    ]  # fmt: skip


def _wget_dead(place: Place) -> set[str]:
    log = (place.folder / "log").read_text(encoding="utf-8", errors="replace")
    _, _, told = log.partition("broken link")
    return set(re.findall(r"^(https?://\S+)$", told, re.MULTILINE))


def _side_by_side(place: Place) -> list[str]:
    return [*_xuncha(place), "-s", "PROCESSES=auto"]


CHECKERS = (
    Checker(
        "xuncha",
        "whole inspection: walk, checks, facts, findings, documents",
        _xuncha,
        _xuncha_dead,
        environment={"SCRAPY_SETTINGS_MODULE": "crawler.settings"},
    ),
    Checker(
        "xuncha-auto",
        "the same with a process a core",
        _side_by_side,
        _xuncha_dead,
        environment={"SCRAPY_SETTINGS_MODULE": "crawler.settings"},
    ),
    Checker("scrapy", "bare Scrapy spider that only follows links", _follow_all, _lines),
    Checker("scrapy-2", "the same on two processes, half of the sites each", _follow_halves, _lines),
    Checker("linkchecker", "links", _linkchecker, _linkchecker_dead, "linkchecker"),
    Checker("linkinator", "links, a process a site, two at once", _linkinator, _linkinator_dead, "linkinator"),
    Checker("wget", "links (--spider)", _wget, _wget_dead, "wget"),
)
