"""Login pages: two signs and a redirect, never a link that names a login page itself."""

from __future__ import annotations

import pytest

from crawler.outcomes import Reason
from crawler.seeing.response import see_response

HTML = {"content-type": "text/html"}
FORM = '<title>统一身份认证平台</title><form><input name=u><input type="password" name=p></form>'.encode()
PLAIN = "<title>用户中心</title><p>这里是用户中心的说明文字。</p>".encode()


@pytest.mark.parametrize(
    ("asked", "final", "body"),
    [
        ("/user/my.html", "/login.html?service=/user/my.html", PLAIN),
        ("/user/my.html", "http://sso.yunling.gov.cn/cas/login", PLAIN),
        ("/user/my.html", "/user/enter?returnUrl=http%3A%2F%2Fwww.yunling.gov.cn%2Fuser%2Fmy.html", FORM),
        ("/user/my.html", "/portal/enter.html", FORM),
        (
            "/zx/wt.jsp?id=3",
            "https://tyrz.dianyun.gov.cn/am/oauth2/authorize?redirect_uri=http://www.yunling.gov.cn/zx/wt.jsp",
            PLAIN,
        ),
    ],
)
def test_redirect_to_a_login_page(asked: str, final: str, body: bytes) -> None:
    base = "http://www.yunling.gov.cn"
    url = final if final.startswith("http") else base + final
    assert see_response(200, HTML, body, url, request_url=base + asked).reason is Reason.LOGIN


@pytest.mark.parametrize(
    ("asked", "final", "body"),
    [
        ("/login.html", "/login/index.html", FORM),  # the link names the login page
        ("/zwgk/", "/zwgk/index.html", PLAIN),
        ("/", "/index.html", b'<title>home</title><input type="password">'),  # a home page with a login box: one sign
        ("/zwgk/passport.html", "/zwgk/passport/", PLAIN),
    ],
)
def test_no_login_page(asked: str, final: str, body: bytes) -> None:
    base = "http://www.yunling.gov.cn"
    assert see_response(200, HTML, body, base + final, request_url=base + asked).reason is Reason.REDIRECTED


def test_a_login_page_that_was_asked_for_is_a_page() -> None:
    url = "http://www.yunling.gov.cn/cas/login"
    assert see_response(200, HTML, FORM, url, request_url=url).reason is Reason.OK
    assert see_response(200, HTML, FORM, url).reason is Reason.OK


def test_addresses_nobody_can_split() -> None:
    assert see_response(200, HTML, FORM, "http://[bad", request_url="http://[worse").reason is not Reason.OK
