"""The example of an office's own rule by `page_match`: adopted by its profile only, and what it says of pages."""

from __future__ import annotations

import pytest

from rules.loader import RuleSet, load_ruleset
from tests.rules.build import judged, portal, site_facts
from tests.rules.test_pages import inner

LOCAL = load_ruleset("local-example")
RULE = LOCAL.rule("L1-unnamed-page")


def test_the_profile_adds_it_to_those_of_the_month() -> None:
    monthly = load_ruleset("monthly")
    assert {rule.id for rule in LOCAL.rules} - {rule.id for rule in monthly.rules} == {"L1-unnamed-page"}
    assert {rule.id for rule in monthly.rules} < {rule.id for rule in LOCAL.rules}
    assert "L1-unnamed-page" not in {rule.id for rule in monthly.known}


@pytest.mark.parametrize(
    ("title", "found"),
    [
        ("无标题文档", 1), ("Untitled Document", 1), (" untitled ", 1), ("新建网页 1", 1),
        ("关于清理“无标题文档”的通知", 0), ("新建网页服务上线", 0), ("2026年政府工作报告", 0), ("", 0),
    ],
)  # fmt: skip
def test_default_titles_and_what_only_names_them(title: str, found: int) -> None:
    assert RULE is not None
    facts = site_facts(portal(), page_facts=[inner("p0", title=title), inner("p1", title="关于开会的通知")])
    judgement = judged(facts, ruleset=RuleSet(LOCAL.profile, (RULE,), LOCAL.known, "x"))
    assert judgement.errors == [] and len(judgement.findings) == found
    if found:
        [one] = judgement.findings
        assert one.message == "有1个文章页面的标题是编辑软件的默认标题（共查看2个）"
        assert [where.page for where in one.where] == [inner("p0").url]
