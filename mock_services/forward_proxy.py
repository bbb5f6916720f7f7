"""A plain HTTP proxy on loopback: it knows CONNECT (RFC 9110, section 9.3.6) and nothing else.

Every host is on this machine to it, so that it never leads anywhere else. `Manners` make it ask for
credentials, refuse, hang, or talk nonsense instead.
"""

from __future__ import annotations

import asyncio
from base64 import b64encode
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

LOOPBACK = "127.0.0.1"
LONGEST_HEAD = 16 * 1024

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Connect = Callable[[str, int], Awaitable[Streams]]
"""From a host and a port to a connection; raises `OSError`."""


async def at_home(_host: str, port: int) -> Streams:
    """A connection to a port of loopback, whatever the host is called."""
    return await asyncio.open_connection(LOOPBACK, port)


@dataclass(frozen=True, slots=True)
class Manners:
    """How it treats those who ask; `credentials` are `user:password`.

    `answer` is what it says instead of making a way, before it hangs up; with `hangs` it says
    nothing. `greeting` is what it sends through the tunnel before anybody else speaks.
    """

    credentials: str | None = None
    answer: bytes | None = None
    hangs: bool = False
    greeting: bytes = b""
    connect: Connect = at_home


class ForwardProxy:
    """A proxy that runs, on `port`; `asked` are hosts with ports, `heads` requests as they came."""

    def __init__(self, manners: Manners) -> None:
        self.port = 0
        self.asked: list[str] = []
        self.heads: list[bytes] = []
        self._how = manners
        self._server: asyncio.Server | None = None
        self._talks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Listen on a port of the kernel's choice."""
        self._server = await asyncio.start_server(self._talk, LOOPBACK, 0, limit=LONGEST_HEAD)
        self.port = self._server.sockets[0].getsockname()[1]

    @property
    def url(self) -> str:
        """What a client is given."""
        return f"http://{LOOPBACK}:{self.port}"

    async def close(self) -> None:
        """Take no more connections, and end those that are there."""
        assert self._server
        self._server.close()
        for talk in tuple(self._talks):
            talk.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)
        await self._server.wait_closed()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._talks.add(task)
        try:
            with suppress(OSError, EOFError, asyncio.LimitOverrunError, asyncio.CancelledError):
                await self._serve(reader, writer)
        finally:
            self._talks.discard(task)
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        self.heads.append(head)
        method, _, rest = head.decode("latin-1").partition(" ")
        to = rest.partition(" ")[0]
        self.asked.append(to)
        if self._how.hangs:
            await asyncio.Event().wait()
        refusal = self._how.answer
        if refusal is None:
            refusal = _refusal(self._how, method, head)
        if refusal is not None:
            return await _said(writer, refusal)
        host, _, port = to.rpartition(":")
        try:
            there = await self._how.connect(host.strip("[]"), int(port))
        except OSError:
            return await _said(writer, b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n" + self._how.greeting)
        return await _relayed((reader, writer), there)


async def serve(manners: Manners | None = None) -> ForwardProxy:
    """A proxy that listens; to be closed."""
    proxy = ForwardProxy(manners or Manners())
    await proxy.start()
    return proxy


async def _said(writer: asyncio.StreamWriter, octets: bytes) -> None:
    writer.write(octets)
    await writer.drain()
    writer.close()
    await writer.wait_closed()


def _refusal(how: Manners, method: str, head: bytes) -> bytes | None:
    """What is said to somebody who may not pass; None: he may."""
    if method != "CONNECT":
        return b"HTTP/1.1 405 Method Not Allowed\r\nAllow: CONNECT\r\nContent-Length: 0\r\n\r\n"
    if how.credentials is None:
        return None
    wanted = b"Proxy-Authorization: Basic " + b64encode(how.credentials.encode()) + b"\r\n"
    if wanted in head:
        return None
    return (
        b"HTTP/1.1 407 Proxy Authentication Required\r\n"
        b'Proxy-Authenticate: Basic realm="mock"\r\nContent-Length: 0\r\n\r\n'
    )


async def _relayed(one: Streams, other: Streams) -> None:
    """Carry octets both ways until either side ends."""
    ways = [
        asyncio.ensure_future(_carried(one[0], other[1])),
        asyncio.ensure_future(_carried(other[0], one[1])),
    ]
    try:
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)
        other[1].transport.abort()


async def _carried(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    while octets := await source.read(LONGEST_HEAD):
        sink.write(octets)
        await sink.drain()
