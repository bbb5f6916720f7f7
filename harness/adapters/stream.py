"""A connection under the HTTP client, in clear or in TLS: everything that is read is kept as well.

A library that reads HTTP unfolds, merges and forgives; what came can be judged only as it came.
"""

from __future__ import annotations

import asyncio
import os
import ssl
from contextvars import ContextVar
from functools import partial
from select import POLLIN, poll
from typing import Any, cast

import httpcore

from harness.errors import TimedOut, Unreachable
from harness.regrep import LARGEST

LARGEST_BODY = LARGEST + 1
"""Bytes of a response's body, so that LOOK-01 sees one that is too large; h11 limits its head."""

LARGEST_ANSWER = 2 * LARGEST_BODY
"""Bytes of a response as it comes, with what its transfer coding adds."""

HEARD: ContextVar[bytearray] = ContextVar("HEARD")
"""What the present exchange has received; its task is the one that reads."""

_FULL = 256 * 1024
"""Bytes that came and were not read yet, at which the other side is made to wait."""

_PIECE = 16 * 1024
"""Bytes that are read at once: h11 limits a head only while it is not there in full."""

_WANTED = ("CERTIFICATE_REQUIRED", "BAD_CERTIFICATE", "UNKNOWN_CA", "HANDSHAKE_FAILURE")
"""Alerts by which a server can mean that it wants (another) client certificate."""


class Stream(asyncio.Protocol, httpcore.AsyncNetworkStream):
    """A connection to the host `peer`, to be read by one task at a time; time-outs are its own."""

    def __init__(self, peer: str) -> None:
        self._peer = peer
        self._transport: asyncio.Transport
        self._came = bytearray()
        self._ended = False
        self._broke: Exception | None = None
        self._reader: asyncio.Future[None] | None = None
        self._writer: asyncio.Future[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It stands."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Keep what came until it is read."""
        self._came += data
        if len(self._came) > _FULL:
            self._transport.pause_reading()
        _wake(self._reader)

    def eof_received(self) -> None:
        """The other side has said all."""
        self._ended = True
        _wake(self._reader)

    def connection_lost(self, exc: Exception | None) -> None:
        """It is over."""
        self._ended = True
        self._broke = exc
        _wake(self._reader)
        _wake(self._writer)

    def pause_writing(self) -> None:
        """The other side reads more slowly than is written."""
        self._writer = asyncio.get_running_loop().create_future()

    def resume_writing(self) -> None:
        """It has read."""
        _wake(self._writer)

    async def read(
        self,
        max_bytes: int,
        timeout: float | None = None,  # noqa: ARG002, ASYNC109 -- the signature is httpcore's
    ) -> bytes:
        """The next octets, noted; none at the end. Raises `httpcore.ReadError`, `Unreachable`."""
        data = await self.take(max_bytes)
        heard = HEARD.get()
        heard.extend(data)
        if len(heard) > LARGEST_ANSWER:
            raise Unreachable("the answer", why=f"it is longer than {LARGEST_ANSWER} bytes")
        return data

    async def take(self, max_bytes: int) -> bytes:
        """The next octets; none at the end. Raises `httpcore.ReadError`."""
        while not (self._came or self._ended):
            self._reader = asyncio.get_running_loop().create_future()
            await self._reader
        if self._broke and not self._came:
            raise httpcore.ReadError(told(self._broke))
        data = bytes(self._came[: min(max_bytes, _PIECE)])
        del self._came[: len(data)]
        if not (self._ended or self._transport.is_reading()):
            self._transport.resume_reading()
        return data

    async def write(
        self,
        buffer: bytes,
        timeout: float | None = None,  # noqa: ARG002, ASYNC109 -- the signature is httpcore's
    ) -> None:
        """Send octets; raises `httpcore.WriteError`."""
        if not self._ended:
            self._transport.write(buffer)
            if self._writer and not self._writer.done():
                await self._writer
        if self._ended:
            raise httpcore.WriteError("the connection has ended")

    async def aclose(self) -> None:
        """End it at once."""
        self._transport.abort()
        await asyncio.sleep(0)

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 -- the signature is httpcore's
    ) -> httpcore.AsyncNetworkStream:
        """Shake hands; raises `Unreachable`."""
        try:
            async with asyncio.timeout(timeout):
                upgraded = await asyncio.get_running_loop().start_tls(
                    self._transport, self, ssl_context, server_hostname=server_hostname
                )
        except BaseException as error:
            self._transport.abort()
            if isinstance(error, TimeoutError):
                raise TimedOut(self._peer, why=f"no connection within {timeout:g} s") from None
            if isinstance(error, OSError):
                raise Unreachable(self._peer, why=_handshake(error)) from None
            raise
        self._transport = cast("asyncio.Transport", upgraded)
        return self

    def get_extra_info(self, info: str) -> Any:
        """What httpcore asks for; an idle connection that `is_readable` is over."""
        if info == "is_readable":
            return bool(self._came) or self._ended or _has_news(self._transport)
        return self._transport.get_extra_info(info)


async def connected(address: tuple[str, int], peer: str, what: str, *, patience: float) -> Stream:
    """A connection; `what` it leads to is named in the `Unreachable` that is raised for none."""
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(patience):
            _, stream = await loop.create_connection(partial(Stream, peer), *address)
    except TimeoutError:
        raise TimedOut(what, why=f"no connection within {patience:g} s") from None
    except ConnectionRefusedError:
        raise Unreachable(what, why="the connection was refused: nothing listens there") from None
    except OSError as error:
        known = os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror
        raise Unreachable(what, why=f"no connection: {known or told(error)}") from None
    return stream


def told(error: BaseException) -> str:
    """What an error says; many of the network say nothing but their name."""
    reason = getattr(error, "reason", None) if isinstance(error, ssl.SSLError) else None
    if reason:
        return _named(reason)
    return str(error) or type(error).__name__


def _handshake(error: OSError) -> str:
    """Why a connection that was made did not become a TLS connection."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate does not verify: {error.verify_message}"
    return f"the TLS handshake failed ({told(error)})"


def _named(reason: str) -> str:
    """The name of a TLS error, and what it may be about."""
    wants = reason.endswith(_WANTED)
    return f"{reason}: it may want a client certificate" if wants and "ALERT" in reason else reason


def _wake(waiting: asyncio.Future[None] | None) -> None:
    if waiting and not waiting.done():
        waiting.set_result(None)


def _has_news(transport: asyncio.Transport) -> bool:
    """Whether the system holds something that was not handed on yet: where idle, the end."""
    news = poll()
    news.register(transport.get_extra_info("socket").fileno(), POLLIN)
    return bool(news.poll(0))
