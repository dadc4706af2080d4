"""The measured city of ../shared/bench: every dead link found, none wrong, each with the pages that hold it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from crawler.pages import canonical

ROOT = Path(__file__).resolve().parents[2]
BENCH = ROOT.parent / "shared" / "bench"
SUSPECTED = {"a500", "a503", "a_reset", "redirloop"}  # contract 4: these wait for a look six hours later
ENVIRONMENT = os.environ | {"PATH": f"{os.environ.get('PATH', '')}:/usr/sbin", "PY": sys.executable}


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    if not BENCH.is_dir():
        pytest.skip(f"the bench city is not beside the project: {BENCH.name}")
    if shutil.which("nginx", path=ENVIRONMENT["PATH"]) is None:
        pytest.skip("nginx is not installed (Debian package nginx)")
    folder = tmp_path_factory.mktemp("bench") / "city"
    make = [sys.executable, BENCH / "make_city.py", "--out", folder, "--sites", "5", "--articles", "60"]
    subprocess.run(make, check=True, capture_output=True, env=ENVIRONMENT)
    for parent in (folder, *folder.parents):  # nginx workers of another user must get in
        if parent.is_relative_to(tempfile.gettempdir()) and not parent.stat().st_mode & 0o001:
            parent.chmod(0o755)
    started = subprocess.run(
        ["bash", BENCH / "serve.sh", "start", folder], capture_output=True, text=True, env=ENVIRONMENT, check=False
    )
    if started.returncode:
        pytest.skip(f"nginx could not be started: {started.stderr[-300:]}")
    yield folder
    subprocess.run(["bash", BENCH / "serve.sh", "stop", folder], check=False, capture_output=True, env=ENVIRONMENT)


def inspected(city: Path, folder: Path) -> dict[str, Any]:
    inventory = folder / "inventory.yaml"
    inventory.write_bytes(subprocess.run([sys.executable, BENCH / "inventory.py", city], capture_output=True).stdout)
    command = [
        sys.executable, "-m", "scrapy", "crawl", "gov_sites", "-a", f"inventory={inventory}", "-a", "round=2026-11",
        "-s", f"DATABASE_URL=sqlite:///{folder}/x.db", "-s", f"OUTPUT_DIR={folder}/out", "-s", "RECHECK_DELAY=1",
    ]  # fmt: skip
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads((folder / "out" / "2026-11" / "findings.json").read_text("utf-8"))
    return found


def test_all_dead_links_found_none_wrong_each_with_its_pages(city: Path, tmp_path: Path) -> None:
    truth = json.loads((city / "truth.json").read_text("utf-8"))
    planted = {canonical(url): dead for url, dead in truth["dead"].items()}
    findings = inspected(city, tmp_path)["findings"]
    told = {canonical(one["subject"]): one for one in findings if one["category"] == "链接不可用"}
    assert sorted(set(planted) - set(told)) == [], "missed"
    assert sorted(set(told) - set(planted)) == [], "invented"
    for url, dead in planted.items():
        one = told[url]
        assert one["certainty"] == ("suspected" if dead["kind"] in SUSPECTED else "confirmed"), (url, dead["kind"])
        assert set(dead["on"]) <= {where["page"] for where in one["where"]}, url
