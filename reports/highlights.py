"""Special tests and praise: the last parts of 一、总体情况."""

from __future__ import annotations

from collections import Counter

from reports.numbers import spotless
from reports.paper import Outline
from reports.telling import MOST_NAMED, Telling


def special(t: Telling, out: Outline) -> None:
    """（六）专项检测情况: IPv6, links and domains, as far as they were tested."""
    sentences = [s for s in (_ipv6(t), _links(t), _domains(t)) if s]
    if sentences:
        out.h2("专项检测情况")
        out.p("".join(sentences))


def _ipv6(t: Telling) -> str:
    v = t.numbers.ipv6
    if not v.tested or t.options.subject not in ("", "ipv6"):
        return ""
    untested = f"，未能检测{v.untested}个" if v.untested else ""
    return (
        f"IPv6支持情况：检测网站{v.tested}个，首页域名支持IPv6的{v.supported}个、不支持的{v.unsupported}个，"
        f"支持率为{t.rate(v.supported, v.tested)}{untested}。"
    )


def _links(t: Telling) -> str:
    n = t.numbers
    if not n.links or t.options.subject not in ("", "links"):
        return ""
    dead = n.category("链接不可用")
    return f"链接可用性：检查链接{n.links}条，" + (f"确认不可用{dead}条。" if dead else "未发现不可用链接。")


def _domains(t: Telling) -> str:
    bad = t.numbers.category("域名不规范")
    if t.options.subject not in ("", "domains"):
        return ""
    return f"域名使用情况：检查网站{t.numbers.sites.checked}个，" + (
        f"发现不规范{bad}处。" if bad else "未发现不规范问题。"
    )


def praise(t: Telling, out: Outline) -> None:
    """Sites without a fault, with their numbers, and units that fixed all that the last bulletin named."""
    if t.options.subject:
        return
    good = spotless(t.judgement, t.numbers)[:MOST_NAMED]
    fixed = _all_fixed(t)
    if not good and not fixed:
        return
    out.h2("运行维护较好的单位")
    for site in good[:3]:
        out.p(f"{t.names.site(site.id)}{t.this}检查链接{site.links_checked}条，未发现不可用链接及栏目更新等问题。")
    if fixed:
        listed = "、".join(f"{t.names.unit(u)}（{n}个）" for u, n in fixed[:MOST_NAMED])
        out.p(f"上期通报的问题已全部整改的单位有：{listed}。")


def _all_fixed(t: Telling) -> list[tuple[str, int]]:
    reviews = t.numbers.last.reviews if t.numbers.last else ()
    total = Counter(r.problem.finding.unit for r in reviews)
    done = Counter(r.problem.finding.unit for r in reviews if r.result == "已整改")
    open_now = {p.finding.unit for p in t.numbers.repeated}
    return sorted((u, n) for u, n in total.items() if done[u] == n and u not in open_now)
