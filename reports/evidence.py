"""What a unit needs to see a problem for itself: when it was looked at, what was met, which item was the newest."""

from __future__ import annotations

from typing import Any

from reports import figures, told
from rules.schema import Finding

_TITLE_LIMIT = 30
_LOOKS_TOLD = 3


def evidence(finding: Finding) -> str:
    """The evidence of a finding in a line or two of Chinese; "" where the fact itself is all there is."""
    said = [_looks(finding.observed), _newest(finding.observed), _path(finding.observed)]
    return "；".join(part for part in said if part)


def _looks(observed: dict[str, Any]) -> str:
    """访问记录：11月23日21时59分、22时10分，共2次，均未能打开."""
    kept = observed.get("looks")  # V2 counts its looks instead
    looks = [one for one in kept if isinstance(one, dict) and one.get("at")] if isinstance(kept, list | tuple) else []
    if not looks:
        return ""
    moments = [figures.moment(str(one["at"])) for one in looks]
    named = []
    for i, at in enumerate(moments[:_LOOKS_TOLD]):
        same_day = i and at.date() == moments[i - 1].date()
        named.append(("" if same_day else f"{at.month}月{at.day}日") + f"{at.hour}时{at.minute:02d}分")
    more = "等" if len(moments) > _LOOKS_TOLD else ""
    reasons = list(dict.fromkeys(told.reason_name(one.get("reason")) for one in looks))
    return f"访问记录：{'、'.join(named)}{more}共{len(moments)}次，{'、'.join(reasons)}"


def _newest(observed: dict[str, Any]) -> str:
    """最新一条：“标题”（2026-11-09），共14条."""
    title = str(observed.get("newest_title") or (observed.get("title") if observed.get("newest") else "") or "")
    if not title:
        return ""
    count = observed.get("item_count")
    total = f"，列表共{count}条" if isinstance(count, int) and count else ""
    return f"最新一条为{told.quoted(title, _TITLE_LIMIT)}（{observed['newest']}）{total}"


def _path(observed: dict[str, Any]) -> str:
    """位置：首页 > 新闻中心 > 部门动态."""
    path = observed.get("path")
    steps = [str(step) for step in path if str(step).strip()] if isinstance(path, list | tuple) else []
    return f"位置：{' > '.join(steps)}" if len(steps) > 1 else ""
