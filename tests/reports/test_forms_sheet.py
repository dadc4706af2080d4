"""The form that people fill in, in the ledger workbook: out, filled in, through LibreOffice, back in."""

from __future__ import annotations

import shutil
import subprocess
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from crawler.inventory import BadInput
from reports.forms_sheet import NAME, form_rows, forms_workbook, read_forms
from reports.workbook import build_workbook, formats_of
from rules.engine import judge
from rules.forms import Answer, asked
from rules.loader import RuleSet, load_ruleset
from tests.rules.build import FakeRound, portal, round_facts, site_facts

ANNUAL = load_ruleset("annual")
OFFICE = shutil.which("soffice")


def only(*rule_ids: str) -> RuleSet:
    profile = ANNUAL.profile.model_copy(update={"forms": list(rule_ids)})
    return RuleSet(profile, tuple(rule for rule in ANNUAL.known if rule.id in rule_ids), ANNUAL.known, "sha256:test")


RULES = only("D11", "D13", "D24")


def facts() -> FakeRound:
    return round_facts(site_facts(portal()))


def answer(**changes: Any) -> Answer:
    given = {"rule": "D11", "site": "portal", "result": "无问题", "by": "李某", "on": date(2026, 11, 18)}
    return Answer(**(given | changes))


def workbook(folder: Path, *answers: Answer) -> Path:
    """The ledger workbook of a round that asks for three indicators."""
    made = facts()
    path = folder / "问题台账.xlsx"
    path.write_bytes(build_workbook(judge(made, RULES, answers=answers), made.inventory))
    return path


def fill(path: Path, rule: str, **cells: Any) -> None:
    """Write into the row of an indicator by head, as a clerk does."""
    book = load_workbook(path)
    sheet = book[NAME]
    heads = [cell.value for cell in sheet[1]]
    row = next(row for row in sheet.iter_rows(min_row=2) if row[0].value == rule)
    for head, value in cells.items():
        row[heads.index(head)].value = value
    book.save(path)


def test_what_is_asked_stands_there_with_its_cases_and_whether_it_was_answered(tmp_path: Path) -> None:
    sheet = load_workbook(workbook(tmp_path, answer(text="均可注册")))[NAME]
    heads = [cell.value for cell in sheet[1]]
    rows = [dict(zip(heads, row, strict=True)) for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert [(row["指标"], row["填报情况"]) for row in rows] == [("D11", "已填报"), ("D13", "未填报"), ("D24", "未填报")]
    assert (rows[0]["填报人"], rows[0]["填报日期"], rows[0]["情况说明"]) == ("李某", "2026-11-18", "均可注册")
    assert "2. 抽取的标题在搜索结果第一页找不到，每条（1分）" in rows[2]["情形与分值"]


def test_a_round_that_asks_for_nothing_has_no_such_sheet() -> None:
    made = facts()
    content = build_workbook(judge(made, load_ruleset("monthly")), made.inventory)
    assert NAME not in load_workbook(BytesIO(content)).sheetnames


@pytest.mark.parametrize(
    "office",
    [False, pytest.param(True, marks=pytest.mark.skipif(not OFFICE, reason="没有 LibreOffice，经其另存的往返未测"))],
)
def test_filled_in_and_read_back(tmp_path: Path, office: bool) -> None:
    path = workbook(tmp_path)
    fill(
        path,
        "D13",
        结论="有问题",
        第几种情形=4,
        几处=2,
        情况说明="=材料表述含糊",
        填报人="李某",
        填报日期=date(2026, 11, 18),
        佐证材料="截图1.png",
    )
    if office:
        (tmp_path / "saved").mkdir()
        command = [
            str(OFFICE),
            "--headless",
            f"-env:UserInstallation=file://{tmp_path}/profile",
            "--convert-to",
            "xlsx",
            "--outdir",
            str(tmp_path / "saved"),
            str(path),
        ]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        path = tmp_path / "saved" / path.name
    made = facts()
    given = read_forms(path, made.inventory, RULES)
    [one] = given.answers
    assert given.round == "2026-11"
    assert (one.rule, one.site, one.result, one.item, one.count) == ("D13", "portal", "有问题", 4, 2)
    assert (one.by, one.on, one.proof) == ("李某", date(2026, 11, 18), "截图1.png")
    judgement = judge(made, RULES, answers=given.answers)
    assert judgement.sites[0].score == 96
    assert [row["rule"] for row in judgement.extra["unfilled"]] == ["D11", "D24"]


def test_mistakes_are_told_by_row_head_and_remedy(tmp_path: Path) -> None:
    path = workbook(tmp_path)
    fill(path, "D11", 结论="有毛病", 填报人="李某", 填报日期="2026-11-18")
    fill(path, "D24", 结论="有问题", 第几种情形=9, 填报日期="2026-11-18")
    with pytest.raises(BadInput) as caught:
        read_forms(path, facts().inventory, RULES)
    told = {(problem.line, problem.field.rpartition(" ")[2]) for problem in caught.value.problems}
    assert told == {(2, "结论"), (4, "第几种情形"), (4, "填报人")}
    assert all(problem.remedy for problem in caught.value.problems)


@pytest.mark.parametrize("how", ["missing", "no workbook", "another workbook"])
def test_a_file_that_is_no_form(tmp_path: Path, how: str) -> None:
    path = tmp_path / "x.xlsx"
    if how == "no workbook":
        path.write_bytes(b"round: 2026-11")
    elif how == "another workbook":
        book = load_workbook(workbook(tmp_path))
        del book[NAME]
        book.save(path)
    with pytest.raises(BadInput) as caught:
        read_forms(path, facts().inventory, RULES)
    assert caught.value.problems[0].remedy


def test_the_form_alone(tmp_path: Path) -> None:
    made = facts()
    path = tmp_path / "填报.xlsx"
    rows = form_rows(asked(RULES, made.inventory), [answer()], made.inventory)
    path.write_bytes(forms_workbook("2026-11", rows, formats_of))
    assert forms_workbook("2026-11", rows, formats_of) == path.read_bytes()
    assert [one.rule for one in read_forms(path, made.inventory, RULES).answers] == ["D11"]
