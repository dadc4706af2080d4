"""`scrapy inventory propose` as a person types it, and that what it prints can be pasted."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from crawler.inventory import load_inventory
from tests.inventory.test_command import ROOT
from tests.walk.drive import inventory
from tests.walk.sites import walk
from tests.walk.test_columns import department


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The store of a round over a department site whose inventory names no column."""
    folder = tmp_path_factory.mktemp("store")
    walk(folder, department())
    return f"sqlite:///{folder}/x.db"


def propose(store: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "scrapy", "inventory", "propose", "-s", f"DATABASE_URL={store}", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False)


def test_what_it_prints_loads_as_columns_of_the_inventory(store: str, tmp_path: Path) -> None:
    done = propose(store, "--site", "portal", "--round", "2026-11")
    assert (done.returncode, done.stderr) == (0, "")
    (site,) = yaml.safe_load(done.stdout)["sites"]
    whole = yaml.safe_dump(inventory().model_dump(mode="json", exclude_none=True), allow_unicode=True)
    data = yaml.safe_load(whole)
    data["sites"][0]["columns"] = site["columns"]
    path = tmp_path / "inventory.yaml"
    path.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    columns = {column.name: column for column in load_inventory(path).sites[0].columns}
    assert {"工作动态", "通知公告", "政策文件", "规划计划", "机构职能"} <= columns.keys()
    assert (columns["工作动态"].id, columns["工作动态"].url, columns["工作动态"].top_level) == ("gzdt", "/gzdt/", True)
    assert (columns["通知公告"].url, columns["通知公告"].top_level) == ("/zwgk/tzgg/", False)


def test_each_line_tells_the_newest_day_and_the_path(store: str) -> None:
    lines = propose(store).stdout.splitlines()
    (line,) = [line for line in lines if "name: 通知公告" in line]
    assert line.endswith("# 最新 2026-11-18，3条；首页 > 政务公开 > 通知公告")


def test_what_is_hardly_a_column_is_commented_out_with_the_reason(store: str) -> None:
    (line,) = [line for line in propose(store).stdout.splitlines() if "name: 局动态" in line]
    assert line.strip().startswith("# - {") and "静态页面或表单" in line


def test_a_site_that_is_not_there_is_status_2_and_a_round_that_is_not_stored_1(store: str, tmp_path: Path) -> None:
    unknown = propose(store, "--site", "nobody")
    assert unknown.returncode == 2 and "没有站点 nobody" in unknown.stderr and "portal" in unknown.stderr
    absent = propose(store, "--round", "2020-01")
    assert absent.returncode == 1 and "没有 2020-01 轮次的巡查记录" in absent.stderr
    empty = propose(f"sqlite:///{tmp_path}/none.db")
    assert empty.returncode == 1 and "还没有巡查过的轮次" in empty.stderr


def test_an_existing_file_is_not_overwritten(store: str, tmp_path: Path) -> None:
    out = tmp_path / "columns.yaml"
    assert propose(store, "-o", str(out)).returncode == 0
    before = out.read_text(encoding="utf-8")
    assert yaml.safe_load(before)["sites"][0]["id"] == "portal"
    assert propose(store, "-o", str(out)).returncode == 2
    assert out.read_text(encoding="utf-8") == before
