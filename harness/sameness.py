"""What of an exchange stays the same when nothing about its subject has changed: the essence.

Left out are ids, instants, the order in which a name server rotates its records, and what is made
afresh for each answer. Of a landscape that is started anew for each run (`fresh`) ports and keys
are left out too.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import dns.exception
import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

from harness.model import CheckResult, Exchange

Essence = str
"""SHA-256 over what counts, hexadecimal."""

_FLEETING = frozenset(
    {
        "age",
        "date",
        "expires",
        "if-modified-since",
        "last-modified",
        "set-cookie",
        "via",
        "x-request-id",
    }
)
_SIGNATURE = "oots-response-sig"
_OF_THE_INSTANT = frozenset({"sigT", "iat", "exp", "nbf", "hashV"})
_OF_THE_KEY = frozenset({"kid", "x5c", "x5t", "x5t#S256", "x5t#o", "x5u"})
_PORT = re.compile(r"(?<=[\w\]]):\d{4,5}\b|(?<= port )\d{1,5}\b")
_MADE_OF_KEYS = frozenset(
    {
        dns.rdatatype.RRSIG,
        dns.rdatatype.DNSKEY,
        dns.rdatatype.DS,
        dns.rdatatype.CDS,
        dns.rdatatype.CDNSKEY,
    }
)
_KEYED = re.compile(r"(?m)^[0-9a-f]{200,}$")
"""A certificate in hexadecimal, as the evidence of a TLS handshake has it."""


class Essences:
    """The essences of one record's exchanges, each worked out once."""

    def __init__(self, exchanges: Mapping[str, Exchange], *, fresh: bool) -> None:
        self._exchanges = exchanges
        self._fresh = fresh
        self._known: dict[str, Essence] = {}

    def of(self, result: CheckResult) -> Counter[Essence] | None:
        """Those of all that a result rests on; None where the record does not hold all of it."""
        if not result.evidence or any(ident not in self._exchanges for ident in result.evidence):
            return None
        return Counter(map(self._essence, result.evidence))

    def _essence(self, ident: str) -> Essence:
        if ident not in self._known:
            self._known[ident] = essence(self._exchanges[ident], fresh=self._fresh)
        return self._known[ident]


def essence(exchange: Exchange, *, fresh: bool) -> Essence:
    """What of one exchange stays the same."""
    asked = _message(exchange, exchange.request)
    answered = exchange.error or "" if exchange.response is None else None
    told = _message(exchange, exchange.response or b"") if answered is None else answered
    text = f"{exchange.protocol}\0{asked}\0{told}"
    if fresh:
        text = _KEYED.sub("<certificate>", _PORT.sub("*", text))
        text = "\n".join(line for line in text.split("\n") if not line.startswith(_KEYS))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


_KEYS = "<keys> "


def _message(exchange: Exchange, octets: bytes) -> str:
    if exchange.protocol.startswith("dns/"):
        return _dns(octets)
    text = octets.decode("latin-1")
    return _http(text) if exchange.protocol == "https" else text


def _dns(wire: bytes) -> str:
    """A message without its id; records in an order of ours, times to live where they are fixed."""
    try:
        message = dns.message.from_wire(wire)
    except (dns.exception.DNSException, ValueError):
        return wire[2:].hex()
    lasting = bool(message.flags & dns.flags.AA)
    lines = [
        f"{dns.flags.to_text(message.flags)} {dns.rcode.to_text(message.rcode())}",
        f"edns {message.edns} {message.payload} {message.ednsflags}",
    ]
    for section in message.sections:
        lines += sorted(line for rrset in section for line in _records(rrset, lasting=lasting))
        lines.append("")
    return "\n".join(lines)


def _records(rrset: dns.rrset.RRset, *, lasting: bool) -> Iterator[str]:
    head = f"{rrset.name} {rrset.ttl if lasting else '-'} {rrset.rdclass} {rrset.rdtype}"
    keyed = rrset.rdtype in _MADE_OF_KEYS
    yield from (f"{_KEYS * keyed}{head} {rdata.to_text()}" for rdata in rrset)
    if keyed or not len(rrset):  # a question has no data
        yield head


def _http(text: str) -> str:
    """A message of HTTP without the fields that change by themselves."""
    head, gap, body = text.partition("\r\n\r\n")
    first, *fields = head.split("\r\n")
    kept = [line for field in fields for line in _field(field)]
    return "\n".join((first, *sorted(kept))) + gap + body


def _field(field: str) -> Iterable[str]:
    name, _, value = field.partition(":")
    match name.strip().lower():
        case word if word in _FLEETING:
            return ()
        case word if word == _SIGNATURE:
            return _signature(value.strip())
    return (f"{name.strip().lower()}: {value.strip()}",)


def _signature(value: str) -> Iterable[str]:
    """How it is signed, and by whom; neither when, nor over what."""
    part = value.partition(".")[0]
    try:
        header = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, RecursionError):
        return (f"{_SIGNATURE}: {value}",)
    if not isinstance(header, dict):
        return (f"{_SIGNATURE}: {value}",)
    keys = {name: header.pop(name) for name in _OF_THE_KEY & header.keys()}
    told = json.dumps(_lasting(header), sort_keys=True)
    return (f"{_SIGNATURE}: {told}", f"{_KEYS}{json.dumps(keys, sort_keys=True)}")


def _lasting(value: Any) -> Any:
    match value:
        case dict():
            return {k: _lasting(v) for k, v in value.items() if k not in _OF_THE_INSTANT}
        case list():
            return [_lasting(each) for each in value]
    return value
