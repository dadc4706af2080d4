"""What one answer shows, row by row of the thirty ways to wrong a site."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from crawler.outcomes import Outcome, Reason
from crawler.seeing.response import RETRY_AFTER_LIMIT, retry_after, see_response

URL = "http://www.yunling.gov.cn/zwgk/1.html"
HTML = {"content-type": "text/html; charset=utf-8"}
NAV = "".join(f'<li><a href="/c{i}/">栏目{i}</a></li>' for i in range(12))
TEXT = "正文内容。" * 60
PAGE = f"<!DOCTYPE html><html><head><title>云岭市</title></head><body>{NAV}<p>{TEXT}</p></body></html>".encode()


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (200, Reason.OK),
        (203, Reason.OK),
        (206, Reason.OK),
        (304, Reason.OK),
        (204, Reason.EMPTY_PAGE),
        (205, Reason.EMPTY_PAGE),
        (401, Reason.LOGIN),
        (403, Reason.HTTP_403),
        (404, Reason.HTTP_404),
        (410, Reason.HTTP_410),
        (429, Reason.RATE_LIMITED),
        (400, Reason.HTTP_4XX),
        (405, Reason.HTTP_4XX),
        (406, Reason.HTTP_4XX),
        (412, Reason.HTTP_4XX),
        (418, Reason.HTTP_4XX),
        (451, Reason.HTTP_4XX),
        (500, Reason.HTTP_5XX),
        (502, Reason.HTTP_5XX),
        (503, Reason.HTTP_5XX),
        (521, Reason.HTTP_5XX),
        (599, Reason.HTTP_5XX),
        (301, Reason.BAD_RESPONSE),
        (100, Reason.BAD_RESPONSE),
        (700, Reason.BAD_RESPONSE),
        (0, Reason.BAD_RESPONSE),
        (999, Reason.WAF_OTHER),
    ],
)
def test_status_alone(status: int, reason: Reason) -> None:
    body = b"" if status in {204, 205, 304} else PAGE
    seeing = see_response(status, HTML, body, URL)
    assert (seeing.reason, seeing.status) == (reason, status)


def test_answers_outside_200_are_never_good() -> None:
    for status in (*range(300, 304), *range(305, 1000)):
        assert see_response(status, HTML, PAGE, URL).outcome is not Outcome.OK


def test_not_saved_page_of_a_replay() -> None:
    assert see_response(599, {"x-staging": "not-saved"}, b"", URL).reason is Reason.NOT_SAVED


def test_a_challenge_wins_over_every_reading_of_the_status() -> None:
    marks = {"server": "x", "cf-mitigated": "challenge", "retry-after": "10"}
    for status in (200, 202, 403, 404, 429, 503):
        seeing = see_response(status, marks, b"<html></html>", URL)
        assert (seeing.reason, seeing.detail) == (Reason.WAF_OTHER, "Cloudflare")


def test_a_404_with_marks_of_a_firewall_is_no_dead_link() -> None:
    body = "<html><title>网站防火墙</title><p>如果您是网站管理员，请登录安全狗</p></html>"
    assert see_response(404, HTML, body.encode(), URL).outcome is Outcome.BLOCKED


def test_403_that_asks_for_login() -> None:
    assert see_response(403, HTML, "<p>请先登录</p>".encode(), URL).reason is Reason.LOGIN
    assert see_response(403, HTML, "<p>请先登录</p>".encode("gb18030"), URL).reason is Reason.LOGIN
    assert see_response(403, HTML, b"<p>Forbidden</p>", URL).reason is Reason.HTTP_403


def test_redirected_good_answer_is_told_as_such() -> None:
    seeing = see_response(200, HTML, PAGE, "http://www.yunling.gov.cn/new/", request_url=URL)
    assert (seeing.reason, seeing.outcome) == (Reason.REDIRECTED, Outcome.OK)
    assert see_response(200, HTML, PAGE, URL, request_url=URL).reason is Reason.OK


@pytest.mark.parametrize("body", [b"", b" \r\n\t"])
def test_empty_page_waits_for_a_person(body: bytes) -> None:
    assert see_response(200, HTML, body, URL).reason is Reason.EMPTY_PAGE
    assert see_response(200, HTML, body, URL, truncated=True).reason is Reason.OK
    assert see_response(200, {}, body, URL, html=False).reason is Reason.OK


def test_transfer_that_breaks_off() -> None:
    short = PAGE[: len(PAGE) // 3].replace(b"<a", b"<b")
    assert see_response(200, HTML, short, URL, dataloss=True).reason is Reason.TRUNCATED
    assert see_response(200, HTML, b"", URL, dataloss=True).reason is Reason.BAD_RESPONSE
    assert see_response(200, HTML, PAGE, URL, dataloss=True).reason is Reason.OK  # bad chunking after </html>
    assert see_response(200, HTML, short, URL, dataloss=True, truncated=True).reason is Reason.OK


def test_content_disposition_names_the_file() -> None:
    headers = {"content-disposition": "attachment; filename*=UTF-8''%E8%A1%A8.xls"}
    assert see_response(200, headers, b"", "http://a.gov.cn/download.jsp?id=3").reason is Reason.EMPTY_FILE
    zipped = {"content-disposition": 'attachment; filename="all.zip"'}
    assert (
        see_response(200, zipped, b"PK\x03\x04" + bytes(60), "http://a.gov.cn/1.pdf", expects=".pdf").reason
        is Reason.OK
    )


def test_challenge_under_a_file_name_is_a_refusal_not_a_wrong_file() -> None:
    body = b'<html><script>$_ts=window["$_ts"];$_ts.cd="q"</script></html>'
    seeing = see_response(200, HTML, body, "http://a.gov.cn/1.doc", expects=".doc")
    assert seeing.reason is Reason.WAF_RUISHU


def test_login_under_a_file_name_is_a_login() -> None:
    body = b'<html><title>Login</title><input type="password"></html>'
    final = "http://sso.yunling.gov.cn/login?service=http://a.gov.cn/1.doc"
    seeing = see_response(200, HTML, body, final, expects=".doc", request_url="http://a.gov.cn/1.doc")
    assert seeing.reason is Reason.LOGIN


def test_unknown_extension_is_a_page() -> None:
    assert see_response(200, HTML, PAGE, URL, expects=".shtml").reason is Reason.OK
    assert see_response(200, HTML, b"", URL, expects=".jsp").reason is Reason.EMPTY_PAGE


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0),
        ("120", 120),
        (" 7 ", 7),
        ("99999999999999999999", RETRY_AFTER_LIMIT),
        ("-5", None),
        ("soon", None),
        ("", None),
        ("٣", None),
        ("Mon, 23 Nov 2026 10:02:00 GMT", 120),
        ("Mon, 23 Nov 2026 09:00:00 GMT", 0),
        ("Mon, 23 Nov 2099 09:00:00 GMT", RETRY_AFTER_LIMIT),
        ("Mon, 99 Nov 2026 09:00:00 GMT", None),
    ],
)
def test_retry_after(value: str, seconds: int | None) -> None:
    assert retry_after({"retry-after": value}, datetime(2026, 11, 23, 10, 0, tzinfo=UTC)) == seconds


def test_retry_after_counts_from_the_servers_own_clock() -> None:
    headers = {"retry-after": "Mon, 23 Nov 2020 10:00:30 GMT", "date": "Mon, 23 Nov 2020 10:00:00 GMT"}
    assert retry_after(headers, datetime(2026, 11, 23, tzinfo=UTC)) == 30
    assert retry_after({}) is None
