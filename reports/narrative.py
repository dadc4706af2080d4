"""The text of a bulletin: 总体情况 of the skeleton of domain bulletins 1.5, sentence by sentence from the numbers."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from reports import figures, told
from reports.highlights import praise, special
from reports.numbers import Numbers, SiteCount
from reports.paper import Outline
from reports.problems import rows_of
from reports.subjects import SUBJECTS
from reports.telling import MOST_NAMED, Telling

_ACCOUNTS_LEFT = {
    "未填报": "没有登记最近更新日期",
    "未能核实": "未能核实更新情况",
    "不检查": "已注销、已合并或属服务类",
}


def opening(t: Telling) -> str:
    """导语: basis, who, what, when, how."""
    basis = "、".join(t.inventory.bulletin.basis)
    lead = f"根据{basis}等文件要求，" if basis else ""
    what = f"开展{SUBJECTS[t.options.subject][0]}专项检查" if t.options.subject else "进行了检查"
    points = f"监测时间点为{_hour(t.moment)}"
    if span := t.numbers.span:
        moments = [_hour(figures.moment(at)) for at in span.moments]
        what = what.replace("进行了", f"进行了{len(moments)}次").replace("开展", f"开展{len(moments)}次")
        named = "、".join(moments) if len(moments) <= 3 else f"{moments[0]}至{moments[-1]}"
        points = f"监测时间点{'分别' if 1 < len(moments) <= 3 else ''}为{named}"
    return (
        f"{lead}{t.inventory.issuer}采用{t.options.wording.method}的方式，对{t.area}政府网站{what}，"
        f"{points}。现将有关情况通报如下。"
    )


def _hour(moment: datetime) -> str:
    minute = f"{moment.minute}分" if moment.minute else ""
    return f"{figures.day_name(moment.date())}{moment.hour}时{minute}"


def overall(t: Telling, out: Outline) -> None:
    """一、总体情况."""
    out.h1("总体情况")
    _last(t, out)
    out.h2("政府网站检查情况")
    out.p(sites_sentence(t))
    out.p(failed_sentence(t))
    out.p(problems_sentence(t))
    out.p(coverage_sentence(t))
    if not t.options.subject:
        _accounts(t, out)
        _publication(t, out)
        out.h2("网民留言办理情况")
        out.p(t.options.wording.slot("letters") + "。")
    special(t, out)
    praise(t, out)


def _last(t: Telling, out: Outline) -> None:
    last = t.numbers.last
    if last is None:
        return
    name = f"{figures.period_name(last.round)}通报" if last.round else "上期通报"
    out.h2("上期通报问题整改情况")
    if not last.total:
        out.p(f"{name}未发现需整改的问题。")
        return
    fixed, standing, unseen = (last.count(r) for r in ("已整改", "未整改", "未能复核"))
    seen = fixed + standing
    which = "时尚未整改的" if last.left_open else "的"
    text = f"{name}{which}{last.total}个问题中，{t.this}复核{seen}个，其中已整改{fixed}个、未整改{standing}个"
    text += f"，整改率为{t.rate(fixed, seen)}" if seen else ""
    if unseen:
        text += f"；另有{unseen}个问题因网站未能访问或{t.this}未检查到，未能复核，留待下期复核"
    out.p(text + "（详见附件3）。")
    units = Counter(r.problem.finding.unit for r in last.reviews if r.result == "未整改")
    if units:
        out.p(f"未完成整改的单位有：{_named_counts(t, units)}。")


def _named_counts(t: Telling, units: Counter[str]) -> str:
    ranked = sorted(units.items(), key=lambda kv: (-kv[1], kv[0]))
    shown = "、".join(f"{t.names.unit(u)}（{n}个）" for u, n in ranked[:MOST_NAMED])
    return shown + (f"等{len(ranked)}个单位" if len(ranked) > MOST_NAMED else "")


def sites_sentence(t: Telling) -> str:
    """Base, checked, ratio, verdicts, rate and its change in percentage points."""
    s = t.numbers.sites
    ratio = t.rate(s.checked, s.total)
    text = (
        f"截至{figures.day_name(t.day)}，{t.area}列入检查范围的政府网站{s.total}个，{t.this}检查{s.checked}个"
        f"（其中门户网站{s.portals}个、部门网站{s.departments}个），检查比例{ratio}。"
    )
    if t.options.subject:
        return text
    pending = f"、待人工复核{s.pending}个" if s.pending else ""
    text += "按各次检查结论，" if t.numbers.span else ""
    text += f"合格{s.passed}个、不合格{s.failed}个{pending}"
    if s.concluded:
        base = f"（以已形成结论的{s.concluded}个网站为基数）" if s.pending else ""
        text += f"，合格率为{t.rate(s.passed, s.concluded)}{base}"
        text += _versus(t, s)
    return text + "（详见附件1）。"


def _versus(t: Telling, s: SiteCount) -> str:
    last = t.numbers.last
    if last is None or last.rate is None:
        return ""
    told_change = figures.change(s.percent(t.options.decimals), last.rate)
    was = f"（上期为{_printed(last.rate)}）" if "个百分点" in told_change else ""
    return f"，{told_change}{was}" if told_change else ""


def _printed(value: object) -> str:
    text = str(value)
    whole = text.rstrip("0").rstrip(".") if "." in text else text
    return f"{whole if whole in ('100', '0') else text}%"


def failed_sentence(t: Telling) -> str:
    """Which sites failed and by which veto; a site below 60 points by its score. A special subject gives no verdict."""
    if t.options.subject:
        return ""
    failed = [s for s in t.judgement.sites if s.verdict == "不合格"]
    if not failed:
        return "未发现不合格网站。" if not t.numbers.sites.pending else ""
    told_sites = []
    for site in failed:
        why = _veto_names(t, site.id) or (f"得分{site.score:g}分" if site.score is not None else "")
        why = "，".join(part for part in (why, _later_verdict(t, site.id)) if part)
        told_sites.append(f"{t.names.site(site.id)}" + (f"（{why}）" if why else ""))
    return f"不合格网站为：{'、'.join(told_sites)}。"


def _later_verdict(t: Telling, site: str) -> str:
    """In a period: that a later check passed a site which an earlier one failed."""
    checks = t.numbers.span.verdicts.get(site, ()) if t.numbers.span else ()
    if not checks or checks[-1][1] != "合格":
        return ""
    return f"{figures.period_name(checks[-1][0])}检查已合格"


def _veto_names(t: Telling, site: str) -> str:
    told_ones = [*t.judgement.findings, *(t.judgement.closed if t.numbers.span else ())]
    vetoes = [f for f in told_ones if f.site == site and f.level == "veto" and f.certainty == "confirmed"]
    return "、".join(dict.fromkeys(f.category for f in vetoes if not f.needs_review and f.status != "误报"))


def problems_sentence(t: Telling) -> str:
    """How many problems, at how many units, of which categories; in a period also how many of them were fixed in it."""
    n = t.numbers
    if not n.found:
        return f"{t.this}检查未发现需整改的问题。"
    parts = "、".join(f"{name}{count}个" for name, count in n.found_by_category)
    total = "累计" if n.span else "共"
    text = f"{total}发现问题{len(n.found)}个，涉及{len(n.found_by_unit)}个单位"
    text += f"，其中{parts}" if len(n.found_by_category) > 1 else f"，均为{n.found_by_category[0][0]}问题"
    back = f"，整改后又出现的{n.back}个" if n.back else ""
    return f"{text}{back}（详见附件2）。{_state_of_period(t)}"


def _state_of_period(t: Telling) -> str:
    n = t.numbers
    if n.span is None:
        return ""
    open_seen = len(n.problems) - n.unseen
    unseen = f"、因未能访问或未检查到而未能复核{n.unseen}个" if n.unseen else ""
    seen = len(n.fixed_here) + open_seen
    rate = f"，整改率为{t.rate(len(n.fixed_here), seen)}" if seen else ""
    return f"截至{figures.day_name(t.day)}，其中已整改{len(n.fixed_here)}个、未整改{open_seen}个{unseen}{rate}。"


def coverage_sentence(t: Telling) -> str:
    """What was read and checked, and what could not be, which counts against nobody."""
    n = t.numbers
    if t.options.subject in ("ipv6", "domains"):
        return ""  # what these subjects could not test is told by their own sentence
    text = f"{t.this}{'累计' if n.span else '共'}读取页面{n.pages}个，检查链接{n.links}条"
    refused = f"{n.blocked}个地址因网站防护系统拦截或限制访问未能检查" if n.blocked else ""
    reasons = [(told.reason_name(code), count) for code, count in n.reasons if not told.blocked_reason(code)]
    why = f"（{'、'.join(f'{name}{count}个' for name, count in reasons)}）" if _adds_up(reasons, n.unchecked) else ""
    left = f"{n.unchecked}个地址未纳入检查{why}" if n.unchecked else ""
    if refused or left:
        text += f"；另有{'，'.join(part for part in (refused, left) if part)}，均不计入问题"
    return text + "。"


def _adds_up(reasons: list[tuple[str, int]], total: int) -> bool:
    return bool(reasons) and sum(count for _, count in reasons) == total


def _accounts(t: Telling, out: Outline) -> None:
    n = t.numbers
    if not n.accounts:
        return
    out.h2("政务新媒体检查情况")
    bad = f"发现{n.accounts_with_problems}个账号存在问题" if n.accounts_with_problems else "未发现问题"
    states = Counter(str(row["state"]) for row in rows_of(n.extra, "media"))
    left = [f"{states[name]}个{words}" for name, words in _ACCOUNTS_LEFT.items() if states[name]]
    rest = f"其中{'，'.join(left)}，均不计为问题。" if left else ""
    out.p(f"按登记信息检查政务新媒体账号{n.accounts}个，{bad}。{rest}")


def _publication(t: Telling, out: Outline) -> None:
    n, p, c = t.numbers, t.numbers.published, t.numbers.columns
    if not p.total and not c.due:
        return
    out.h2("信息发布与政务公开情况")
    if p.total:
        out.p(_published_sentence(t))
    if c.due:
        out.p(
            f"应更新栏目{c.due}个，其中按期更新{c.normal}个、未更新{c.stale}个、空白{c.blank}个"
            + (f"、未能判定{c.undecided}个" if c.undecided else "")
            + f"，按期更新率为{t.rate(c.normal, c.due)}（详见附件{annex_of_publication(n)}）。"
        )


def annex_of_publication(numbers: Numbers) -> int:
    """Annex 4 when there is a review of the last bulletin, else 3."""
    return 3 if numbers.last is None else 4


def _published_sentence(t: Telling) -> str:
    p = t.numbers.published
    start, end = figures.day_of(p.start), figures.day_of(p.end)
    when = f"{figures.day_name(start)}至{figures.day_name(end)}，" if start and end else ""
    text = f"{when}各网站共发布信息{p.total}条"
    shown = list(p.by_type[:MOST_NAMED])
    rest = p.total - sum(count for _, count in shown)
    if shown and rest >= 0:
        merged = Counter(dict(shown))
        merged["其他"] += rest
        parts = [(name, count) for name, count in merged.items() if count and name != "其他"]
        parts += [("其他", merged["其他"])] if merged["其他"] else []
        text += "，其中" + "、".join(f"{name}{count}条" for name, count in parts)
    return text + "。"
