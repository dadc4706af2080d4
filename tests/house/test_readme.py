"""What the documents say is so: settings, links, commands and the paths they name."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from crawler import settings

ROOT = Path(__file__).resolve().parents[2]
READMES = ("README.md", "README.zh-CN.md")
DOCUMENTS = (*READMES, "CONTRIBUTING.md")


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", READMES)
def test_settings_and_their_defaults(name: str) -> None:
    rows = re.findall(r"^\| `([A-Z0-9_]+)` \| ([^|]+) \|", text_of(name), re.MULTILINE)
    assert len(rows) >= 9
    for setting, told in rows:
        value = getattr(settings, setting)
        if told.startswith("`"):
            assert told.strip("` ") == str(value), setting


@pytest.mark.parametrize("name", READMES)
def test_contract_settings_are_told(name: str) -> None:
    contract = (
        "DATABASE_URL",
        "OUTPUT_DIR",
        "DNS_SERVERS",
        "RECHECK_DELAY",
        "RULES_PROFILE",
        "PAGES_PER_SITE",
        "DEPTH_LIMIT",
    )
    assert all(f"| `{setting}` |" in text_of(name) for setting in contract)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links_and_paths_are_there(name: str) -> None:
    text = text_of(name)
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link]
    paths = re.findall(
        r"`((?:crawler|rules|reports|tests|deploy|docs)/[A-Za-z0-9_./-]*|[a-z.]+\.example[.a-z]*)`", text
    )
    assert links or paths
    missing = [one for one in {*links, *paths} if not (ROOT / one).exists() and not (ROOT / "deploy" / one).exists()]
    assert missing == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_commands_are_there(name: str) -> None:
    """`scrapy NAME` is a command of ours, `python -m NAME` a module of ours."""
    text = text_of(name)
    for command in set(re.findall(r"scrapy ([a-z]+)", text)) - {"crawl"}:
        assert (ROOT / "reports" / "commands" / f"{command}.py").is_file(), command
    for spider in set(re.findall(r"scrapy crawl ([a-z_]+)", text)):
        assert (ROOT / "crawler" / "spiders" / f"{spider}.py").is_file(), spider
    for module in set(re.findall(r"python -m (tests\.[a-z_.]+)", text)):
        path = ROOT / module.replace(".", "/")
        assert path.with_suffix(".py").is_file() or (path / "__main__.py").is_file(), module


def test_the_two_readmes_say_the_same() -> None:
    english, chinese = (set(re.findall(r"^\| `([^`=]+)", text_of(name), re.MULTILINE)) for name in READMES)
    assert english == chinese


def test_workflow_calls_the_same_script() -> None:
    assert "run: .ci/run" in text_of(".github/workflows/ci.yml")
    script = text_of(".ci/run")
    base, round_, extras = (
        script.index(part) for part in ("pip install -qq -e .\n", 'stage "one round', 'pip install -qq -e ".[test')
    )
    assert base < round_ < extras, "the README's command must be tried with nothing more installed than it installs"
    assert script.index("python -m pytest") > extras
    assert "scrapy crawl gov_sites" in script


def test_deploy_runs_the_main_command() -> None:
    for name in ("xuncha.service", "crontab.example"):
        assert ".venv/bin/scrapy crawl gov_sites" in text_of(f"deploy/{name}")
    for expected in (
        line for line in text_of("deploy/crontab.example").splitlines() if line and line[0] in "0123456789*"
    ):
        assert expected in text_of("README.zh-CN.md")
