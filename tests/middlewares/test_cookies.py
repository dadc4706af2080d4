"""Cookies are kept per site, and a site without any costs nothing."""

from __future__ import annotations

from scrapy import Request
from scrapy.http import Response
from scrapy.utils.test import get_crawler

from crawler.middlewares.cookies import SiteCookies

URL = "http://www.yunling.gov.cn/a.html"


def middleware() -> SiteCookies:
    return SiteCookies.from_crawler(get_crawler())


def request(jar: str) -> Request:
    return Request(URL, meta={"cookiejar": jar})


def test_what_a_site_sets_is_sent_to_it_again_and_to_no_other() -> None:
    one = middleware()
    first = request("site:portal")
    assert one.process_request(first) is None and "Cookie" not in first.headers
    one.process_response(first, Response(URL, headers={"Set-Cookie": "session=abc; Path=/"}))
    again, other = request("site:portal"), request("site:jyj")
    one.process_request(again)
    one.process_request(other)
    assert again.headers["Cookie"] == b"session=abc" and "Cookie" not in other.headers


def test_an_answer_without_cookies_passes_as_it_is() -> None:
    answer = Response(URL)
    assert middleware().process_response(request("site:portal"), answer) is answer


def test_a_cookie_for_all_of_china_is_not_kept() -> None:
    one = middleware()
    one.process_response(request("a"), Response(URL, headers={"Set-Cookie": "x=1; Domain=.gov.cn"}))
    again = request("a")
    one.process_request(again)
    assert "Cookie" not in again.headers
