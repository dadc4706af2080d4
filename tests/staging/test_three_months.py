"""Three months of a staging city by the real commands: what is new, standing, fixed, back, and what nobody could see.

Five sites are crawled in September, October and November with other problems planted each month; the ledger, the
statuses and the sentences of the bulletins are held against the plan, a quarter and half a year included.
"""

from __future__ import annotations

import json
import re
import socket
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
import yaml

from .process import start_city
from .rounds import Done

HERE = Path(__file__).parent
MONTHS = (9, 10, 11)
SITES = "dah,trs,bod,lmz,com"
OUT_OF_REACH = ("com", (10, 11))
PLAN = {  # the column at fault → the months in which it is; every other column of the five sites is in good order
    "dah/jcdt": (9, 10, 11),
    "trs/gsgg": (9,),
    "trs/jcdt": (10, 11),
    "bod/gfxwj": (9, 10),
    "bod/zxgh": (9, 11),
    "com/tjjd": (9,),
    "lmz/wrq": (9, 10, 11),
    "lmz/gwrq": (9, 10, 11),
}
BLANK = {"lmz/kfml": (11,)}
UNDATED = {"lmz/wrq": "未整改", "lmz/gwrq": "未整改"}
STATUS = {
    10: UNDATED | {"dah/jcdt": "未整改", "trs/jcdt": "新增", "bod/gfxwj": "未整改"},
    11: UNDATED | {"dah/jcdt": "未整改", "trs/jcdt": "未整改", "bod/zxgh": "反弹", "lmz/kfml": "新增"},
}
CLOSED = {9: set(), 10: {"trs/gsgg", "bod/zxgh"}, 11: {"bod/gfxwj"}}


@dataclass
class Year:
    """The three rounds in one store."""

    done: Done
    findings: dict[int, dict[str, Any]]

    def bulletin(self, code: str) -> str:
        """The text of a written bulletin."""
        path = next((self.done.folder / "output" / code).glob("通报*.docx"))
        return "\n".join(p.text for p in docx.Document(str(path)).paragraphs)


def planted(month: int, folder: Path) -> Path:
    """The problems of a month, in the styles city's own form."""
    raw = yaml.safe_load((HERE / "styles.yaml").read_text("utf-8"))
    own = {entry["at"].rpartition("/")[2]: entry for entry in raw["stale"]}
    raw["stale"] = [own[at.rpartition("/")[2]] | {"at": at} for at, months in PLAN.items() if month in months]
    raw["blank"] = [
        {"at": at, "how": "empty", "rules": ["V4.3"], "note": "空"} for at, months in BLANK.items() if month in months
    ]
    if month in OUT_OF_REACH[1]:
        raw["hosts"] = [{"host": "jtj.yunling.gov.cn", "serves": "refuse-robots"}]
    path = folder / f"planted-{month}.yaml"
    path.write_text(yaml.safe_dump(raw, allow_unicode=True), "utf-8")
    return path


def free_port() -> int:
    """A port that all three months can use: a problem is known by its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Year:
    """Three rounds, one after the other, by `scrapy crawl gov_sites`."""
    folder = tmp_path_factory.mktemp("months")
    done, findings, port = Done(folder, {}, 0, ""), {}, free_port()
    for month in MONTHS:
        as_of, code = datetime.fromisoformat(f"2026-{month:02d}-20T10:00+08:00"), f"2026-{month:02d}"
        with start_city(as_of, port, None, folder / "city", "styles", planted(month, folder)) as city:
            ended = done.command(
                "crawl", "gov_sites", "-a", f"inventory={city.inventory}", "-a", f"round={code}",
                "-a", f"as_of={as_of.isoformat()}", "-a", f"sites={SITES}",
                "-s", f"DNS_SERVERS={city.dns_servers}", "-s", "RECHECK_DELAY=1",
            )  # fmt: skip
        assert ended.returncode == 0, ended.stdout
        findings[month] = json.loads((folder / "output" / code / "findings.json").read_text("utf-8"))
    return Year(done, findings)


def told(findings: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Confirmed problems of columns by site and column."""
    sure = [f for f in findings if f["certainty"] == "confirmed" and f["column"] and f["level"] != "bonus"]
    return {f"{f['site']}/{f['column']}": f for f in sure}


def test_each_month_finds_what_was_planted(year: Year) -> None:
    site, months = OUT_OF_REACH
    for month in MONTHS:
        wanted = {at for at, when in (PLAN | BLANK).items() if month in when}
        wanted -= {at for at in wanted if at.startswith(site) and month in months}
        assert set(told(year.findings[month]["findings"])) == wanted, month


def test_statuses_follow_the_plan(year: Year) -> None:
    assert {f["status"] for f in told(year.findings[9]["findings"]).values()} == {"新增"}
    for month, wanted in STATUS.items():
        found = {at: f["status"] for at, f in told(year.findings[month]["findings"]).items()}
        assert found == wanted, month
    for month, fixed in CLOSED.items():
        assert set(told(year.findings[month]["closed"])) == fixed, month


def test_nobody_saw_the_site_out_of_reach(year: Year) -> None:
    for month in OUT_OF_REACH[1]:
        at = "com/tjjd"
        assert at not in told(year.findings[month]["findings"]) and at not in told(year.findings[month]["closed"])
    assert year.done.command("ledger", "export", str(year.done.folder / "台账.xlsx")).returncode == 0
    sheet = openpyxl.load_workbook(year.done.folder / "台账.xlsx")["问题台账"]
    heads = [cell.value for cell in sheet[1]]
    rows = [dict(zip(heads, (cell.value for cell in row), strict=True)) for row in sheet.iter_rows(min_row=2)]
    (row,) = [row for row in rows if row["网站"] == "云岭市交通运输局"]
    assert row["状态"] == "待交办" and row["首次发现轮次"] == "2026-09", "not visited is not fixed"


@pytest.mark.parametrize("month", [10, 11])
def test_monthly_bulletin_counts_the_last_one_anew(year: Year, month: int) -> None:
    before, now = told(year.findings[month - 1]["findings"]), told(year.findings[month]["findings"])
    closed = told(year.findings[month]["closed"])
    results = Counter("未整改" if at in now else "已整改" if at in closed else "未能复核" for at in before)
    said = f"2026年{month - 1}月通报的{len(before)}个问题中，本次复核{results['已整改'] + results['未整改']}个，"
    said += f"其中已整改{results['已整改']}个、未整改{results['未整改']}个"
    text = year.bulletin(f"2026-{month:02d}")
    assert said in text
    assert (f"另有{results['未能复核']}个问题" in text) == bool(results["未能复核"])
    assert f"共发现问题{len(now)}个，涉及{len({f['unit'] for f in now.values()})}个单位" in text
    back = sum(f["status"] == "反弹" for f in now.values())
    assert (f"整改后又出现的{back}个" in text) == bool(back)
    standing = sum(f["status"] == "未整改" for f in now.values())
    assert f"{standing}个问题在此前检查中已经发现，至今仍未整改" in text


def test_half_year_adds_its_months_up(year: Year) -> None:
    assert year.done.command("bulletin", "--round", "2026-H2").returncode == 0
    text = year.bulletin("2026-H2")
    months = [year.findings[month] for month in MONTHS]
    found = {at for judged in months for at in told(judged["findings"])}
    last, fixed = set(told(months[-1]["findings"])), set[str]()
    for judged in months:
        fixed = (fixed - set(told(judged["findings"]))) | set(told(judged["closed"]))
    unseen = found - last - fixed
    assert unseen == {"com/tjjd"}
    assert f"累计发现问题{len(found)}个" in text
    state = re.search(r"其中已整改(\d+)个、未整改(\d+)个、因未能访问或未检查到而未能复核(\d+)个", text)
    assert state is not None
    assert [int(n) for n in state.groups()] == [len(fixed & found), len(last), len(unseen)]
