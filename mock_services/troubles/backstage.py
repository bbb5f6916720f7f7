"""A thread with an event loop of its own, in which the servers of a trouble run until it ends."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from concurrent.futures import Future
from contextlib import AsyncExitStack, contextmanager, suppress
from threading import Thread
from typing import TypeVar

LOOPBACK = "127.0.0.1"
_ATTEMPTS = 32

_Kind = TypeVar("_Kind")
Converse = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Coroutine[None, None, None]]
"""Talks to one client."""


@contextmanager
def running(start: Callable[[AsyncExitStack], Awaitable[_Kind]]) -> Iterator[_Kind]:
    """What `start` answers once its servers run; what it pushes on the stack is closed at the end.

    Connections that are still open are cut off.
    """
    started: Future[tuple[_Kind, asyncio.AbstractEventLoop, asyncio.Event]] = Future()

    async def live() -> None:
        enough = asyncio.Event()
        async with AsyncExitStack() as stack:
            answer = await start(stack)
            started.set_result((answer, asyncio.get_running_loop(), enough))
            await enough.wait()

    def work() -> None:
        try:
            asyncio.run(live())
        except BaseException as error:  # raised again in the thread that waits
            if started.done():
                raise
            started.set_exception(error)

    thread = Thread(target=work, name="oots-trouble", daemon=True)
    thread.start()
    try:
        answer, loop, enough = started.result()
        yield answer
    finally:
        if started.done() and not started.exception():
            with suppress(RuntimeError):  # the loop has come to its end by itself
                loop.call_soon_threadsafe(enough.set)
        thread.join()


@contextmanager
def conversing(client: Converse) -> Iterator[int]:
    """A server of streams, which gives each connection to `client`; answers its port."""

    async def start(stack: AsyncExitStack) -> int:
        bound = listening()
        await listened(stack, client, bound)
        return port_of(bound)

    with running(start) as port:
        yield port


async def listened(stack: AsyncExitStack, client: Converse, bound: socket.socket) -> None:
    """Have `client` talk to whoever connects; who still does at the end is cut off."""
    conversations: set[asyncio.Task[None]] = set()
    ended: list[asyncio.Task[None]] = []

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talk: asyncio.Task[None] = asyncio.ensure_future(client(reader, writer))
        conversations.add(talk)
        await asyncio.wait({talk})
        conversations.discard(talk)
        writer.transport.abort() if talk.cancelled() else ended.append(talk)

    async def end() -> None:
        server.close()
        for talk in conversations:
            talk.cancel()
        await asyncio.gather(*conversations, return_exceptions=True)
        await asyncio.sleep(0)  # those who waited for them take note
        for talk in ended:
            talk.result()

    server = await asyncio.start_server(converse, sock=bound)
    stack.push_async_callback(end)


def listening(kind: socket.SocketKind = socket.SOCK_STREAM, port: int = 0) -> socket.socket:
    """A socket on loopback, bound and not yet heard; port 0 is the kernel's choice."""
    bound = socket.socket(socket.AF_INET, kind)
    try:
        if kind is socket.SOCK_STREAM:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((LOOPBACK, port))
    except OSError:
        bound.close()
        raise
    bound.setblocking(False)  # noqa: FBT003 -- the signature is the library's
    return bound


def port_of(bound: socket.socket) -> int:
    """The port of a socket."""
    port: int = bound.getsockname()[1]
    return port


def pair() -> tuple[socket.socket, socket.socket]:
    """A socket for datagrams and one for streams on one port."""
    for _ in range(_ATTEMPTS):
        stream = listening()
        try:
            return listening(socket.SOCK_DGRAM, port_of(stream)), stream
        except OSError as taken:
            stream.close()
            if taken.errno != errno.EADDRINUSE:
                raise
    raise OSError(errno.EADDRINUSE, "no port is free for UDP and TCP at once")
