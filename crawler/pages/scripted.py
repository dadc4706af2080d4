"""Signs that a script draws the list of a page, so that an empty one must not be called blank."""

from __future__ import annotations

import re

from crawler.pages.tree import Document

_FETCHES = re.compile(
    r"\.ajax\s*\(|\.getJSON\s*\(|\$\.(?:get|post)\s*\(|jQuery\.(?:get|post)\s*\(|\.load\s*\(\s*[\"'][^\"']|"
    r"XMLHttpRequest|\bfetch\s*\(|axios|layui|laypage|"
    r"new\s+Vue\b|createApp\s*\(|Handlebars|juicer|template\s*\(|\.pagination\s*\(|\.jpage\s*\(|bootstrapTable|"
    r"\.datagrid\s*\(|jsonp\s*\(|renderChannelTemplate|loadPageData"
)
_LISTS = re.compile(
    r"list|article|news|info_|page_?(?:no|num|size|index)|pageNumber|rows\b|records|column|channel|catalog|"
    r"\.each\s*\(|forEach|dataproxy|v-for|<li|append\s*\(",
    re.I,
)
_NO_LIST = re.compile(
    r"visit|count(?:er)?\b|pv\b|click|weather|tianqi|search|login|token|user|share|captcha|stat|hits|advert|float|"
    r"jiucuo",
    re.I,
)
_TEMPLATE_TYPES = re.compile(r"template|x-tmpl|x-handlebars|text/html|x-jquery|x-mustache|ng-", re.I)
_PLACEHOLDER = re.compile(r"\{\{\s*[\w.$\[\]|() ]{1,60}\s*\}\}|<%=?[^%]{1,80}%>|\$\{\w[\w.]{0,40}\}")
_LOADING = re.compile(
    r"(?:数据|正在|努力|列表|内容)?\s*(?:加载中|载入中|正在加载|正在载入|读取中)|loading\s*(?:\.{2,}|…)|加载更多|"
    r"点击加载",
    re.I,
)
_NEEDS_SCRIPT = re.compile(r"(?:need|enable|requires?)\s+(?:to enable\s+)?javascript|启用\s*javascript", re.I)
_BUNDLE = re.compile(
    r"(?:^|/)(?:app|main|index|chunk|umi|vendors?|runtime|bundle|polyfills)(?:[.\-~_][\w.\-~]*)?\.js", re.I
)
_LIST_SCRIPT = re.compile(
    r"(?:^|/)(?:jquery\.)?(?:jpage|jpaginate|dataproxy|getlist|loadlist|ajaxlist|pagination|laypage)[\w.-]*\.js", re.I
)
_STAT_FRAME = re.compile(
    r"counter|stat|map|weather|tianqi|share|video|player|conac|jiucuo|login|search|weibo|about:|\.pdf", re.I
)
_ROOTS = frozenset(("app", "root", "__next", "__nuxt", "main-app", "q-app"))


def is_scripted(doc: Document) -> bool:
    """Does something on the page promise a list that its HTML does not hold?"""
    return _by_inline(doc) or _by_markup(doc) or _by_application(doc) or _by_frame(doc)


def _by_inline(doc: Document) -> bool:
    for script in doc.scripts:
        kind = script.attrs.get("type") or ""
        text = script.text[:200_000]
        if _TEMPLATE_TYPES.search(kind) and ("<" in text or "{{" in text):
            return True
        source = script.attrs.get("src") or ""
        if source and _LIST_SCRIPT.search(source):
            return True
        if "dataproxy" in text or ("createPageHTML" in text and "function" not in text[:30]):
            return True
        for found in _FETCHES.finditer(text):
            around = text[max(0, found.start() - 300) : found.end() + 600]
            if _LISTS.search(around) and not _NO_LIST.search(around[280:700]):
                return True
    return False


def _by_markup(doc: Document) -> bool:
    for element in doc.elements:
        if element.region in ("content", "side") and any(
            name.startswith(("v-for", "ng-repeat", "ng-app", "ms-for", ":for", "data-bind")) for name in element.attrs
        ):
            return True
    if _PLACEHOLDER.search(doc.text):
        return True
    found = _LOADING.search(doc.text)
    return found is not None and not doc.is_muted(found.start())


def _by_application(doc: Document) -> bool:
    """An application that draws everything: an empty root element and a bundle."""
    bundled = any(_BUNDLE.search(script.attrs.get("src") or "") for script in doc.scripts)
    rooted = any(element.get("id") in _ROOTS and element.stop - element.start < 30 for element in doc.elements)
    return (rooted and (bundled or len(doc.text) < 100)) or (
        bool(_NEEDS_SCRIPT.search(doc.text)) and len(doc.text) < 300
    )


def _by_frame(doc: Document) -> bool:
    """A frame in the content may hold the list."""
    return any(
        element.region in ("content", "")
        and not element.hidden
        and element.get("src").strip() not in ("", "#")
        and not _STAT_FRAME.search(element.get("src"))
        and element.get("height") not in ("0", "1")
        for element in doc.tagged["iframe"]
    )
