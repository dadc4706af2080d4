"""Each article once a round: by the number of a document, or by title and day."""

from __future__ import annotations

import itertools
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from crawler.facts import PageFact, PublicationFact, document_type
from crawler.facts.publications import publications
from tests.walk.drive import Reply, html
from tests.walk.sites import HOME, PROSE, article, listing, walk

FIRST, LAST = date(2026, 11, 1), date(2026, 11, 20)
TITLE = "云岭市人民政府关于印发教育发展规划的通知"


def page(url: str, title: str = TITLE, **changes: Any) -> PageFact:
    values: dict[str, Any] = {
        "url": url,
        "kind": "article",
        "region": "article",
        "title": title,
        "published": date(2026, 11, 2),
    }
    return PageFact(**(values | {"column": url, "unit": f"unit-{url}"} | changes))


def counted(*pages: PageFact) -> list[PublicationFact]:
    """The publications, which are the same in whatever order the pages come."""
    results = [publications(order, "zfb", FIRST, LAST) for order in itertools.permutations(pages)]
    assert all(result == results[0] for result in results)
    return results[0]


def test_one_article_in_two_columns_is_one() -> None:
    (found,) = counted(page("b"), page("a"))
    assert (found.url, found.column, found.unit, found.shown) == ("a", "a", "unit-a", 2)


def test_one_document_under_two_titles_is_one_by_its_number() -> None:
    (found,) = counted(
        page("a", doc_number="云政发〔2026〕3号"), page("b", "关于教育规划的通知", doc_number="云政发〔2026〕3号")
    )
    assert found.doc_number == "云政发〔2026〕3号" and found.doc_type == "通知"


def test_what_title_and_number_join_together_is_one() -> None:
    same = page("c", "关于教育规划的通知", doc_number="云政发〔2026〕3号", published=date(2026, 11, 3))
    assert [fact.shown for fact in counted(page("a"), page("b", doc_number="云政发〔2026〕3号"), same)] == [3]


def test_an_interpretation_is_an_article_beside_its_document() -> None:
    read = page("b", "《教育发展规划的通知》政策解读", doc_number="云政发〔2026〕3号")
    assert len(counted(page("a", doc_number="云政发〔2026〕3号"), read)) == 2


def test_the_same_title_on_another_day_is_another_article() -> None:
    assert len(counted(page("a", "停水公告"), page("b", "停水公告", published=date(2026, 11, 3)))) == 2


def test_outside_the_period_undated_or_no_article_is_not_counted() -> None:
    pages = [page("a", published=date(2026, 10, 31)), page("b", published=None), page("c", kind="list")]
    assert counted(*pages, page("d", "尾日", published=LAST), page("e", "首日", published=FIRST))[0].url == "e"
    assert len(counted(*pages)) == 0


def test_a_page_of_no_column_belongs_to_the_sites_unit() -> None:
    assert counted(page("a", column=None, unit=None))[0].unit == "zfb"


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("云岭市人民政府关于表彰先进的决定", "决定"),
        ("关于印发《实施方案》的通知（云政发〔2026〕3号）", "通知"),
        ("云岭市人民政府令第12号", "命令"),
        ("关于公布《规章》的命令", "命令"),
        ("关于加强校园安全的通告", "通告"),
        ("拟录用人员公告", "公告"),
        ("关于促进消费的实施意见", "意见"),
        ("关于检查情况的通报", "通报"),
        ("2026年政府工作报告", "报告"),
        ("关于项目建设的请示", "请示"),
        ("关于同意设立管理区的批复", "批复"),
        ("关于提请审议的议案", "议案"),
        ("关于商请支持的函", "函"),
        ("市政府第10次常务会议纪要", "纪要"),
        ("《关于促进消费的实施意见》解读", None),
        ("一图读懂：关于促进消费的通知", None),
        ("关于促进消费的通知（政策解读）", None),
        ("关于做好政策解读工作的通知", "通知"),
        ("市领导调研校园安全", None),
        ("", None),
    ],
)
def test_the_last_word_of_a_title_tells_the_document(title: str, kind: str | None) -> None:
    assert document_type(title) == kind


def test_a_walk_gives_each_article_once_with_column_unit_and_number(tmp_path: Path) -> None:
    days = ["2026-11-18", "2026-11-10", "2026-09-02"]
    pages: dict[str, Reply] = {HOME: html(PROSE + "<a href='/tzgg/'>通知公告</a><a href='/zcwj/'>文件</a>")}
    pages |= listing("通知公告", "/tzgg/", days) | listing("政策文件", "/zcwj/", days[:1])
    number = "<table><tr><td>发文字号：云教发〔2026〕8号</td></tr></table>"
    for folder in ("/tzgg/", "/zcwj/"):
        pages[f"{HOME[:-1]}{folder}t20261118_0.html"] = article("关于做好招生工作的通知", "2026-11-18", number)
    named = [
        {"id": "tz", "name": "通知公告", "url": "/tzgg/", "type": "通知公告", "unit": "jyj"},
        {"id": "wj", "name": "政策文件", "url": "/zcwj/", "type": "政策文件"},
    ]
    _, site = walk(tmp_path, pages, columns=named)
    found = publications(site.pages(), "zfb", FIRST, LAST)
    assert [(str(fact.published), fact.column, fact.unit, fact.shown) for fact in found] == [
        ("2026-11-10", "tz", "jyj", 1), ("2026-11-18", "tz", "jyj", 2),
    ]  # fmt: skip
    assert (found[1].doc_number, found[1].doc_type) == ("云教发〔2026〕8号", "通知")
