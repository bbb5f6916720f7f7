"""Throughput of the mock name server beside dnslib's own on the same zone, one after the other.

Each server has a process of its own and the client another: on two cores they do not share one.
What counts is the ratio. Run with `pytest suites/benchmarks/test_dns.py -s`.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import cycle
from multiprocessing import get_context
from multiprocessing.connection import Connection
from time import perf_counter
from typing import cast

import dns.message
import uvloop
from dnslib import RR, DNSRecord  # type: ignore[import-untyped]
from dnslib.server import BaseResolver, DNSLogger, DNSServer  # type: ignore[import-untyped]

from mock_services import dns_server
from mock_services.landscape import world_of
from mock_services.zone_file import read_zone, write_zone

SECONDS = 3.0
WINDOW = 48
"""How many queries are under way at a time."""

TARGET = 3.5
"""How many times the throughput of dnslib's server is asked for."""


def serve_mock(pipe: Connection) -> None:
    """Serve with our server, in this process, until the pipe says something."""
    uvloop.run(_serve_mock(pipe))


async def _serve_mock(pipe: Connection) -> None:
    serving = await dns_server.serve(world_of())
    enough = asyncio.Event()
    asyncio.get_running_loop().add_reader(pipe.fileno(), enough.set)
    pipe.send(serving.port)
    await enough.wait()
    await serving.close()


class Indexed(BaseResolver):  # type: ignore[misc]
    """The zone by name and type: dnslib's own resolver reads all of it for each question."""

    def __init__(self) -> None:
        self.found: dict[tuple[object, int], list[RR]] = {}
        for record in RR.fromZone(write_zone(read_zone(world_of().zone))):
            self.found.setdefault((record.rname, record.rtype), []).append(record)

    def resolve(self, request: DNSRecord, handler: object) -> DNSRecord:
        """Answer from the index."""
        del handler
        reply = request.reply()
        reply.add_answer(*self.found.get((request.q.qname, request.q.qtype), ()))
        return reply


def serve_dnslib(pipe: Connection) -> None:
    """Serve with dnslib's server, in this process, until the pipe says something."""
    silent = DNSLogger(log="-request,-reply", logf=lambda _line: None)
    server = DNSServer(Indexed(), port=0, address="127.0.0.1", logger=silent)
    server.start_thread()
    pipe.send(server.server.server_address[1])
    pipe.recv()
    server.stop()


@contextmanager
def started(serve: Callable[[Connection], None]) -> Iterator[int]:
    """The port of a server in a process of its own."""
    context = get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=serve, args=(there,))
    process.start()
    try:
        assert here.poll(30), "the server did not start"
        yield cast("int", here.recv())
        here.send("enough")
    finally:
        process.join(10)
        process.kill()


def questions() -> list[str]:
    """The names of all entries."""
    return [record.name for record in read_zone(world_of().zone) if record.rdtype == "NAPTR"]


def resized(query: bytes, size: int) -> bytes:
    """A query that advertises another size, so that no reply to it is known: it ends with OPT."""
    return query[:-8] + size.to_bytes(2, "big") + query[-6:]


def answered(port: int, queries: Sequence[bytes]) -> tuple[float, int]:
    """Queries answered a second by a server of loopback, and how many datagrams were lost."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.connect(("127.0.0.1", port))
        client.settimeout(0.5)
        following = cycle(queries)
        count = lost = 0
        for _ in range(WINDOW):
            client.send(next(following))
        began = perf_counter()
        while perf_counter() - began < SECONDS:
            try:
                reply = client.recv(4096)
            except TimeoutError:
                lost += WINDOW
                for _ in range(WINDOW):
                    client.send(next(following))
                continue
            count += reply[6:8] != b"\0\0"
            client.send(next(following))
        return count / (perf_counter() - began), lost


def test_the_mock_outruns_the_server_of_its_library() -> None:
    names = questions()
    repeated = [dns.message.make_query(name, "NAPTR", use_edns=0).to_wire() for name in names]
    fresh = [resized(query, size) for size in range(1232, 1532) for query in repeated]

    with started(serve_dnslib) as port:
        theirs, their_lost = answered(port, repeated)
    with started(serve_mock) as port:
        uncached, _ = answered(port, fresh)
    with started(serve_mock) as port:
        ours, our_lost = answered(port, repeated)

    print(f"\nzone of {len(names)} entries, UDP over loopback, {WINDOW} queries under way")
    for title, rate in (
        (f"dnslib's DNSServer, its zone indexed ({their_lost} lost)", theirs),
        ("the mock, every question new", uncached),
        (f"the mock ({our_lost} lost)", ours),
    ):
        print(f"{title:48} {rate:8.0f} answers/s {rate / theirs:5.1f}")
    assert ours / theirs >= TARGET
