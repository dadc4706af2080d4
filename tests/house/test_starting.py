"""What is imported when: a command that is typed does not wait for what only others need."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OF_WORK = (
    "aiohttp", "alembic", "celery", "dns", "docx", "docxtpl", "jinja2", "kombu", "openpyxl", "sqlalchemy", "tldextract",
    "xlsxwriter", "yaml", "crawler.facts", "crawler.pages", "rules", "reports.documents", "reports.doing",
)  # fmt: skip


def imported(code: str) -> set[str]:
    """Names of all modules that a fresh Python has after `code`."""
    command = [sys.executable, "-c", f"import sys\n{code}\nprint('\\n'.join(sys.modules))"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=True)
    return set(done.stdout.splitlines())


def test_the_commands_are_listed_without_what_they_work_with() -> None:
    code = "from scrapy.cmdline import execute\ntry: execute(['scrapy', '--help'])\nexcept SystemExit: pass"
    names = imported(code)
    assert "reports.commands.bulletin" in names
    assert sorted(names & set(OF_WORK)) == []


def test_walking_does_not_wait_for_what_writes_documents() -> None:
    names = imported("import reports.doing.crawl")
    assert {"crawler.processes.parent", "rules.loader"} <= names
    writing = {"alembic", "celery", "docx", "docxtpl", "jinja2", "openpyxl", "xlsxwriter", "reports.documents"}
    assert sorted(names & writing) == []
