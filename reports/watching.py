"""How the home pages opened: each watched site's newest week as a strip of days, with the worst week in words (V2)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from markupsafe import Markup, escape

from reports import charts, figures
from reports.problems import rows_of
from rules.schema import Judgement

DAYS = 7
_TONES = {"达标": "good", "不达标": "bad", "未能判定": "wait"}
_LIMIT = 0.05  # of V2: a day at or above it, by more than one look, is drawn as bad
_MARKS = {charts.BAD: ("5l8 8m0 -8l-8 8", "#fff"), charts.WAIT: ("9h8", "#1d2b33")}
"""A cross and a dash, so that days are told apart without colours."""


def availability_view(judgement: Judgement) -> dict[str, Any] | None:
    """Every site of the series, worst first; None when no rule asked for it and nobody watched."""
    found = rows_of(judgement.extra, "availability")
    if not found:
        return None
    order = {"不达标": 0, "未能判定": 1, "达标": 2}
    rows = [_row(row) for row in sorted(found, key=lambda row: order.get(str(row.get("state")), 3))]
    counts = {state: sum(row["state"] == state for row in rows) for state in _TONES}
    text = f"监测网站{len(rows)}个：达标{counts['达标']}个、不达标{counts['不达标']}个"
    text += f"，记录不足未能判定{counts['未能判定']}个。" if counts["未能判定"] else "。"
    return {"text": text, "rows": rows, "legend": _LEGEND}


_LEGEND = (
    ("全部打开", charts.GOOD),
    ("有打不开的", charts.WAIT),
    ("打不开2次以上且占5%及以上", charts.BAD),
    ("没有记录", charts.NONE),
)


def _row(row: Mapping[str, Any]) -> dict[str, Any]:
    state = str(row.get("state") or "未能判定")
    worst = row.get("worst")
    return {
        "name": str(row.get("name") or row.get("site")),
        "state": state,
        "tone": _TONES.get(state, ""),
        "strip": strip(str(row.get("name") or ""), rows_of(dict(row), "days")),
        "worst": _worst(worst) if isinstance(worst, Mapping) else "",
        "note": str(row.get("note") or ""),
    }


def _worst(worst: Mapping[str, Any]) -> str:
    looks, failed = int(worst.get("looks") or 0), int(worst.get("failed") or 0)
    place = f"（{worst['place']}）" if worst.get("place") else ""
    return (
        f"{worst.get('from')} 至 {worst.get('to')}{place}：{looks}次中{failed}次打不开，占{figures.rate(failed, looks)}"
    )


def week(days: list[Mapping[str, Any]]) -> list[tuple[str, int, int]]:
    """(day, looks, failed) of the seven days that end with the newest one; days without looks among them."""
    known = {str(day["day"]): (int(day.get("looks") or 0), int(day.get("failed") or 0)) for day in days}
    if not known:
        return []
    last = date.fromisoformat(max(known))
    wanted = [(last - timedelta(days=back)).isoformat() for back in range(DAYS - 1, -1, -1)]
    return [(day, *known.get(day, (0, 0))) for day in wanted]


def strip(name: str, days: Any) -> Markup:
    """Seven blocks, the newest last; every block says its day and numbers, the whole says them to a screen reader."""
    drawn, said = "", []
    for place, (day, looks, failed) in enumerate(week(list(days))):
        color = charts.NONE if not looks else charts.GOOD if not failed else charts.WAIT
        color = charts.BAD if failed > 1 and failed >= _LIMIT * looks else color
        words = f"{day[5:]}：{looks}次，打不开{failed}次" if looks else f"{day[5:]}：没有记录"
        said.append(words)
        drawn += f'<rect x="{place * 20}" width="18" height="18" rx="3" fill="{color}"><title>{words}</title></rect>'
        if color in _MARKS:
            line, ink = _MARKS[color]
            drawn += f'<path d="M{place * 20 + 5} {line}" stroke="{ink}" stroke-width="2" fill="none"/>'
    if not drawn:
        return Markup("")
    label = escape(f"{name} 最近{DAYS}天：" + "；".join(said))
    return Markup(
        f'<svg viewBox="0 0 138 18" role="img" aria-label="{label}" style="width:8.6rem;height:1.1rem">{drawn}</svg>'
    )
