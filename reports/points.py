"""二、发现的主要问题 and 三、下一步工作要求: points, examples and the deadline."""

from __future__ import annotations

from datetime import date

from reports import figures, told
from reports.paper import Outline
from reports.problems import Problem
from reports.telling import MOST_NAMED, Telling
from reports.wording import SLOT, Group, Requirement


def main_problems(t: Telling, out: Outline) -> None:
    """二、发现的主要问题: one point a group of categories, worst first, repeat offenders last."""
    if not t.numbers.found:
        return
    out.h1("发现的主要问题")
    for group, mine in ordered_groups(t):
        word = _degree(t, mine)
        heading = t.options.wording.subject_headings.get(t.options.subject, group.heading)
        out.h2(heading.format(degree=word))
        out.p(f"{_lead(t, group, mine)}{_done(mine)}。{examples(t, mine)}")
    _repeat(t, out)


def _done(mine: list[Problem]) -> str:
    """In a period: how many of a group's problems it saw fixed."""
    fixed = sum(p.status == "已整改" for p in mine)
    return f"，其中{'均' if fixed == len(mine) else f'{fixed}个'}已整改".replace("其中均", "均") if fixed else ""


def ordered_groups(t: Telling) -> list[tuple[Group, list[Problem]]]:
    """Groups that have problems: those with a failed site's veto first, else in the order of the wording file."""
    vetoed = {
        (s.id, f.category)
        for s in t.judgement.sites
        for f in (*t.judgement.findings, *(t.judgement.closed if t.numbers.span else ()))
        if f.site == s.id and f.rule in s.vetoes
    }
    found = [(group, t.numbers.of(group.categories)) for group in t.options.wording.groups]
    ranked = [
        (not any((p.finding.site, p.finding.category) in vetoed for p in mine), i, group, mine)
        for i, (group, mine) in enumerate(found)
        if mine
    ]
    return [(group, mine) for _, _, group, mine in sorted(ranked, key=lambda r: r[:2])]


def _degree(t: Telling, mine: list[Problem]) -> str:
    units = len({p.finding.unit for p in mine})
    word = t.options.wording.degree_word(units, t.numbers.units_checked)
    still = bool(mine) and all(p.status in ("未整改", "反弹") for p in mine)
    return word + (t.options.wording.degree.still if still else "")


def _lead(t: Telling, group: Group, mine: list[Problem]) -> str:
    counts = [(c, sum(p.finding.category == c for p in mine)) for c in group.categories]
    phrases = t.options.wording.part_phrases
    parts = "、".join(phrases.get(c, c + "{n}个").format(n=n) for c, n in counts if n)
    return group.lead.format(count=len(mine), units=len({p.finding.unit for p in mine}), parts=parts)


def examples(t: Telling, mine: list[Problem]) -> str:
    """如：unit “栏目名” fact; …（详见附件2）。 At most five, from as many units as possible, worst first."""
    chosen: list[Problem] = []
    seen: set[str] = set()
    for fresh_only in (True, False):
        for problem in mine:
            if len(chosen) < MOST_NAMED and problem not in chosen and not (fresh_only and problem.finding.unit in seen):
                chosen.append(problem)
                seen.add(problem.finding.unit)
    chosen.sort(key=mine.index)
    told_ones = list(dict.fromkeys(told.example(p, t.names, t.options.wording) for p in chosen))
    more = "等" if len(mine) > len(chosen) else ""
    return f"如：{'；'.join(told_ones)}{more}（详见附件2）。"


def _repeat(t: Telling, out: Outline) -> None:
    repeated = sorted(t.numbers.repeated, key=lambda p: -p.times)
    if not repeated:
        return
    standing = sum(p.status == "未整改" for p in repeated)
    units = len({p.finding.unit for p in repeated})
    parts = [f"{standing}个问题在此前检查中已经发现，至今仍未整改" if standing else ""]
    parts.append(f"{t.numbers.back}个问题整改后又出现" if t.numbers.back else "")
    word = t.options.wording.degree_word(units, t.numbers.units_checked)
    out.h2(t.options.wording.repeat_heading.format(degree=word))
    worst = [p for p in repeated if p.times > 1][:MOST_NAMED]
    named = "；".join(f"{told.example(p, t.names, t.options.wording)}，已是第{p.times}次发现" for p in worst)
    sentence = f"{'，'.join(p for p in parts if p)}，涉及{units}个单位。"
    out.p(sentence + (f"如：{named}（详见附件2）。" if named else ""))


def requirements(t: Telling, out: Outline) -> None:
    """三、下一步工作要求: what the problems call for, then the deadline and how to report."""
    out.h1("下一步工作要求")
    for item in chosen_requirements(t):
        out.h2(item.heading)
        out.p(item.text)
    out.h2(t.options.wording.requirements.deadline_heading)
    for text in deadline_sentences(t):
        out.p(text)


def chosen_requirements(t: Telling) -> list[Requirement]:
    """At most `most` requirements, those with most problems first among the conditional ones, kept in file order."""
    wanted = t.options.wording.requirements
    weights = [sum(p.status != "已整改" for p in t.numbers.of(item.when)) for item in wanted.items]
    ranked = sorted((i for i, w in enumerate(weights) if w), key=lambda i: (-weights[i], i))
    always = [i for i, item in enumerate(wanted.items) if not item.when]
    kept = sorted([*ranked[: max(wanted.most - len(always), 0)], *always])
    return [wanted.items[i] for i in kept]


def signed_day(t: Telling) -> date:
    """成文日期: as chosen, else the monitoring day."""
    return t.options.signed or t.day


def deadline_day(t: Telling) -> date:
    """The last working day for ordinary problems, counted from the day after signing."""
    return t.options.workdays.after(signed_day(t), t.inventory.bulletin.deadline_workdays)


def deadline_text(t: Telling) -> str:
    """2026年12月4日 or 立即; with a mark for the drafter where the calendar of a year on the way is not known."""
    if t.inventory.bulletin.deadline_workdays == 0:
        return "立即"
    return figures.day_name(deadline_day(t)) + deadline_doubt(t)


def deadline_doubt(t: Telling) -> str:
    """The mark that asks a person to check a date counted without the official calendar; "" where it is on file."""
    unknown = t.options.workdays.unknown(signed_day(t), deadline_day(t))
    years = "、".join(f"{year}年" for year in unknown)
    return f"{SLOT}{years}放假安排尚未收录，请核对整改时限】" if unknown else ""


def deadline_sentences(t: Telling) -> tuple[str, ...]:
    """Immediately for failed sites, a date for the others, how to report; then what follows for the late.

    The last is a paragraph of its own: short enough to stand on the signature's page without leaving half a page empty.
    """
    days = t.inventory.bulletin.deadline_workdays
    if not t.numbers.problems:
        return (f"各单位要继续做好日常维护，对照检查指标开展自查，自查情况报{t.inventory.issuer}。",)
    failed = "被判定为不合格的网站要立即整改；" if t.numbers.sites.failed and not t.options.subject else ""
    if days == 0:
        when = "各单位要立即对照问题清单（附件2）逐项整改"
    else:
        last = figures.day_name(deadline_day(t))
        when = f"各单位要对照问题清单（附件2）逐项整改，于{last}前（{days}个工作日内）完成{deadline_doubt(t)}"
    return (
        f"{failed}{when}，并将整改情况书面报送{t.inventory.issuer}。",
        t.options.wording.requirements.consequence,
    )
