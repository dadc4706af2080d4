"""评分表: one document for each scored site, every item with its points, what was deducted, why and the evidence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from reports import figures, told
from reports.evidence import evidence
from reports.files import safe_name
from reports.gbt9704.form import Fields, Form, Heading, NewPage, Part, Text
from reports.paper import Annex
from reports.points import signed_day
from reports.problems import Problem
from reports.telling import Telling
from rules.schema import Finding, SiteVerdict

FOLDER = "评分表"
_LOOKED = ("已检查", "待人工确认")
_NONE = "——"
_EXACT = 0.006  # half a hundredth of a point, and what binary fractions lose
_TOLD = 5  # problems of one item; the ledger has all of them
_IN_LEDGER = "详见问题台账"

Line = Mapping[str, Any]


def scorecards(t: Telling) -> Iterator[tuple[str, bytes]]:
    """File name and DOCX of each site that has a score sheet, in the order of the inventory.

    A vetoed site has a sheet too, which says that it is not scored; a site whose home page was not seen has none.
    """
    taken: Counter[str] = Counter()
    form = Form("政府网站检查评分表", author=t.inventory.issuer, day=signed_day(t))
    for site in t.judgement.sites:
        lines = lines_of(t, "score_sheets", site.id)
        if not lines or (site.score is None and not site.vetoes):
            continue
        name = safe_name(f"{FOLDER}_{t.names.site(site.id)}")
        taken[name] += 1
        suffix = "" if taken[name] == 1 else f"_{taken[name]}"
        yield f"{name}{suffix}.docx", form.filled(scorecard(t, site, lines))


def lines_of(t: Telling, key: str, site: str) -> list[Line]:
    """Rows of `extra.score_sheets` or `extra.bonus_sheets` of one site."""
    sheets = t.judgement.extra.get(key)
    return list(sheets.get(site) or ()) if isinstance(sheets, dict) else []


def scorecard(t: Telling, site: SiteVerdict, lines: Sequence[Line]) -> list[Part]:
    """What stands in one site's sheet."""
    bonuses = lines_of(t, "bonus_sheets", site.id)
    found = {f.fingerprint: f for f in t.judgement.findings if f.site == site.id}
    parts: list[Part] = [_fields(t, site, lines, bonuses), _items(t, lines, found)]
    if bonuses:
        parts += [Heading("加分指标"), _bonus_items(t, bonuses, found)]
    if reasons := _reasons(t, lines, found):
        told_why = Annex("扣分依据", _WHY_HEAD, (14, 58, 50, 34), tuple(reasons), frozenset({1, 2, 3}))
        parts += [NewPage("扣分依据"), told_why]
    return [
        *parts,
        Text(t.inventory.issuer, "right", 1, keep=True),
        Text(figures.day_name(signed_day(t)), "right"),
    ]


_WHY_HEAD = ("指标", "扣分情形和网页", "问题", "检查记录")
_HEAD = ("指标", "一级指标", "检查内容", "分值", "扣分", "得分", "检查情况", "扣分原因")


def _fields(t: Telling, site: SiteVerdict, lines: Sequence[Line], bonuses: Sequence[Line]) -> Fields:
    undone = sum(str(line.get("state")) not in (*_LOOKED, "不适用") for line in lines)
    none = sum(line.get("state") == "不适用" for line in lines)
    done = len(lines) - undone - none
    looked = f"扣分指标{len(lines)}项，已检查{done}项，未检查或待人工填报{undone}项，不适用{none}项"
    return Fields(
        (
            (("网站名称", t.names.site(site.id)), ("网站标识码", t.names.codes.get(site.id, ""))),
            (("主办单位", t.names.unit(site.unit)), ("检查时间点", figures.day_name(t.day))),
            (("结论", site.verdict), ("得分", _NONE if site.score is None else _points(site.score))),
            (("扣分合计", _points(lost_of(lines))), ("加分合计", _points(earned_of(bonuses)))),
            (("检查范围", looked),),
            (("得分说明", "；".join(score_notes(site, lines, bonuses))),),
        )
    )


def lost_of(lines: Sequence[Line]) -> float:
    """Points lost on all items, exact to a hundredth."""
    return sum(round(float(line.get("lost") or 0) * 100) for line in lines) / 100


def earned_of(bonuses: Sequence[Line]) -> float:
    """Points of the bonus items that count: none of a site that is not above the gate."""
    counted = [line for line in bonuses if not str(line.get("state")).startswith("未计入")]
    return sum(round(float(line.get("earned") or 0) * 100) for line in counted) / 100


def score_notes(site: SiteVerdict, lines: Sequence[Line], bonuses: Sequence[Line]) -> list[str]:
    """How the score came about, so that a reader can add it up again."""
    lost, earned = lost_of(lines), earned_of(bonuses)
    if site.score is None:
        return [f"单项否决指标{'、'.join(site.vetoes)}不合格或待确认，不计分，所列扣分供整改参考", *site.notes]
    more = f"＋{_points(earned)}" if earned else ""
    said = "得分以本期结论为准，所列扣分为最近一次检查的结果"
    if abs(round(max(0.0, 100 - lost) + earned, 2) - site.score) < _EXACT:
        said = f"100－{_points(lost)}{more}＝{_points(site.score)}"
    elif abs(round(max(0.0, 75 - lost) * 4 / 3 + earned, 2) - site.score) < _EXACT:
        said = f"办事服务不计分，（75－{_points(lost)}）×4/3{more}＝{_points(site.score)}"
    return [said, *site.notes]


def _points(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _items(t: Telling, lines: Sequence[Line], found: Mapping[str, Finding]) -> Annex:
    """Every item once; points lost stand only where somebody or something looked."""
    rows = []
    for line in lines:
        state, cap, lost = str(line.get("state") or ""), line.get("cap"), float(line.get("lost") or 0)
        looked = state in _LOOKED or lost > 0
        kept = _points(round(float(cap) - lost, 2)) if looked and cap is not None else _NONE
        there = _IN_LEDGER if not _mine(line, found) else "见扣分依据"
        why = f"{len(line.get('findings') or ())}处，{there}" if lost else ""
        rows.append(
            (
                str(line.get("id") or ""),
                str(line.get("group") or ""),
                str(line.get("name") or ""),
                "" if cap is None else _points(float(cap)),
                _points(lost) if looked else _NONE,
                kept,
                state,
                why,
            )
        )
    caps = sum(float(line.get("cap") or 0) for line in lines)
    rows.append(("合计", "", "", _points(caps), _points(lost_of(lines)), "", "", ""))
    widths = (13, 20, 42, 12, 12, 12, 20, 25)
    return Annex("扣分指标", _HEAD, widths, tuple(rows), frozenset({2, 7}), small=True)


def _bonus_items(t: Telling, bonuses: Sequence[Line], found: Mapping[str, Finding]) -> Annex:
    rows = [
        (
            str(line.get("id") or ""),
            str(line.get("group") or ""),
            str(line.get("name") or ""),
            _points(float(line.get("cap") or 0)),
            _points(float(line.get("earned") or 0)) if line.get("state") in _LOOKED or line.get("earned") else _NONE,
            str(line.get("state") or ""),
            "；".join(told.fact(f, t.names) for f in _mine(line, found)[:_TOLD]),
        )
        for line in bonuses
    ]
    rows.append(("合计", "", "", "", _points(earned_of(bonuses)), "", "未计入的不在合计内"))
    head = ("指标", "一级指标", "检查内容", "分值", "得分", "检查情况", "加分依据")
    return Annex("加分指标", head, (13, 20, 40, 12, 12, 22, 37), tuple(rows), frozenset({2, 6}), small=True)


def _mine(line: Line, found: Mapping[str, Finding]) -> list[Finding]:
    return [found[name] for name in line.get("findings") or () if name in found]


def _reasons(t: Telling, lines: Sequence[Line], found: Mapping[str, Finding]) -> list[tuple[str, ...]]:
    """Item, page, fact, evidence of what cost points: the first few of each item, the rest counted."""
    rows: list[tuple[str, ...]] = []
    for line in lines:
        mine = _mine(line, found)
        rows += [(str(line.get("id")), *_reason(t, finding)) for finding in mine[:_TOLD]]
        if len(mine) > _TOLD:
            rows.append((str(line.get("id")), "", f"另有{len(mine) - _TOLD}处，{_IN_LEDGER}", ""))
    return rows


def _reason(t: Telling, finding: Finding) -> tuple[str, str, str]:
    """Points and page, fact, evidence; what a public paper masks is told without its words and target."""
    lost = f"扣{_points(finding.deduction)}分\n" if finding.deduction else ""
    page, wording = told.page_of(finding), t.options.wording
    fact = told.public_fact(Problem((finding,)), t.names, wording)
    if fact != told.fact(finding, t.names):
        shown = page if finding.where else _IN_LEDGER
        return lost + shown, f"{finding.category}，{_IN_LEDGER}", ""
    target = "" if finding.subject == page else f"\n{finding.subject}"
    return f"{lost}{page}{target}", fact, evidence(finding)
