"""Gambling and pornography behind foreign links: two independent signs, never a report on the matter."""

from __future__ import annotations

import time

import pytest

from crawler.outcomes import Outcome, Reason
from crawler.seeing.response import see_response
from crawler.seeing.taken_over import is_taken_over

HTML = {"content-type": "text/html"}


def page(title: str, text: str, encoding: str = "utf-8") -> bytes:
    markup = f'<html><head><meta charset="{encoding}"><title>{title}</title></head><body><p>{text}</p></body></html>'
    return markup.encode(encoding)


SELLS = ("澳门新葡京娱乐城官网", "注册送彩金58元，立即投注")


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
@pytest.mark.parametrize(
    ("title", "text"),
    [SELLS, ("棋牌游戏大厅", "首存返水，24小时客服"), ("Live Casino", "No Deposit Bonus and free spins"),
     ("免费看片", "91porn 在线影院")],
)  # fmt: skip
def test_two_independent_signs(title: str, text: str, encoding: str) -> None:
    assert is_taken_over(HTML, page(title, text, encoding))


@pytest.mark.parametrize(
    ("title", "text"),
    [("云岭棋牌文化", "棋牌活动在文化馆举行"),  # one sign
     ("云岭旅游网", "注册送彩金，立即投注，bet365"),  # the page alone
     ("公安机关打击网络赌博", "不法分子以注册送彩金、立即投注引诱，冒用澳门新葡京名义"),  # a report
     ("云岭日报", "娱乐城老板因首存返水骗局获刑，飞机号被查"),
     ("云岭市旅游网", "体育彩票销售点一览"), ("", "")],
)  # fmt: skip
def test_one_sign_or_a_report_is_not_enough(title: str, text: str) -> None:
    assert not is_taken_over(HTML, page(title, text))


def test_a_title_word_in_the_body_alone_is_no_title() -> None:
    assert not is_taken_over(HTML, page("友情链接", "某娱乐城的网址，注册送礼品"))


def test_it_is_a_suspicion_about_foreign_hosts_only() -> None:
    body = page(*SELLS)
    seen = see_response(200, HTML, body, "http://www.other.com/", foreign=True)
    assert (seen.reason, seen.outcome, seen.detail) == (Reason.CHANGED_OWNER, Outcome.SUSPECT, "疑似赌博或色情页面")
    assert see_response(200, HTML, body, "http://www.yl.gov.cn/").reason is Reason.OK


@pytest.mark.parametrize("body", [b"", b"\xff\xfe\x00", b"<title>" * 50_000, ("赌" * 10_000).encode() + b"\x80"])
def test_any_bytes(body: bytes) -> None:
    assert not is_taken_over({}, body)


def test_a_big_ordinary_page_costs_little() -> None:
    body = page("云岭市人民政府", "新闻动态 " * 30_000)
    started = time.process_time()
    for _ in range(20):
        is_taken_over(HTML, body)
    assert (time.process_time() - started) / 20 < 0.05
