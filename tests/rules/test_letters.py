"""Letters that only a list shows: they wait as others do, and one that has a page of its own is counted once."""

from __future__ import annotations

from rules.loader import RuleSet, load_ruleset
from rules.schema import Finding
from tests.rules.build import FakeSite, ago, column, judged, portal, site_facts
from tests.rules.fixtures import words_of

ANNUAL = load_ruleset("annual")
HOME = "http://www.yunling.gov.cn/"
LIST = """<h2>咨询留言</h2><table><tr><th>信件标题</th><th>来信时间</th><th>办理单位</th><th>状态</th></tr>
<tr><td><a href="/ly/1.html">关于公交</a></td><td>{day}</td><td>市交通局</td><td>{state}</td></tr></table>"""
PAGE = """<html><head><title>关于公交</title></head><body><h1>关于公交</h1><div class=content>
<p>留言时间：{day}</p><p>留言内容：请问城北公交几点收班？</p><p>答复单位：市交通局</p><p>答复时间：{day}</p>
<p>答复内容：您好，城北公交末班车为21时30分，感谢您的关注和支持。</p></div></body></html>"""


def site(*pages: tuple[str, str]) -> FakeSite:
    words = words_of([(f"{HOME}{path}", "ly", markup) for path, markup in pages])
    fact = column("ly", "咨询建言", ago(3), url=f"{HOME}ly/")
    return site_facts(portal(), columns=[fact], words=words.now, page_facts=list(words.facts.values()))


def waiting(*pages: tuple[str, str]) -> list[Finding]:
    rule = next(one for one in ANNUAL.known if one.id == "V5.2")
    return judged(site(*pages), ruleset=RuleSet(ANNUAL.profile, (rule,), ANNUAL.known, "sha256:test")).findings


def test_a_letter_that_only_the_list_shows_waits() -> None:
    [found] = waiting(("ly/", LIST.format(day="2026-06-01", state="办理中")))
    assert found.where_count == 1 and found.where[0].page == f"{HOME}ly/1.html" and found.column == "ly"


def test_the_list_of_answered_or_young_letters_accuses_nobody() -> None:
    assert waiting(("ly/", LIST.format(day="2026-06-01", state="已办结"))) == []
    assert waiting(("ly/", LIST.format(day="2026-08-20", state="办理中"))) == []
    assert len(waiting(("ly/", LIST.format(day="2026-08-19", state="办理中")))) == 1


def test_the_letters_own_page_speaks_before_the_list() -> None:
    old = LIST.format(day="2026-06-01", state="办理中")
    assert waiting(("ly/", old), ("ly/1.html", PAGE.format(day="2026-06-01"))) == []
