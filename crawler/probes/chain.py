"""What a certificate chain, as a server sent it, says and lacks. Pure; no network."""

from __future__ import annotations

import re
import ssl
import warnings
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtensionOID, NameOID
from OpenSSL import crypto

_PEM = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)
SM2_SM3 = "1.2.156.10197.1.501"  # GB/T 33560: signature with SM2 and SM3
_SM2_KEY = "1.2.156.10197.1.301"
_SELF_SIGNED, _SELF_SIGNED_IN_CHAIN, _NO_ISSUER, _CANNOT_VERIFY = 18, 19, (2, 20), 21  # OpenSSL verify codes


@cache
def trusted_roots() -> tuple[crypto.X509, ...]:
    """The roots that browsers trust: certifi's list where it is installed, and the system's."""
    roots: dict[str, crypto.X509] = {}
    paths = ssl.get_default_verify_paths()
    files = [paths.cafile, paths.openssl_cafile, "/etc/ssl/certs/ca-certificates.crt"]
    try:
        import certifi

        files.append(certifi.where())
    except ImportError:
        pass
    for file in files:
        if file and Path(file).is_file():
            for pem in _PEM.findall(Path(file).read_text("ascii", "ignore")):
                try:
                    roots[pem] = crypto.load_certificate(crypto.FILETYPE_PEM, pem.encode())
                except crypto.Error:  # one odd root must not take the others with it
                    continue
    return tuple(roots.values())


def read_chain(
    chain: Sequence[x509.Certificate], host: str, now: datetime, roots: Sequence[crypto.X509] | None = None
) -> dict[str, Any]:
    """Plain facts of a chain, leaf first. `faults` of: expired, not-yet-valid, wrong-name, self-signed,
    missing-intermediate, untrusted-root, weak-key, weak-signature, expired-intermediate.

    `roots` replaces the browsers' list. Trust is looked at in the middle of the leaf's own validity, so that an
    expired certificate is not called untrusted as well.
    """
    leaf = chain[0]
    names = _names(leaf)
    faults = []
    if now > leaf.not_valid_after_utc:
        faults.append("expired")
    if now < leaf.not_valid_before_utc:
        faults.append("not-yet-valid")
    if not _matches(host, names):
        faults.append("wrong-name")
    faults += _trust_faults(chain, trusted_roots() if roots is None else roots)
    if any(now > cert.not_valid_after_utc for cert in chain[1:]):
        faults.append("expired-intermediate")
    faults += _weaknesses(leaf)
    return {
        "subject": leaf.subject.rfc4514_string(),
        "issuer": leaf.issuer.rfc4514_string(),
        "names": names,
        "not_before": leaf.not_valid_before_utc.isoformat(),
        "not_after": leaf.not_valid_after_utc.isoformat(),
        "chain": [
            {
                "subject": c.subject.rfc4514_string(),
                "issuer": c.issuer.rfc4514_string(),
                "not_after": c.not_valid_after_utc.isoformat(),
            }
            for c in chain
        ],
        "faults": faults,
        "sm2": _is_sm2(leaf),
    }


def _names(leaf: x509.Certificate) -> list[str]:
    try:
        alternative = leaf.extensions.get_extension_for_oid(ExtensionOID.SUBJECT_ALTERNATIVE_NAME).value
        assert isinstance(alternative, x509.SubjectAlternativeName)
        return [
            *alternative.get_values_for_type(x509.DNSName),
            *map(str, alternative.get_values_for_type(x509.IPAddress)),
        ]
    except (x509.ExtensionNotFound, ValueError):
        return [str(name.value) for name in leaf.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]


def _matches(host: str, names: Sequence[str]) -> bool:
    """RFC 6125: whole name, or `*` for exactly one leftmost label; addresses only as addresses."""
    wanted = host.lower().rstrip(".").strip("[]")
    try:
        return str(ip_address(wanted)) in names
    except ValueError:
        pass
    first, _, rest = wanted.partition(".")
    return any(
        name.lower().rstrip(".") in (wanted, f"*.{rest}" if first and rest.count(".") else wanted) for name in names
    )


def _trust_faults(chain: Sequence[x509.Certificate], roots: Sequence[crypto.X509]) -> list[str]:
    leaf, top = chain[0], chain[-1]
    if leaf.issuer == leaf.subject:
        return ["self-signed"]
    store = crypto.X509Store()
    for root in roots:
        store.add_cert(root)
    store.set_time(
        (leaf.not_valid_before_utc + (leaf.not_valid_after_utc - leaf.not_valid_before_utc) / 2)
        .astimezone(UTC)
        .replace(tzinfo=None)
    )
    untrusted = [crypto.X509.from_cryptography(cert) for cert in chain[1:]]
    try:
        crypto.X509StoreContext(store, crypto.X509.from_cryptography(leaf), untrusted).verify_certificate()
    except crypto.X509StoreContextError as error:
        code = int(error.errors[0])
        if code in (_SELF_SIGNED, _SELF_SIGNED_IN_CHAIN):
            return ["untrusted-root"]
        if code in (*_NO_ISSUER, _CANNOT_VERIFY):
            return ["missing-intermediate" if _says_where_issuer_is(top) or len(chain) == 1 else "untrusted-root"]
        return []
    return []


def _says_where_issuer_is(cert: x509.Certificate) -> bool:
    try:
        access = cert.extensions.get_extension_for_oid(ExtensionOID.AUTHORITY_INFORMATION_ACCESS).value
    except (x509.ExtensionNotFound, ValueError):
        return False
    assert isinstance(access, x509.AuthorityInformationAccess)
    return any(entry.access_method == AuthorityInformationAccessOID.CA_ISSUERS for entry in access)


def _weaknesses(leaf: x509.Certificate) -> list[str]:
    faults = []
    if not _is_sm2(leaf):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                key = leaf.public_key()
            except Exception:  # a key type that the library does not know is no fault of the site
                key = None
        if isinstance(key, rsa.RSAPublicKey) and key.key_size < 2048:
            faults.append("weak-key")
    algorithm = leaf.signature_algorithm_oid._name.lower()
    if "sha1" in algorithm or "md5" in algorithm:
        faults.append("weak-signature")
    return faults


def _is_sm2(leaf: x509.Certificate) -> bool:
    return leaf.signature_algorithm_oid.dotted_string in (SM2_SM3, _SM2_KEY)
