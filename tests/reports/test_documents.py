"""write_documents as a whole: names, determinism, contract 3, hostile names, size and memory of a large round."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import zipfile
from datetime import date
from pathlib import Path

import docx
import pytest

from reports.bulletin import tell
from reports.documents import write_documents
from reports.notices import FOLDER, notices
from reports.options import Options
from reports.telling import Telling
from rules.schema import Judgement
from tests.reports import build
from tests.reports.recount import problems

LARGE = """
import sys
from pathlib import Path
from reports.documents import write_documents
from tests.reports import build
write_documents(build.judgement(53, 2000), build.inventory(sites=53), Path(sys.argv[1]), build.previous())
print(Path("/proc/self/status").read_text())
"""


@pytest.fixture
def telling() -> Telling:
    """The hostile city's round with an earlier one."""
    return tell(build.judgement(), build.inventory(), Options(), build.previous())


def everything(folder: Path) -> dict[str, bytes]:
    """All files under a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_names_and_order(tmp_path: Path) -> None:
    paths = write_documents(build.judgement(), build.inventory(), tmp_path)
    assert [path.name for path in paths] == [
        "findings.json",
        "通报_云岭市_2026年11月.docx",
        "问题台账.xlsx",
        "index.html",
        "整改通知单",
        "csv",
    ]


def test_twice_the_same_judgement_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_documents(build.judgement(), build.inventory(), tmp_path / name, build.previous())
    assert everything(tmp_path / "a") == everything(tmp_path / "b")


def test_findings_json_keeps_the_contract(tmp_path: Path) -> None:
    now = build.judgement()
    path = write_documents(now, build.inventory(), tmp_path)[0]
    text = path.read_text(encoding="utf-8")
    data = json.loads(text)
    assert Judgement.model_validate(data) == now
    assert list(data)[:8] == ["round", "as_of", "tool", "profile", "rules_digest", "coverage", "sites", "findings"]
    wanted = ["fingerprint", "rule", "category", "level", "certainty", "site", "unit", "column", "subject", "where"]
    assert list(data["findings"][0])[:10] == wanted
    assert "云岭市" in text and "\\u" not in text


def test_each_unit_gets_a_notice_with_its_own_problems(telling: Telling) -> None:
    found = problems(telling.judgement.model_dump(mode="json"))
    made = dict(notices(telling))
    assert len(made) == len({f["unit"] for f in found})
    names = {unit.id: unit.name for unit in telling.inventory.units}
    for content, (unit, count) in zip(made.values(), telling.numbers.by_unit, strict=True):
        document = docx.Document(io.BytesIO(content))
        form, listing, _, reply = document.tables
        assert form.cell(0, 1).text == names[unit]
        assert form.cell(3, 1).text.startswith(f"{count}个（")
        assert len(listing.rows) - 1 == len(reply.rows) - 1 == count == sum(f["unit"] == unit for f in found)
        text = "\n".join(p.text for p in document.paragraphs)
        assert "整改情况回执" in text and "【此处由起草人填写：通知单编号】" in text
        assert "2026年12月4日前" in text


def test_deadline_in_a_year_without_calendar_is_marked_in_bulletin_and_notice(tmp_path: Path) -> None:
    late = Options(signed=date(2026, 12, 28))
    write_documents(build.judgement(), build.inventory(), tmp_path, build.previous(), late)
    mark = "2027年1月11日【此处由起草人填写：2027年放假安排尚未收录，请核对整改时限】"
    form = docx.Document(str(next((tmp_path / FOLDER).iterdir())))
    assert form.tables[0].cell(2, 3).text == mark
    assert any(mark in p.text for p in form.paragraphs)
    told = "".join(p.text for p in docx.Document(str(next(tmp_path.glob("通报*.docx")))).paragraphs)
    assert "于2027年1月11日前（10个工作日内）完成【此处由起草人填写：2027年放假安排尚未收录" in told


def test_notice_carries_what_was_seen_and_the_ledgers_number(telling: Telling) -> None:
    looks = [{"at": f"2026-11-20T01:{minute}:00+00:00", "reason": "http-404"} for minute in ("05", "16")]
    seen = {"looks": looks, "path": ["首页", "新闻"], "newest_title": "题", "newest": "2026-11-01"}
    found = [f.model_copy(update={"observed": seen}) for f in telling.judgement.findings]
    told = tell(telling.judgement.model_copy(update={"findings": found}), telling.inventory, Options())
    text = "".join(c.text for c in docx.Document(io.BytesIO(next(notices(told))[1])).tables[1]._cells)
    assert "访问记录：11月20日9时05分、9时16分共2次，页面不存在（404）" in text
    assert "；最新一条为“题”（2026-11-01）；位置：首页 > 新闻" in text
    unit = told.numbers.by_unit[0][0]
    mine = [p for p in told.numbers.problems if p.finding.unit == unit]
    assert all(f"问题编号：{p.first_seen.replace('-', '')}-{p.finding.fingerprint[:8]}" in text for p in mine)


def test_notice_names_are_safe_and_distinct(telling: Telling) -> None:
    made = [name for name, _ in notices(telling)]
    assert len(set(made)) == len(made)
    assert not any(char in name for name in made for char in '\\/:*?"<>|')
    twins = telling.inventory.model_copy(
        update={"units": [u.model_copy(update={"name": "同名局"}) for u in telling.inventory.units]}
    )
    same = [name for name, _ in notices(tell(telling.judgement, twins, Options()))]
    assert len(set(same)) == len(same) == len(made)


def test_notice_of_a_unit_without_problems_goes(tmp_path: Path) -> None:
    now, city = build.judgement(), build.inventory()
    write_documents(now, city, tmp_path)
    mine = tmp_path / FOLDER / "我的备份.docx"
    mine.write_bytes(b"kept")
    unit = now.findings[-1].unit
    write_documents(now.model_copy(update={"findings": [f for f in now.findings if f.unit == unit]}), city, tmp_path)
    left = {path.name for path in (tmp_path / FOLDER).iterdir()}
    assert len(left) == 2 and mine.name in left


def test_hostile_names_come_out_whole_everywhere(tmp_path: Path) -> None:
    write_documents(build.judgement(), build.inventory(), tmp_path, build.previous())
    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&amp;科技局" in page
    bulletin = docx.Document(str(next(tmp_path.glob("通报*.docx"))))
    text = "".join(p.text for p in bulletin.paragraphs)
    text += "".join(cell.text for row in bulletin.tables[0].rows for cell in row.cells)
    for name in build.HOSTILE.values():
        assert name in text
    for path in tmp_path.rglob("*.docx"):
        with zipfile.ZipFile(path) as archive:
            assert archive.testzip() is None


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="系统没有 /proc：生成文书的内存未测")
def test_large_round_in_bounded_memory(tmp_path: Path) -> None:
    """VmHWM, not getrusage: a child's ru_maxrss begins with what the process held that started it."""
    root = Path(__file__).parents[2]
    run = subprocess.run(
        [sys.executable, "-c", LARGE, str(tmp_path)], capture_output=True, text=True, check=True, cwd=root, timeout=120
    )
    held = re.search(r"^VmHWM:\s+(\d+) kB$", run.stdout, re.M)
    assert held is not None and int(held[1]) < 500_000
    assert (tmp_path / "index.html").stat().st_size < 5_000_000


def test_everything_optional_may_be_missing(tmp_path: Path) -> None:
    now = build.judgement()
    bare = now.model_copy(
        update={
            "extra": {},
            "closed": [],
            "findings": [
                f.model_copy(update={"observed": {}, "where": [], "fix": "", "column": None}) for f in now.findings
            ],
        }
    )
    paths = write_documents(bare, build.inventory(), tmp_path)
    assert all(path.exists() for path in paths)
