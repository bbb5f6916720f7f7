"""DNSSEC for the mock zones (RFC 4033 to 4035): signatures made as they are asked for.

One ECDSA P-256 key (RFC 6605), made fresh in each process, signs every zone.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import groupby

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from mock_services.dns_records import Key, Packed, labels, wire_name
from mock_services.world import World, ZoneSigning
from mock_services.zone_text import APEX

DS, RRSIG, NSEC, DNSKEY = 43, 46, 47, 48
A_DAY = 86400
"""In seconds; also the TTL of the keys."""

_ECDSAP256SHA256, _SHA256 = 13, 2
_SECURE_ENTRY_POINT, _PROTOCOL, _IN = 257, 3, 1
_OCTETS = 32
_OURS, _A_STRANGERS = "ours", "a stranger's"
_BY_DATA_ALONE = ec.ECDSA(SHA256(), deterministic_signing=True)


@dataclass(frozen=True, slots=True)
class ZoneKey:
    """A key pair of a zone."""

    private: ec.EllipticCurvePrivateKey

    @property
    def rdata(self) -> bytes:
        """The DNSKEY record's RDATA (RFC 4034, section 2)."""
        point = self.private.public_key().public_numbers()
        numbers = point.x.to_bytes(_OCTETS, "big") + point.y.to_bytes(_OCTETS, "big")
        flags = _SECURE_ENTRY_POINT.to_bytes(2, "big")
        return flags + bytes([_PROTOCOL, _ECDSAP256SHA256]) + numbers

    @property
    def tag(self) -> int:
        """The number by which signatures refer to it (RFC 4034, appendix B)."""
        total = sum(octet << 8 * (at % 2 == 0) for at, octet in enumerate(self.rdata))
        return (total + (total >> 16)) & 0xFFFF

    def signature(self, data: bytes) -> bytes:
        """A signature of 64 octets."""
        r, s = decode_dss_signature(self.private.sign(data, _BY_DATA_ALONE))
        return r.to_bytes(_OCTETS, "big") + s.to_bytes(_OCTETS, "big")


@cache
def zone_key(name: str) -> ZoneKey:
    """A key of this process, by a name that is only ours."""
    del name
    return ZoneKey(ec.generate_private_key(ec.SECP256R1()))


def anchor(apex: str) -> str:
    """The DS record, as text, that the parent of a zone would hold."""
    key = zone_key(_OURS)
    digest = hashlib.sha256(wire_name(labels(apex)) + key.rdata).hexdigest()
    return f"{apex} DS {key.tag} {_ECDSAP256SHA256} {_SHA256} {digest}"


def zone_anchors(world: World) -> tuple[str, ...]:
    """What the parent of the discovery zone vouches for; nothing where it is not signed."""
    return (anchor(APEX),) if world.zone_signing else ()


class Signer:
    """Signs the records of some zones, and proves what is not there; `day` counts from 1970.

    `names` holds the types of every name that has records; `soas` the SOA of each apex.
    """

    def __init__(
        self, policy: ZoneSigning, names: Mapping[Key, frozenset[int]], soas: Mapping[Key, Packed]
    ) -> None:
        self.unasked = policy.unasked
        self._policy = policy
        self._key = zone_key(_A_STRANGERS if policy.stranger else _OURS)
        self._types = names
        self._soas = soas
        self._chains = {
            apex: sorted((name for name in names if self.apex(name) == apex), key=_canonical)
            for apex in soas
        }

    def apex(self, name: Key) -> Key | None:
        """The zone that a name is in."""
        above = (name[start:] for start in range(len(name) + 1))
        return next((key for key in above if key in self._soas), None)

    def keys(self, apex: Key) -> tuple[Packed, ...]:
        """The keys of a zone."""
        return (Packed(apex, A_DAY, DNSKEY, self._key.rdata),)

    def signed(self, records: tuple[Packed, ...], day: int) -> tuple[Packed, ...]:
        """The records, each set with its signature; what was made up on the way has none."""
        signed: list[Packed] = []
        for (name, rdtype), group in groupby(records, key=lambda each: (each.name, each.rdtype)):
            rrset = tuple(group)
            apex = self.apex(name)
            signed += rrset
            if apex is not None and (
                rdtype in (NSEC, DNSKEY) or rdtype in self._types.get(name, ())
            ):
                signed.append(self._signature(rrset, apex, day))
        return tuple(signed)

    def proof(self, name: Key) -> tuple[Packed, ...]:
        """The NSEC records that show that a name, or a type of it, is not there."""
        apex = self.apex(name)
        if apex is None:
            return ()
        wanted = [name]
        if name not in self._types and not self._has_below(name, apex):
            encloser = next(
                name[start:]
                for start in range(1, len(name) + 1)
                if name[start:] in self._types or self._has_below(name[start:], apex)
            )
            wanted.append((b"*", *encloser))
        return tuple(dict.fromkeys(self._nsec(each, apex) for each in wanted))

    def _has_below(self, name: Key, apex: Key) -> bool:
        chain = self._chains[apex]
        at = bisect_right(chain, _canonical(name), key=_canonical)
        return at < len(chain) and chain[at][-len(name) :] == name

    def _nsec(self, name: Key, apex: Key) -> Packed:
        """The NSEC record that matches a name or covers it."""
        chain = self._chains[apex]
        at = bisect_right(chain, _canonical(name), key=_canonical)
        owner, following = chain[at - 1], chain[at % len(chain)]
        types = {*self._types[owner], RRSIG, NSEC, *((DNSKEY,) if owner == apex else ())}
        soa = self._soas[apex]
        ttl = min(soa.ttl, int.from_bytes(soa.rdata[-4:], "big"))
        return Packed(owner, ttl, NSEC, wire_name(following) + _bitmap(types))

    def _signature(self, rrset: tuple[Packed, ...], apex: Key, day: int) -> Packed:
        """The RRSIG record of a record set (RFC 4034, section 3)."""
        first = rrset[0]
        head = b"".join(
            (
                first.rdtype.to_bytes(2, "big"),
                bytes([_ECDSAP256SHA256, len(first.name)]),
                first.ttl.to_bytes(4, "big"),
                ((day + self._policy.until) * A_DAY).to_bytes(4, "big"),
                ((day + self._policy.since) * A_DAY).to_bytes(4, "big"),
                self._key.tag.to_bytes(2, "big"),
                wire_name(apex),
            )
        )
        rdata = head + self._key.signature(head + b"".join(_canonical_set(rrset)))
        return Packed(first.name, first.ttl, RRSIG, rdata)


def _canonical_set(rrset: tuple[Packed, ...]) -> Iterator[bytes]:
    """The records in canonical form and order, with one TTL (RFC 4034, section 6)."""
    ttl = rrset[0].ttl.to_bytes(4, "big")
    for record in sorted(rrset, key=lambda each: each.rdata):
        yield wire_name(record.name)
        yield record.rdtype.to_bytes(2, "big") + _IN.to_bytes(2, "big")
        yield ttl + len(record.rdata).to_bytes(2, "big") + record.rdata


def _canonical(name: Key) -> Key:
    """What names are sorted by (RFC 4034, section 6.1)."""
    return tuple(reversed(name))


def _bitmap(types: set[int]) -> bytes:
    """The types of a name (RFC 4034, section 4.1.2); all of ours are below 256."""
    bits = bytearray(max(types) // 8 + 1)
    for rdtype in types:
        bits[rdtype // 8] |= 0x80 >> rdtype % 8
    return bytes([0, len(bits)]) + bytes(bits)
