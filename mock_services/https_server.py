"""HTTP/1.1 over TLS, on a bare asyncio protocol: what a response says is what goes out.

No server framework lets a fault send broken framing, fields in odd case or half an answer, so this
one writes the bytes itself; a protocol instead of streams, because that doubles its throughput.
Heads, bodies, waits and connections are limited; what cannot be read is answered with 400.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
import struct
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import cast

from harness.model import HttpRequest, HttpResponse
from mock_services.http_message import (
    LONGEST_HEAD,
    BadRequest,
    RequestHead,
    delivery,
    framed,
    plain,
    read_head,
)
from mock_services.world import Delivery, DeliveryHook

Respond = Callable[[HttpRequest], HttpResponse]
Shape = DeliveryHook

GOODBYE = 0.02
"""Seconds for clients to leave when the server stops; after that they are cut off."""

TURN = 32
"""Requests of one connection that are answered before others are looked after."""

_log = logging.getLogger(__name__)


def at_once(_request: HttpRequest, delivery: Delivery) -> Delivery:
    """What is to be sent, as it is."""
    return delivery


@dataclass(frozen=True, slots=True)
class Limits:
    """How much patience a server has. Times are in seconds.

    `head` is for a request to arrive once it has begun (or the TLS handshake, or our answer to be
    taken), `idle` between two requests.
    """

    head: float = 10.0
    idle: float = 60.0
    connections: int = 1000


@dataclass(frozen=True, slots=True)
class HttpsServer:
    """A server that runs, on one socket or on several."""

    _servers: tuple[asyncio.Server, ...]
    _connections: set[_Connection]

    async def close(self) -> None:
        """Take no more connections, send what is answered, and end every connection."""
        for server in self._servers:
            server.close()
        for connection in tuple(self._connections):
            connection.leave()
        gone = [connection.gone for connection in self._connections]
        if gone:
            _, staying = await asyncio.wait(gone, timeout=GOODBYE)
            for connection in tuple(self._connections):
                connection.abort()
            if staying:
                await asyncio.wait(staying, timeout=GOODBYE)
        for server in self._servers:
            await server.wait_closed()


async def serve(
    respond: Respond,
    tls: ssl.SSLContext,
    *,
    sockets: Iterable[socket.socket],
    limits: Limits | None = None,
    shape: Shape = at_once,
) -> HttpsServer:
    """Answer requests on listening sockets, which become the server's, until it is closed."""
    limits = limits or Limits()
    connections: set[_Connection] = set()
    loop = asyncio.get_running_loop()
    servers = [
        await loop.create_server(
            partial(_Connection, respond, limits, connections, shape=shape),
            sock=listening,
            ssl=tls,
            ssl_handshake_timeout=limits.head,
            ssl_shutdown_timeout=limits.head,
        )
        for listening in sockets
    ]
    return HttpsServer(tuple(servers), connections)


class _Connection(asyncio.Protocol):
    """One connection: requests are answered in the order in which they come, one at a time."""

    def __init__(
        self, respond: Respond, limits: Limits, others: set[_Connection], *, shape: Shape
    ) -> None:
        self._respond = respond
        self._shape = shape
        self._limits = limits
        self._others = others
        self._transport = cast("asyncio.Transport", None)
        self._loop = asyncio.get_running_loop()
        self._received = bytearray()
        self._unread = 0
        self._stalled = self._closing = False
        self._since = self._loop.time()
        self._alarm: asyncio.TimerHandle | None = None
        self._drip: asyncio.TimerHandle | None = None
        self._again: asyncio.Handle | None = None
        self.gone: asyncio.Future[None] = self._loop.create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._others.add(self)
        self._watch()
        if len(self._others) > self._limits.connections:
            self._refuse(BadRequest(503, "too many connections"))

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        self._others.discard(self)
        for timer in (self._alarm, self._drip, self._again):
            if timer:
                timer.cancel()
        if not self.gone.done():
            self.gone.set_result(None)

    def data_received(self, data: bytes) -> None:
        if not (self._received or self._unread):
            self._since = self._loop.time()
        self._received += data
        self._work()

    def pause_writing(self) -> None:
        """The client reads more slowly than it asks: take no more questions until it has read."""
        self._stalled = True
        self._transport.pause_reading()

    def resume_writing(self) -> None:
        """It has."""
        self._stalled = False
        self._transport.resume_reading()
        self._work()

    def leave(self) -> None:
        """End the connection after what has been written."""
        self._closing = True
        self._received.clear()
        self._transport.close()

    def abort(self) -> None:
        """End the connection now."""
        self._transport.abort()

    def _work(self) -> None:
        """Answer the requests that are there in full, so many that others get their turn too."""
        if self._again:
            return
        for _ in range(TURN):
            if not self._step():
                break
        else:
            self._again = self._loop.call_soon(self._go_on)
        if self._closing:
            self._received.clear()

    def _go_on(self) -> None:
        self._again = None
        self._work()

    def _step(self) -> bool:
        """Answer one request, or skip the body of one; False where there is nothing to be done."""
        if not self._received or self._stalled or self._closing or self._drip:
            return False
        if self._unread:
            self._skip()
            return True
        end = self._received.find(b"\r\n\r\n", 0, LONGEST_HEAD)
        if end < 0:
            if len(self._received) >= LONGEST_HEAD:
                self._refuse(BadRequest(431, f"a head has at most {LONGEST_HEAD} bytes"))
            return False
        head = bytes(self._received[:end])
        del self._received[: end + 4]
        self._take(head)
        return True

    def _skip(self) -> None:
        skipped = min(self._unread, len(self._received))
        del self._received[:skipped]
        self._unread -= skipped

    def _take(self, head: bytes) -> None:
        self._since = self._loop.time()
        try:
            taken = read_head(head)
        except BadRequest as bad:
            return self._refuse(bad)
        self._unread = taken.body_length
        return self._send(taken, self._response(taken.request))

    def _response(self, request: HttpRequest) -> HttpResponse:
        try:
            return self._respond(request)
        except Exception:  # noqa: BLE001 -- one bad answer must not end the server
            _log.exception("a mistake of the mock, answered with 500: %s", request.url)
            return framed(request, plain(500, "500: a mistake of the mock; see its log"))

    def _send(self, taken: RequestHead, response: HttpResponse) -> None:
        sent = self._shape(taken.request, delivery(taken, response))
        self._pour(iter(sent.pieces), sent.then)

    def _pour(self, pieces: Iterator[tuple[float, bytes]], then: str) -> None:
        """Send the pieces; one that is to wait sends the rest after it."""
        for pause, octets in pieces:
            if pause:
                self._drip = self._loop.call_later(pause, self._drop, octets, pieces, then)
                return
            self._transport.write(octets)
        match then:
            case "close":
                self.leave()
            case "reset":
                self._reset()

    def _drop(self, octets: bytes, pieces: Iterator[tuple[float, bytes]], then: str) -> None:
        self._drip = None
        self._since = self._loop.time()
        self._transport.write(octets)
        self._pour(pieces, then)
        self._work()

    def _reset(self) -> None:
        """End the connection as a crash does: with a TCP reset."""
        self._closing = True
        connected = self._transport.get_extra_info("socket")
        if connected is not None:
            connected.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.abort()

    def _refuse(self, bad: BadRequest) -> None:
        asked = HttpRequest("GET", "", ())
        answer = framed(asked, plain(bad.status, f"{bad.status}: {bad}"))
        self._send(RequestHead(asked, 0, closes=True), answer)

    def _watch(self) -> None:
        """Look, once in a while, whether the client still moves."""
        waited = self._loop.time() - self._since
        busy = bool(self._received or self._unread or self._stalled or self._closing)
        patience = self._limits.head if busy else self._limits.idle
        if waited < patience:
            pause = min(patience - waited, self._limits.head)
            self._alarm = self._loop.call_later(pause, self._watch)
        elif busy:
            self.abort()
        else:
            self.leave()
