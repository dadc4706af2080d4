"""评分表_<站点>.docx: every item, what it lost and why, bonus, total; nothing that is to stand in the ledger only."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.document import Document

from reports.bulletin import tell
from reports.documents import write_documents
from reports.options import Options
from reports.scorecards import FOLDER, score_notes, scorecards
from rules.schema import Finding, Judgement
from tests.reports import build

ITEMS: list[dict[str, Any]] = [
    {"id": "D4", "group": "发布解读", "name": "动态要闻", "cap": 5.0, "lost": 5.0, "state": "已检查"},
    {"id": "D5", "group": "发布解读", "name": "通知公告", "cap": 5.0, "lost": 0.0, "state": "已检查"},
    {"id": "D11", "group": "办事服务", "name": "事项公开", "cap": 3.0, "lost": 0.0, "state": "不适用"},
    {"id": "D22", "group": "功能设计", "name": "可用性", "cap": 6.0, "lost": 0.0, "state": "未检查"},
]
GIFT = {"id": "B1", "group": "信息发布", "name": "数据发布", "cap": 7.0, "earned": 3.5, "state": "已检查"}
SECRET = "http://www.lucky777.example/a"


def scored(lost_to: list[Finding], score: float | None = 98.5, **site: Any) -> Judgement:
    """A round whose portal has a sheet: D4 lost its points to `lost_to`."""
    now = build.judgement()
    mine = [f.model_copy(update={"site": now.sites[0].id, "deduction": 2.5}) for f in lost_to]
    lines = [dict(one, findings=[f.fingerprint for f in mine] if one["lost"] else []) for one in ITEMS]
    portal = now.sites[0].model_copy(update={"score": score, "vetoes": [], "notes": []} | site)
    extra = {**now.extra, "score_sheets": {portal.id: lines}, "bonus_sheets": {portal.id: [GIFT]}}
    return now.model_copy(update={"findings": mine, "sites": [portal, *now.sites[1:]], "extra": extra})


def opened(judgement: Judgement) -> list[tuple[str, Document]]:
    """The sheets by file name."""
    made = scorecards(tell(judgement, build.inventory(), Options()))
    return [(name, docx.Document(io.BytesIO(content))) for name, content in made]


@pytest.fixture
def problems() -> list[Finding]:
    """Two problems of the hostile city."""
    return build.judgement().findings[:2]


def cells(document: Document, table: int) -> list[list[str]]:
    """Rows of one table."""
    return [[cell.text for cell in row.cells] for row in document.tables[table].rows]


def test_every_item_with_points_state_and_sum(problems: list[Finding]) -> None:
    [(name, document)] = opened(scored(problems))
    assert name.startswith("评分表_") and name.endswith(".docx")
    items = [(r[0], r[3], r[4], r[5], r[6]) for r in cells(document, 1)[1:]]
    assert items == [
        ("D4", "5", "5", "0", "已检查"),
        ("D5", "5", "0", "5", "已检查"),
        ("D11", "3", "——", "——", "不适用"),
        ("D22", "6", "——", "——", "未检查"),
        ("合计", "19", "5", "", ""),
    ]
    head = {row[i]: row[i + 1] for row in cells(document, 0) for i in (0, 2)}
    assert (head["得分"], head["扣分合计"], head["加分合计"]) == ("98.5", "5", "3.5")
    assert "100－5＋3.5＝98.5" in head["得分说明"]
    assert head["检查范围"] == "扣分指标4项，已检查2项，未检查或待人工填报1项，不适用1项"


def test_why_and_evidence_of_each_loss(problems: list[Finding]) -> None:
    looks = [{"at": f"2026-11-20T01:{m}:00+00:00", "reason": "http-404"} for m in ("05", "16")]
    first = problems[0].model_copy(update={"observed": {"looks": looks}})
    [(_, document)] = opened(scored([first, problems[1]]))
    rows = cells(document, 3)[1:]
    assert len(rows) == 2 and all(row[0] == "D4" and "扣2.5分" in row[1] for row in rows)
    assert problems[0].where[0].page in rows[0][1]
    assert "访问记录：11月20日9时05分、9时16分共2次" in rows[0][3]


def test_heads_repeat_and_the_bonus_adds_up(problems: list[Finding]) -> None:
    [(_, document)] = opened(scored(problems))
    for table in document.tables[1:]:
        assert "w:tblHeader" in table.rows[0]._tr.xml
    assert cells(document, 2)[1][:5] == ["B1", "信息发布", "数据发布", "7", "3.5"]
    assert cells(document, 2)[-1][4] == "3.5"


def test_addresses_of_hidden_links_stay_in_the_ledger(problems: list[Finding]) -> None:
    changed = {"category": "暗链外链", "subject": SECRET, "message": f"首页含暗链，指向{SECRET}"}
    [(_, document)] = opened(scored([problems[0].model_copy(update=changed)]))
    assert "lucky777" not in document.element.xml
    assert "详见问题台账" in document.element.xml


def test_only_scored_sites_have_one(problems: list[Finding], tmp_path: Path) -> None:
    assert opened(build.judgement()) == []
    assert opened(scored(problems, score=None)) == []  # its home page was not seen
    [(_, vetoed)] = opened(scored(problems, score=None, vetoes=["V3"], verdict="不合格"))
    assert any("单项否决指标V3" in cell for row in cells(vetoed, 0) for cell in row)
    paths = write_documents(scored(problems), build.inventory(), tmp_path)
    assert FOLDER in [path.name for path in paths] and len(list((tmp_path / FOLDER).iterdir())) == 1
    write_documents(build.judgement(), build.inventory(), tmp_path)
    assert not list((tmp_path / FOLDER).iterdir())


def test_the_four_thirds_rule_is_told() -> None:
    site = scored([]).sites[0].model_copy(update={"score": 93.33})
    assert score_notes(site, ITEMS, [])[0] == "办事服务不计分，（75－5）×4/3＝93.33"
    assert score_notes(site.model_copy(update={"score": 40.0}), ITEMS, [])[0].startswith("得分以本期结论为准")
