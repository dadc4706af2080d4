"""Signed zones of the city's name server: keys made at start, signatures made when they are asked for.

Validates under the city's own root key (`anchor`). A zone that is planted as bogus signs something else than it
answers; everything else about it is in order.
"""

from __future__ import annotations

import time
from typing import Any

import dns.dnssec
import dns.message
import dns.name
import dns.rdatatype
import dns.rrset
from cryptography.hazmat.primitives.asymmetric import ec

from .nameserver import Names

_ALGORITHM = 13  # ECDSA P-256 with SHA-256
_WEEK = 7 * 86400


class Signer:
    """Keys of the signed zones, DNSKEY and DS among the names, and RRSIG for answers that want them."""

    def __init__(self, names: Names, zones: dict[str, str]) -> None:
        """`zones`: name → validated or bogus."""
        self._names, self._zones = names, zones
        self._keys: dict[str, tuple[ec.EllipticCurvePrivateKey, Any]] = {}
        self._made: dict[tuple[str, str], dns.rrset.RRset] = {}
        for zone in zones:
            private = ec.generate_private_key(ec.SECP256R1())
            self._keys[zone] = (private, dns.dnssec.make_dnskey(private.public_key(), _ALGORITHM, flags=257))
            names.add(zone, "DNSKEY", self._keys[zone][1].to_text())
            if zone:
                names.add(zone, "DS", self.ds(zone))

    def ds(self, zone: str) -> str:
        """DS record of a zone's key; of the root zone it is the trust anchor."""
        return dns.dnssec.make_ds(_name(zone), self._keys[zone][1], "SHA256").to_text()

    def sign(self, response: dns.message.Message) -> None:
        """Add the signatures of the answer's records that stand in signed zones."""
        for rrset in list(response.answer):
            kind = dns.rdatatype.to_text(rrset.rdtype)
            owner = rrset.name.to_text(omit_final_dot=True).rstrip(".").lower()
            above = owner.partition(".")[2] if kind == "DS" else owner
            zone = self._names.zone_of(above)
            if zone in self._zones:
                if (owner, kind) not in self._made:
                    self._made[owner, kind] = self._signature(rrset, zone, kind)
                response.answer.append(self._made[owner, kind])

    def _signature(self, rrset: dns.rrset.RRset, zone: str, kind: str) -> dns.rrset.RRset:
        private, key = self._keys[zone]
        signed, now = rrset, int(time.time())
        if self._zones[zone] == "bogus" and kind == "A":
            signed = dns.rrset.from_text(rrset.name, rrset.ttl, "IN", "A", "127.0.0.66")
        signature = dns.dnssec.sign(
            signed,
            private,
            _name(zone),
            key,
            inception=now - 3600,
            expiration=now + _WEEK,
        )
        return dns.rrset.from_rdata(rrset.name, rrset.ttl, signature)


def _name(zone: str) -> dns.name.Name:
    return dns.name.from_text(f"{zone}.")
