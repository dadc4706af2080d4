"""整改通知单: one document for each unit with its problems, evidence, deadline and reply slip."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from urllib.parse import urlsplit

from reports import figures, told
from reports.evidence import evidence
from reports.files import safe_name
from reports.gbt9704.form import Fields, Form, Heading, NewPage, Part, Text
from reports.ledger_rows import problem_number
from reports.paper import Annex
from reports.points import deadline_text, signed_day
from reports.problems import Problem
from reports.telling import Telling
from reports.wording import SLOT

FOLDER = "整改通知单"
_HELD = "暗链外链"  # the addresses of these targets stand in the internal ledger only
_BLANK_LINE = "＿＿＿＿＿＿＿＿"


def notices(t: Telling) -> Iterator[tuple[str, bytes]]:
    """File name and DOCX of each unit that has confirmed problems, in the order of their number."""
    by_unit: dict[str, list[Problem]] = defaultdict(list)
    for problem in t.numbers.problems:
        by_unit[problem.finding.unit].append(problem)
    taken: Counter[str] = Counter()
    form = Form("政府网站问题整改通知单", author=t.inventory.issuer, day=signed_day(t))
    for unit, _ in t.numbers.by_unit:
        name = safe_name(f"{FOLDER}（{t.names.unit(unit)}）")
        taken[name] += 1
        suffix = "" if taken[name] == 1 else f"_{taken[name]}"
        yield f"{name}{suffix}.docx", form.filled(notice(t, unit, by_unit[unit]))


def notice(t: Telling, unit: str, mine: list[Problem]) -> list[Part]:
    """What stands in one unit's notice."""
    deadline = deadline_text(t)
    return [
        Text(f"编号：{SLOT}通知单编号】", "right", 0.5),
        _fields(t, unit, mine, deadline),
        _problem_table(t, mine),
        Heading("整改要求"),
        Text(_demand(t, mine, deadline), keep=True),
        Text(t.inventory.issuer, "right", 1, keep=True),
        Text(figures.day_name(signed_day(t)), "right"),
        NewPage("整改情况回执"),
        Fields(((("责任单位", t.names.unit(unit)), ("通知单编号", "")), (("反馈时间", ""), ("联系人及电话", "")))),
        _reply_table(t, mine),
        Text(f"负责人签字（盖章）：{_BLANK_LINE}", "right", 1, keep=True),
        Text("　　年　　月　　日", "right"),
    ]


def _fields(t: Telling, unit: str, mine: list[Problem], deadline: str) -> Fields:
    sites = list(dict.fromkeys(p.finding.site for p in mine))
    codes = "、".join(code for s in sites if (code := t.names.codes.get(s, "")))
    counts = Counter(p.finding.category for p in mine)
    parts = "、".join(f"{name}{n}个" for name, n in sorted(counts.items(), key=lambda kv: (-kv[1], kv[0])))
    return Fields(
        (
            (("责任单位", t.names.unit(unit)), ("签发单位", t.inventory.issuer)),
            (("网站名称", "、".join(t.names.site(s) for s in sites)), ("网站标识码", codes)),
            (("发现时间", figures.day_name(t.day)), ("整改时限", deadline)),
            (("问题数量", f"{len(mine)}个（{parts}）"), ("反馈方式", "填写回执，加盖公章后报送")),
            (("签发人", ""), ("签收人及时间", "")),
            (("联系电话", t.inventory.bulletin.contact),),
        )
    )


def _problem_table(t: Telling, mine: list[Problem]) -> Annex:
    rows = tuple(
        (
            str(i),
            told.place(p.finding, t.names),
            f"{p.finding.category}\n（{p.finding.rule}）" + ("\n单项否决" if p.key[:2] in t.vetoed else ""),
            _described(t, p),
            _addresses(p),
            p.finding.fix,
        )
        for i, p in enumerate(mine, 1)
    )
    head = ("序号", "网站（栏目）", "类别和指标", "问题描述和检查记录", "问题页面和问题地址", "整改建议")
    return Annex("问题清单", head, (10, 26, 22, 42, 36, 20), rows, frozenset({1, 3, 4, 5}))


def _described(t: Telling, problem: Problem) -> str:
    """The fact, how often it was found, what was seen when, and the number that the ledger knows it by."""
    again = "" if problem.status == "新增" else f"（{problem.status}，第{problem.times}次）"
    seen = evidence(problem.finding)
    number = problem_number(problem.first_seen or t.judgement.round, problem.finding)
    return told.fact(problem.finding, t.names) + again + (f"\n{seen}" if seen else "") + f"\n问题编号：{number}"


def _addresses(problem: Problem) -> str:
    page, subject = told.page_of(problem.finding), problem.finding.subject
    count = max(problem.finding.where_count, len(problem.finding.where))
    more = f"\n共{count}个页面，详见问题台账" if count > 1 else ""
    if problem.finding.category == _HELD and urlsplit(subject).netloc != urlsplit(page).netloc:
        return page + "\n（目标地址见问题台账，不随文书印发）" + more
    return page + (f"\n{subject}" if subject != page else "") + more


def _demand(t: Telling, mine: list[Problem], deadline: str) -> str:
    failed = {s.id for s in t.judgement.sites if s.verdict == "不合格"} & {p.finding.site for p in mine}
    at_once = "其中涉及不合格网站的问题要立即整改；" if failed else ""
    when = "立即" if deadline == "立即" else f"于{deadline}前"
    return (
        f"请对照上述问题逐项核实，举一反三，{when}完成整改，并将回执报送{t.inventory.issuer}。{at_once}"
        "对检查结果有异议的，请在回执中说明并附证明材料；因客观原因不能按期完成的，请在回执中说明原因和预计完成时间。"
    )


def _reply_table(t: Telling, mine: list[Problem]) -> Annex:
    rows = tuple((str(i), told.fact(p.finding, t.names), "", "", "", "") for i, p in enumerate(mine, 1))
    head = ("序号", "问题", "整改措施", "完成时间", "整改后网址或截图编号", "未完成原因")
    return Annex("整改情况", head, (9, 47, 32, 18, 30, 20), rows, frozenset({1}))
