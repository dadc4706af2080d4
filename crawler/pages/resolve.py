"""From an address as written to the one a browser requests, with the fault of writing that a reader suffers from."""

from __future__ import annotations

import re
from functools import lru_cache

from crawler.pages.address import Address, parse

_EDGES = "".join(map(chr, range(33))) + "\u3000\u00a0"
_HOST_LIKE = re.compile(
    r"(?:www\d?\.[\w-]+\.[\w.-]+|[\w-]+(?:\.[\w-]+)*\.(?:gov\.cn|com\.cn|org\.cn|net\.cn|edu\.cn|com|net|org|cn|政务))"
    r"(?=[/:?#\\]|\Z)",
    re.I,
)
_DOUBLE = re.compile(r"https?[:：]/{0,2}\s*https?[:：]?//", re.I)
_TYPO = re.compile(r"(?:https?(?:[;.,]|:[:;])?//|h?tt?ps?:?//|h[tp]{1,4}s?://|https?:(?=[\w-]+\.))(?=[\w\[])", re.I)
_GOOD = re.compile(r"https?:[/\\]", re.I)
_WIDE_SCHEME = re.compile(r"(?:ｈ|h)(?:ｔ|t){2}(?:ｐ|p)(?:ｓ|s)?[:：][/／\\]|https?：|[wｗ]{3}[．。]", re.I)
_OTHER_SCHEME = re.compile(
    r"(?:javascript|mailto|tel|sms|data|about|blob|file|ftp|thunder|ed2k|weixin|tencent|qq|mqqwpa|callto|vbscript|"
    r"chrome|res|view-source|skype|magnet|rtsp|rtmp|mms|alipays?|market|itms[\w-]*|android-app|[a-z]:[\\/])\b",
    re.I,
)
_WIDE = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)} | {0x3002: ord("."), 0x3000: ord(" ")}


_PLAIN = r"[A-Za-z0-9\-_~!$&()*+,;=:@/%.]"
_QUERY = r"(?:\?[A-Za-z0-9\-_~!$&()*+,;=:@/%.?]*)?"
_FAST_ABSOLUTE = re.compile(rf"(https?)://[a-z0-9\-.]*[a-z](?:\Z|(/{_PLAIN}*)?{_QUERY}\Z)")
_FAST_RELATIVE = re.compile(
    rf"(/(?!/)|(?=[A-Za-z0-9_])[A-Za-z0-9_\-]*/|[A-Za-z0-9_\-]+\.(?:s?html?|jspx?|php|css|js|gif|png|jpg)\Z)"
    rf"{_PLAIN}*{_QUERY}\Z"
)


Resolved = tuple[str, str | None] | None
"""(absolute address, fault), or None when a browser would request nothing."""

_ROOTED = ("/", "http://", "https://")  # read alike on every page of a host
_KNOWN_LIMIT = 1000  # of one host, some 0.3 MB
_KEPT_LENGTH = 1000


@lru_cache(maxsize=64)
def _known_of(root: str, encoding: str) -> dict[str, Resolved]:
    """What the rooted addresses of a host's pages came to: menus and footers are the same on all of them."""
    return {}


class Resolver:
    """Resolves the addresses of one page; the same text is worked out once."""

    def __init__(self, base: Address | None, encoding: str) -> None:
        self.base = base
        self.encoding = encoding
        self._root = f"{base.scheme}://{base.netloc}" if base else ""
        self._folder = self._root + base.path[: base.path.rfind("/") + 1] if base else ""
        self._known: dict[str, Resolved] = {}
        self._shared = _known_of(self._root, encoding)

    def __call__(self, raw: str) -> Resolved:
        """Return (absolute address, fault), or None when a browser would request nothing."""
        known = self._shared if raw.startswith(_ROOTED) else self._known
        try:
            return known[raw]
        except KeyError:
            found = self._resolve(raw)
            if known is self._shared:
                if len(raw) > _KEPT_LENGTH:
                    return found
                if len(known) >= _KNOWN_LIMIT:
                    known.clear()
            known[raw] = found
            return found

    def url(self, raw: str) -> str | None:
        """The absolute address alone."""
        found = self(raw)
        return found[0] if found else None

    def _resolve(self, raw: str) -> Resolved:
        fast = self._plain(raw)
        if fast is not None:
            return fast, None
        text = raw.strip(_EDGES)
        if not text or text[0] == "#" or len(text) > 20_000:
            return None
        if _OTHER_SCHEME.match(text):
            return None
        fault = fault_of(text)
        address = parse(text, self.base, self.encoding)
        if address is not None:
            return str(address), fault
        return self._unreadable(text, fault)

    def _plain(self, raw: str) -> str | None:
        """The short way for what nearly all addresses are: written so plainly that they need no parser."""
        if raw[:1] == "." and self._root:
            return self._climbing(raw)
        if "/." in raw or "/%2" in raw:  # %2e is a dot too
            return None
        if raw[:4].lower() == "http":
            absolute = _FAST_ABSOLUTE.match(raw)
            if absolute is None or absolute.group(2):
                return raw if absolute is not None else None
            return None if "?" in raw else raw + "/"
        if self._root and _FAST_RELATIVE.match(raw):
            return (self._root if raw[0] == "/" else self._folder) + raw
        return None

    def _climbing(self, raw: str) -> str | None:
        """The short way for `./name.html` and `../folder/name.html`, as TRS writes them."""
        rest = raw.lstrip("./")
        steps = raw[: len(raw) - len(rest)]
        if not rest or "/." in rest or "/%2" in rest or not _FAST_RELATIVE.match(rest):
            return None
        up = len(steps) // 3
        if steps == "./":
            return self._folder + rest
        if not up or steps != "../" * up:
            return None
        folders = self._folder[len(self._root) + 1 : -1].split("/")
        return "/".join([self._root, *folders[:-up], rest])

    def _unreadable(self, text: str, fault: str | None) -> Resolved:
        """What a browser cannot open although a web address was plainly meant: kept as evidence with its fault."""
        if fault == "missing-scheme":
            meant = parse("http://" + text, None, self.encoding)
        elif fault in ("scheme-typo", "double-scheme", "full-width"):
            rest = re.split(r"[:：;.,]*[/／\\]{1,2}", text.translate(_WIDE), maxsplit=1)[-1]
            meant = parse("http://" + rest, None, self.encoding)
        elif _GOOD.match(text):
            host = re.sub(r"[^\w.%-]", "", re.split(r"[/\\?#]", text.split(":", 1)[1].lstrip("/\\"), maxsplit=1)[0])
            return (f"http://{host}/", "bad-host") if host.isascii() and host else None
        else:
            return None
        return (str(meant), fault) if meant else None


def fault_of(text: str) -> str | None:
    """Fault of a written address that sends a reader astray; None for one that only looks untidy."""
    if _DOUBLE.match(text):
        return "double-scheme"
    if _GOOD.match(text):
        return None
    if _WIDE_SCHEME.match(text):
        return "full-width"
    if _HOST_LIKE.match(text[:300]):
        return "missing-scheme"
    return "scheme-typo" if _TYPO.match(text) else None
