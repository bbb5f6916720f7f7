"""The judge's DNS adapter: what it asks, what it reads, and what it does not take for an answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import cast

import dns.message
import dns.rrset
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.adapters.dns import DnsResolver, Send, answers, in_process_transport, socket_transport
from harness.dns_message import DnsQuery, DnsReply
from harness.errors import Unreachable
from mock_services.dns_server import serve
from mock_services.dns_zone import NameServer
from suites.selftest.dns_world import FI, world_of_zone

Script = Callable[[bytes], Sequence[bytes]]
"""What a name server sends when it gets a query: datagrams, or pieces of a stream."""


def in_process() -> DnsResolver:
    return DnsResolver(in_process_transport(NameServer(world_of_zone()).answer))


def replying(change: Callable[[dns.message.Message], object]) -> DnsResolver:
    """A resolver whose server sends a response that was changed."""

    async def send(wire: bytes, _transport: str) -> bytes:
        response = dns.message.make_response(dns.message.from_wire(wire))
        change(response)
        return response.to_wire()

    return DnsResolver(send)


class Scripted(asyncio.DatagramProtocol):
    def __init__(self, script: Script) -> None:
        self.script = script

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        for datagram in self.script(data):
            self.transport.sendto(datagram, addr)


@asynccontextmanager
async def udp_server(script: Script, *, patience: float = 5.0) -> AsyncIterator[Send]:
    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
        partial(Scripted, script), local_addr=("127.0.0.1", 0)
    )
    try:
        yield socket_transport(transport.get_extra_info("sockname")[:2], patience)
    finally:
        transport.close()


@asynccontextmanager
async def tcp_server(script: Script, *, patience: float = 5.0) -> AsyncIterator[Send]:
    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        query = await reader.readexactly(int.from_bytes(await reader.readexactly(2), "big"))
        writer.writelines(script(query))
        writer.close()

    server = await asyncio.start_server(converse, "127.0.0.1", 0)
    try:
        yield socket_transport(server.sockets[0].getsockname()[:2], patience)
    finally:
        server.close()


def sound(query: bytes) -> bytes:
    return dns.message.make_response(dns.message.from_wire(query)).to_wire()


async def test_a_reply_is_read_as_it_was_sent() -> None:
    reply = await in_process().ask(DnsQuery(FI.upper(), "NAPTR"))

    assert (reply.rcode, reply.edns) == ("NOERROR", 1232)
    assert reply.flags == {"qr", "aa", "rd"}
    assert reply.question == f"{FI.upper()}."
    (record,) = reply.answer
    assert (record.name, record.ttl, record.rdtype) == (f"{FI.upper()}.", 300, "NAPTR")
    assert record.naptr
    assert record.naptr.regexp == "!.*!https://query.cs.acc.localhost/eb/!"
    assert record.naptr.replacement == "."
    assert reply.wire[:2] == reply.request[:2]


async def test_truncation_and_the_absence_of_edns_are_told() -> None:
    query = DnsQuery("long.cs.acc.oots.tech.ec.europa.eu", "TXT", edns=None)

    reply = await in_process().ask(query)

    assert "tc" in reply.flags
    assert reply.edns is None
    assert not reply.answer


async def test_a_denial_carries_the_soa() -> None:
    reply = await in_process().ask(DnsQuery(f"no.{FI}", "NAPTR", dnssec_ok=True))

    assert reply.rcode == "NXDOMAIN"
    assert [record.rdtype for record in reply.authority] == ["SOA"]


async def test_octets_beyond_ascii_in_a_record_are_shown_safely() -> None:
    text = r'1 2 "U" "" "!.*!https://\195\164.example/\255\000!" .'
    rrset = dns.rrset.from_text(f"{FI}.", 60, "IN", "NAPTR", text)

    reply = await replying(lambda response: response.answer.append(rrset)).ask(
        DnsQuery(FI, "NAPTR")
    )

    assert reply.answer[0].naptr
    assert reply.answer[0].naptr.regexp == "!.*!https://ä.example/\\xff\0!"


async def test_repeated_records_are_all_shown() -> None:
    rrset = dns.rrset.from_text("a.example.", 60, "IN", "A", "127.0.0.1")

    reply = await replying(lambda response: response.answer.extend([rrset, rrset])).ask(
        DnsQuery("a.example", "A")
    )

    assert len(reply.answer) == 2


@given(st.binary(max_size=80))
def test_octets_that_are_no_reply_are_unreachable(octets: bytes) -> None:
    async def send(wire: bytes, _transport: str) -> bytes:
        return wire[:2] + b"\x80" + octets

    async def asked() -> DnsReply | Unreachable:
        try:
            return await DnsResolver(send).ask(DnsQuery("a.example", "NAPTR"))
        except Unreachable as unreachable:
            return unreachable

    assert isinstance(asyncio.run(asked()), DnsReply | Unreachable)


@pytest.mark.parametrize("name", ["a..example", "x" * 64, "a." * 200])
async def test_a_name_that_cannot_be_asked_for_is_unreachable(name: str) -> None:
    with pytest.raises(Unreachable, match="cannot be asked for"):
        await in_process().ask(DnsQuery(name, "NAPTR"))


@pytest.mark.parametrize(
    ("change", "mismatch"),
    [
        (lambda octets: octets.replace(b"\x01a\x07", b"\x01b\x07"), "question"),
        (lambda octets: bytes([octets[0] ^ 1]) + octets[1:], "id"),
        (lambda octets: octets[:2] + bytes([octets[2] & 0x7F]) + octets[3:], "flag qr"),
        (lambda octets: octets, None),
    ],
)
async def test_a_reply_to_another_query_is_told_and_holds_nothing(
    change: Callable[[bytes], bytes], mismatch: str | None
) -> None:
    rrset = dns.rrset.from_text("a.example.", 60, "IN", "A", "127.0.0.1")

    async def send(wire: bytes, _transport: str) -> bytes:
        response = dns.message.make_response(dns.message.from_wire(wire))
        response.answer.append(rrset)
        return change(response.to_wire())

    reply = await DnsResolver(send).ask(DnsQuery("a.example", "A"))

    assert reply.mismatch == mismatch
    assert bool(reply.answer) is (mismatch is None)


async def test_each_server_is_asked_by_its_number() -> None:
    async def silent(wire: bytes, _transport: str) -> bytes:
        raise Unreachable("the second server", why="it is silent")

    async def answering(wire: bytes, _transport: str) -> bytes:
        return sound(wire)

    resolver = DnsResolver(answering, others=[silent])

    assert (await resolver.ask(DnsQuery(FI, "NAPTR"))).rcode == "NOERROR"
    with pytest.raises(Unreachable, match="it is silent"):
        await resolver.ask(DnsQuery(FI, "NAPTR", server=1))
    with pytest.raises(Unreachable, match="no name server number 2"):
        await resolver.ask(DnsQuery(FI, "NAPTR", server=2))


async def test_where_only_a_foreign_datagram_came_it_is_what_was_said() -> None:
    def script(query: bytes) -> list[bytes]:
        return [b"", query, bytes([query[0] ^ 1]) + sound(query)[1:]]

    async with udp_server(script, patience=0.05) as send:
        reply = await DnsResolver(send).ask(DnsQuery(FI, "NAPTR"))

    assert reply.mismatch == "id"


async def test_a_silent_server_in_process_is_unreachable() -> None:
    resolver = DnsResolver(in_process_transport(lambda wire, *, tcp: None))

    with pytest.raises(Unreachable, match="no reply over udp"):
        await resolver.ask(DnsQuery(FI, "NAPTR"))


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
@pytest.mark.parametrize("transport", ["udp", "tcp"])
async def test_sockets_carry_the_same_reply(host: str, transport: str) -> None:
    serving = await serve(world_of_zone(), host)
    resolver = DnsResolver(socket_transport((host, serving.port)), peer=f"{host} {serving.port}")

    reply = await resolver.ask(DnsQuery(FI, "NAPTR", transport))

    await serving.close()
    assert len(reply.answer) == 1
    assert reply.peer == f"{host} {serving.port}"


async def test_late_and_foreign_datagrams_pass_unheeded() -> None:
    def script(query: bytes) -> list[bytes]:
        other_id = bytes([query[0] ^ 1]) + sound(query)[1:]
        other_name = sound(query).replace(b"\x02fi", b"\x02fr")
        return [b"", b"x", query, other_id, other_name, sound(query), sound(query)]

    async with udp_server(script) as send:
        reply = await DnsResolver(send).ask(DnsQuery(FI, "NAPTR"))

    assert reply.rcode == "NOERROR"


async def test_a_flood_of_foreign_datagrams_is_unreachable() -> None:
    async with udp_server(lambda query: [query] * 100) as send:
        with pytest.raises(Unreachable, match="too many datagrams"):
            await DnsResolver(send).ask(DnsQuery(FI, "NAPTR"))


async def test_a_lost_datagram_is_sent_once_more() -> None:
    seen: list[bytes] = []

    def script(query: bytes) -> list[bytes]:
        seen.append(query)
        return [sound(query)] if len(seen) == 2 else []

    async with udp_server(script, patience=0.05) as send:
        reply = await DnsResolver(send).ask(DnsQuery(FI, "NAPTR"))

    assert reply.rcode == "NOERROR"
    assert len(seen) == 2


async def test_silence_over_udp_is_a_time_out_after_two_attempts() -> None:
    seen: list[bytes] = []

    def script(query: bytes) -> list[bytes]:
        seen.append(query)
        return []

    async with udp_server(script, patience=0.02) as send:
        with pytest.raises(Unreachable, match=r"no reply over udp within 0\.02 s"):
            await DnsResolver(send).ask(DnsQuery(FI, "NAPTR"))

    assert len(seen) == 2


@pytest.mark.parametrize("transport", ["udp", "tcp"])
async def test_a_port_that_nobody_serves_is_refused(transport: str) -> None:
    serving = await serve(world_of_zone())
    await serving.close()

    with pytest.raises(Unreachable, match="refused"):
        await DnsResolver(socket_transport((serving.host, serving.port))).ask(
            DnsQuery(FI, "NAPTR", transport)
        )


@pytest.mark.parametrize("pieces", [(), (b"\0",), (b"\0\x20", b"half")])
async def test_a_stream_that_ends_early_is_unreachable(pieces: tuple[bytes, ...]) -> None:
    async with tcp_server(lambda _query: pieces) as send:
        with pytest.raises(Unreachable, match="ended within the reply"):
            await DnsResolver(send).ask(DnsQuery(FI, "NAPTR", "tcp"))


def test_a_refusal_may_come_without_its_question() -> None:
    query = dns.message.make_query(FI, "NAPTR").to_wire()

    assert answers(query, query[:2] + b"\x80\x01" + bytes(8))
    assert not answers(query, query[:2] + b"\x80\x00" + bytes(8))
    assert not answers(query, query)
