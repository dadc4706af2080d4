"""Columns with their state: 正常, 未更新, 空白, 未能判定, 无法访问, 不适用 (国办秘函〔2019〕19号 V4; 1.1.b, 1.1.c)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from crawler.facts import ColumnFact, Outcome, SiteFacts
from rules.profile import Profile
from rules.schema import Certainty
from rules.subjects import host_of
from rules.windows import Window, chinese_day

State = Literal["正常", "未更新", "空白", "未能判定", "无法访问", "不适用"]
_UNREAD = {"challenge": "被防护系统拦截", "scripted-list": "列表由脚本绘制，内容未能取得"}
_FEW = 3  # this many undated articles read are enough to say that the column does not date its articles


@dataclass(frozen=True, slots=True)
class ColumnState:
    """One column as judged. `national`: the window comes from its type, not from the inventory's `update_days`."""

    fact: ColumnFact
    state: State
    window: Window | None = None
    national: bool = False
    certainty: Certainty = "confirmed"
    note: str = ""
    today: date = date.min

    @property
    def days(self) -> int | None:
        """Days since the newest item, None without one."""
        return None if self.fact.newest is None else (self.today - self.fact.newest).days

    @property
    def window_days(self) -> int | None:
        """Length of the window in days on this day's calendar."""
        return None if self.window is None else (self.today - self.window.since(self.today)).days

    @property
    def typed(self) -> str:
        """The column's type when its national window decides, else `其他`."""
        return self.fact.column.type if self.national or self.state == "空白" else "其他"

    def fact_words(self) -> str:
        """The fact with its number or date, as a bulletin says it."""
        newest, window = self.fact.newest, self.window
        if self.state == "空白":
            return "为空白栏目，没有信息"
        if newest is None:
            return "的稿件发布页未注明发布时间，视为不更新" + (f"（应{window.text}内更新）" if window else "")
        limit = f"，超过{window.text}" if window else ""
        return f"最近更新日期为{chinese_day(newest)}，已{self.days}天未更新{limit}"


def column_states(site: SiteFacts, profile: Profile, today: date) -> list[ColumnState]:
    """Every column of the site, by id. A list that several columns show is judged once, with a window if one has it."""
    facts = sorted(site.columns, key=lambda fact: fact.column.id)
    uses_levels = any(fact.column.top_level for fact in facts)
    states = [_judge(fact, profile, today, uses_levels) for fact in facts]
    twins = set(_twins(states))
    return [
        replace(state, state="不适用", note="与其他栏目是同一列表，只计一次")
        if state.fact.column.id in twins
        else state
        for state in states
    ]


def _twins(states: Sequence[ColumnState]) -> Iterator[str]:
    """Ids of the columns whose list another column stands for."""
    groups: dict[str, list[ColumnState]] = {}
    for state in states:
        groups.setdefault(_root(state.fact, states), []).append(state)
    for root, group in groups.items():
        head = min(group, key=lambda s: (s.window is None, not s.national, s.fact.column.id != root, s.fact.column.id))
        yield from (state.fact.column.id for state in group if state is not head)


def _root(fact: ColumnFact, states: Sequence[ColumnState]) -> str:
    """Follows `same_as` to its end; a circle ends at its smallest id."""
    same = {state.fact.column.id: state.fact.same_as for state in states}
    here, seen = fact.column.id, {fact.column.id}
    while (there := same.get(here)) is not None and there in same:
        if there in seen:
            return min(seen)
        seen.add(there)
        here = there
    return here


def first_level(fact: ColumnFact, uses_levels: bool) -> bool:
    """一级栏目: as the inventory says. Where no column of the site says `top_level`, those the home page leads to.

    That is a path of one name, or no known path for a column the inventory names.
    """
    if uses_levels:
        return fact.column.top_level
    path = [name for name in fact.path if name not in ("首页", "网站首页", "当前位置")]
    return len(path) <= 1 if path else not fact.discovered


def windows(fact: ColumnFact, profile: Profile, uses_levels: bool) -> list[tuple[Window, bool]]:
    """The windows of a column as (window, national), the national one first."""
    found: list[tuple[Window, bool]] = []
    national = profile.windows.get(fact.column.type)
    if national is not None and (not national.first_level or first_level(fact, uses_levels)):
        found.append((national, True))
    if fact.column.update_days is not None:
        found.append((Window(days=fact.column.update_days), False))
    return found


def _judge(fact: ColumnFact, profile: Profile, today: date, uses_levels: bool) -> ColumnState:
    wanted = windows(fact, profile, uses_levels)
    strictest = max(wanted, key=lambda pair: pair[0].since(today), default=(None, False))
    certainty: Certainty = profile.discovered.certainty if fact.discovered else "confirmed"

    def state(name: State, note: str = "", which: tuple[Window | None, bool] = strictest) -> ColumnState:
        return ColumnState(fact, name, which[0], which[1], certainty, note, today)

    unread = _unread(fact)
    if unread is not None:
        return state(*unread)
    if profile.allows(host_of(fact.url)):
        return state("不适用", "设在统一平台，由平台更新")
    if fact.kind == "blank":
        if fact.column.type in profile.never_blank:
            return state("不适用", "该类栏目不判空白")
        return state("空白")
    if not wanted:
        return state("不适用", "没有更新期限")
    if fact.newest is None:
        return _undated(state("未更新"))
    breached = [pair for pair in wanted if fact.newest < pair[0].since(today)]
    if not breached:
        return state("正常", f"以下级栏目“{fact.newest_of}”的更新计" if fact.newest_of else "")
    found = state("未更新", f"最近更新在下级栏目“{fact.newest_of}”" if fact.newest_of else "", breached[0])
    return replace(found, certainty="suspected") if _mostly_undated(fact) else found


def _unread(fact: ColumnFact) -> tuple[State, str] | None:
    if fact.outcome is Outcome.DEAD:
        return "无法访问", "栏目打不开"
    if fact.outcome is not Outcome.OK:
        return "未能判定", "栏目未能访问"
    if fact.kind is None:
        return "未能判定", "栏目页未能读取"
    return ("未能判定", _UNREAD[fact.kind]) if fact.kind in _UNREAD else None


def _undated(stale: ColumnState) -> ColumnState:
    """No date at all: only articles that were read and say none count as not updated (V3, 注)."""
    fact = stale.fact
    if fact.item_count and fact.undated_articles >= min(_FEW, fact.item_count):
        return replace(stale, note="稿件发布页未注明发布时间")
    return replace(stale, state="未能判定", note="信息没有日期" if fact.item_count else "没有可判断的列表")


def _mostly_undated(fact: ColumnFact) -> bool:
    """Most items say no date and their articles were not read: a newer one may hide among them.

    A list without any date whose newest day is known all the same had its articles read.
    """
    unknown = fact.item_count - fact.dated_count - fact.undated_articles
    return unknown > fact.dated_count > 0
