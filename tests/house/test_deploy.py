"""Timer, services and crontab line of the home page looks: readable, often enough, and what they start is there.

The loop of `-a every=15m` is run with a clock of its own in tests/probes/test_availability.py.
"""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path

import pytest

from crawler.probes.every import parse_span
from crawler.watch import ARGUMENTS
from rules.loader import load_ruleset

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
UNITS = sorted(path.name for path in DEPLOY.iterdir() if path.suffix in (".service", ".timer"))
ANALYZE = shutil.which("systemd-analyze")
DAY = 24 * 60


def unit(name: str) -> ConfigParser:
    parser = ConfigParser(interpolation=None, strict=True, delimiters=("=",), comment_prefixes=("#",))
    parser.optionxform = str  # type: ignore[assignment, method-assign]  # systemd tells upper from lower case
    parser.read_string((DEPLOY / name).read_text("utf-8"))
    return parser


def minutes_of(field: str, size: int) -> set[int]:
    """The values of one crontab field: *, */n, n, a-b and lists of them."""
    found: set[int] = set()
    for part in field.split(","):
        span, _, step = part.partition("/")
        first, _, last = span.partition("-")
        values = range(size) if span == "*" else range(int(first), int(last or first) + 1)
        found |= set(values[:: int(step or 1)])
    return found


def cron(word: str) -> tuple[list[str], str]:
    """(five fields, command) of the line that starts `word`."""
    lines = (DEPLOY / "crontab.example").read_text("utf-8").splitlines()
    [line] = [line for line in lines if not line.startswith("#") and f"crawl {word}" in line]
    *fields, command = re.split(r"\s+", line, maxsplit=5)
    return fields, command


def words_of(command: str) -> list[str]:
    """The arguments behind `scrapy`."""
    words = shlex.split(re.split(r">>|2>|\|", command)[0])
    return words[next(n for n, word in enumerate(words) if word.endswith("/scrapy")) + 1 :]


def per_day_of_v2() -> int:
    [rule] = [rule for rule in load_ruleset("quarterly").rules if rule.id == "V2"]
    return int(rule.params["per_day"])


def test_the_crontab_line_looks_often_enough_and_not_too_often() -> None:
    (minute, hour, *days), command = cron("availability")
    assert days == ["*", "*", "*"] and words_of(command) == ["crawl", "availability"]
    starts = sorted(60 * h + m for h in minutes_of(hour, 24) for m in minutes_of(minute, 60))
    assert len(starts) >= 1.5 * per_day_of_v2(), "some looks are lost to outages"
    gaps = {later - start for start, later in zip(starts, [*starts[1:], starts[0] + DAY], strict=True)}
    assert min(gaps) >= 5, "V2 counts looks less than five minutes apart once"


def test_the_service_loops_as_often() -> None:
    service = unit("xuncha-availability.service")["Service"]
    words = words_of(service["ExecStart"])
    assert words[:2] == ["crawl", "availability"]
    arguments = dict(word.split("=", 1) for word in words[3::2])
    assert set(words[2::2]) == {"-a"} and set(arguments) <= ARGUMENTS
    assert 300 <= parse_span(arguments["every"]) <= 3600
    assert service["Restart"] == "always" and service["RestartPreventExitStatus"] == "2"


def test_the_timer_starts_a_service_that_ends() -> None:
    timer = unit("xuncha-availability.timer")
    assert timer["Install"]["WantedBy"] == "timers.target"
    service = unit(timer["Timer"]["Unit"])["Service"]
    assert service["Type"] == "oneshot" and words_of(service["ExecStart"]) == ["crawl", "availability"]


def test_both_ways_are_told_in_the_readmes() -> None:
    for name in ("README.md", "README.zh-CN.md"):
        text = (ROOT / name).read_text("utf-8")
        assert "every=15m" in text and "deploy/" in text, name
    assert "*/15 * * * *" in (ROOT / "README.zh-CN.md").read_text("utf-8")


@pytest.mark.parametrize("name", UNITS)
def test_systemd_reads_the_unit(name: str, tmp_path: Path) -> None:
    """`systemd-analyze verify`, with a program that is there in the place of the installed one."""
    if ANALYZE is None:
        pytest.skip("systemd-analyze is not installed: the units are only parsed")
    for path in UNITS:
        text = re.sub(r"/opt/xuncha/\.venv/bin/\w+", sys.executable, (DEPLOY / path).read_text("utf-8"))
        (tmp_path / path).write_text(text, "utf-8")
    done = subprocess.run(
        [ANALYZE, "verify", "--man=no", str(tmp_path / name)], capture_output=True, text=True, timeout=60, check=False
    )
    mine = [line for line in done.stderr.splitlines() if "xuncha" in line]
    assert done.returncode == 0 and mine == [], done.stderr


def test_systemd_would_start_the_timer_every_quarter_of_an_hour() -> None:
    if ANALYZE is None:
        pytest.skip("systemd-analyze is not installed: the calendar is not worked out")
    calendar = unit("xuncha-availability.timer")["Timer"]["OnCalendar"]
    done = subprocess.run(
        [ANALYZE, "calendar", "--iterations=97", "--base-time=2026-11-20 00:00:00 UTC", calendar],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        pytest.skip(f"this systemd-analyze works no calendars out: {done.stderr.strip()[:80]}")
    moments = re.findall(r"(\d\d):(\d\d):00 UTC", done.stdout)
    assert len({*moments}) == DAY / 15 and all(int(minute) % 15 == 0 for _, minute in moments)
