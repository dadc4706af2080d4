"""Parked domains: two independent signs, only outside the inventory, only ever suspect."""

from __future__ import annotations

import pytest

from crawler.outcomes import Outcome, Reason
from crawler.seeing.response import see_response

HTML = {"content-type": "text/html"}
PARKED = [
    "<html><title>ylly.com</title><p>此域名可出售</p><p>联系域名经纪咨询购买</p></html>",
    "<html><title>example.com</title><script src='https://www.sedoparking.com/frmpark/a.js'></script>"
    "<h2>Related Searches</h2></html>",
    "<html><p>This domain may be for sale</p><a href='/'>Make an offer</a></html>",
    "<html><script>window.park = 'eyJ1'</script><script src='https://d38psrni17bvxu.cloudfront.net/a.js'></script></html>",
]
INNOCENT = [
    "<html><title>域名服务</title><p>本公司提供域名注册、域名出售咨询。</p></html>",
    "<html><p>政府网站域名不得转让。</p></html>",
    "<html><p>此域名可出售</p><p>域名经纪</p>" + "<p>我国域名市场三十年发展历程回顾与展望。</p>" * 300 + "</html>",
    "<html><script src='https://img1.wsimg.com/parking-lander/x.js'></script></html>",
]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
@pytest.mark.parametrize("page", PARKED)
def test_parked(page: str, encoding: str) -> None:
    seeing = see_response(200, HTML, page.encode(encoding), "http://ylly.com/", foreign=True)
    assert (seeing.reason, seeing.outcome) == (Reason.CHANGED_OWNER, Outcome.SUSPECT)


@pytest.mark.parametrize("page", INNOCENT)
def test_one_sign_is_not_enough(page: str) -> None:
    assert see_response(200, HTML, page.encode(), "http://a.com/", foreign=True).reason is Reason.OK


@pytest.mark.parametrize("page", PARKED)
def test_hosts_of_the_inventory_are_not_looked_at(page: str) -> None:
    assert see_response(200, HTML, page.encode(), "http://www.yunling.gov.cn/").reason is Reason.OK
