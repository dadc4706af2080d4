"""Every number of the DOCX is counted again from findings.json, sentence by sentence."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path

import docx
import pytest
from docx.oxml.ns import qn

from reports.documents import FINDINGS, write_documents
from rules.schema import Judgement
from tests.reports import build
from tests.reports.recount import Json, Recount, problems, rate


def written(
    judgement: Judgement, before: Judgement | None, folder: Path, hostile: bool = True
) -> tuple[Json, list[str], list[list[list[str]]]]:
    """findings.json, the bulletin's paragraphs and its tables as a reader of the files gets them."""
    paths = write_documents(judgement, build.inventory(hostile), folder, before)
    document = docx.Document(str(next(p for p in paths if p.suffix == ".docx")))
    data = json.loads((folder / FINDINGS).read_text(encoding="utf-8"))
    tables = [
        [
            ["".join(t.text or "" for t in cell.iter(qn("w:t"))) for cell in row.iterfind(qn("w:tc"))]
            for row in table._tbl.iterfind(qn("w:tr"))
        ]
        for table in document.tables
    ]
    return data, [p.text for p in document.paragraphs if p.text.strip()], tables


def body(paragraphs: list[str]) -> list[str]:
    """The text between the addressees and the annex note, without headings."""
    start = next(i for i, text in enumerate(paragraphs) if text.startswith("根据"))
    end = next(i for i, text in enumerate(paragraphs) if text.startswith("附件："))
    return [text for text in paragraphs[start:end] if not re.match(r"[一二三]、|（[一二三四五六七八九十]+）", text)]


def unit_names(hostile: bool = True) -> dict[str, str]:
    """Unit names by id."""
    return {unit.id: unit.name for unit in build.inventory(hostile).units}


def site_names(hostile: bool = True) -> dict[str, str]:
    """Site names by id."""
    return {site.id: site.name for site in build.inventory(hostile).sites}


def thinned(seed: int) -> tuple[Judgement, Judgement]:
    """A round and the one before it with some findings left out and statuses dealt anew."""
    dice = random.Random(seed)
    now, before = build.judgement(), build.previous()
    kept = [f for f in now.findings if dice.random() < 0.6]
    dealt = [f.model_copy(update={"status": dice.choice(["新增", "新增", "未整改", "反弹", "误报"])}) for f in kept]
    sites = [s.model_copy(update={"verdict": dice.choice(["合格", "合格", "不合格"])}) for s in now.sites]
    older = [f for f in before.findings if dice.random() < 0.7]
    return now.model_copy(update={"findings": dealt, "sites": sites}), before.model_copy(update={"findings": older})


@pytest.mark.parametrize("seed", range(8))
def test_every_number_of_the_text_is_counted_from_findings_json(seed: int, tmp_path: Path) -> None:
    judgement, before = (build.judgement(), build.previous()) if seed == 0 else thinned(seed)
    data, paragraphs, _ = written(judgement, before, tmp_path, hostile=False)
    recount = Recount(data, json.loads(before.model_dump_json()), unit_names(False), site_names(False))
    told = body(paragraphs)
    assert len(told) > 8
    for paragraph in told:
        assert recount.numbers_in(paragraph) == [], paragraph


def test_without_an_earlier_round_nothing_is_said_of_one(tmp_path: Path) -> None:
    now = build.judgement()
    fresh = now.model_copy(
        update={"closed": [], "findings": [f.model_copy(update={"status": "新增", "times": 1}) for f in now.findings]}
    )
    data, paragraphs, tables = written(fresh, None, tmp_path, hostile=False)
    recount = Recount(data, None, unit_names(False), site_names(False))
    assert all(recount.numbers_in(p) == [] for p in body(paragraphs))
    assert not any("上期" in p for p in body(paragraphs))
    assert [p for p in paragraphs if "复查情况表" in p] == []
    assert len(tables) == 5, "four annexes and 版记"


def test_clean_round(tmp_path: Path) -> None:
    now = build.judgement()
    sites = [s.model_copy(update={"verdict": "合格", "vetoes": []}) for s in now.sites]
    clean = now.model_copy(update={"findings": [], "closed": [], "sites": sites})
    data, paragraphs, _ = written(clean, None, tmp_path)
    told = "".join(paragraphs)
    assert problems(data) == []
    assert "未发现不合格网站。" in told and "本次检查未发现需整改的问题。" in told
    assert "发现的主要问题" not in told and "没有问题" not in told


def test_statistics_annex_adds_up(tmp_path: Path) -> None:
    """附件1 of domain bulletins 1.7: every row and every column adds up; rates are of what stands beside them."""
    data, _, tables = written(build.judgement(), build.previous(), tmp_path, hostile=False)
    over, under, *rows, total = tables[0]
    assert over == [
        *("序号", "责任单位（网站名称）", "网站标识码", "运行总数", "检查数", "抽查比例"),
        *("合格数", "不合格数", "待复核数", "合格率", "问题数", "其中", "已整改数", "整改率"),
    ]
    assert under[11:19] == ["更新", "空白", "错链", "表述", "互动服务", "标识", "域名IPv6", "其他"]
    found = problems(data)
    units = list(dict.fromkeys(s["unit"] for s in data["sites"]))
    assert [row[0] for row in rows] == [str(i) for i in range(1, len(units) + 1)] and total[0] == "合计"
    for unit, row in zip(units, rows, strict=True):
        sites = {s["id"] for s in data["sites"] if s["unit"] == unit}
        assert int(row[4]) == len(sites)
        assert int(row[10]) == sum(f["site"] in sites for f in found)
    for row in [*rows, total]:
        passed, failed, waiting = (int(cell) for cell in row[6:9])
        assert int(row[4]) == passed + failed + waiting
        assert row[9] == (rate(passed, passed + failed) if passed + failed else "——")
        assert row[5] == rate(int(row[4]), int(row[3]))
        assert int(row[10]) == sum(int(cell) for cell in row[11:19]), row
    assert int(total[10]) == len(found)
    for column in (3, 4, 6, 7, 8, *range(10, 20)):
        assert int(total[column]) == sum(int(row[column]) for row in rows), column
    before = json.loads(build.previous().model_dump_json())
    last = Recount(data, before, unit_names(False), site_names(False)).last()
    assert total[19:] == [str(last["已整改"]), rate(last["已整改"], last["已整改"] + last["未整改"])]


def test_list_of_problems_holds_each_confirmed_problem_once(tmp_path: Path) -> None:
    data, _, tables = written(build.judgement(), build.previous(), tmp_path, hostile=False)
    found = problems(data)
    _, *rows = tables[1]
    assert len(rows) == len(found)
    assert [row[0] for row in rows] == [str(i) for i in range(1, len(found) + 1)]
    messages = "".join(row[4] for row in rows)
    for f in found:
        assert f["category"] == "隐私泄露" or f["message"] in messages
    suspected = [f["subject"] for f in data["findings"] if f["certainty"] == "suspected"]
    assert suspected and not any(subject in cell for row in rows for cell in row for subject in suspected)


def test_review_annex_tells_each_problem_of_the_last_bulletin(tmp_path: Path) -> None:
    before = build.previous()
    data, _, tables = written(build.judgement(), before, tmp_path, hostile=False)
    expected = Recount(data, json.loads(before.model_dump_json()), unit_names(False), site_names(False)).last()
    _, *rows = tables[2]
    assert {result: sum(row[4] == result for row in rows) for result in expected} == dict(expected)
    assert all(row[3] == "——" for row in rows if row[4] == "未能复核")


def test_publication_annex_equals_the_extra_numbers(tmp_path: Path) -> None:
    data, _, tables = written(build.judgement(), build.previous(), tmp_path, hostile=False)
    _, *rows, total = tables[3]
    assert int(total[-1]) == sum(data["extra"]["published"]["by_unit"].values()) == sum(int(r[-1]) for r in rows)
    assert int(total[2]) == len(data["extra"]["columns"])
    for row in [*rows, total]:
        assert int(row[2]) == sum(int(cell) for cell in row[3:7])


def test_suspects_reviews_and_false_positives_are_never_named(tmp_path: Path) -> None:
    now = build.judgement()
    marked = [
        f.model_copy(update={"status": "误报", "message": "误报不得出现"}) if i % 5 == 0 else f
        for i, f in enumerate(now.findings)
    ]
    _, paragraphs, tables = written(now.model_copy(update={"findings": marked}), None, tmp_path)
    text = "".join(paragraphs) + "".join(cell for table in tables for row in table for cell in row)
    assert "误报不得出现" not in text and "疑似" not in text and "某词" not in text


def test_masked_categories_give_no_evidence_away(tmp_path: Path) -> None:
    _, paragraphs, tables = written(build.judgement(), None, tmp_path, hostile=False)
    text = "".join(paragraphs) + "".join(cell for table in tables for row in table for cell in row)
    assert "存在隐私泄露问题（具体内容另行告知）" in text
    assert "完整身份证号码" not in text and "gs/1.html" not in text


def test_words_of_a_dead_link_that_is_also_a_hidden_one_are_not_repeated(tmp_path: Path) -> None:
    now = build.judgement()
    link = next(f for f in now.findings if f.category == "链接不可用" and f.certainty == "confirmed")
    bad = link.model_copy(update={"message": "链接“某某娱乐城”打不开"})
    hidden = {"category": "暗链外链", "certainty": "suspected", "rule": "N13", "fingerprint": "f" * 16}
    found = [bad if f is link else f for f in now.findings] + [link.model_copy(update=hidden)]
    _, paragraphs, tables = written(now.model_copy(update={"findings": found}), None, tmp_path, hostile=False)
    text = "".join(paragraphs) + "".join(cell for table in tables for row in table for cell in row)
    assert "娱乐城" not in text and "存在链接不可用问题（具体内容另行告知）" in text


def test_words_of_the_trade(tmp_path: Path) -> None:
    _, paragraphs, _ = written(build.judgement(), build.previous(), tmp_path, hostile=False)
    text = "".join(paragraphs)
    assert "截至" in text and "截止" not in text
    assert "个百分点" in text
    assert "【此处由起草人填写：发文字号】" in text and not re.search(r"〔2026〕\d+号", text)
