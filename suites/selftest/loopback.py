"""A server of the mocks on a port of loopback, and the judge's client for it."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from harness.adapters.https import HttpsFetcher, fixed_locator
from harness.conduct import Own
from harness.model import HttpRequest, HttpResponse, Reach
from mock_services.http_message import framed
from mock_services.https_server import HttpsServer, Limits, Respond, serve
from mock_services.pki import pki

HOST = "eb.localhost"
OTHER = "dsd.localhost"


def echo(request: HttpRequest) -> HttpResponse:
    answer = HttpResponse(200, (("X-Url", request.url),), request.method.encode())
    return framed(request, answer)


@dataclass(frozen=True, slots=True)
class Served:
    server: HttpsServer
    port: int

    async def talk(self, *sent: bytes) -> bytes:
        """Everything the server says until it closes the connection."""
        context = ssl.create_default_context(cadata=pki().tls_root.decode("ascii"))
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", self.port, ssl=context, server_hostname=HOST
        )
        for part in sent:
            writer.write(part)
            await writer.drain()
        heard = await reader.read()
        writer.close()
        await writer.wait_closed()
        return heard


@asynccontextmanager
async def served(
    respond: Respond = echo, limits: Limits | None = None, *, tls: ssl.SSLContext | None = None
) -> AsyncIterator[Served]:
    listening = socket.create_server(("127.0.0.1", 0))
    tls = tls or pki().server_context((HOST, OTHER))
    server = await serve(respond, tls, sockets=(listening,), limits=limits)
    try:
        yield Served(server, listening.getsockname()[1])
    finally:
        await server.close()


@asynccontextmanager
async def client(
    roots: bytes | None = None,
    locate: Callable[[str], Awaitable[str]] | None = None,
    *,
    reach: Reach | None = None,
    own: Own | None = None,
) -> AsyncIterator[HttpsFetcher]:
    locate = locate or fixed_locator("127.0.0.1")
    fetcher = HttpsFetcher(locate=locate, roots=roots or pki().tls_root, reach=reach, own=own)
    try:
        yield fetcher
    finally:
        await fetcher.aclose()


def get(port: int, path: str = "/eb/", host: str = HOST) -> HttpRequest:
    return HttpRequest("GET", f"https://{host}:{port}{path}", ())


def head(*lines: str) -> bytes:
    return "\r\n".join((*lines, "", "")).encode()
