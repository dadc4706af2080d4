"""`scrapy inventory` as a person types it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.inventory.conftest import CONTRACT
from tests.inventory.test_register import HEAD, JYJ, PORTAL, workbook

ROOT = Path(__file__).resolve().parents[2]


def scrapy(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "scrapy", "inventory", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False)


def test_check_tells_what_is_in_it(contract: Path) -> None:
    done = scrapy("check", contract)
    assert (done.returncode, done.stderr) == (0, "")
    assert "可以使用：云岭市，2个单位、1个站点、3个栏目、1个新媒体账号、1条豁免" in done.stdout


def test_check_tells_warnings_with_status_0(contract: Path) -> None:
    contract.write_text(CONTRACT.replace("5329010001", "53290"), encoding="utf-8")
    done = scrapy("check", contract)
    assert done.returncode == 0
    assert "另有 1 处提醒" in done.stdout
    assert "第20行 sites[portal].site_code" in done.stdout


def test_check_of_bad_input_is_status_2(contract: Path) -> None:
    contract.write_text(CONTRACT.replace("robots", "robot").replace("kind: portal", "kind: x"), encoding="utf-8")
    done = scrapy("check", contract)
    assert (done.returncode, done.stdout) == (2, "")
    assert "有 2 处错误" in done.stderr
    assert "Traceback" not in done.stderr


def test_wrong_usage_is_status_2() -> None:
    for arguments in ([], ["chekc"], ["import"], ["check", "a", "b"]):
        done = scrapy(*arguments)
        assert done.returncode == 2
        assert "用法不对" in done.stderr


def test_import_into_a_file_that_check_accepts(tmp_path: Path) -> None:
    path = workbook(tmp_path, 名录=[HEAD, PORTAL, JYJ])
    out = tmp_path / "new.yaml"
    assert scrapy("import", path, "-o", out).returncode == 0
    assert scrapy("check", out).returncode == 0
    before = out.read_text(encoding="utf-8")
    again = scrapy("import", path, "-o", out)
    assert again.returncode == 2
    assert "文件已存在" in again.stderr
    assert out.read_text(encoding="utf-8") == before
    assert scrapy("import", path).stdout == before


def test_schema_is_json() -> None:
    done = scrapy("schema")
    assert done.returncode == 0
    assert json.loads(done.stdout)["$schema"].startswith("https://json-schema.org/")
