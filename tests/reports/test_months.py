"""Three months: statuses, the bulletin's 上期 section, quarters and years, the commands a person types."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from docx.oxml.ns import qn
from scrapy.settings import Settings

from crawler.facts.store import load_ledger
from reports.bulletin import compose
from reports.commands import bulletin as bulletin_command
from reports.commands import ledger as ledger_command
from reports.documents import write_documents
from reports.numbers import compute
from reports.options import Options
from reports.periods import combined, months_of, previous_code
from reports.stored import NothingStored, load
from rules.ledger import Ledger
from rules.schema import Judgement
from tests.reports import build
from tests.reports.months import PLAN, Months, three_months
from tests.reports.recount import Recount

PLAN_NAMES = {finding.fingerprint: what for what, (finding, _) in PLAN.items()}


@pytest.fixture(scope="module")
def months(tmp_path_factory: pytest.TempPathFactory) -> Months:
    """Read-only for the tests of this module."""
    return three_months(tmp_path_factory.mktemp("months"))


def run(module: Any, months: Months, output: Path, *arguments: str) -> int:
    """A command as Scrapy runs it; its exit status."""
    command = module.Command()
    command.settings = Settings({"DATABASE_URL": months.url, "OUTPUT_DIR": str(output)})
    command.exitcode = 0
    parser = argparse.ArgumentParser()
    command.add_options(parser)
    opts, args = parser.parse_known_args(list(arguments))
    command.run(args, opts)
    return int(command.exitcode)


def test_statuses_over_three_months(months: Months) -> None:
    name = {finding.fingerprint: what for what, (finding, _) in PLAN.items()}
    told = {month: {name[f.fingerprint]: (f.status, f.times) for f in j.findings} for month, j in months.rounds.items()}
    assert {status for status, _ in told[9].values()} == {"新增"}
    assert told[10] == {"always": ("未整改", 2), "fixed in November": ("未整改", 2)}
    assert told[11] == {"always": ("未整改", 3), "new in November": ("新增", 1), "fixed, then back": ("反弹", 2)}
    closed = {month: {name[f.fingerprint] for f in j.closed} for month, j in months.rounds.items()}
    assert closed == {9: set(), 10: {"fixed in October", "fixed, then back"}, 11: {"fixed in November"}}


@pytest.mark.parametrize("month", [10, 11])
def test_text_tells_what_became_of_the_last_bulletin(months: Months, month: int, tmp_path: Path) -> None:
    now, before = months.rounds[month], months.rounds[month - 1]
    city = build.inventory(hostile=False)
    path = write_documents(now, city, tmp_path, before)[1]
    paragraphs = [p.text for p in docx.Document(str(path)).paragraphs]
    recount = Recount(
        json.loads(now.model_dump_json()),
        json.loads(before.model_dump_json()),
        {u.id: u.name for u in city.units},
        {s.id: s.name for s in city.sites},
    )
    told = next(p for p in paragraphs if "通报的" in p)
    assert recount.numbers_in(told) == []
    if month == 10:
        assert told.startswith(
            "2026年9月通报的5个问题中，本次复核4个，其中已整改2个、未整改2个，整改率为50.0%；另有1个问题"
        )
    else:
        assert told.startswith("2026年10月通报的2个问题中，本次复核2个，其中已整改1个、未整改1个，整改率为50.0%（详见")


def test_quarter_is_told_from_its_months(months: Months) -> None:
    """A problem counts once for the quarter, whichever check found it; what became of it is told beside it."""
    stored = load(months.engine, "2026-Q4")
    assert [r.round for r in stored.rounds] == ["2026-10", "2026-11"]
    assert {f.fingerprint for f in stored.judgement.findings} == {f.fingerprint for f in months.rounds[11].findings}
    fixed = {f.fingerprint for f in stored.judgement.closed}
    assert fixed == {PLAN["fixed in October"][0].fingerprint, PLAN["fixed in November"][0].fingerprint}
    numbers = compute(stored.judgement, stored.inventory, stored.previous)
    assert {p.finding.fingerprint for p in numbers.fixed_here} == {PLAN["fixed in November"][0].fingerprint}
    assert len(numbers.found) == 4 and len(numbers.problems) == 3
    assert stored.judgement.coverage.pages == sum(months.rounds[m].coverage.pages for m in (10, 11))
    assert stored.judgement.extra["published"] == {
        "total": 21,
        "by_type": {"动态要闻": 17, "政策文件": 4},
        "by_unit": {"zfb": 21},
        "from": "2026-10-01",
        "to": "2026-11-20",
    }
    assert stored.previous is not None and stored.previous.round == "2026-Q3"


def test_quarter_in_words(months: Months, tmp_path: Path) -> None:
    assert run(bulletin_command, months, tmp_path, "--round", "2026-Q4") == 0
    document = docx.Document(str(next((tmp_path / "2026-Q4").glob("通报*.docx"))))
    text = [p.text for p in document.paragraphs]
    whole = "\n".join(text)
    assert "进行了2次检查，监测时间点分别为2026年10月20日10时、2026年11月20日10时" in whole
    assert (
        "2026年第三季度通报时尚未整改的5个问题中，本期复核4个，其中已整改2个、未整改2个，整改率为50.0%；"
        "另有1个问题因网站未能访问或本期未检查到，未能复核" in whole
    )
    assert "累计发现问题4个，涉及4个单位，其中链接不可用2个、栏目不更新1个、空白栏目1个，整改后又出现的1个" in whole
    assert "截至2026年11月20日，其中已整改1个、未整改3个，整改率为25.0%。" in whole
    assert "检查发现不可用链接2条，涉及2个单位，其中1个已整改。" in whole
    rows = [[c.text for c in row.cells] for row in document.tables[1].rows][1:]
    done = [row for row in rows if row[4].endswith("（已整改）")]
    assert len(rows) == 4 and [(row[6], row[7]) for row in done] == [("2026-10-20", "——")]
    noticed = sorted((tmp_path / "2026-Q4" / "整改通知单").iterdir())
    assert len(noticed) == 3, "what is fixed needs no notice"


def test_half_year_keeps_open_what_nobody_reached_again(months: Months, tmp_path: Path) -> None:
    stored = load(months.engine, "2026-H2")
    numbers = compute(stored.judgement, stored.inventory, stored.previous)
    assert len(numbers.found) == len(PLAN)
    states = {PLAN_NAMES[p.finding.fingerprint]: numbers.state(p) for p in numbers.found}
    assert states == {
        "always": "未整改",
        "fixed in October": "已整改",
        "new in November": "新增",
        "fixed, then back": "反弹",
        "fixed in November": "已整改",
        "never reached again": "未能复核",
    }
    assert all(p.finding.site != "site09" for p in numbers.repeated), "nobody saw that it still stands"
    assert run(bulletin_command, months, tmp_path, "--round", "2026-H2") == 0
    whole = "".join(p.text for p in docx.Document(str(next((tmp_path / "2026-H2").glob("通报*.docx")))).paragraphs)
    assert "已整改2个、未整改3个、因未能访问或未检查到而未能复核1个，整改率为40.0%" in whole


def test_site_failed_once_in_a_quarter_and_passed_later(months: Months) -> None:
    def with_verdict(judgement: Judgement, verdict: str) -> Judgement:
        rows = [s.model_copy(update={"verdict": verdict}) if s.id == "site01" else s for s in judgement.sites]
        return judgement.model_copy(update={"sites": rows})

    rounds = [with_verdict(months.rounds[10], "不合格"), with_verdict(months.rounds[11], "合格")]
    city = build.inventory(hostile=False)
    whole = "".join(b.text for b in compose(combined("2026-Q4", rounds), city, Options()).blocks)
    assert "云岭市教育局网站（得分" in whole or "云岭市教育局网站（2026年11月检查已合格）" in whole
    assert "按各次检查结论，合格" in whole


def test_dismissed_since_is_never_told_in_a_quarter(months: Months) -> None:
    mark = PLAN["never reached again"][0].fingerprint
    told = combined("2026-H2", list(months.rounds.values()), dismissed={mark})
    assert mark not in {f.fingerprint for p in compute(told, build.inventory()).found for f in p.findings}


def test_overlapping_windows_are_counted_once(months: Months) -> None:
    twice = combined("2026-Q4", [months.rounds[10], months.rounds[10], months.rounds[11]])
    assert twice.extra["published"]["total"] == 21


def test_newest_round_is_the_default_and_unknown_ones_are_told(months: Months) -> None:
    assert load(months.engine).judgement.round == "2026-11"
    with pytest.raises(NothingStored, match="2026-09、2026-10、2026-11"):
        load(months.engine, "2025")


@pytest.mark.parametrize(
    ("code", "months", "before"),
    [
        ("2026-01", ["2026-01"], "2025-12"),
        ("2026-Q1", ["2026-01", "2026-02", "2026-03"], "2025-Q4"),
        ("2026-H2", [f"2026-{m:02d}" for m in range(7, 13)], "2026-H1"),
        ("2026", [f"2026-{m:02d}" for m in range(1, 13)], "2025"),
        ("试运行", [], ""),
        ("2026-Q5", [], ""),
    ],
)
def test_period_codes(code: str, months: list[str], before: str) -> None:
    assert (months_of(code), previous_code(code)) == (months, before)


def test_bulletin_command_writes_a_quarter(months: Months, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ("--round", "2026-Q4", "--issue", "3", "--doc-no", "云政办函〔2026〕9号", "--sign-date", "2026-11-25")
    assert run(bulletin_command, months, tmp_path, *arguments) == 0
    folder = tmp_path / "2026-Q4"
    assert str(folder / "通报_云岭市_2026年第四季度.docx") in capsys.readouterr().out
    text = "".join(p.text for p in docx.Document(str(folder / "通报_云岭市_2026年第四季度.docx")).paragraphs)
    assert "（2026年第四季度第3期）" in text and "云政办函〔2026〕9号" in text and "2026年12月9日前" in text


@pytest.mark.parametrize(
    ("subject", "word"), [("链接", "网站链接可用性"), ("栏目", "栏目信息更新情况"), ("IPv6", "IPv6支持情况")]
)
def test_special_subject_holds_its_own_problems_only(months: Months, tmp_path: Path, subject: str, word: str) -> None:
    assert run(bulletin_command, months, tmp_path, "--subject", subject) == 0
    (path,) = (tmp_path / "2026-11").iterdir()
    document = docx.Document(str(path))
    text = "".join(p.text for p in document.paragraphs)
    assert f"全市政府网站{word}专项检查的通报" in text
    assert "合格率" not in text and "不合格" not in text and "网民留言" not in text
    assert "域名管理和IPv6" not in text, "a special bulletin speaks of its own subject"
    heads = [cell.text for cell in document.tables[0].rows[0].cells]
    assert "合格数" not in heads and "更新" not in heads
    rows = document.tables[1]._tbl.findall(qn("w:tr"))[1:]
    kinds = {"".join(t.text for t in row.findall(qn("w:tc"))[3].iter(qn("w:t"))) for row in rows}
    assert kinds <= {"链接": {"链接不可用"}, "栏目": {"栏目不更新", "空白栏目"}, "IPv6": set()}[subject]


def test_year_papers(tmp_path: Path) -> None:
    months = three_months(tmp_path)  # a store of its own: what the commands write is counted
    for subject in ("", "", "链接", "链接"):
        assert run(bulletin_command, months, tmp_path, "--round", "2026-11", "--subject", subject) == 0
    assert run(bulletin_command, months, tmp_path, "--round", "2026") == 0
    folder = tmp_path / "2026"
    book = openpyxl.load_workbook(folder / "年度报表.xlsx")
    work = {row[0].value: (row[1].value, row[3].value) for row in book["年度工作统计"].iter_rows(min_row=2)}
    assert work["开展巡查"] == (3, "系统统计")
    assert work["发现问题"] == (len(PLAN), "系统统计")
    assert work["完成整改"] == (3, "系统统计")
    assert work["印发通报"] == work["开展专项整治"] == (1, "系统统计")
    classes = [[cell.value for cell in row] for row in book["信息公开分类统计"].iter_rows(min_row=2)]
    assert sum(row[2] for row in classes) == 30
    assert round(sum(float(row[3].rstrip("%")) for row in classes), 6) == 100
    annual = [[cell.value for cell in row] for row in book["工作年度报表"].iter_rows(min_row=2)]
    assert {row[4] for row in annual} == {"系统统计", "需人工填报"}
    assert all((row[3] in (None, "")) == (row[4] == "需人工填报") for row in annual), "what is counted has a value"
    page = (folder / "年度看板.html").read_text(encoding="utf-8")
    assert page.count("<circle") == 9
    report = "".join(p.text for p in docx.Document(str(folder / "政务公开工作要点落实情况（草稿）.docx")).paragraphs)
    assert "各网站共发布信息30条" in report and "【此处由起草人填写：" in report


def test_template_of_the_office(months: Months, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = tmp_path / "模板.docx"
    assert run(bulletin_command, months, tmp_path, "--new-template", str(own)) == 0
    assert own.read_bytes() == (Path(bulletin_command.__file__).parents[1] / "templates" / "bulletin.docx").read_bytes()
    document = docx.Document(str(own))
    document.paragraphs[0].insert_paragraph_before("本单位内部资料 {{ issuer }} {{ signed }}")
    document.save(str(own))
    assert run(bulletin_command, months, tmp_path / "out", "--template", str(own)) == 0
    made = docx.Document(str(next((tmp_path / "out" / "2026-11").glob("通报*.docx"))))
    text = [p.text for p in made.paragraphs]
    assert text[0] == "本单位内部资料 云岭市人民政府办公室 2026年11月20日"
    assert "一、总体情况" in text and not any("{{" in p or "{%" in p for p in text)
    assert not any("模板说明" in p for p in text)
    marked = [r.text for p in made.paragraphs for r in p.runs if r.font.highlight_color is not None]
    assert marked and all(word.startswith("【此处由起草人填写：") for word in marked)
    assert len(made.tables) == 6
    capsys.readouterr()
    document.paragraphs[0].insert_paragraph_before("{{ nothing }}")
    document.save(str(own))
    assert run(bulletin_command, months, tmp_path / "out", "--template", str(own)) == 2
    assert "nothing" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("--round", "2020-01"), 1, "没有 2020-01 的评判结果"),
        (("--subject", "天气"), 2, "没有“天气”专项"),
        (("--sign-date", "明天"), 2, "不是日期"),
        (("--wording", "没有.yaml"), 2, "读不到用语文件"),
        (("--template", "没有.docx"), 2, "读不到模板"),
        (("--holidays", "没有.txt"), 2, "不可用"),
    ],
)
def test_bad_use_is_told(
    months: Months,
    tmp_path: Path,
    arguments: tuple[str, ...],
    status: int,
    said: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(bulletin_command, months, tmp_path, *arguments) == status
    assert said in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_ledger_command_exports_imports_and_decides(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    months = three_months(tmp_path)
    workbook = tmp_path / "台账.xlsx"
    assert run(ledger_command, months, tmp_path, "export", str(workbook)) == 0
    book = openpyxl.load_workbook(workbook)
    assert {name: book[name].max_row - 1 for name in ("问题台账", "待核实", "已整改", "误报")} == {
        "问题台账": 4,
        "待核实": 0,
        "已整改": 2,
        "误报": 0,
    }
    heads = {cell.value: cell.column for cell in book["问题台账"][1]}
    book["问题台账"].cell(2, heads["状态"]).value = "整改中"
    book.save(workbook)
    assert run(ledger_command, months, tmp_path, "import", str(workbook), "--by", "李某") == 0
    stored = Ledger.model_validate({"entries": load_ledger(months.engine)})
    log = [(c.by, c.field, c.after) for e in stored.entries.values() for c in e.log]
    assert log[0] == ("李某", "state", "整改中")
    assert [field for _, field, _ in log] == ["state", "assigned", "deadline"]
    mark = PLAN["new in November"][0].fingerprint
    assert run(ledger_command, months, tmp_path, "dismiss", mark[:8]) == 2
    assert run(ledger_command, months, tmp_path, "dismiss", mark[:8], "--reason", "栏目确有内容", "--by", "李某") == 0
    assert run(ledger_command, months, tmp_path, "exempt", PLAN["always"][0].fingerprint, "--until", "x") == 2
    until = ("--until", "2027-01-31", "--reason", "正在改版")
    assert run(ledger_command, months, tmp_path, "exempt", PLAN["always"][0].fingerprint, *until) == 0
    stored = Ledger.model_validate({"entries": load_ledger(months.engine)})
    assert stored.dismissed(mark)
    assert [(e.reason, e.until.isoformat()) for e in stored.exemptions()] == [("正在改版", "2027-01-31")]
    capsys.readouterr()
    assert run(ledger_command, months, tmp_path, "show") == 0
    assert "误报：1 个" in capsys.readouterr().out
    assert run(ledger_command, months, tmp_path, "show", mark) == 0
    assert "2026-11：发现" in capsys.readouterr().out
    assert run(ledger_command, months, tmp_path, "import", str(tmp_path / "没有.xlsx")) == 2
    assert run(ledger_command, months, tmp_path, "fly") == 2
