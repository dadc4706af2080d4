"""What an address of the city does when asked: one small function per behaviour, named as in the truth files.

`make("slow:2", ...)` gives the handler of a behaviour with its argument. Names of the DNS (nxdomain, refused, …) are
no behaviours of the web server; they stand in `ON_DNS`.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

from . import files, hostile
from .web import Exchange, Response

Behaviour = Callable[[Exchange], Awaitable[Response | None]]
ON_DNS = {"nxdomain", "refused", "dns-silent", "servfail"}


@dataclass
class Setting:
    """Where a behaviour stands: its address, what a good answer would be, a page of the site with a title and a text of
    its own, and how often each was asked for (by GET)."""

    path: str
    good: Callable[[], Response]
    page: Callable[[str, str], Response]
    asked: dict[str, int] = field(default_factory=dict)

    def count(self, exchange: Exchange) -> int:
        """How many GETs came before this one."""
        before = self.asked.get(self.path, 0)
        if exchange.request.method == "GET":
            self.asked[self.path] = before + 1
        return before


def note(title: str, text: str = "", status: int = 200) -> Response:
    """A short page of a server, not of a site."""
    body = f"<html><head><title>{title}</title></head><body><center><h1>{title}</h1>{text}</center><hr></body></html>"
    return Response(status, body.encode())


def not_found() -> Response:
    """The city's 404."""
    return note("404 Not Found", "<p>您访问的页面不存在</p>", 404)


def _status(number: int) -> Response:
    names = {404: "404 Not Found", 410: "410 Gone", 500: "500 Internal Server Error", 502: "502 Bad Gateway"}
    return not_found() if number == 404 else note(names.get(number, f"{number} Service Unavailable"), status=number)


async def _good(at: Setting, arg: str, x: Exchange) -> Response:
    return at.good()


async def _empty(at: Setting, arg: str, x: Exchange) -> Response:
    return Response(200, b"", files.TYPES.get(files.kind_of(at.path), "application/octet-stream"))


async def _html_error(at: Setting, arg: str, x: Exchange) -> Response:
    page = note("系统提示", "<p>文件读取失败，请与管理员联系。错误代码：0x80070002</p>")
    page.content_type = files.TYPES.get(files.kind_of(at.path), "application/octet-stream")
    return page


async def _redirect(at: Setting, arg: str, x: Exchange) -> Response:
    return Response(301, headers=[("Location", arg)])


async def _stall(at: Setting, arg: str, x: Exchange) -> None:
    await asyncio.sleep(float(arg or 120))
    x.drop()


async def _drop(at: Setting, arg: str, x: Exchange) -> None:
    x.drop()


async def _slow(at: Setting, arg: str, x: Exchange) -> Response:
    await asyncio.sleep(float(arg))
    return at.good()


async def _flaky(at: Setting, arg: str, x: Exchange) -> Response | None:
    """Fails once (with `arg`, a status or "reset"), then answers."""
    if at.count(x):
        return at.good()
    if arg == "reset":
        hostile.reset_connection(x)
        return None
    return _status(int(arg or 503))


async def _ratelimit(at: Setting, arg: str, x: Exchange) -> Response:
    if at.count(x):
        return at.good()
    response = note("429 Too Many Requests", status=429)
    response.headers.append(("Retry-After", arg or "1"))
    return response


async def _head(at: Setting, arg: str, x: Exchange) -> Response:
    return at.good() if x.request.method == "GET" else _status(int(arg))


async def _referer(at: Setting, arg: str, x: Exchange) -> Response:
    if f"//{x.request.host}" in x.request.headers.get("referer", ""):
        return at.good()
    return note("403 Forbidden", "<p>禁止盗链</p>", 403)


async def _cookie(at: Setting, arg: str, x: Exchange) -> Response:
    if x.request.cookie("ylsession"):
        return at.good()
    return note("403 Forbidden", "<p>会话已失效，请从网站页面进入。</p>", 403)


async def _login(at: Setting, arg: str, x: Exchange) -> Response:
    if arg == "401":
        page = note("401 Unauthorized", "<p>请先登录</p>", 401)
        page.headers.append(("WWW-Authenticate", 'Basic realm="user center"'))
        return page
    return Response(302, headers=[("Location", f"/login.html?service={x.request.path}")])


async def _large(at: Setting, arg: str, x: Exchange) -> Response:
    size = int(arg) * 1024 * 1024
    first = files.document(files.kind_of(at.path))

    async def stream() -> AsyncIterator[bytes]:
        yield first
        left = size - len(first)
        while left > 0:
            yield bytes(min(left, 65536))
            left -= 65536

    kind = files.TYPES.get(files.kind_of(at.path), "application/octet-stream")
    return Response(200, content_type=kind, stream=stream(), length=size)


_RUISHU = (
    '<!DOCTYPE html><html><head><meta charset="utf-8"><meta id="9DhefwqGPrzGxEp9hPaoag" content="{f0}" r="m">'
    '<script type="text/javascript" charset="utf-8" src="/4QbVtADbnLVIc/d.FxJzG50F.dfe1675.js" r="m"></script>'
    '<script type="text/javascript" r="m">$_ts=window[\'$_ts\'];if(!$_ts)$_ts={};$_ts.nsd=51847;$_ts.cd="qEq3rrAlDGqk";'
    "if($_ts.lcd)$_ts.lcd();</script></head><body></body></html>"
)
_JSL = "<script>document.cookie=('_')+('_')+('j')+('s')+('l')+('_')+('clearance')+('_s=17')+('2|-1|x');location.href=location.pathname+location.search</script>"  # noqa: E501


async def _waf(at: Setting, arg: str, x: Exchange) -> Response:
    """Answers of protection products as they look from outside; none of them can be solved here."""
    if arg.startswith("ruishu"):
        headers = [("Set-Cookie", "FSSBBIl1UgzbN7N80S=4kQx0; Path=/; HttpOnly")]
        return Response(int(arg[7:] or 412), _RUISHU.encode(), headers=headers)
    if arg == "jsl":
        return Response(521, _JSL.encode(), headers=[("Set-Cookie", "__jsluid_h=5d1cf1f3a5; max-age=31536000; path=/")])
    if arg == "cloudflare":
        page = note(
            "Just a moment...", '<script src="/cdn-cgi/challenge-platform/h/b/orchestrate/chl_page/v1"></script>', 403
        )
        page.headers += [("cf-mitigated", "challenge"), ("CF-RAY", "8c1f0a2b3c4d5e6f-HKG")]
        return page
    return Response(int(arg), _BLOCKED.encode())


_BLOCKED = (
    '<!doctype html><html><head><meta charset="utf-8"><title>405</title></head><body>'
    '<div id="traceid">您的访问被阻断</div>'
    "<p>很抱歉，由于您访问的URL有可能对网站造成安全威胁，您的访问被阻断。</p><p>您的请求ID是：76b20f4916</p>"
    '<img src="https://errors.aliyun.com/images/TB1TpamHpXXXXaJXXXXeB7nYVXX-104-162.png"></body></html>'
)


async def _calendar(at: Setting, arg: str, x: Exchange) -> Response:
    """A month sheet with links to the month before and after, without end."""
    found = re.fullmatch(r"/xyrl/(\d{4})-(0[1-9]|1[0-2])\.html", x.request.path)
    if not found:
        return not_found()
    year, month = int(found[1]), int(found[2])
    index = year * 12 + month - 1
    links = "".join(
        f'<a href="/xyrl/{i // 12}-{i % 12 + 1:02d}.html">{name}</a> '
        for i, name in ((index - 1, "上月"), (index + 1, "下月"))
    )
    return at.page(f"校园日历 {year}年{month}月", f"<p>{links}</p>" + "".join(f"<i>{d}</i> " for d in range(1, 29)))


async def _session(at: Setting, arg: str, x: Exchange) -> Response:
    """A page whose links carry a session number that is new on every page."""
    found = re.fullmatch(r"/wyly/list\.jsp(?:;jsessionid=([A-Z])(\d{1,6}))?", x.request.path)
    if not found:
        return not_found()
    number = int(found[2] or 0) * 7 % 9973 + 1
    links = "".join(f'<a href="/wyly/list.jsp;jsessionid={k}{number:04d}">第{i}页</a> ' for i, k in enumerate("ABC", 1))
    return at.page("我要留言", f"<p>{links}</p>")


async def _loop(at: Setting, arg: str, x: Exchange) -> Response:
    """A relative link that makes the path longer by the same part every time."""
    if not re.fullmatch(r"/bszn/(?:a/)+", x.request.path):
        return not_found()
    return at.page("办事指南", '<p><a href="a/">下一级</a></p>')


_TABLE: dict[str, Callable[[Setting, str, Exchange], Awaitable[Response | None]]] = {
    "html": _good,
    "file": _good,
    "ok": _good,
    "site": _good,
    "empty": _empty,
    "html-error": _html_error,
    "redirect": _redirect,
    "stall": _stall,
    "drop": _drop,
    "slow": _slow,
    "flaky": _flaky,
    "ratelimit": _ratelimit,
    "head": _head,
    "referer": _referer,
    "cookie": _cookie,
    "login": _login,
    "large": _large,
    "waf": _waf,
    "tls": _good,
    "calendar": _calendar,
    "session": _session,
    "loop": _loop,
    **hostile.TABLE,
}
PREFIXES = {"calendar": "/xyrl/", "session": "/wyly/", "loop": "/bszn/", "badlocation": "/"}


def make(
    spec: str, path: str, good: Callable[[], Response], page: Callable[[str, str], Response] | None = None
) -> Behaviour:
    """The handler of a behaviour such as "404", "slow:2", "head-405"; KeyError for a name that is none."""
    at = Setting(path, good, page or note)
    if spec.isdigit():
        number = int(spec)

        async def plain(exchange: Exchange) -> Response:
            return _status(number)

        return plain
    name, _, arg = spec.partition(":")
    if name not in _TABLE:
        name, _, arg = spec.partition("-")
    function = _TABLE[name]

    async def handler(exchange: Exchange) -> Response | None:
        return await function(at, arg, exchange)

    return handler
