"""HTTPS servers of the hazards and network cities, each wrong in one way; SNI chooses the certificate.

Two ports: `modern` takes TLS 1.2 and up, `legacy` nothing above TLS 1.1. Keys and certificates are made at start.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

KINDS = ("good", "expired", "wrongname", "selfsigned", "nointermediate", "alert")


@dataclass
class Identity:
    """A certificate with its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    def pem(self, *chain: Identity) -> bytes:
        """Key, certificate and the given rest of the chain in one PEM."""
        encoding = serialization.Encoding.PEM
        private = self.key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        return private + b"".join(i.certificate.public_bytes(encoding) for i in (self, *chain))


def issue(name: str, since: datetime, until: datetime, by: Identity | None = None, ca: bool = False) -> Identity:
    """A certificate for `name`, signed by `by` or by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by.certificate.subject if by else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(since)
        .not_valid_after(until)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
    )
    return Identity(builder.sign(by.key if by else key, hashes.SHA256()), key)


def _context(folder: Path, name: str, pem: bytes) -> ssl.SSLContext:
    path = folder / f"{name}.pem"
    path.write_bytes(pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    path.unlink()
    return context


def contexts(
    folder: Path, now: datetime, host_of: Callable[[str], str], as_of: datetime | None = None
) -> dict[str, ssl.SSLContext]:
    """The contexts of both ports, "modern" and "legacy"; `host_of` gives the host name of a kind of fault.

    Certificates are good, or expired, both `now` and at the monitoring time `as_of`.
    """
    day, as_of = timedelta(days=1), as_of or now
    early, late = min(now, as_of), max(now, as_of)
    root = issue("Staging Root CA", early - 900 * day, late + 900 * day, ca=True)
    middle = issue("Staging Intermediate CA", early - 900 * day, late + 900 * day, root, ca=True)
    fresh: dict[str, Any] = {"since": early - 30 * day, "until": late + 300 * day}
    pems = {
        "good": issue(host_of("good"), **fresh, by=middle).pem(middle),
        "expired": issue(host_of("expired"), early - 400 * day, early - 35 * day, middle).pem(middle),
        "wrongname": issue("other.example.cn", **fresh, by=middle).pem(middle),
        "selfsigned": issue(host_of("selfsigned"), **fresh).pem(),
        "nointermediate": issue(host_of("nointermediate"), **fresh, by=middle).pem(),
    }
    by_host = {host_of(kind): _context(folder, kind, pem) for kind, pem in pems.items()}
    refused = host_of("alert")

    def choose(connection: ssl.SSLObject, name: str | None, context: ssl.SSLContext) -> int | None:
        if name == refused:
            return ssl.ALERT_DESCRIPTION_HANDSHAKE_FAILURE
        connection.context = by_host.get(name or "", context)
        return None

    modern = _context(folder, "modern", pems["good"])
    modern.sni_callback = choose
    legacy = _context(folder, "legacy", issue(host_of("legacy"), **fresh, by=middle).pem(middle))
    legacy.set_ciphers("ALL:@SECLEVEL=0")
    legacy.minimum_version, legacy.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    return {"modern": modern, "legacy": legacy}
