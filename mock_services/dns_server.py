"""The name server on real sockets: UDP and TCP (RFC 7766) on the same port.

Every wait, message and number of connections is bounded: a client that stalls costs one of them.
"""

from __future__ import annotations

import asyncio
import errno
import socket
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import cast

from mock_services.dns_zone import NameServer
from mock_services.world import World

IDLE = 10.0
"""How long a TCP connection may wait for its next query, in seconds."""

_MOST_CONNECTIONS = 256
_ATTEMPTS = 32


@dataclass(frozen=True, slots=True)
class Serving:
    """A name server that runs; `host` and `port` are where, for UDP and for TCP."""

    host: str
    port: int
    _udp: asyncio.DatagramTransport
    _tcp: asyncio.Server
    _connections: set[asyncio.StreamWriter]

    async def close(self) -> None:
        """Stop at once; replies under way are lost."""
        self._udp.close()
        self._tcp.close()
        for writer in tuple(self._connections):
            writer.transport.abort()
        await self._tcp.wait_closed()


class _Datagrams(asyncio.DatagramProtocol):
    """Answers each datagram as it comes."""

    def __init__(self, server: NameServer) -> None:
        self._server = server
        self._send = cast("asyncio.DatagramTransport", None)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._send = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        reply = self._server.answer(data, tcp=False)
        if reply is not None:
            self._send.sendto(reply, addr)


async def serve(
    world: World, host: str = "127.0.0.1", port: int = 0, *, secondary: bool = False
) -> Serving:
    """Serve a world's zones until closed; port 0 leaves the choice to the kernel.

    The secondary is the second server of the same zones.

    Raises `OSError`, saying which address, where the port cannot be had for both protocols, and
    `UnreadableZone` where the zone cannot be read.
    """
    server = NameServer(world, secondary=secondary)
    udp, tcp = _bound(host, port)
    connections: set[asyncio.StreamWriter] = set()
    loop = asyncio.get_running_loop()
    datagrams, _ = await loop.create_datagram_endpoint(partial(_Datagrams, server), sock=udp)
    streams = await asyncio.start_server(partial(_connected, server, connections), sock=tcp)
    return Serving(host, udp.getsockname()[1], datagrams, streams, connections)


def _bound(host: str, port: int) -> tuple[socket.socket, socket.socket]:
    """A socket of each kind on one port, which another process may hold for one of the two."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    cause = OSError(errno.EADDRINUSE, "no attempt made")
    for _ in range(1 if port else _ATTEMPTS):
        udp = socket.socket(family, socket.SOCK_DGRAM)
        tcp = socket.socket(family, socket.SOCK_STREAM)
        try:
            tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tcp.bind((host, port))
            tcp.listen()
            udp.bind((host, tcp.getsockname()[1]))
        except OSError as refused:
            udp.close()
            tcp.close()
            cause = refused
        else:
            return udp, tcp
    wanted = f"port {port}" if port else "any port"
    raise OSError(cause.errno, f"name server, {wanted} of {host} for UDP and TCP: {cause.strerror}")


async def _connected(
    server: NameServer,
    connections: set[asyncio.StreamWriter],
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
) -> None:
    """Answer the queries of one TCP connection, each after its length, in turn."""
    if len(connections) >= _MOST_CONNECTIONS:
        writer.close()
        return
    connections.add(writer)
    try:
        with suppress(OSError, EOFError, TimeoutError):
            await _converse(server, reader, writer)
        writer.close()
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(IDLE):
                await writer.wait_closed()
    finally:
        connections.discard(writer)
        writer.transport.abort()  # what a client does not take is not kept for it


async def _converse(
    server: NameServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    while True:
        async with asyncio.timeout(IDLE):
            length = int.from_bytes(await reader.readexactly(2), "big")
            reply = server.answer(await reader.readexactly(length), tcp=True)
            if reply is not None:
                writer.write(len(reply).to_bytes(2, "big") + reply)
                await writer.drain()
        await asyncio.sleep(0)  # a client that asks without a pause is not the only one
