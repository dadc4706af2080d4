"""Hosts outside the city that exist: a plain page for each path, the footer mark's picture, the province's services."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from . import files
from .web import Response

_SERVICES = [
    "城乡居民基本养老保险参保登记", "个体工商户设立登记", "不动产权属证书补换",
    "城镇独生子女父母奖励",
    "道路货物运输经营许可", "公共场所卫生许可", "残疾人证办理",
]  # fmt: skip


def pages(entry: dict[str, Any]) -> Iterator[tuple[str, Response]]:
    """Paths of one outside host with their answers."""
    name = entry["name"]
    for path in entry["paths"]:
        if path.endswith(".png"):
            yield path, Response(200, files.footer_mark("blue" if "blue" in path else "red"), files.TYPES["png"])
        elif path == "/yunling/":
            yield from _services(name, path)
        else:
            yield path, _page(name, f"<h1>{name}</h1><p>{name}演示页面，供演示城市的链接指向。</p>")


def _services(name: str, base: str) -> Iterator[tuple[str, Response]]:
    rows = "".join(f'<li><a href="{base}sx/{n}.html">{title}</a></li>' for n, title in enumerate(_SERVICES, 1))
    yield base, _page(f"云岭市_{name}", f"<h1>云岭市 办事服务</h1><h2>个人办事 法人办事</h2><ul>{rows}</ul>")
    for n, title in enumerate(_SERVICES, 1):
        text = (
            f"<h1>{title}</h1><table><tr><th>事项名称</th><td>{title}</td></tr><tr><th>办理机构</th><td>云岭市政务服务中心</td>"
            "</tr><tr><th>收费标准</th><td>不收费</td></tr><tr><th>联系电话</th><td>0872-2100345</td></tr></table>"
        )
        yield f"{base}sx/{n}.html", _page(f"{title}_{name}", text)


def _page(title: str, body: str) -> Response:
    style = "body{font:16px/2 'Noto Sans CJK SC','Microsoft YaHei',sans-serif;max-width:900px;margin:40px auto}"
    text = (
        f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title}</title><style>{style}</style></head>'
        f"<body>{body}</body></html>"
    )
    return Response(200, text.encode())
