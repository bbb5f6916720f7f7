"""DNSSEC as a validator sees it (RFC 4033 to 4035), on dnspython; pure, over the bytes of replies.

What is checked: the signature of the records asked for, the keys that made it, and what a denial
is proved by. Not checked: the chain above the zone, for which the target's anchors stand in.
"""

from __future__ import annotations

from base64 import b32encode
from collections.abc import Iterable
from datetime import datetime
from typing import TypeVar, cast

import dns.dnssec
import dns.exception
import dns.message
import dns.name
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.rrset
from dns.rdtypes.ANY.DNSKEY import DNSKEY
from dns.rdtypes.ANY.DS import DS
from dns.rdtypes.ANY.NSEC import NSEC
from dns.rdtypes.ANY.NSEC3 import NSEC3
from dns.rdtypes.ANY.RRSIG import RRSIG

from harness.discovery import trail
from harness.dns_message import DnsReply
from harness.errors import Violation

Section = list[dns.rrset.RRset]


def signers(reply: DnsReply) -> tuple[str, ...]:
    """The zones that signed something in a reply, each once."""
    message = dns.message.from_wire(reply.wire)
    found = (sig for rrset in (*message.answer, *message.authority) for sig in _signatures(rrset))
    return tuple(dict.fromkeys(str(sig.signer) for sig in found))


def verify_answer(reply: DnsReply, keys: DnsReply, *, now: datetime) -> None:
    """What was asked for, at the end of its aliases, is signed soundly; raises `Violation`."""
    answer = dns.message.from_wire(reply.wire).answer
    wanted = dns.rdatatype.from_text(reply.query.rdtype), dns.name.from_text(trail(reply)[-1])
    for rrset in answer:
        if (rrset.rdtype, rrset.name) == wanted:
            _verify(rrset, answer, keys, now)


def verify_keys(keys: DnsReply, anchors: Iterable[str], *, now: datetime) -> None:
    """The keys are signed by themselves, and one of them is the anchors'; raises `Violation`.

    Anchors of other zones say nothing; where none is left, neither does this rule.
    """
    answer = dns.message.from_wire(keys.wire).answer
    rrset = next(each for each in answer if each.rdtype == dns.rdatatype.DNSKEY)
    _verify(rrset, answer, keys, now)
    known = [
        ds
        for owner, ds in map(_anchor, anchors)
        if owner == rrset.name and ds.digest_type in _DIGESTS
    ]
    made = [dns.dnssec.make_ds(rrset.name, key, ds.digest_type) for ds in known for key in rrset]
    if known and not any(ds in made for ds in known):
        told = ", ".join(ds.to_text() for ds in known)
        seen = ", ".join(str(dns.dnssec.key_id(key)) for key in _keys(rrset))
        raise Violation("dnssec-key-unknown", expected=f"a key for DS {told}", seen=f"keys {seen}")


def verify_denial(reply: DnsReply, keys: DnsReply, *, now: datetime) -> None:
    """A signed NSEC or NSEC3 record denies the name or the type; raises `Violation`."""
    authority = dns.message.from_wire(reply.wire).authority
    name = dns.name.from_text(trail(reply)[-1])
    proofs = [
        each
        for each in authority
        if each.rdtype in _PROOFS and _is_sound(each, authority, keys, now)
    ]
    if not any(_denies(rrset, name, reply.query.rdtype) for rrset in proofs):
        raise Violation(
            "dnssec-denial-unproven",
            expected=f"an NSEC or NSEC3 record that denies {name}",
            seen=", ".join(f"{each.name} {each[0].to_text()}" for each in proofs) or "none",
        )


_Ordered = TypeVar("_Ordered", tuple[bytes, ...], bytes)
_TO_HEX = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", b"0123456789ABCDEFGHIJKLMNOPQRSTUV")
"""From base 32 to its extended hex alphabet (RFC 4648), in which NSEC3 writes hashes."""

_DIGESTS = (2, 4)
"""SHA-256 and SHA-384, the digests of DS records in use."""

_SHA1_OF_NSEC3, _MOST_ITERATIONS = 1, 500
"""The only hash algorithm of NSEC3, and more rounds of it than RFC 9276 has anybody do."""

_PROOFS = (dns.rdatatype.NSEC, dns.rdatatype.NSEC3)


def _verify(rrset: dns.rrset.RRset, section: Section, keys: DnsReply, now: datetime) -> None:
    """A record set has a signature that verifies at the present instant; raises `Violation`."""
    what = f"{rrset.name} {dns.rdatatype.to_text(rrset.rdtype)}"
    covering = next((each for each in section if _covers(each, rrset)), None)
    if covering is None:
        raise Violation("dnssec-signature-missing", expected=f"an RRSIG of {what}", seen="none")
    made, at = _signatures(covering), _at(now)
    for tag, outside in (
        ("dnssec-expired", [sig for sig in made if sig.expiration < at]),
        ("dnssec-not-yet-valid", [sig for sig in made if sig.inception > at]),
    ):
        if len(outside) == len(covering):
            expected = f"a signature of {what} that is valid at {now:%Y-%m-%d %H:%M:%S}"
            raise Violation(tag, expected=expected, seen=outside[0].to_text()[:80])
    known = {
        each.name: each
        for each in dns.message.from_wire(keys.wire).answer
        if each.rdtype == dns.rdatatype.DNSKEY
    }
    strangers = [sig for sig in made if not rrset.name.is_subdomain(sig.signer)]
    if strangers:
        expected = f"a signature of {what} by the zone that it is in"
        raise Violation("dnssec-bogus", expected=expected, seen=f"by {strangers[0].signer}")
    try:
        dns.dnssec.validate(rrset, covering, known, now=at)  # type: ignore[arg-type]
    except (dns.exception.DNSException, ValueError) as error:
        raise Violation(
            "dnssec-bogus", expected=f"a signature that verifies {what}", seen=str(error)
        ) from None


def _is_sound(rrset: dns.rrset.RRset, section: Section, keys: DnsReply, now: datetime) -> bool:
    try:
        _verify(rrset, section, keys, now)
    except Violation:
        return False
    return True


def _covers(rrset: dns.rrset.RRset, covered: dns.rrset.RRset) -> bool:
    return (rrset.rdtype, rrset.name, rrset.covers) == (
        dns.rdatatype.RRSIG,
        covered.name,
        covered.rdtype,
    )


def _denies(rrset: dns.rrset.RRset, name: dns.name.Name, rdtype: str) -> bool:
    """Whether one of the records matches the name without the type, or covers the name."""
    wanted = dns.rdatatype.from_text(rdtype)
    for rdata in rrset:
        if isinstance(rdata, NSEC):
            owner, following, at = map(_canonical, (rrset.name, rdata.next, name))
            if owner == at:
                return not _has_type(rdata, wanted)
            if _between(owner, at, following):
                return True
        if isinstance(rdata, NSEC3) and _denies_hashed(rrset.name, rdata, name, wanted):
            return True
    return False


def _denies_hashed(owner: dns.name.Name, rdata: NSEC3, name: dns.name.Name, wanted: int) -> bool:
    """The same by hashes: the name is matched without the type, or it or a name above covered."""
    if rdata.algorithm != _SHA1_OF_NSEC3 or rdata.iterations > _MOST_ITERATIONS:
        return False
    first, following = owner.labels[0].lower(), b32encode(rdata.next).translate(_TO_HEX).lower()
    zone = owner.parent()
    while name != zone and name.is_subdomain(zone):
        hashed = dns.dnssec.nsec3_hash(name, rdata.salt, rdata.iterations, rdata.algorithm)
        at = hashed.encode().lower()
        if at == first:
            return not _has_type(rdata, wanted)
        if _between(first, at, following):
            return True
        name = name.parent()
    return False


def _between(first: _Ordered, at: _Ordered, following: _Ordered) -> bool:
    """Whether a place lies in the gap after the first; the last gap leads round to the start."""
    if following <= first:
        return at > first or at < following
    return first < at < following


def _canonical(name: dns.name.Name) -> tuple[bytes, ...]:
    """What names are sorted by (RFC 4034, section 6.1)."""
    return tuple(label.lower() for label in reversed(name.labels))


def _has_type(rdata: NSEC | NSEC3, wanted: int) -> bool:
    return any(
        window * 256 + at * 8 + bit == wanted
        for window, bitmap in rdata.windows
        for at, octet in enumerate(bitmap)
        for bit in range(8)
        if octet & 0x80 >> bit
    )


def _anchor(text: str) -> tuple[dns.name.Name, DS]:
    owner, _, rdata = text.split(maxsplit=2)
    return dns.name.from_text(owner), cast(
        "DS", dns.rdata.from_text(dns.rdataclass.IN, "DS", rdata)
    )


def _signatures(rrset: dns.rrset.RRset) -> list[RRSIG]:
    return [rdata for rdata in rrset if isinstance(rdata, RRSIG)]


def _keys(rrset: dns.rrset.RRset) -> list[DNSKEY]:
    return [rdata for rdata in rrset if isinstance(rdata, DNSKEY)]


def _at(now: datetime) -> int:
    return int(now.timestamp())
