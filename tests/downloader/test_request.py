"""Addresses and headers as they go out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.downloader import SeeingError
from crawler.downloader.request import parse_target, request_bytes


@pytest.mark.parametrize(
    ("url", "host", "port", "netloc", "path"),
    [
        ("http://a.cn", "a.cn", 80, "a.cn", "/"),
        ("HTTP://A.cn:80/x#f", "a.cn", 80, "a.cn", "/x"),
        ("https://a.cn:8443?x=1", "a.cn", 8443, "a.cn:8443", "/?x=1"),
        ("http://a.cn/?", "a.cn", 80, "a.cn", "/?"),
        ("http://u:p@a.cn/", "a.cn", 80, "a.cn", "/"),
        ("http://[::1]:81/", "::1", 81, "[::1]:81", "/"),
        ("http://云岭.政务/政府", "xn--9kqv75a.xn--zfr164b", 80, "xn--9kqv75a.xn--zfr164b", "/%E6%94%BF%E5%BA%9C"),
        ("http://a.cn/%D6%D0/%e4?a=[1]|", "a.cn", 80, "a.cn", "/%D6%D0/%e4?a=[1]|"),
        ("http://a.cn/a b", "a.cn", 80, "a.cn", "/a%20b"),
        ("http://a_b.cn./x", "a_b.cn", 80, "a_b.cn", "/x"),
    ],
)
def test_an_address_is_read(url: str, host: str, port: int, netloc: str, path: str) -> None:
    target = parse_target(url)
    assert (target.host, target.port, target.netloc, target.path) == (host, port, netloc, path)


@pytest.mark.parametrize(
    "url", ["", "http://", "http:///a", "/a", "ftp://a.cn/", "http://a.cn:0/", "http://a.cn:x/", "http://a.cn/\r\nX: y",
            "http://a\\b/", "http://a b/", "http://[::1/", "http://-a.cn/", "http://a..cn/", "http://é\x00.cn/"],
)  # fmt: skip
def test_what_is_no_address(url: str) -> None:
    with pytest.raises(SeeingError):
        parse_target(url)


@given(st.text(max_size=40), st.text(max_size=40))
def test_nothing_can_be_slipped_into_a_request(host: str, path: str) -> None:
    try:
        target = parse_target(f"http://{host}/{path}")
    except SeeingError:
        return
    sent = request_bytes(target, "GET", [("X-A", path), (path, "x")], None, True)
    lines = sent.split(b"\r\n")
    assert lines[0].count(b" ") == 2
    assert lines[-2:] == [b"", b""]
    assert all(b"\n" not in line and b"\r" not in line for line in lines)
    assert len(lines) <= 8
    assert sum(line.lower().startswith(b"host:") for line in lines) == 1


def test_headers_that_are_ours_are_set_once() -> None:
    sent = request_bytes(
        parse_target("http://a.cn/"), "GET", [(b"Accept-Encoding", b"br"), ("Host", "b.cn")], None, False
    )
    assert b"br" not in sent
    assert sent.count(b"Host:") == 1
    assert b"Connection: close" in sent
