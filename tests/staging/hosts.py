"""Behaviours of whole hosts: soft 404, catch-all, refusing robots. Asked before or after the host's own pages."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable

from .behaviours import not_found, note
from .web import Exchange, Response

Rule = Callable[[Exchange], Awaitable[Response | None]]
_SHELL = (
    '<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title}</title></head><body>'
    "<div>首页 | 新闻 | 服务 | 互动</div>"
    "{body}<div>版权所有 云岭市</div></body></html>"
)
_ARTICLE = re.compile(r"/(?:tzgg|zcwj)/.*t\d{8}_\d+\.html$")
_BROWSER = re.compile(r"Chrome/|Firefox/|Safari/")


def shell(title: str, body: str) -> Response:
    """A page in the dress that all pages of such a host share."""
    return Response(200, _SHELL.format(title=title, body=body).encode())


def _home(exchange: Exchange) -> Response:
    rows = "".join(f"<li><a href='/real/{n}.html'>公开信息第{n}号</a> 2026-0{n}-12</li>" for n in range(1, 7))
    return shell("云岭市便民服务平台", f"<h1>欢迎访问便民服务平台</h1><ul>{rows}</ul><p>当前路径不影响展示</p>")


def _real(exchange: Exchange) -> Response | None:
    """Dated articles that resemble the error page: they quote its sentence."""
    found = re.fullmatch(r"/real/(\d)\.html", exchange.request.path)
    if not found:
        return None
    text = "".join(
        f"<p>第{n}条 数据迁移期间，原链接可能提示“您访问的页面不存在或已被删除”，属正常情况。</p>" for n in range(1, 13)
    )
    return shell(
        f"公开信息第{found[1]}号", f"<h1>公开信息第{found[1]}号</h1><p>发布时间：2026-0{found[1]}-12 09:30</p>{text}"
    )


async def soft_404(exchange: Exchange) -> Response:
    """Unknown addresses answer 200 with an error page."""
    if exchange.request.path == "/":
        return _home(exchange)
    return _real(exchange) or shell("系统提示", "<p>对不起，您访问的页面不存在或已被删除！</p><p>3秒后返回首页</p>")


async def soft_302(exchange: Exchange) -> Response:
    """Unknown addresses redirect to the home page."""
    if exchange.request.path == "/":
        return _home(exchange)
    return _real(exchange) or Response(302, headers=[("Location", "/")])


async def soft_error_page(exchange: Exchange) -> Response:
    """Unknown addresses redirect to an error page that answers 200."""
    if exchange.request.path == "/":
        return _home(exchange)
    if exchange.request.path == "/error.html":
        return shell("出错了", "<p>您要找的页面不存在</p>")
    return _real(exchange) or Response(302, headers=[("Location", "/error.html")])


async def catch_all(exchange: Exchange) -> Response:
    """Every address answers 200 with the home page."""
    return _home(exchange)


async def refuse_robots(exchange: Exchange) -> Response | None:
    """404 for everything to a client that is no browser; the pages themselves are in order."""
    return None if _BROWSER.search(exchange.request.headers.get("user-agent", "")) else not_found()


async def v6_other(exchange: Exchange) -> Response | None:
    """Another page, with other links, to everybody who comes over IPv6."""
    if not exchange.request.v6:
        return None
    return shell("服务器默认页面", "".join(f'<p><a href="/bangzhu/{n}.html">使用帮助{n}</a></p>' for n in range(1, 9)))


async def v6_home_only(exchange: Exchange) -> Response | None:
    """Over IPv6 only the home page is answered; all below it ends without a word."""
    if exchange.request.v6 and exchange.request.path not in ("/", "/robots.txt"):
        return note("502 Bad Gateway", status=502)
    return None


async def v6_no_articles(exchange: Exchange) -> Response | None:
    """Over IPv6 lists are answered, articles that the home page does not show are not."""
    request = exchange.request
    return note("502 Bad Gateway", status=502) if request.v6 and _ARTICLE.search(request.path) else None


async def v6_slow(exchange: Exchange) -> Response | None:
    """Over IPv6 the home page is late."""
    if exchange.request.v6 and exchange.request.path == "/":
        await asyncio.sleep(6)  # the rule allows 3 s to the first byte; a busy tester takes off what it stood still
    return None


class V6Once:
    """Over IPv6 every first of two requests for the home page is refused."""

    def __init__(self) -> None:
        self.count = 0

    async def __call__(self, exchange: Exchange) -> Response | None:
        if not exchange.request.v6 or exchange.request.path != "/":
            return None
        self.count += 1
        return note("502 Bad Gateway", status=502) if self.count % 2 else None


async def to_www(exchange: Exchange) -> Response | None:
    """Everything leads to the www name."""
    request = exchange.request
    if request.host.startswith("www."):
        return None
    return Response(302, headers=[("Location", f"http://www.{request.host}:{exchange.port}{request.target}")])


_SPIDER = re.compile(r"Baiduspider|Googlebot|bingbot|Sogou web spider|360Spider", re.I)


async def cloak(exchange: Exchange) -> Response | None:
    """A search engine is served links that no reader sees."""
    if exchange.request.path != "/" or not _SPIDER.search(exchange.request.headers.get("user-agent", "")):
        return None
    links = "".join(f'<a href="http://www.ylyouxi.com:{exchange.port}/?{n}">棋牌下载{n}</a>' for n in range(3))
    return shell("云岭市审计局", f"<h1>审计动态</h1>{links}")


FIRST: dict[str, Rule] = {
    "refuse-robots": refuse_robots, "v6-other": v6_other, "v6-home-only": v6_home_only, "to-www": to_www,
    "cloak": cloak, "v6-no-articles": v6_no_articles, "v6-slow": v6_slow, "v6-once": V6Once(),
}  # fmt: skip
LAST: dict[str, Rule] = {
    "soft-404": soft_404, "soft-302": soft_302, "soft-error-page": soft_error_page, "catch-all": catch_all,
}  # fmt: skip
