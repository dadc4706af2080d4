"""A base install: what the extras bring is missing, and everything but the extras' own modules still imports."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.house.test_direction import modules

ROOT = Path(__file__).resolve().parents[2]
EXTRAS = ("celery", "kombu", "redis", "psycopg", "typst", "scrapy_playwright", "playwright")
TEST_ONLY = ("pytest", "hypothesis", "dnslib", "psutil")
OF_AN_EXTRA = {"crawler.cluster.app", "crawler.facts.postgres"}  # imported by nothing before the extra is asked for
WITHOUT = f"""
import sys
from importlib.abc import MetaPathFinder
class Missing(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {EXTRAS + TEST_ONLY!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Missing())
"""


def run(code: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", WITHOUT + code]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)


def test_every_module_of_the_base_imports_without_the_extras() -> None:
    names = [name for name in modules() if name not in OF_AN_EXTRA and "migrations" not in name]
    assert len(names) > 150
    done = run(f"import importlib\nfor name in {names!r}: importlib.import_module(name)")
    assert not done.returncode, done.stderr


def test_the_modules_of_an_extra_are_those() -> None:
    for name in OF_AN_EXTRA:
        done = run(f"import {name}")
        assert "ModuleNotFoundError" in done.stderr, f"{name} imports without its extra"


def test_scrapy_lists_our_commands_without_the_extras() -> None:
    done = run("from scrapy.cmdline import execute\nexecute(['scrapy', '--help'])")
    assert not done.returncode, done.stderr
    assert all(f"  {name} " in done.stdout for name in ("crawl", "judge", "ledger", "store", "rules", "bulletin"))


def test_a_shared_store_without_its_extra_is_told_with_the_remedy(tmp_path: Path) -> None:
    out, store = f"OUTPUT_DIR={tmp_path}/o", "DATABASE_URL=postgresql://u@127.0.0.1:1/x"
    arguments = ["scrapy", "crawl", "gov_sites", "-s", out, "-s", store, "-s", "CLUSTER_URL=redis://127.0.0.1:1/0"]
    done = run(f"from scrapy.cmdline import execute\nexecute({arguments!r})")
    assert done.returncode and "Traceback" not in done.stderr
    assert "pip install -e .[" in done.stderr
