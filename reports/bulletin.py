"""The bulletin (通报) as a paper: title by slots, text, annexes, signature."""

from __future__ import annotations

import re
from dataclasses import replace

from crawler.inventory import Inventory
from reports import annexes
from reports.annex_statistics import statistics
from reports.gbt9704.measures import width_of
from reports.narrative import opening, overall
from reports.numbers import compute
from reports.options import Options
from reports.paper import Annex, Outline, Paper
from reports.points import deadline_day, main_problems, requirements, signed_day
from reports.problems import Names, rows_of
from reports.subjects import SUBJECTS
from reports.telling import Telling
from reports.wording import SLOT
from rules.schema import Judgement

_PHRASE_ENDS = re.compile(
    r"(?<=关于)|(?<=办公室)|(?<=办公厅)|(?<=管理局)|(?<=中心)|(?<=人民政府)(?!办公|门户|网站)|(?<=\d年)(?!度)|(?<=年度)|(?<=月)|(?<=季度)|(?<=半年)"
    r"|(?<=全[市县区州省旗盟])|(?<=政府网站)(?=[与和])|(?<=政务公开)|(?<=情况)(?!的)|(?<=[与和及])(?=政务新媒体)"
)


def tell(judgement: Judgement, inventory: Inventory, options: Options, before: Judgement | None = None) -> Telling:
    """All that the sentences draw on; a subject (专项) leaves only its own findings."""
    judgement = narrowed(judgement, options.subject)
    before = narrowed(before, options.subject) if before else None
    numbers = compute(judgement, inventory, before, options.decimals)
    return Telling(judgement, inventory, numbers, Names(judgement, inventory), options)


def narrowed(judgement: Judgement, subject: str) -> Judgement:
    """The judgement with the findings of a special subject only; as it is without one."""
    if not subject:
        return judgement
    wanted = SUBJECTS[subject][1]
    return judgement.model_copy(
        update={
            "findings": [f for f in judgement.findings if f.category in wanted],
            "closed": [f for f in judgement.closed if f.category in wanted],
        }
    )


def compose(judgement: Judgement, inventory: Inventory, options: Options, before: Judgement | None = None) -> Paper:
    """The bulletin of a judgement. `before` is the judgement of the last bulletin."""
    t = tell(judgement, inventory, options, before)
    out = Outline()
    out.p(options.wording.opening)
    out.p(opening(t))
    overall(t, out)
    main_problems(t, out)
    requirements(t, out)
    tables = [
        statistics(t.judgement, inventory, t.numbers, t.names, options.decimals, options.subject),
        annexes.listing(t.numbers, t.names, options.wording, t.day, _deadline(t)),
    ]
    if t.numbers.last is not None:
        tables.append(annexes.review(t.numbers.last, t.names, options.wording, t.day))
    if not options.subject and (t.numbers.columns.due or t.numbers.published.total):
        tables.append(annexes.publication(t.judgement, t.numbers, t.names))
    if _follows_ipv6(t) and rows_of(judgement.extra, "ipv6"):
        tables.append(annexes.ipv6_readiness(t.judgement, t.names))
    named = [annexes_title(t, table) for table in tables]
    title, subtitle = title_of(t)
    return Paper(
        shell=options.shell or inventory.bulletin.shell,
        issuer=inventory.issuer,
        doc_no=options.doc_no or options.wording.slot("doc_no"),
        title=title,
        subtitle=subtitle,
        addressees="，".join(inventory.bulletin.addressees),
        blocks=tuple(out.blocks),
        signed=signed_day(t),
        annexes=tuple(named),
        remark=options.remark or (f"（联系方式：{inventory.bulletin.contact}）" if inventory.bulletin.contact else ""),
        copies=options.copies or options.wording.slot("copies"),
        printed_by=inventory.issuer,
        subject="".join(title) + subtitle,
        keywords=(t.period, judgement.profile, judgement.rules_digest),
    )


def _follows_ipv6(t: Telling) -> bool:
    """Readiness belongs to the bulletin about IPv6, and to a general one when any site could be tested."""
    if t.options.subject:
        return t.options.subject == "ipv6"
    special = t.judgement.profile.startswith("special-")
    return t.judgement.profile == "special-ipv6" if special else t.numbers.ipv6.tested > 0


def annexes_title(t: Telling, table: Annex) -> Annex:
    """The statistics carry the period in their names, as offices write them."""
    if not table.title.endswith("统计表"):
        return table
    prefix = f"{t.period}{t.area}政府网站"
    return replace(table, title=prefix + table.title)


def _deadline(t: Telling) -> str:
    days = t.inventory.bulletin.deadline_workdays
    return "立即" if days == 0 else deadline_day(t).isoformat()


def title_of(t: Telling) -> tuple[tuple[str, ...], str]:
    """Phrases of the title, and the period in brackets beneath a title that does not say it."""
    slots = {
        "issuer": t.inventory.issuer,
        "city": t.inventory.city,
        "period": t.period,
        "area": t.area,
        "issue": f"第{t.options.issue}期" if t.options.issue else "",
    }
    if t.options.subject:
        what = SUBJECTS[t.options.subject][0]
        return phrases(f"{t.inventory.issuer}关于{t.period}{t.area}政府网站{what}专项检查的通报"), _issue(t)
    template = t.inventory.bulletin.title or t.options.wording.title
    text = re.sub(r"\{([^{}]*)\}", lambda m: slots.get(m[1], f"{SLOT}{m[1]}】"), template)
    says_period = t.period in text
    under = "" if says_period else t.period
    issue = "" if "{issue}" in template else slots["issue"]
    return phrases(text), f"（{under}{issue}）" if under or issue else ""


def _issue(t: Telling) -> str:
    return f"（第{t.options.issue}期）" if t.options.issue else ""


def phrases(title: str) -> tuple[str, ...]:
    """A title cut where a line may break."""
    return tuple(part for part in _PHRASE_ENDS.split(title) if part)


def lines(parts: tuple[str, ...], most: int = 20) -> list[str]:
    """The title in as few balanced lines as `most` characters allow, broken between phrases where they permit it."""
    text = "".join(parts)
    if width_of(text) <= most:
        return [text]
    cuts = [len("".join(parts[:i])) for i in range(1, len(parts))]
    best = _balanced(text, cuts, most) or _balanced(text, list(range(1, len(text))), most)
    return best or [text]


def _balanced(text: str, cuts: list[int], most: int) -> list[str]:
    """The cheapest way to break at `cuts`: few lines first, then even ones; [] when some line must be too long."""
    places = [0, *cuts, len(text)]
    best: dict[int, tuple[tuple[int, float], list[int]]] = {0: ((0, 0.0), [])}
    for end in places[1:]:
        options = []
        for start in places:
            if start >= end or start not in best or (width := width_of(text[start:end])) > most:
                continue
            (count, cost), ends = best[start]
            options.append(((count + 1, cost + width**2), [*ends, end]))
        if options:
            best[end] = min(options)
    if len(text) not in best:
        return []
    ends = best[len(text)][1]
    return [text[a:b] for a, b in zip([0, *ends], ends, strict=False)]
