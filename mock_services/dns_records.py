"""Records of the mock name server as they are sent: names as labels, RDATA in wire form."""

from __future__ import annotations

import socket
from dataclasses import dataclass

from dnslib import QTYPE  # type: ignore[import-untyped]

from mock_services.zone_file import Datum, Record

Key = tuple[bytes, ...]
"""A name as labels in lower case: how names compare (RFC 4343)."""


@dataclass(frozen=True, slots=True)
class Packed:
    """A record as it is sent; `rdata` is in wire form, uncompressed, its names in lower case."""

    name: Key
    ttl: int
    rdtype: int
    rdata: bytes


def labels(name: str) -> Key:
    """A name in presentation form as labels; none of them escaped."""
    return tuple(part.encode("ascii").lower() for part in name.rstrip(".").split(".") if part)


def wire_name(name: Key) -> bytes:
    """A name as it is sent."""
    return b"".join(bytes([len(part)]) + part for part in name) + b"\0"


def name_of(rdata: bytes) -> Key:
    """The name that RDATA begins with."""
    found, at = [], 0
    while rdata[at]:
        found.append(rdata[at + 1 : at + 1 + rdata[at]].lower())
        at += 1 + rdata[at]
    return tuple(found)


def packed(record: Record) -> Packed:
    """A record of a master file as it is sent."""
    rdata = b"".join(_wire(record.rdtype, datum) for datum in record.rdata)
    return Packed(labels(record.name), record.ttl, getattr(QTYPE, record.rdtype), rdata)


def _wire(rdtype: str, datum: Datum) -> bytes:
    if isinstance(datum, bytes):
        return bytes([len(datum)]) + datum
    if isinstance(datum, int):
        return datum.to_bytes(2 if rdtype == "NAPTR" else 4, "big")
    if rdtype in ("A", "AAAA"):
        return socket.inet_pton(socket.AF_INET if rdtype == "A" else socket.AF_INET6, datum)
    return wire_name(labels(datum))
