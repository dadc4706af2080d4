"""DNSSEC state of a host: validated up to the root key by ourselves, unsigned, bogus, or not to be told from here.

The resolver's own word (AD) is not relied on: signatures are fetched with DO and CD and checked here.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from weakref import WeakKeyDictionary

import dns.dnssec
import dns.exception
import dns.message
import dns.name
import dns.rdataclass
import dns.rdatatype
import dns.rrset
import dns.tokenizer
from dns.rdtypes.ANY.DS import DS

from crawler.probes.dns import Resolver

State = Literal["validated", "unsigned", "bogus", "unknown"]
_ROOT_KEYS = (  # IANA root trust anchors KSK-2017 and KSK-2024
    "20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D",
    "38696 8 2 683D2D0ACB8C9B712A1948B27F741219298D0A450D612C483AF444A4C0FB2B16",
)
_KEEP = 3600.0


@dataclass(frozen=True, slots=True)
class Told:
    """State with what it rests on, in Chinese; `zone` is the signing zone where one was found."""

    state: State
    detail: str = ""
    zone: str = ""


@dataclass(frozen=True, slots=True)
class _Keys:
    told: Told
    keys: dns.rrset.RRset | None = None


class Dnssec:
    """Validates over one resolver and remembers the keys of zones. `anchors`: zone → DS records in text."""

    def __init__(self, resolver: Resolver, anchors: Mapping[str, Sequence[str]] | None = None) -> None:
        self._resolver = resolver
        self._anchors = {
            dns.name.from_text(zone): [_ds(text) for text in texts]
            for zone, texts in (anchors or {".": _ROOT_KEYS}).items()
        }
        self._known: dict[dns.name.Name, tuple[float, asyncio.Future[_Keys]]] = {}

    async def state(self, host: str, zone: str) -> Told:
        """State of the address records of `host` in `zone` (the nearest zone, '' when none was found). Never raises."""
        top = await self._keys(next(iter(self._anchors)))
        if top.keys is None:
            return Told("unknown", "域名服务器不提供DNSSEC数据")
        name = dns.name.from_text(host)
        reply = await self._resolver.signed(host, "A")
        if reply.message is None or not reply.definite:
            return Told("unknown", f"未得到确切答复（{reply.outcome}）")
        rrset, signature = _signed(reply.message, name, dns.rdatatype.CNAME)
        if rrset is None:
            rrset, signature = _signed(reply.message, name, dns.rdatatype.A)
        if rrset is None:
            return await self._without_records(zone)
        if signature is None:
            below = await self._keys(dns.name.from_text(zone)) if zone else _Keys(Told("unknown"))
            if below.keys is not None:
                return Told("bogus", "上级已登记密钥，但记录没有签名", zone)
            return below.told
        signer = signature[0].signer
        keys = await self._keys(signer)
        if keys.keys is None:
            return keys.told
        fault = _fault(rrset, signature, keys.keys)
        return Told("bogus", fault, _text(signer)) if fault else Told("validated", "", _text(signer))

    async def _without_records(self, zone: str) -> Told:
        """A host without A record: the zone's own keys say whether it is signed."""
        if not zone:
            return Told("unknown", "没有可验证的记录")
        keys = await self._keys(dns.name.from_text(zone))
        return Told("validated", "", zone) if keys.keys is not None else keys.told

    async def _keys(self, zone: dns.name.Name) -> _Keys:
        known = self._known.get(zone)
        if known is None or known[0] < time.monotonic():
            known = self._known[zone] = (time.monotonic() + _KEEP, asyncio.ensure_future(self._find_keys(zone)))
            if len(self._known) > 50_000:
                self._known.clear()
        found = await asyncio.shield(known[1])
        if found.told.state == "unknown":
            self._known.pop(zone, None)
        return found

    async def _find_keys(self, zone: dns.name.Name) -> _Keys:
        text = _text(zone)
        if zone in self._anchors:
            return await self._check_keys(zone, self._anchors[zone])
        reply = await self._resolver.signed(text, "DS")
        if reply.message is None or not reply.definite:
            return _Keys(Told("unknown", f"{text} 的DS记录未得到确切答复（{reply.outcome}）", text))
        delegation, signature = _signed(reply.message, zone, dns.rdatatype.DS)
        if delegation is None:
            return _Keys(Told("unsigned", "上级没有登记密钥（DS）", text))
        if signature is None:
            return _Keys(Told("bogus", f"{text} 的DS记录没有签名", text))
        parent = signature[0].signer
        if not zone.is_subdomain(parent) or zone == parent:
            return _Keys(Told("bogus", f"{text} 的DS记录由 {_text(parent)} 签名", text))
        above = await self._keys(parent)
        if above.keys is None:
            return above
        if fault := _fault(delegation, signature, above.keys):
            return _Keys(Told("bogus", f"{text} 的DS记录：{fault}", text))
        return await self._check_keys(zone, list(delegation))

    async def _check_keys(self, zone: dns.name.Name, delegation: Sequence[DS]) -> _Keys:
        """The zone's DNSKEY set, signed by a key that `delegation` vouches for."""
        text = _text(zone)
        reply = await self._resolver.signed(text, "DNSKEY")
        if reply.message is None or not reply.definite:
            return _Keys(Told("unknown", f"{text} 的密钥未得到确切答复（{reply.outcome}）", text))
        keys, signature = _signed(reply.message, zone, dns.rdatatype.DNSKEY)
        if keys is None or signature is None:
            return _Keys(Told("bogus", f"上级已登记密钥，但 {text} 没有密钥或没有签名", text))
        trusted = dns.rrset.RRset(zone, dns.rdataclass.IN, dns.rdatatype.DNSKEY)
        for key in keys:
            for ds in delegation:
                if ds.key_tag == dns.dnssec.key_id(key) and _matches(zone, key, ds):
                    trusted.add(key, keys.ttl)
        if not trusted:
            return _Keys(Told("bogus", f"{text} 的密钥与上级登记的不符", text))
        if fault := _fault(keys, signature, trusted):
            return _Keys(Told("bogus", f"{text} 的密钥：{fault}", text))
        return _Keys(Told("validated", "", text), keys)


_validators: WeakKeyDictionary[Resolver, Dnssec] = WeakKeyDictionary()


def validator(resolver: Resolver) -> Dnssec:
    """The one validator of a resolver, so that the keys of cn and gov.cn are fetched once."""
    if resolver not in _validators:
        _validators[resolver] = Dnssec(resolver, resolver.anchors)
    return _validators[resolver]


def parse_anchors(text: str | None) -> dict[str, list[str]] | None:
    """The setting DNSSEC_ANCHORS: DS records of the root, or of the one zone named before them; None when empty.

    Written as in a zone file, parted by commas: `20326 8 2 E06D…` or `city.test 4711 13 2 5AF0…`. Raises ValueError
    with a Chinese message.
    """
    found: dict[str, list[str]] = {}
    for part in filter(None, (part.strip() for part in (text or "").split(","))):
        first, _, rest = part.partition(" ")
        zone, record = (".", part) if first.isdigit() else (first, rest)
        try:
            _ds(record)
            dns.name.from_text(zone)
        except (dns.exception.DNSException, ValueError) as error:
            raise ValueError(
                f"设置 DNSSEC_ANCHORS 中“{part}”不是DS记录（{error}）。写法如 20326 8 2 E06D44B8…，多条以逗号分开。"
            ) from None
        found.setdefault(zone, []).append(record)
    if len(found) > 1:
        raise ValueError(f"设置 DNSSEC_ANCHORS 只能写一个区的密钥，现有：{'、'.join(found)}。")
    return found or None


def _ds(text: str) -> DS:
    return DS.from_text(dns.rdataclass.IN, dns.rdatatype.DS, dns.tokenizer.Tokenizer(text))


def _matches(zone: dns.name.Name, key: object, ds: DS) -> bool:
    try:
        made = dns.dnssec.make_ds(zone, key, ds.digest_type, validating=True)  # type: ignore[arg-type]
    except (dns.exception.DNSException, ValueError):
        return False
    return bool(made == ds)


def _signed(
    message: dns.message.Message, name: dns.name.Name, rdtype: dns.rdatatype.RdataType
) -> tuple[dns.rrset.RRset | None, dns.rrset.RRset | None]:
    rrset = message.get_rrset(message.answer, name, dns.rdataclass.IN, rdtype)
    signature = message.get_rrset(message.answer, name, dns.rdataclass.IN, dns.rdatatype.RRSIG, rdtype)
    return rrset, signature


def _fault(rrset: dns.rrset.RRset, signature: dns.rrset.RRset, keys: dns.rrset.RRset) -> str:
    """Why the signature does not hold, '' when it does."""
    try:
        dns.dnssec.validate(rrset, signature, {keys.name: keys})
    except dns.exception.UnsupportedAlgorithm:
        return "签名算法不受支持"
    except dns.exception.ValidationFailure as error:
        now = time.time()
        if all(one.expiration < now for one in signature):
            return "签名已过期"
        return f"签名验证不通过（{error}）"
    except (dns.exception.DNSException, ValueError) as error:
        return f"签名无法验证（{type(error).__name__}）"
    return ""


def _text(name: dns.name.Name) -> str:
    return name.to_text(omit_final_dot=True) if name != dns.name.root else "."
