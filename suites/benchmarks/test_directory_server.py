"""How many answers the mock Evidence Broker gives over HTTPS, each signed anew with ES256.

The server has a process of its own, the client (`wrk` where it is installed, else the one below)
another: on two cores they do not share one. Run with `pytest suites/benchmarks -s`.
"""

from __future__ import annotations

import asyncio
import re
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from multiprocessing import get_context
from multiprocessing.connection import Connection
from time import perf_counter
from typing import Any, NamedTuple, cast
from urllib.parse import urlsplit

import pytest
import uvloop

from harness.lookup import search_request, specimen_query
from harness.model import Environment, HttpRequest, Service, ServiceKey, Specimen
from mock_services import https_server
from mock_services.landscape import hosts, questions, world_of
from mock_services.origin import Origin

KEY = ServiceKey("FI", Service.EB, Environment.ACC)
SIZE = 20_000
CONNECTIONS = 16
ANSWERS = 12_000
TARGET = 3_000


class Running(NamedTuple):
    """Where the server is, what to ask it, and how to trust it."""

    url: str
    headers: tuple[tuple[str, str], ...]
    roots: bytes


def serve(pipe: Connection) -> None:
    """The server, in this process, until the pipe says something."""
    uvloop.run(_serve(pipe))


async def _serve(pipe: Connection) -> None:
    listening = socket.create_server(("127.0.0.1", 0))
    world = world_of("FI", port=listening.getsockname()[1]).with_content(_padded)
    tls = world.pki.server_context(hosts(world))
    origin = Origin(world)
    server = await https_server.serve(origin.respond, tls, sockets=(listening,))
    root = next(
        each.root(world.port)
        for each in world.instances
        if (each.service, each.environment) == (KEY.service, KEY.environment)
    )
    query = specimen_query(KEY.service, Specimen.REQUIREMENTS, questions(world, KEY))
    asked = search_request(root, query)
    for environment in Environment:
        world.pki.anchors(environment)  # their keys are made before the clock runs
    pipe.send(Running(asked.url, asked.headers, world.pki.tls_root))
    await asyncio.to_thread(pipe.recv)
    await server.close()


def _padded(_request: HttpRequest, body: bytes) -> bytes:
    return body + b"<!--%b-->" % (b"x" * (SIZE - len(body) - 7))


@pytest.fixture
def running() -> Iterator[Running]:
    """The server, in its own process."""
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=serve, args=(theirs,))
    process.start()
    yield cast("Running", ours.recv())
    ours.send("enough")
    process.join(10)
    for each in (ours, theirs, process):
        each.close()


class Asking(asyncio.Protocol):
    """One connection that asks again as soon as it is answered."""

    def __init__(self, request: bytes, left: Iterator[int]) -> None:
        self._request = request
        self._left = left
        self._received = bytearray()
        self.done: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask the first time."""
        self._transport = cast("asyncio.Transport", transport)
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        """Ask again, or close, once the answer is there in full."""
        self._received += data
        end = self._received.find(b"\r\n\r\n")
        length = re.search(rb"Content-Length: (\d+)", self._received)
        if end < 0 or not length or len(self._received) < end + 4 + int(length[1]):
            return
        assert int(length[1]) == SIZE
        if next(self._left, None) is None:
            self._transport.close()
        else:
            self._received.clear()
            self._transport.write(self._request)

    def connection_lost(self, exc: Exception | None) -> None:
        """Hand over what came last."""
        del exc
        self.done.set_result(bytes(self._received.partition(b"\r\n\r\n")[0]))


async def ask_all(running: Running) -> list[bytes]:
    """Ask for all the answers over some connections; the last head of each."""
    url = urlsplit(running.url)
    fields = (("Host", url.netloc), *running.headers)
    lines = (f"GET {url.path}?{url.query} HTTP/1.1", *(f"{n}: {v}" for n, v in fields), "", "")
    request = "\r\n".join(lines).encode()
    tls = ssl.create_default_context(cadata=running.roots.decode())
    left = iter(range(ANSWERS - CONNECTIONS))
    loop = asyncio.get_running_loop()
    asking = [
        await loop.create_connection(
            lambda: Asking(request, left),
            "127.0.0.1",
            url.port or 443,
            ssl=tls,
            server_hostname=url.hostname,
        )
        for _ in range(CONNECTIONS)
    ]
    return [await each.done for _, each in asking]


def with_wrk(running: Running) -> float:
    """Answers a second as `wrk` counts them; it checks no certificate."""
    fields = [word for name, value in running.headers for word in ("-H", f"{name}: {value}")]
    url = urlsplit(running.url)
    assert url.hostname
    here = running.url.replace(url.hostname, "127.0.0.1", 1)
    options = ["-t1", f"-c{CONNECTIONS}", "-d3s", "-H", f"Host: {url.netloc}"]
    command = ["wrk", *options, *fields, here]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "Non-2xx" not in said, said
    found = re.search(r"Requests/sec:\s*([0-9.]+)", said)
    assert found, said
    return float(found[1])


def with_our_own(running: Running) -> float:
    """Answers a second as the client above counts them."""
    began = perf_counter()
    heads = uvloop.run(ask_all(running))
    rate = ANSWERS / (perf_counter() - began)
    signatures = {re.search(rb"oots-response-sig: (\S+)", head) for head in heads}
    assert len(signatures) == CONNECTIONS
    return rate


def test_signed_answers_of_20_kb_a_second(benchmark: Any, running: Running) -> None:
    """At least 3,000 are wanted."""
    client = with_wrk if shutil.which("wrk") else with_our_own

    rate = benchmark.pedantic(client, args=(running,), rounds=3, warmup_rounds=1)

    benchmark.extra_info["answers per second"] = round(rate)
    print(f"\n{rate:,.0f} answers/s of {SIZE:,} bytes ({client.__name__}); wanted: {TARGET:,}")
