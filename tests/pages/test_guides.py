"""办事指南 and public letters: pages as real sites write them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.pages.guides import element_names, read_guide
from crawler.pages.marks import load_marks
from crawler.pages.messages import read_message

URL = "http://www.yunling.gov.cn/bs/1.html"
SYNONYMS = [(kind, name) for kind, names in load_marks("guides.yaml")["elements"].items() for name in names]


def guide(body: str, title: str = "老年人优待证办理") -> str:
    head = f"<html><head><title>{title}</title></head><body><h1>{title}</h1>"
    return f"{head}<div class='content'>{body}</div></body></html>"


@pytest.mark.parametrize(("kind", "name"), SYNONYMS, ids=[f"{kind}-{name}" for kind, name in SYNONYMS])
@pytest.mark.parametrize(
    "shape",
    ["<p>一、{name}</p><p>内容若干</p>", "<p>（三）{name}：内容若干</p>",
     "<table><tr><th>{name}</th><td>内容若干</td></tr></table>",
     "<p>【{name}】内容若干</p>", "<dl><dt>{name}</dt><dd>内容若干</dd></dl>", "<p>前文，到此。 {name}：内容若干</p>"],
)  # fmt: skip
def test_every_name_of_an_element(shape: str, kind: str, name: str) -> None:
    assert kind in read_guide(guide(shape.format(name=name)), URL).elements


def test_a_sentence_that_begins_with_a_name_is_no_heading() -> None:
    found = read_guide(guide("<p>办理流程优化后，群众少跑一趟。</p><p>收费标准化建设稳步推进。</p>"), URL)
    assert set(found.elements) == {"事项名称"} and not found.is_guide


def test_bare_headings() -> None:
    one = read_guide(guide("<p>一、办理材料</p><p>二、办理流程</p><p>窗口受理</p>"), URL)
    assert one.empty == ("办理材料",) and "办理材料" in one.missing
    tabs = "<ul><li>办理材料</li><li>办理流程</li><li>收费标准</li></ul><img src='/upload/liuchengtu2026.jpg'>"
    assert {"办理材料", "办理流程", "收费标准"} <= set(read_guide(guide(tabs), URL).elements)


def test_the_ten_classes() -> None:
    assert len(element_names()) == 10
    assert read_guide("<html></html>", URL).missing == element_names()


@pytest.mark.parametrize(
    ("materials", "vague"),
    [
        ("1.身份证原件；2.其他相关材料", True),
        ("1.身份证原件；2.法律、法规规定应提交的其他材料", True),
        ("1.身份证原件；2.有关证明材料", True),
        ("1.身份证原件；2.其他材料：无", False),
        ("提交下列有关材料：身份证原件", False),
        ("相关材料清单见附件", False),
        ("1.身份证原件1份", False),
    ],
)
def test_vague_wording(materials: str, vague: bool) -> None:
    assert bool(read_guide(guide(f"<p>办理材料：{materials}</p>"), URL).vague) is vague


def test_vague_words_elsewhere_are_not_the_guides() -> None:
    assert read_guide(guide("<p>办理流程：窗口收取其他相关材料后转办</p>"), URL).vague == ()


@given(st.text(max_size=300))
def test_never_raises(text: str) -> None:
    read_guide(text, URL)
    read_message(text)


@pytest.mark.parametrize(
    ("body", "asked", "replied", "answered", "missing"),
    [
        ("<p>来信时间：2026-05-01</p><p>来信内容：路灯坏了</p><p>回复单位：城管局</p><p>回复时间：2026年5月3日</p><p>回复内容：已修复。</p>",
         date(2026, 5, 1), date(2026, 5, 3), True, ()),
        ("<table><tr><td>留言时间</td><td>2026-05-01 09:00</td></tr><tr><td>答复时间</td><td>2026-05-02</td></tr>"
         "<tr><td>答复内容</td><td>您好</td></tr></table>", date(2026, 5, 1), date(2026, 5, 2), True, ("答复单位",)),
        ("<p>留言时间：2026-05-01</p><p>办理状态：办理中</p>", date(2026, 5, 1), None, False,
         ("答复时间", "答复单位", "答复内容")),
        ("<p>留言时间：2026-05-01</p><p>留言内容：路灯</p><p>办理状态：已办结</p>", date(2026, 5, 1), None, True,
         ("答复时间", "答复单位", "答复内容")),
        ("<p>留言时间：2026-13-41</p><p>答复内容：暂无回复</p>", None, None, False,
         ("留言时间", "答复时间", "答复单位")),
        ("<p>留言时间：2026-05-01</p><p>留言内容：路灯坏了</p>", date(2026, 5, 1), None, None,
         ("答复时间", "答复单位", "答复内容")),
    ],
)  # fmt: skip
def test_letters(
    body: str, asked: date | None, replied: date | None, answered: bool | None, missing: tuple[str, ...]
) -> None:
    letter = read_message(f"<html><body><h1>关于路灯的来信</h1><div class='content'>{body}</div></body></html>")
    assert letter.is_message and not letter.void
    assert (letter.asked, letter.replied, letter.answered, letter.missing) == (asked, replied, answered, missing)


def test_an_article_is_no_letter() -> None:
    assert not read_message(
        "<h1>我市召开会议</h1><p>发布时间：2026-11-01</p><p>会议要求及时答复群众来信。</p>"
    ).is_message
