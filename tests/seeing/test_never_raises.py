"""Random answers never raise, and never cost more than their size."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.outcomes import Reason
from crawler.seeing.response import retry_after, see_response

_NAMES = [
    "content-type",
    "content-disposition",
    "set-cookie",
    "server",
    "retry-after",
    "date",
    "cf-mitigated",
    "x-staging",
]
_HEADERS = st.dictionaries(st.sampled_from(_NAMES), st.text(max_size=80), max_size=5)
_PIECES = st.sampled_from(
    [
        b"<script>",
        b"<a ",
        b"<!--",
        b"$_ts",
        b"<html",
        b"%PDF-",
        b"PK\x03\x04",
        b"{",
        b"\xd0\xcf\x11\xe0",
        b"\0",
        b"\xf0",
        b"document.cookie",
        b'type="password"',
        b"\xff\xfe",
        b"<table",
        "访问被拦截".encode(),
        "域名出售".encode("gb18030"),
    ]
)
_BODIES = st.one_of(
    st.binary(max_size=400), st.lists(st.one_of(_PIECES, st.binary(max_size=20)), max_size=30).map(b"".join)
)
_EXPECTS = st.sampled_from([None, ".doc", ".pdf", ".jpg", ".css", ".zip", ".html", "", ".", "DOC", ".txt", ".mp4"])


@given(
    st.integers(-1, 1100), _HEADERS, _BODIES, st.text(max_size=60), _EXPECTS, st.booleans(), st.booleans(),
    st.one_of(st.none(), st.text(max_size=60)), st.one_of(st.none(), st.integers(0, 10**12)), st.booleans(),
)  # fmt: skip
def test_see_response_never_raises(
    status: int, headers: dict[str, str], body: bytes, url: str, expects: str | None, truncated: bool, dataloss: bool,
    request_url: str | None, size: int | None, foreign: bool,
) -> None:  # fmt: skip
    seeing = see_response(
        status, headers, body, url, expects=expects, declared_size=size, truncated=truncated, dataloss=dataloss,
        request_url=request_url, foreign=foreign,
    )  # fmt: skip
    assert seeing.reason in Reason and seeing.status == status


@given(st.text(max_size=60), st.text(max_size=60))
def test_retry_after_never_raises(value: str, date: str) -> None:
    seconds = retry_after({"retry-after": value, "date": date}, datetime(2026, 11, 23, tzinfo=UTC))
    assert seconds is None or 0 <= seconds <= 3600


@pytest.mark.parametrize("expects", [None, ".doc", ".pdf", ".jpg"])
@pytest.mark.parametrize(
    "piece", [b"<", b"<script>", b"<!--", b"<iframe ", b"$_ts", b'content="', b"\xc4", b'{"code"', b" "]
)
def test_two_megabytes_of_anything_stay_cheap(piece: bytes, expects: str | None) -> None:
    body = b"<html>" + piece * (2_000_000 // len(piece))
    start = time.perf_counter()
    see_response(
        200, {"content-type": "text/html"}, body, "http://a/x", expects=expects, request_url="http://a/y", foreign=True
    )
    see_response(403, {"content-type": "text/html"}, body, "http://a/x", expects=expects)
    assert time.perf_counter() - start < 3.0
