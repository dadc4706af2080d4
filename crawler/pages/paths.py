"""What the shape of an address tells: an article, a list, a home page. A hint beside markup, never alone."""

from __future__ import annotations

import re
from functools import lru_cache

_ARTICLE = re.compile(
    r"/t?(?:19|20)\d{6}_\d+|/art/\d{4}/\d|/art_\w+|content/post_\d+|content_\d+|/info/\d+/\d+|/\d{6}/[0-9a-f]{12,}"
    r"|/\d{4}[-/]?\d\d[-/]\d\d/|/\d{6}/t\d{8}|[?&](?:id|infoid|articleid|aid|newsid|contentid|docid|wbnewsid)=\w"
    r"|/[0-9a-f]{24,}|/\d{4,}\.s?html?|[_/-]\d{5,}(?:[_/-]\d+)*(?:\.\w{3,5}|/index\.s?html?|/?$)"
    r"|\.(?:pdf|docx?|xlsx?|wps|zip|rar|ofd)(?:$|\?)",
    re.I,
)
_LIST = re.compile(
    r"(?:/|/(?:index|list|default|col|node)[\w-]{0,12}\.\w{3,5}|/col/col\d+/.*|/[a-z]+/\d{1,3}\.html?|_?list"
    r"[\w-]{0,8}\.\w{3,5})$",
    re.I,
)
_HOME = re.compile(r"/?(?:(?:index|default|main|home)\.\w{3,5})?$", re.I)


@lru_cache(maxsize=8192)  # lists and menus name the same pages again and again
def is_article(url: str) -> bool:
    """Is the address written as content systems write those of single articles?"""
    return _ARTICLE.search(_path(url)) is not None


def is_list(url: str) -> bool:
    """Is it written like that of a column?"""
    return _LIST.search(_path(url).partition("?")[0]) is not None


def is_home(url: str) -> bool:
    """Root of the host, or an index file there."""
    return _HOME.fullmatch(_path(url)) is not None


def _path(url: str) -> str:
    """Path and query."""
    rest = url.split("://", 1)[-1]
    cut = rest.find("/")
    return rest[cut : cut + 600] if cut >= 0 else "/"
