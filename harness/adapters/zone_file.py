"""A zone file not yet published, in place of a name server: read, and answered from.

It answers as a correct server would that has loaded it, and its evidence shows each record with
its line. How a server carries its answers cannot be told from a file: `Check.of_server`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset

from harness.adapters.dns import DnsResolver, in_process_transport
from harness.authority import Found, found
from harness.dns_message import DnsQuery, DnsReply
from harness.errors import UsageFault
from harness.master_file import PlacedRecord, too_large
from harness.master_tokens import LARGEST
from harness.model import Environment, OverviewRow, Questions, Service, ServiceKey, Target
from harness.requirements import CURRENT_PROFILE
from harness.zone_data import ZoneData, zone_data
from harness.zone_entries import (
    CODES_IN_DATA,
    PUBLISHED_TEMPLATE,
    HeldEntry,
    held_entries,
    origin_of,
)

LARGEST_MESSAGE = 65_535
"""The longest reply that DNS can carry, in octets."""

_FOREIGN_OCTET = re.compile("[\udc80-\udcff]")
"""How Python holds an octet that is not UTF-8."""


class ZoneFileResolver:
    """The port `Resolver` on a file: no socket, no message, the same answers."""

    def __init__(self, zones: ZoneData) -> None:
        self._zones = zones
        self._asked = DnsResolver(in_process_transport(self._answer), peer=zones.file)

    async def ask(self, query: DnsQuery) -> DnsReply:
        """The reply of a server that has loaded the file; raises `Unreachable` for no name."""
        reply = await self._asked.ask(query)
        name = dns.name.from_text(query.name)
        said = found(self._zones, name, query.rdtype, dnssec=query.dnssec_ok)
        asked = f"{query.name} {query.rdtype}{' with DNSSEC' * query.dnssec_ok}"
        return replace(reply, consulted=(asked.encode(), _shown(said).encode()))

    def _answer(self, wire: bytes, *, tcp: bool) -> bytes:
        """The same as a message; over TCP or UDP makes no difference."""
        del tcp
        query = dns.message.from_wire(wire)
        question = query.question[0]
        rdtype = dns.rdatatype.to_text(question.rdtype)
        dnssec = bool(query.ednsflags & dns.flags.DO)
        return _message(query, found(self._zones, question.name, rdtype, dnssec=dnssec))


def resolver_of_file(target: Target) -> ZoneFileResolver:
    """What answers for a target that is a file; raises `UsageFault` naming the line of a flaw."""
    return ZoneFileResolver(zones_of(target))


def zones_of(target: Target) -> ZoneData:
    """The zones in the file of a target; raises `UsageFault` naming the line of a flaw."""
    file = target.zone_file or "the zone file"
    return zone_data(target.zone or "", file, origin=origin_of(target.template))


def zone_text(path: Path) -> str:
    r"""A master file from the disk; an octet that is not UTF-8 becomes its escape (`\252`).

    Raises `UsageFault` where it cannot be read, or is longer than master files are.
    """
    try:
        with path.open("rb") as source:
            octets = source.read(LARGEST + 1)
    except OSError as cause:
        raise UsageFault(
            str(path),
            expected="a master file (RFC 1035) that can be read",
            seen=(cause.strerror or str(cause)).lower(),
            remedy="name the file that the name server loads",
        ) from None
    if len(octets) > LARGEST:
        raise too_large(str(path))
    text = octets.decode("utf-8", "surrogateescape")
    return _FOREIGN_OCTET.sub(lambda char: f"\\{ord(char[0]) - 0xDC00:03d}", text)


def target_of(  # noqa: PLR0913 -- what may be chosen of a file
    path: Path,
    *,
    member_states: Sequence[str] = (),
    services: Sequence[Service] = (),
    environments: Sequence[Environment] = (),
    template: str = PUBLISHED_TEMPLATE,
    profile: str = CURRENT_PROFILE,
    overview: tuple[OverviewRow, ...] | None = None,
    zone_anchors: tuple[str, ...] = (),
) -> Target:
    """The target that a zone file is: its zone under test, and no directory.

    With no Member State named, every entry that the file holds under the template, of the services
    and environments named. A Member State that is named is judged whether the file holds its
    entries or not; its environments are then those named, or else those that the file has.
    Interface majors are those that the rule profile asks for, and those that the file has.

    Raises `UsageFault` that names the line of a flaw, or where nothing is held.
    """
    text = zone_text(path)
    zones = zone_data(text, str(path), origin=origin_of(template))
    held = held_entries(zones, template)
    keys = _keys(held, member_states, services, environments)
    if not keys:
        raise _nothing_held(zones, template)
    return Target(
        name=f"zone file {path.name}",
        template=template,
        nameserver=None,
        keys=keys,
        questions={key: _questions(key) for key in keys},
        roots={},
        tls_roots=None,
        trust_anchors={},
        majors=_majors(held, profile),
        overview=overview,
        zone_anchors=zone_anchors,
        zone=text,
        zone_file=str(path),
        roles=("zone",),
    )


def _keys(
    held: Sequence[HeldEntry],
    member_states: Sequence[str],
    services: Sequence[Service],
    environments: Sequence[Environment],
) -> tuple[ServiceKey, ...]:
    there = tuple(dict.fromkeys(entry.key for entry in held))
    if not member_states:
        return tuple(
            key
            for key in there
            if key.service in (services or Service)
            and key.environment in (environments or Environment)
        )
    known = tuple(dict.fromkeys(key.environment for key in there)) or (Environment.ACC,)
    return tuple(
        ServiceKey(state, service, environment)
        for environment, state, service in product(
            environments or known, member_states, services or Service
        )
    )


def _majors(held: Sequence[HeldEntry], profile: str) -> tuple[int, ...]:
    """Every profile has a first interface; the second is asked for by the current one."""
    wanted = (1, 2) if profile == CURRENT_PROFILE else (1,)
    return tuple(sorted({*wanted, *(entry.major for entry in held if entry.major in _PUBLISHED)}))


_PUBLISHED = (1, 2)


def _questions(key: ServiceKey) -> Questions:
    """What a directory would be asked: none is, but names are compared with the code in data."""
    country = CODES_IN_DATA.get(key.member_state, key.member_state)
    return Questions(country, "", "", "", None, None, None, ())


def _nothing_held(zones: ZoneData, template: str) -> UsageFault:
    other = next((record for record in zones if record.rdtype == "NAPTR"), None)
    seen = f"none in the zone {', '.join(map(str, zones.soas))}"
    if other is not None:
        seen = f"{seen}, but {other.name} in line {other.line}"
    return UsageFault(
        zones.file,
        expected=f"entries under {template} of what is selected",
        seen=seen,
        remedy="name the Member State to judge what is missing, or look at the selection, the"
        " template, $ORIGIN, and final dots",
    )


def _shown(said: Found) -> str:
    """An answer as evidence: each record with the line it stands in."""
    sections = (
        ("answer", said.answer),
        ("authority", said.authority),
        ("additional", said.additional),
    )
    lines = (f"{name}, line {r.line}: {r}" for name, section in sections for r in section)
    return "\n".join((said.rcode, *lines))


def _message(query: dns.message.Message, said: Found) -> bytes:
    reply = dns.message.make_response(query)
    reply.set_rcode(dns.rcode.from_text(said.rcode))
    if said.authoritative:
        reply.flags |= dns.flags.AA
    for section, records in (
        (reply.answer, said.answer),
        (reply.authority, said.authority),
        (reply.additional, said.additional),
    ):
        section.extend(map(_rrset, records))
    try:
        return reply.to_wire(max_size=LARGEST_MESSAGE)
    except dns.exception.TooBig:
        reply = dns.message.make_response(query)
        reply.set_rcode(dns.rcode.SERVFAIL)
        return reply.to_wire()


def _rrset(record: PlacedRecord) -> dns.rrset.RRset:
    return dns.rrset.from_rdata(record.name, record.ttl, record.rdata)
