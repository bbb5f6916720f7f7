"""Seeded faults of the seam: name server. What is published is sound, and answered for wrongly."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from dnslib import EDNS0, QTYPE, RCODE, RR, TXT, DNSRecord  # type: ignore[import-untyped]
from dnslib.dns import DNSLabel  # type: ignore[import-untyped]

from mock_services.faults import fault
from mock_services.faults.zone_changes import each_reply, each_root, relisted, rezoned
from mock_services.world import World
from mock_services.zone_file import Record


@fault(caught_by={"DISC-18": "name-case-matters"})
def server_that_minds_the_case(world: World) -> World:
    """The name server knows its names in lower case only."""

    def mind(query: DNSRecord, reply: DNSRecord) -> None:
        if any(label != label.lower() for label in query.q.qname.label):
            _empty(reply)
            reply.header.rcode = RCODE.NXDOMAIN

    return each_reply(world, mind)


@fault(caught_by={"DISC-30": "question-case-changed"})
def server_that_lowers_the_question(world: World) -> World:
    """The name server repeats the question in lower case."""

    def lower(_query: DNSRecord, reply: DNSRecord) -> None:
        name = reply.q.qname
        reply.q.qname = DNSLabel(tuple(label.lower() for label in name.label))

    return each_reply(world, lower)


@fault(caught_by={"DISC-19": "tcp-answer-differs"})
def server_that_knows_less_over_tcp(world: World) -> World:
    """The name server finds no records over TCP."""
    return each_reply(world, lambda _query, reply: _empty(reply), over=("tcp",))


@fault(caught_by={"DISC-20": "edns-answer-differs"})
def server_that_needs_edns(world: World) -> World:
    """The name server finds no records for queries without EDNS."""
    return each_reply(world, lambda q, reply: None if _has_edns(q) else _empty(reply))


@fault(caught_by={"DISC-20": "edns-unasked"})
def server_that_adds_edns(world: World) -> World:
    """The name server adds EDNS to replies to queries without it."""

    def add(query: DNSRecord, reply: DNSRecord) -> None:
        if not _has_edns(query):
            reply.add_ar(EDNS0(udp_len=4096))

    return each_reply(world, add)


@fault(caught_by={"DISC-21": "udp-answer-too-long"})
def server_that_talks_too_much(world: World) -> World:
    """The name server adds texts to its replies until they are longer than UDP allows."""

    def pad(_query: DNSRecord, reply: DNSRecord) -> None:
        for _ in range(6):
            reply.add_ar(RR("localhost", QTYPE.TXT, ttl=60, rdata=TXT("x" * 250)))

    return each_reply(world, pad, over=("udp",))


@fault(caught_by={"DISC-22": "nodata-as-nxdomain"})
def server_that_denies_names_without_data(world: World) -> World:
    """The name server denies a name that has no records of the type asked for."""

    def deny(query: DNSRecord, reply: DNSRecord) -> None:
        if query.q.qtype == QTYPE.TXT:
            _turn(reply, RCODE.NOERROR, RCODE.NXDOMAIN)

    return each_reply(world, deny)


@fault(caught_by={"DISC-58": "empty-non-terminal-denied"})
def server_that_denies_names_above_names(world: World) -> World:
    """The name server denies a name that only has names below it."""

    def deny(query: DNSRecord, reply: DNSRecord) -> None:
        if query.q.qtype == QTYPE.NAPTR:
            _turn(reply, RCODE.NOERROR, RCODE.NXDOMAIN)

    return each_reply(world, deny)


@fault(
    caught_by={"DISC-22": "nodata-without-soa"},
    blocks=("DISC-43", "DISC-44", "DISC-45"),
)
def no_data_without_soa(world: World) -> World:
    """The SOA record is left out where a name has no records of the type asked for."""
    return each_reply(world, lambda _query, reply: _without_soa(reply, RCODE.NOERROR))


@fault(caught_by={"DISC-23": "unknown-name-not-nxdomain"})
def server_that_denies_no_name(world: World) -> World:
    """The name server answers for names that do not exist as if they only had no records."""
    return each_reply(world, lambda _query, reply: _turn(reply, RCODE.NXDOMAIN, RCODE.NOERROR))


@fault(caught_by={"DISC-23": "nxdomain-without-soa"}, blocks=("DISC-24", "DISC-25"))
def denial_without_soa(world: World) -> World:
    """The SOA record is left out where a name does not exist."""
    return each_reply(world, lambda _query, reply: _without_soa(reply, RCODE.NXDOMAIN))


@fault(caught_by={"DISC-24": "negative-ttl-above-minimum"})
def denial_kept_beyond_the_minimum(world: World) -> World:
    """The SOA record of a denial lives longer than its field MINIMUM."""

    def prolong(_query: DNSRecord, reply: DNSRecord) -> None:
        for record in reply.auth:
            if record.rtype == QTYPE.SOA:
                record.ttl = record.rdata.times[-1] + 60

    return each_reply(world, prolong)


@fault(caught_by={"DISC-26": "answer-not-authoritative"})
def server_without_authority(world: World) -> World:
    """The name server does not mark its answers as authoritative."""

    def disown(_query: DNSRecord, reply: DNSRecord) -> None:
        reply.header.aa = 0

    return each_reply(world, disown)


@fault(caught_by={"DISC-29": "answer-for-another-name"})
def record_of_another_name(world: World) -> World:
    """The answer holds a NAPTR record of another name as well."""

    def add(_query: DNSRecord, reply: DNSRecord) -> None:
        for record in [record for record in reply.rr if record.rtype == QTYPE.NAPTR][:1]:
            name = DNSLabel((b"another", *record.rname.label[1:]))
            reply.add_answer(RR(name, record.rtype, ttl=record.ttl, rdata=record.rdata))

    return each_reply(world, add)


@fault(caught_by={"DISC-01": "naptr-missing"}, blocks=("DISC-14",))
def record_beside_the_answer(world: World) -> World:
    """The records of the first interface major stand in the additional section only."""

    def move(_query: DNSRecord, reply: DNSRecord) -> None:
        for record in _first_major(reply):
            reply.rr.remove(record)
            reply.add_ar(record)

    return each_reply(_unlisted(world), move)


@fault(caught_by={"DISC-01": "naptr-missing"}, blocks=("DISC-14",))
def record_of_another_name_alone(world: World) -> World:
    """The answer for the first interface major holds the record of another name instead."""

    def rename(_query: DNSRecord, reply: DNSRecord) -> None:
        for record in _first_major(reply):
            record.rname = DNSLabel((b"another", *record.rname.label[1:]))

    return each_reply(_unlisted(world), rename)


@fault(caught_by={"DISC-27": "naptr-ttl-zero"})
def ttl_with_its_top_bit_set(world: World) -> World:
    """The TTL is a negative number, which counts as zero (RFC 2181, section 8)."""

    def negate(_query: DNSRecord, reply: DNSRecord) -> None:
        for record in reply.rr:
            if record.rtype == QTYPE.NAPTR:
                record.ttl |= 1 << 31

    return each_reply(world, negate)


@fault(caught_by={"DISC-47": "reply-id-differs"}, blocks=("DISC-*",))
def replies_with_another_identifier(world: World) -> World:
    """Every reply carries another identifier than its query."""
    return world.with_dns(lambda _query, reply, _tcp: _readdressed(reply))


@fault(caught_by={"DISC-47": "reply-id-differs"}, blocks=("DISC-*",))
def replies_that_come_late(world: World) -> World:
    """Every query gets the reply to the one before it."""
    late: list[bytes] = []

    def postpone(_query: bytes, reply: bytes, _tcp: bool) -> bytes:  # noqa: FBT001 -- a `DnsHook`
        late.append(reply)
        return late.pop(0) if len(late) > 1 else _readdressed(reply)

    return world.with_dns(postpone)


@fault(caught_by={"DISC-47": "reply-question-differs"}, blocks=("DISC-*",))
def replies_to_another_question(world: World) -> World:
    """Every reply repeats another question than was asked."""

    def replace_question(_query: DNSRecord, reply: DNSRecord) -> None:
        reply.q.qname = DNSLabel((b"another", *reply.q.qname.label[1:]))

    return each_reply(world, replace_question)


@fault(caught_by={"DISC-47": "reply-not-a-reply"}, blocks=("DISC-*",))
def replies_marked_as_queries(world: World) -> World:
    """Every reply is marked as a query."""

    def unmark(_query: DNSRecord, reply: DNSRecord) -> None:
        reply.header.qr = 0

    return each_reply(world, unmark)


@fault(caught_by={"DISC-48": "edns-refused"}, blocks=("DISC-51", "DISC-52", "DISC-53", "DISC-54"))
def server_that_refuses_edns(world: World) -> World:
    """The name server takes EDNS for an error of form."""

    def refuse(query: DNSRecord, reply: DNSRecord) -> None:
        if _has_edns(query):
            reply.header.rcode = RCODE.FORMERR
            reply.rr, reply.auth, reply.ar = [], [], []

    return each_reply(world, refuse)


@fault(caught_by={"DISC-48": "edns-dropped"}, blocks=("DISC-51", "DISC-52", "DISC-53", "DISC-54"))
def server_that_drops_edns(world: World) -> World:
    """The name server answers queries with EDNS as if they had none."""

    def drop(_query: DNSRecord, reply: DNSRecord) -> None:
        reply.ar = []
        reply.rr = _unsigned(reply.rr)
        reply.auth = _unsigned(reply.auth)

    return each_reply(world, drop)


@fault(caught_by={"DISC-49": "tcp-truncated"})
def server_that_truncates_over_tcp(world: World) -> World:
    """The name server marks its replies over TCP as truncated."""

    def truncate(_query: DNSRecord, reply: DNSRecord) -> None:
        reply.header.tc = 1

    return each_reply(world, truncate, over=("tcp",))


@fault(caught_by={"DISC-49": "truncated-needlessly"})
def server_that_sends_half_and_says_so(world: World) -> World:
    """Over UDP the name server sends a part of the records, a misleading one, as truncated."""

    def halve(_query: DNSRecord, reply: DNSRecord) -> None:
        for record in reply.rr:
            if record.rtype == QTYPE.NAPTR:
                record.rdata.regexp = b"!.*!https://half.localhost/!"
                reply.header.tc = 1

    return each_reply(world, halve, over=("udp",))


@fault(caught_by={"DISC-41": "name-servers-disagree"})
def second_server_with_old_data(world: World) -> World:
    """The second name server leads elsewhere."""
    return replace(world, secondary=each_root(world, lambda root: f"{root}old/").zone)


@fault(caught_by={"DISC-43": "soa-serials-differ"})
def second_server_behind(world: World) -> World:
    """The second name server holds another version of the zone, with the same entries."""

    def older(record: Record) -> tuple[Record, ...]:
        if record.rdtype != "SOA":
            return (record,)
        mname, rname, serial, *times = record.rdata
        assert isinstance(serial, int)
        return (replace(record, rdata=(mname, rname, serial + 1, *times)),)

    return replace(world, secondary=rezoned(world, older).zone)


@fault(caught_by={"DISC-42": "name-server-lame"}, blocks=("DISC-41", "DISC-43"))
def second_server_that_does_not_know_the_zone(world: World) -> World:
    """The second name server knows the hosts and not the discovery zone."""

    def hosts_only(record: Record) -> tuple[Record, ...]:
        return (record,) if record.name.endswith("localhost.") else ()

    return replace(world, secondary=rezoned(world, hosts_only).zone)


def _unlisted(world: World) -> World:
    """A world whose overview does not know the first interface major either."""
    return relisted(world, lambda row: () if row.major == 1 else (row,))


def _first_major(reply: DNSRecord) -> list[RR]:
    return [
        record for record in reply.rr if record.rtype == QTYPE.NAPTR and b"v1" in record.rname.label
    ]


def _readdressed(message: bytes) -> bytes:
    """A message with another identifier."""
    return bytes([message[0] ^ 0x80]) + message[1:]


def _unsigned(records: Iterable[RR]) -> list[RR]:
    return [record for record in records if record.rtype not in (QTYPE.RRSIG, QTYPE.NSEC)]


def _empty(reply: DNSRecord) -> None:
    reply.rr = []


def _has_edns(query: DNSRecord) -> bool:
    return any(record.rtype == QTYPE.OPT for record in query.ar)


def _turn(reply: DNSRecord, old: int, new: int) -> None:
    if not reply.rr and reply.header.rcode == old:
        reply.header.rcode = new


def _without_soa(reply: DNSRecord, rcode: int) -> None:
    if not reply.rr and reply.header.rcode == rcode:
        reply.auth = [record for record in reply.auth if record.rtype != QTYPE.SOA]
