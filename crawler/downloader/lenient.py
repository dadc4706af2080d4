"""The lenient TLS client: a link is judged by whether a forgiving reader gets the page (F7, F8)."""

from __future__ import annotations

import ssl
import warnings

_LEGACY_SERVER_CONNECT = 0x4  # OpenSSL 3 refuses unsafe renegotiation by default
_IGNORE_UNEXPECTED_EOF = 0x80  # servers that close without close_notify


def lenient_context() -> ssl.SSLContext:
    """No verification, TLS 1.0 and up, security level 0, legacy renegotiation allowed, HTTP/1.1 only."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():  # old versions are deprecated for good reason; here we only look
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1
    context.options |= _LEGACY_SERVER_CONNECT | _IGNORE_UNEXPECTED_EOF
    context.set_alpn_protocols(["http/1.1"])
    return context
