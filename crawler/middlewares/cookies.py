"""Cookies kept per site, with the bundled public suffix list instead of one fetched at first use."""

from __future__ import annotations

from scrapy import Request
from scrapy.downloadermiddlewares import cookies
from scrapy.downloadermiddlewares.cookies import CookiesMiddleware
from scrapy.http import Response
from tldextract import TLDExtract

# Scrapy's own extractor downloads the list when it first meets a cookie: a request nobody asked for.
cookies._split_domain = TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)


class SiteCookies(CookiesMiddleware):
    """Scrapy's cookie middleware; the spider names a jar per site in `meta['cookiejar']`.

    Most sites set none: an empty jar and an answer without cookies need none of its work.
    """

    def process_request(self, request: Request) -> Request | Response | None:  # type: ignore[override]
        """Send what the site's jar holds."""
        if not request.cookies and not len(self.jars[request.meta.get("cookiejar")]):
            return None
        return super().process_request(request)

    def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        """Keep what the answer sets."""
        return super().process_response(request, response) if "Set-Cookie" in response.headers else response
