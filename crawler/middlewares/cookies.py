"""Cookies kept per site, with the bundled public suffix list instead of one fetched at first use."""

from __future__ import annotations

from scrapy.downloadermiddlewares import cookies
from scrapy.downloadermiddlewares.cookies import CookiesMiddleware
from tldextract import TLDExtract

# Scrapy's own extractor downloads the list when it first meets a cookie: a request nobody asked for.
cookies._split_domain = TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)


class SiteCookies(CookiesMiddleware):
    """Scrapy's cookie middleware; the spider names a jar per site in `meta['cookiejar']`."""
