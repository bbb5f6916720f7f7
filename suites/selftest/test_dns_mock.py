"""The mock name server: its zone files, its answers, its sockets."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import replace
from string import ascii_letters, digits

import dns.asyncquery
import dns.edns
import dns.message
import dns.opcode
import dns.query
import dns.rcode
import dns.zone
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_services.dns_server import serve
from mock_services.dns_zone import LARGEST_UDP, NameServer
from mock_services.zone_file import Record, UnreadableZone, read_zone, write_zone
from suites.selftest.dns_world import FI, ZONE, world_of_zone

LABELS = st.text(ascii_letters + digits + "_", min_size=1, max_size=63)
NAMES = st.lists(LABELS, min_size=1, max_size=3).map(lambda labels: ".".join(labels) + ".")
STRINGS = st.binary(max_size=255)
U16 = st.integers(0, 65535)
U32 = st.integers(0, 2**32 - 1)
RDATA = st.one_of(
    st.tuples(st.just("A"), st.tuples(st.ip_addresses(v=4).map(str))),
    st.tuples(st.just("AAAA"), st.tuples(st.ip_addresses(v=6).map(str))),
    st.tuples(st.sampled_from(["NS", "CNAME", "DNAME"]), st.tuples(NAMES)),
    st.tuples(st.just("TXT"), st.lists(STRINGS, min_size=1, max_size=3).map(tuple)),
    st.tuples(
        st.just("NAPTR"),
        st.tuples(U16, U16, STRINGS, STRINGS, STRINGS, NAMES | st.just(".")),
    ),
    st.tuples(st.just("SOA"), st.tuples(NAMES, NAMES, U32, U32, U32, U32, U32)),
)
RECORDS = st.builds(
    lambda name, ttl, typed: Record(name, ttl, *typed),
    NAMES,
    st.integers(0, 2**31 - 1),
    RDATA,
)


@pytest.fixture(scope="module")
def server() -> NameServer:
    return NameServer(world_of_zone())


def asked(
    server: NameServer, name: str, rdtype: str = "NAPTR", *, tcp: bool = False, **options: object
) -> dns.message.Message:
    query = dns.message.make_query(name, rdtype, **options)  # type: ignore[arg-type]
    wire = server.answer(query.to_wire(), tcp=tcp)
    assert wire is not None
    reply = dns.message.from_wire(wire)
    assert query.is_response(reply)
    return reply


@given(st.lists(RECORDS, max_size=6))
def test_what_is_written_is_read_back(records: list[Record]) -> None:
    text = write_zone(records)

    assert read_zone(text) == tuple(records)
    assert write_zone(read_zone(text)) == text


@given(st.text() | st.text('abc.@"\\()$; \n\t019INAPTRTXT', max_size=200))
def test_text_is_a_zone_or_refused_with_its_line(text: str) -> None:
    line = 1
    try:
        read_zone(text)
    except UnreadableZone as refused:
        line = refused.line

    assert 1 <= line <= text.count("\n") + 1


def test_another_reader_finds_the_same_records() -> None:
    written = write_zone(r for r in read_zone(ZONE) if not r.name.endswith("localhost."))

    zone = dns.zone.from_text(written, origin="cs.acc.oots.tech.ec.europa.eu.", relativize=False)

    naptr = zone.find_rdataset(f"{FI}.", "NAPTR")[0]
    assert naptr.to_text() == '100 10 "U" "" "!.*!https://query.cs.acc.localhost/eb/!" .'


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ("a", 1, "an absolute name"),
        ("\nx. A 127.0.0.1", 2, "a TTL"),
        ("x. 1 A 127.0.1", 1, "an IPv4 address"),
        ("x. 1 AAAA ::1%lo", 1, "an IPv6 address"),
        ('x. 1 A "127.0.0.1"', 1, "unquoted"),
        ("\n\n*.x. 1 A 127.0.0.1", 3, "a name of letters"),
        ('x. 1 TXT "abc', 1, "a closing quote"),
        ("x. 1 TXT (a\n\n", 1, "a closing parenthesis"),
        ("x. 1 TXT )", 1, "parentheses in pairs"),
        ("  1 A 127.0.0.1", 1, "an owner before it"),
        ('x. 1 NAPTR 65536 1 "" "" "" .', 1, "a number from 0 to 65535"),
        ('x. 1 NAPTR 1 1 "" "" ""', 1, "6 fields of NAPTR"),
        ("$INCLUDE /etc/passwd", 1, "$ORIGIN"),
        ("x. 1 TXT \\999", 1, "an escape"),
        ("x. 1 TXT " + "a" * 256, 1, "at most 255 octets"),
        ("x. 1 CH A 127.0.0.1", 1, "a type of"),
        ("x. 1 IN", 1, "a type of"),
    ],
)
def test_bad_text_is_refused_with_its_line(text: str, line: int, told: str) -> None:
    with pytest.raises(UnreadableZone, match=f"line {line}: ") as refused:
        read_zone(text)

    assert told in str(refused.value)


@pytest.mark.parametrize(
    "zone",
    [
        "x. 1 A 127.0.0.1",
        "x. 1 SOA n. h. 1 1 1 1 1\nx. 1 CNAME y.x.",
        "x. 1 SOA n. h. 1 1 1 1 1\ny. 1 A ::1",
    ],
)
def test_a_zone_that_cannot_be_served_is_refused(zone: str) -> None:
    with pytest.raises(UnreadableZone):
        NameServer(world_of_zone(zone))


def test_an_entry_is_found_with_authority_in_the_case_it_was_asked_in(server: NameServer) -> None:
    name = FI.replace("eb", "eB").replace("acc", "ACC")

    reply = asked(server, name)

    assert dns.flags.to_text(reply.flags) == "QR AA RD"
    assert str(reply.question[0].name) == f"{name}."
    assert str(reply.answer[0].name) == f"{name}."
    assert reply.answer[0].ttl == 300


@pytest.mark.parametrize(
    ("name", "rdtype", "rcode"),
    [
        (FI, "TXT", "NOERROR"),
        ("v1.cs.acc.oots.tech.ec.europa.eu", "A", "NOERROR"),
        ("zz.eb.v1.cs.acc.oots.tech.ec.europa.eu", "NAPTR", "NXDOMAIN"),
        (f"below.{FI}", "NAPTR", "NXDOMAIN"),
    ],
)
def test_what_is_not_there_is_denied_with_the_negative_ttl(
    server: NameServer, name: str, rdtype: str, rcode: str
) -> None:
    reply = asked(server, name, rdtype)

    assert dns.rcode.to_text(reply.rcode()) == rcode
    assert not reply.answer
    assert reply.authority[0].ttl == 300
    assert "SOA" in str(reply.authority[0])


@pytest.mark.parametrize("name", ["oots.tech.ec.europa.eu", "example.", "."])
def test_other_zones_are_refused(server: NameServer, name: str) -> None:
    reply = asked(server, name)

    assert reply.rcode() == dns.rcode.REFUSED
    assert not reply.flags & dns.flags.AA


@pytest.mark.parametrize("rdtype", ["AXFR", "IXFR"])
def test_zone_transfers_are_refused(server: NameServer, rdtype: str) -> None:
    reply = asked(server, "cs.acc.oots.tech.ec.europa.eu", rdtype)

    assert reply.rcode() == dns.rcode.REFUSED


@pytest.mark.parametrize(
    ("name", "found"),
    [("alias", ["CNAME", "NAPTR"]), ("loop", ["CNAME"] * 8), ("away", ["CNAME"])],
)
def test_aliases_are_followed_within_the_zones(
    server: NameServer, name: str, found: list[str]
) -> None:
    query = dns.message.make_query(f"{name}.cs.acc.oots.tech.ec.europa.eu", "NAPTR")

    wire = server.answer(query.to_wire(), tcp=True)

    reply = dns.message.from_wire(wire or b"", one_rr_per_rrset=True)
    assert [dns.rdatatype.to_text(rrset.rdtype) for rrset in reply.answer] == found


MOVED = """\
example. 60 SOA n. h. 1 1 1 1 1
old.example. 60 DNAME new.example.
a.new.example. 60 TXT "here"
away.example. 60 DNAME elsewhere.test.
"""


@pytest.mark.parametrize(
    ("name", "rcode", "found"),
    [
        ("a.old.example", "NOERROR", ["DNAME", "CNAME", "TXT"]),
        ("A.B.old.example", "NXDOMAIN", ["DNAME", "CNAME"]),
        ("a.away.example", "NOERROR", ["DNAME", "CNAME"]),
        ("old.example", "NOERROR", []),
    ],
)
def test_a_dname_moves_the_names_below_it(name: str, rcode: str, found: list[str]) -> None:
    query = dns.message.make_query(name, "TXT")

    wire = NameServer(world_of_zone(MOVED)).answer(query.to_wire(), tcp=True)

    reply = dns.message.from_wire(wire or b"", one_rr_per_rrset=True)
    assert dns.rcode.to_text(reply.rcode()) == rcode
    assert [dns.rdatatype.to_text(rrset.rdtype) for rrset in reply.answer] == found


def test_the_second_server_holds_what_it_was_given() -> None:
    world = replace(world_of_zone(), secondary="example. 60 SOA n. h. 9 1 1 1 1")

    first, second = NameServer(world), NameServer(world, secondary=True)

    assert asked(first, "example", "SOA").rcode() == dns.rcode.REFUSED
    assert "9 1 1 1 1" in str(asked(second, "example", "SOA").answer[0])


@pytest.mark.parametrize(
    ("tcp", "payload", "complete"),
    [(False, None, False), (False, 200, False), (False, 1232, True), (True, None, True)],
)
def test_what_does_not_fit_is_truncated(
    server: NameServer, *, tcp: bool, payload: int | None, complete: bool
) -> None:
    edns = {} if payload is None else {"use_edns": 0, "payload": payload}

    reply = asked(server, "long.cs.acc.oots.tech.ec.europa.eu", "TXT", tcp=tcp, **edns)

    assert bool(reply.answer) is complete
    assert bool(reply.flags & dns.flags.TC) is not complete
    assert reply.payload == (0 if payload is None else LARGEST_UDP)


def test_another_version_of_edns_is_refused(server: NameServer) -> None:
    reply = asked(server, FI, use_edns=1)

    assert reply.rcode() == dns.rcode.BADVERS
    assert reply.edns == 0
    assert not reply.answer


def test_other_opcodes_are_not_implemented(server: NameServer) -> None:
    query = dns.message.make_query(FI, "SOA")
    query.set_opcode(dns.opcode.NOTIFY)

    wire = server.answer(query.to_wire(), tcp=False)

    assert wire is not None
    assert dns.message.from_wire(wire).rcode() == dns.rcode.NOTIMP


@pytest.mark.parametrize("end", [14, 20, -1])
def test_a_query_that_cannot_be_read_is_a_format_error(server: NameServer, end: int) -> None:
    query = dns.message.make_query(FI, "NAPTR").to_wire()

    wire = server.answer(query[:end], tcp=False)

    assert wire is not None
    assert wire[:2] == query[:2]
    assert dns.message.from_wire(wire).rcode() == dns.rcode.FORMERR


def test_replies_and_fragments_get_no_reply(server: NameServer) -> None:
    query = dns.message.make_query(FI, "NAPTR")
    query.flags |= dns.flags.QR

    assert server.answer(query.to_wire(), tcp=False) is None
    assert server.answer(b"\0" * 11, tcp=True) is None


@given(tail=st.binary(max_size=100), tcp=st.booleans())
def test_any_octets_get_a_reply_to_their_id_or_none(tail: bytes, *, tcp: bool) -> None:
    server = NameServer(world_of_zone())
    query = b"\x12\x34\x01\x00\0\1\0\0\0\0\0\1" + tail

    for wire in (query, tail):
        reply = server.answer(wire, tcp=tcp)
        assert reply is None or reply[:2] == wire[:2]


def test_a_known_question_gets_the_id_of_its_query(server: NameServer) -> None:
    queries = [dns.message.make_query(FI, "NAPTR", id=number).to_wire() for number in (1, 2)]

    replies = [server.answer(query, tcp=False) for query in queries]

    assert [reply and reply[:2] for reply in replies] == [b"\0\1", b"\0\2"]


def test_hooks_change_each_reply_in_turn_and_may_withhold_it() -> None:
    query = dns.message.make_query(FI, "NAPTR").to_wire()
    longer = world_of_zone().with_dns(lambda _query, reply, _tcp: reply + b"!")
    silent = longer.with_dns(lambda _query, _reply, tcp: None if tcp else _reply)

    server = NameServer(silent)

    assert (server.answer(query, tcp=False) or b"").endswith(b"!")
    assert server.answer(query, tcp=True) is None


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
async def test_one_port_serves_udp_and_tcp(host: str) -> None:
    query = dns.message.make_query(FI, "NAPTR")
    serving = await serve(world_of_zone(), host)

    over_udp = await dns.asyncquery.udp(query, host, timeout=5, port=serving.port)
    over_tcp = await dns.asyncquery.tcp(query, host, timeout=5, port=serving.port)

    await serving.close()
    assert over_udp.answer == over_tcp.answer != []


async def test_a_connection_serves_many_queries_until_it_is_closed() -> None:
    wire = dns.message.make_query(FI, "NAPTR").to_wire()
    serving = await serve(world_of_zone())
    reader, writer = await asyncio.open_connection(serving.host, serving.port)
    writer.write(2 * (len(wire).to_bytes(2, "big") + wire))

    replies = [await reader.readexactly(int.from_bytes(await reader.readexactly(2))) for _ in "ab"]
    await serving.close()

    assert replies[0] == replies[1]
    with pytest.raises((EOFError, ConnectionError)):
        await reader.readexactly(1)
    writer.close()


async def test_a_port_in_use_is_named() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]

        with pytest.raises(OSError, match=f"port {port} of 127.0.0.1 .*in use"):
            await serve(world_of_zone(), "127.0.0.1", port)
