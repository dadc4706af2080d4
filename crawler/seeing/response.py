"""What one answer shows: from status, headers and body to a `Seeing`. Pure; never raises on any bytes.

A single answer never makes a link dead: `Seeing.outcome` is `dead` only in the sense of “this attempt looked dead”, and
`crawler.seeing.recheck.settled` decides over several attempts (contract 4).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from crawler.outcomes import Reason, Seeing
from crawler.pages.encoding import decode
from crawler.seeing.files import family_of, named_extension, see_file, sniff
from crawler.seeing.login import asks_for_login, says_login
from crawler.seeing.marks import challenges
from crawler.seeing.parked import is_parked
from crawler.seeing.taken_over import is_taken_over
from crawler.seeing.visible import visible_text

RETRY_AFTER_LIMIT = 3600
"""Seconds: a server that asks for more is asked again in a later run."""


def see_response(
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    url: str,
    *,
    expects: str | None = None,
    declared_size: int | None = None,
    truncated: bool = False,
    dataloss: bool = False,
    html: bool = True,
    request_url: str | None = None,
    foreign: bool = False,
) -> Seeing:
    """The reason one final answer gives. `headers` have lower-case names; several Set-Cookie may be joined by newline.

    `url` is the final address, `request_url` the one asked for (when given and other, a login page is told apart and a
    good answer is `redirected`). `expects` is the extension of the address asked for (".doc"), None for a page.
    `declared_size` is Content-Length in bytes; `truncated` says that we stopped reading ourselves, `dataloss` that the
    transfer broke off. `html=False`: neither a page nor a known file, such as data for a script; its body is not
    judged. `foreign`: the host is outside the inventory, so parked pages are looked for.
    """
    if status == 599 and headers.get("x-staging") == "not-saved":
        return Seeing(Reason.NOT_SAVED, status)
    if status == 304:
        return Seeing(Reason.OK, status)
    extension = _file_extension(expects, headers)
    if not (200 <= status < 300 and extension and not _looks_html(headers, body)):
        product = challenges().recognise(status, headers, body)
        if product is not None:
            return Seeing(product.reason, status, product.name)
    if not 200 <= status < 300:
        return _refusal(status, headers, body)
    moved = request_url is not None and request_url != url
    if moved and asks_for_login(url, request_url or "", headers, body):
        return Seeing(Reason.LOGIN, status, url[:200])
    if extension is not None:
        reason, detail = (
            (Reason.EMPTY_FILE, "状态码204")
            if status in {204, 205}
            else see_file(
                extension,
                headers,
                body,
                declared_size=declared_size,
                truncated=truncated or status == 206,
                dataloss=dataloss,
                url=request_url or url,
            )
        )
    elif html:
        reason, detail = _page(status, headers, body, truncated=truncated, dataloss=dataloss, foreign=foreign)
    else:
        reason, detail = Reason.OK, ""
    return Seeing(Reason.REDIRECTED if moved and reason is Reason.OK else reason, status, detail)


def retry_after(headers: Mapping[str, str], now: datetime | None = None) -> int | None:
    """Seconds to wait that Retry-After asks for, 0 to RETRY_AFTER_LIMIT; None when absent or unreadable.

    RFC 9110, 10.2.3. A date is counted from the server's own Date header, so that a wrong clock does no harm; else
    from `now`.
    """
    value = headers.get("retry-after", "").strip()
    if not value:
        return None
    if value.isascii() and value.isdigit():
        return min(int(value[:9]), RETRY_AFTER_LIMIT)
    until = _date(value)
    if until is None:
        return None
    start = _date(headers.get("date", "")) or now or datetime.now(UTC)
    return min(max(0, round((until - start).total_seconds())), RETRY_AFTER_LIMIT)


def _refusal(status: int, headers: Mapping[str, str], body: bytes) -> Seeing:
    """Every status but 2xx and 304, after the products' marks found nothing."""
    match status:
        case 401:
            return Seeing(Reason.LOGIN, status, headers.get("www-authenticate", "")[:60])
        case 403:
            return Seeing(Reason.LOGIN if says_login(headers, body) else Reason.HTTP_403, status)
        case 404:
            return Seeing(Reason.HTTP_404, status)
        case 410:
            return Seeing(Reason.HTTP_410, status)
        case 429:
            wait = retry_after(headers)
            return Seeing(Reason.RATE_LIMITED, status, "" if wait is None else f"要求{wait}秒后再访问")
        case _ if 400 <= status < 500:
            return Seeing(Reason.HTTP_4XX, status)
        case _ if 500 <= status < 600:
            return Seeing(Reason.HTTP_5XX, status)
        case _ if 300 <= status < 400:
            return Seeing(Reason.BAD_RESPONSE, status, "跳转没有给出目标地址")
        case _:
            return Seeing(Reason.BAD_RESPONSE, status, "状态码不合规范")


def _page(
    status: int, headers: Mapping[str, str], body: bytes, *, truncated: bool, dataloss: bool, foreign: bool
) -> tuple[Reason, str]:
    """A 2xx answer where a page was expected."""
    if status in {204, 205}:
        return Reason.EMPTY_PAGE, f"状态码{status}"
    if not truncated and not body.strip():
        return (Reason.BAD_RESPONSE, "传输中断，没有内容") if dataloss else (Reason.EMPTY_PAGE, "0字节")
    if dataloss and not truncated and not _ends_whole(headers, body):
        return Reason.TRUNCATED, f"读到{len(body)}字节后连接中断"
    if foreign and is_parked(headers, body):
        return Reason.CHANGED_OWNER, "域名停放或出售页"
    if foreign and is_taken_over(headers, body):
        return Reason.CHANGED_OWNER, "疑似赌博或色情页面"
    return Reason.OK, ""


def _file_extension(expects: str | None, headers: Mapping[str, str]) -> str | None:
    """The extension to hold the content against: what the server names the file, else what the address says."""
    if "content-disposition" in headers:
        named = named_extension(headers)
        if family_of(named) is not None:
            return named
    return expects if family_of(expects) is not None else None


def _looks_html(headers: Mapping[str, str], body: bytes) -> bool:
    start = body[:64].lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    return start == b"<" or ("html" in headers.get("content-type", "") and sniff(body[:2048]) in {"html", "text"})


def _ends_whole(headers: Mapping[str, str], body: bytes) -> bool:
    """A reader sees the whole page although the transfer ended badly: it has its end, or much text."""
    if b"</html" in body[-2000:].lower():
        return True
    return len(visible_text(decode(body[:200_000], headers.get("content-type"))[1], 1001)[0]) > 1000


def _date(value: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
