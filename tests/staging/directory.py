"""The directory page at http://127.0.0.1:PORT/: the city's sites, for a person with a browser."""

from __future__ import annotations

import re
from html import escape

from .behaviours import not_found
from .model import CityModel
from .web import Response

_STYLE = (
    "body{font:16px/1.7 'Noto Sans CJK SC','Microsoft YaHei',sans-serif;background:#eef3f9;color:#333;margin:0}"
    "header{background:linear-gradient(100deg,#134a91,#2f7fd6);color:#fff;padding:34px 5vw}h1{margin:0;font-size:30px}"
    "main{display:grid;grid-template-columns:repeat(auto-fill,minmax(300px,1fr));gap:18px;padding:28px 5vw}"
    "a{display:block;background:#fff;border-radius:8px;padding:18px 22px;color:inherit;text-decoration:none;"
    "box-shadow:0 1px 5px rgba(20,60,120,.14);border-top:4px solid #1a5fb4}"
    "a:hover{box-shadow:0 4px 14px rgba(20,60,120,.25)}"
    "b{display:block;font-size:18px;color:#134a91}small{color:#777;display:block}"
)
_STYLES = {
    "trs": "拓尔思TRS",
    "hanweb": "大汉",
    "boda": "博达",
    "kaipu": "开普",
    "gkmlpt": "南方gkmlpt",
    "table": "手写GBK表格",
    "comment": "注释列表脚本绘制",
}


def page(city: CityModel, path: str) -> Response:
    """List of the city's sites, each linked in its `.localhost` form."""
    if path != "/":
        return not_found()
    cards = "".join(
        f'<a href="http://{s.host}.localhost:{city.port}/"><b>{escape(s.name)}</b><small>{s.host}</small>'
        f"<small>{_STYLES[s.style]} · {len(s.columns)} 个栏目</small></a>"
        for s in city.sites
    )
    text = (
        f'<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><title>{city.name}演示城市</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head><body>'
        f"<header><h1>{city.name}</h1>"
        f"虚构的演示城市，全部在本机，监测时间点 {city.as_of:%Y-%m-%d %H:%M}</header><main>{cards}</main></body></html>"
    )
    return Response(200, text.encode())


def localise(response: Response, port: int) -> Response:
    """Absolute links in the form a browser can resolve without the city's name server."""
    pattern = re.compile(rb"//([a-zA-Z0-9.-]+):%d" % port)
    if response.content_type.startswith("text/html") and response.stream is None:
        response.body = pattern.sub(rb"//\1.localhost:%d" % port, response.body)
    response.headers = [
        (k, pattern.sub(rb"//\1.localhost:%d" % port, v.encode()).decode() if k == "Location" else v)
        for k, v in response.headers
    ]
    return response
