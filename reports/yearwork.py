"""What the office did in a year, from the ledger and the rounds: bulletins, special rectifications, what was fixed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from reports.annual import COUNTED, MANUAL
from reports.numbers import compute
from reports.sheets import Cell, Sheet
from reports.stored import Stored
from reports.subjects import SUBJECTS
from rules.ledger import Entry, Ledger

HANDED = ("整改中", "待复查", "已销号", "退回")
"""States of the ledger after a problem went out to its unit."""
_HOW_WRITTEN = "本年度各期间已生成的综合通报，同一期间只计一期，全年通报本身不计；请与实际印发期数核对"
_HOW_SPECIAL = "按专项方案（special-…）评判的轮次和用 --subject 生成的专项通报，同一期间同一专项只计一次；请核对"
_HOW_BULLETINS = "台账中有问题已交办（整改中、待复查、已销号、退回）的轮次，请与实际印发期数核对"
_HOW_UPPER = "各网站发布的国务院、国务院办公厅等文件，按文号去重；页面未标文号的不在内"
SPECIAL = "special-"
Row = tuple[str, Cell, str, str]


def work_sheet(stored: Stored, ledger: Ledger) -> Sheet:
    """年度工作统计: value, unit, whether counted, and how."""
    rows = [
        (name, value, unit, MANUAL if value == "" else COUNTED, how)
        for name, value, unit, how in work_rows(stored, ledger)
    ]
    heads = (("项目", 34), ("数量", 12), ("单位", 8), ("填报方式", 14), ("统计口径", 70))
    return Sheet("年度工作统计", heads, rows)


def work_rows(stored: Stored, ledger: Ledger) -> list[Row]:
    """(what, how many or "" for a person to fill in, unit, how it was counted)."""
    year = stored.judgement.round[:4]
    entries = [e for e in ledger.entries.values() if e.finding.certainty == "confirmed" and not e.dismissed]
    found, fixed = _seen(entries, year, "found"), _seen(entries, year, "fixed")
    n = compute(stored.judgement, stored.inventory, stored.previous)
    handed = {e.first_seen for e in entries if e.handling.get("state") in HANDED and e.first_seen.startswith(year)}
    written = [one for one in stored.issued if not one.subject and one.period != year]
    bulletins = (len(written), _HOW_WRITTEN) if written else (len(handed), _HOW_BULLETINS)
    judged = {(r.round, r.profile.removeprefix(SPECIAL)) for r in stored.rounds if r.profile.startswith(SPECIAL)}
    special = len(judged | {(one.period, one.subject) for one in stored.issued if one.subject})
    handled = sum(any(change.at.year == int(year) for change in e.log) for e in ledger.entries.values())
    late = fixed["栏目不更新"] + fixed["空白栏目"] + fixed["首页不更新"]
    published = stored.judgement.extra.get("published")
    upper = published.get("upper") if isinstance(published, dict) else None
    return [
        ("开展巡查", len(stored.rounds), "轮", "本年度已评判的轮次"),
        ("印发通报", bulletins[0] or "", "期", bulletins[1]),
        ("开展专项整治", special or "", "次", _HOW_SPECIAL),
        *_subjects(found, fixed),
        ("检查网站", n.sites.checked, "个", "最近一轮"),
        ("发现问题", found.total(), "个", "台账中本年度发现的已确认问题，同一问题只计一次"),
        ("完成整改", fixed.total(), "个", "台账中本年度复查时已恢复正常的问题；其后再次出现的也计入"),
        ("办理台账问题", handled, "个", "台账中本年度有人工办理记录的问题"),
        ("清理规范域名", fixed["域名不规范"], "个", "台账中已整改的域名问题"),
        ("清理失效链接", fixed["链接不可用"], "条", "台账中已整改的链接问题"),
        ("整改未更新和空白栏目", late, "个", "台账中已整改的栏目和首页更新问题"),
        ("转载上级政策文件", "" if upper is None else int(upper), "件", _HOW_UPPER),
        ("问责、约谈", "", "人次", ""),
    ]  # fmt: skip


def _seen(entries: Iterable[Entry], year: str, sight: str) -> Counter[str]:
    """Problems by category that a round of the year saw so."""
    return Counter(
        e.finding.category for e in entries if any(m.round.startswith(year) and m.sight == sight for m in e.marks)
    )


def _subjects(found: Counter[str], fixed: Counter[str]) -> list[Row]:
    rows: list[Row] = []
    for name, categories in SUBJECTS.values():
        seen, done = sum(found[c] for c in categories), sum(fixed[c] for c in categories)
        rows.append((f"　{name}：发现", seen, "个", "台账中的" + "、".join(categories)))
        rows.append((f"　{name}：完成整改", done, "个", "台账中的" + "、".join(categories)))
    return rows
