"""兼容性: what a browser of today cannot show as it was meant: a wrong charset, plug-ins that are gone (D27, G8)."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from pydantic import Field

from crawler.facts import Reading, SiteFacts
from rules.context import Context
from rules.registry import Draft, Params, check, fill
from rules.schema import Rule, Where

_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_META = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_\-:]+)", re.IGNORECASE)
_HEADER = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9_\-:]+)", re.IGNORECASE)
_PLUGINS = (
    ("Flash动画", re.compile(r"application/x-shockwave-flash|<embed[^>]+\.swf|D27CDB6E-AE6D-11cf", re.I)),
    ("ActiveX控件", re.compile(r"<object[^>]+classid\s*=\s*[\"']?clsid:(?!D27CDB6E)", re.I)),
    ("Silverlight", re.compile(r"application/x-silverlight", re.I)),
)
_OLD_BROWSER = re.compile(r"(?:请|建议|推荐)您?(?:使|采)?用\s*(?:微软)?\s*(?:IE|Internet\s*Explorer)\s*[\d.]*", re.I)
_COLUMNS = 20  # pages looked at beside the home page: one template draws them all
_CHINESE = ("utf-8", "gb18030")
_LABELS = {"gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "utf8": "utf-8"}


class CompatibleParams(Params):
    """From how many broken characters on a page counts as garbled."""

    broken: int = Field(default=5, ge=1, le=1000, description="按声明的编码解读，几个字符读不出才提示")


def declared(reading: Reading, content_type: str | None) -> str | None:
    """The codec that a browser takes: of the byte order mark, the header, the page; None when it has to guess."""
    if reading.markup.startswith(codecs.BOM_UTF8):
        return "utf-8"
    header = _HEADER.search(content_type or "")
    meta = _META.search(reading.markup[:4096])
    label = header[1] if header else meta[1].decode("ascii") if meta else None
    if label is None:
        return None
    try:
        return codecs.lookup(_LABELS.get(label.lower(), label)).name
    except LookupError:
        return None


def garbled(reading: Reading, content_type: str | None, at_least: int) -> str | None:
    """The declared codec when the page cannot be read by it and can by the other of Chinese pages."""
    codec = declared(reading, content_type)
    if codec not in _CHINESE:
        return None
    raw = reading.markup[:-4] if reading.cut else reading.markup
    broken = raw.decode(codec, "replace").count("\ufffd")
    other = next(one for one in _CHINESE if one != codec)
    return codec if broken >= at_least and raw.decode(other, "replace").count("\ufffd") == 0 else None


def _faults(reading: Reading, content_type: str | None, params: CompatibleParams) -> Iterator[str]:
    codec = garbled(reading, content_type, params.broken)
    if codec is not None:
        yield f"声明的编码{codec}与内容不符，显示为乱码"
    markup = _COMMENT.sub("", reading.html)
    yield from (f"含{name}，主流浏览器已不支持" for name, sign in _PLUGINS if sign.search(markup))
    told = _OLD_BROWSER.search(reading.text)
    if told is not None:
        yield f"提示“{' '.join(told[0].split())}”"


@check("compatible", params=CompatibleParams, fields=("faults", "count"))
def compatible(site: SiteFacts, rule: Rule, ctx: Context) -> Iterator[Draft]:
    """D27, G8 candidates from the stored markup; what a page looks like in each browser a person sees."""
    params = CompatibleParams.model_validate(rule.params)
    pages = [(site.home_page.url, "首页", "home")] if site.home_page is not None else []
    pages += [(fact.url, fact.column.name, "column") for fact in site.columns[:_COLUMNS]]
    found: dict[str, list[tuple[str, str, str]]] = {}
    for url, name, region in pages:
        reading = ctx.reading(site, url)
        for fault in _faults(reading, ctx.content_type(url), params) if reading is not None else ():
            found.setdefault(fault, []).append((url, name, region))
    if not found:
        return
    told = "；".join(f"{fault}（{'、'.join(name for _, name, _ in held[:3])}）" for fault, held in found.items())
    places = dict.fromkeys(place for held in found.values() for place in held)
    yield Draft(
        subject=site.site.url,
        message=fill(rule.message, {"faults": told, "count": len(found)}),
        gist="compatible",
        certainty="suspected",
        where=tuple(
            Where(page=url, text=name, region="home" if region == "home" else "column") for url, name, region in places
        )[:20],
        where_count=len(places),
        observed={"faults": list(found)},
        deduction=rule.points * len(found) if rule.points is not None else None,
    )
