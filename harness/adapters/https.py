"""The judge's HTTPS client: `harness.ports.Fetcher` on httpcore, the engine room of httpx.

What is sent is the request and the field Host, nothing more, so that the evidence is what was
sent: httpx itself would rewrite the URL and add fields of its own. Addresses come from a locator,
while certificates, SNI, Host and the pool of connections go by the URL's host: a connection that
was verified for one host is never used for another, though both may have the same address.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from functools import cache
from ipaddress import ip_address
from socket import SOCK_STREAM
from typing import TypeVar
from urllib.parse import urlsplit

import httpcore

from harness.dns_message import DnsQuery
from harness.errors import Unreachable, UsageFault
from harness.model import HttpRequest, HttpResponse
from harness.ports import Resolver

_Error = TypeVar("_Error", bound=BaseException)

Locate = Callable[[str], Awaitable[str]]
"""From a host name to the address to connect to; raises `Unreachable`."""

CONNECT_TIMEOUT = 5.0
"""Seconds for a TCP connection, and as many for the TLS handshake."""

TOTAL_TIMEOUT = 30.0
"""Seconds from the request to the last byte of the response."""

LARGEST_BODY = 50_000_000
"""Bytes of a response's body; its head is limited to 100 kB by h11."""

_ASKABLE = re.compile("https://[!-~]+")
_CONNECTIONS = 200
_IDLE = 15.0


class HttpsFetcher:
    """Sends requests and keeps connections; to be used in one event loop and closed in it.

    `roots` are the certificates that servers are verified against, as PEM; None: the system's.
    Redirects are not followed, contents not decoded, proxies of the environment not used.
    """

    def __init__(self, *, locate: Locate, roots: bytes | None) -> None:
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=_context(roots),
            network_backend=_Located(locate),
            max_connections=_CONNECTIONS,
            max_keepalive_connections=_CONNECTIONS,
            keepalive_expiry=_IDLE,
        )

    async def fetch(self, request: HttpRequest) -> HttpResponse:
        """The response, complete; raises `Unreachable` when none came."""
        message = _message(request)
        peer = message.url.host.decode("ascii")
        async with _reaching(peer):
            return await self._exchange(message, peer)

    async def aclose(self) -> None:
        """Close every connection."""
        await self._pool.aclose()

    async def _exchange(self, message: httpcore.Request, peer: str) -> HttpResponse:
        response = await self._pool.handle_async_request(message)
        try:
            body = bytearray()
            async for chunk in response.aiter_stream():
                body += chunk
                if len(body) > LARGEST_BODY:
                    raise Unreachable(peer, why=f"its answer is longer than {LARGEST_BODY} bytes")
        finally:
            await response.aclose()
        headers = tuple(
            (name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers
        )
        return HttpResponse(response.status, headers, bytes(body))


def system_locator() -> Locate:
    """The resolver of the machine."""

    async def locate(host: str) -> str:
        try:
            found = await asyncio.get_running_loop().getaddrinfo(host, None, type=SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise Unreachable(host, why=f"the system resolver knows no address ({error})") from None
        return str(found[0][4][0])

    return locate


def resolver_locator(resolver: Resolver) -> Locate:
    """The name server under test: A first, then AAAA; an address is its own answer."""

    async def locate(host: str) -> str:
        if _is_address(host):
            return host
        for rdtype in ("A", "AAAA"):
            reply = await resolver.ask(DnsQuery(host, rdtype))
            for record in reply.answer:
                if record.rdtype == rdtype:
                    return record.rdata
        raise Unreachable(host, why=f"the name server gives no address for it ({reply.rcode})")

    return locate


def fixed_locator(address: str) -> Locate:
    """One address for every host."""

    async def locate(_host: str) -> str:
        return address

    return locate


class _Located(httpcore.AsyncNetworkBackend):
    """Connects to where the locator says a host is."""

    def __init__(self, locate: Locate) -> None:
        self._locate = locate
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 -- the signature is httpcore's
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        address = await self._locate(host)
        try:
            return await self._network.connect_tcp(
                address, port, timeout, local_address, socket_options
            )
        except httpcore.ConnectError as error:
            cause = _root(error, OSError) or OSError(_name(error))
            why = "the connection was refused: nothing listens there"
            if not isinstance(cause, ConnectionRefusedError):
                why = f"no connection: {cause.strerror or cause}"
            raise Unreachable(f"{host} at {address} port {port}", why=why) from None


@cache
def _context(roots: bytes | None) -> ssl.SSLContext:
    """Kept, because to read the roots of a system takes longer than many an exchange."""
    if roots is None:
        return ssl.create_default_context()
    try:
        return ssl.create_default_context(cadata=roots.decode("ascii"))
    except (ssl.SSLError, ValueError) as error:
        raise UsageFault(
            "TLS roots",
            expected="certificates in PEM",
            seen=str(error),
            remedy="give a file that begins with -----BEGIN CERTIFICATE-----",
        ) from None


def _message(request: HttpRequest) -> httpcore.Request:
    """The request for the pool; the target stays as it is, byte for byte."""
    try:
        url = urlsplit(request.url)
        host, port = url.hostname or "", url.port
        fields = (("Host", url.netloc), *request.headers)
        headers = [(name.encode("ascii"), value.encode("latin-1")) for name, value in fields]
    except ValueError as error:
        raise Unreachable(request.url, why=f"it cannot be asked: {error}") from None
    if not (host and _ASKABLE.fullmatch(request.url)):
        raise Unreachable(request.url, why="it cannot be asked: it is no https URL")
    return httpcore.Request(
        request.method,
        httpcore.URL(
            scheme="https",
            host=host,
            port=port,
            target=f"{url.path or '/'}{'?' * bool(url.query)}{url.query}",
        ),
        headers=headers,
        extensions={"timeout": {"connect": CONNECT_TIMEOUT}},
    )


@asynccontextmanager
async def _reaching(peer: str) -> AsyncIterator[None]:
    """Every way in which an exchange can break, told as `Unreachable`."""
    try:
        async with asyncio.timeout(TOTAL_TIMEOUT):
            yield
    except TimeoutError:
        raise Unreachable(peer, why=f"no complete answer within {TOTAL_TIMEOUT:g} s") from None
    except httpcore.TimeoutException:
        raise Unreachable(peer, why=f"no connection within {CONNECT_TIMEOUT:g} s") from None
    except httpcore.ConnectError as error:
        raise Unreachable(peer, why=_handshake(error)) from None
    except httpcore.RemoteProtocolError as error:
        raise Unreachable(peer, why=f"its answer is no sound HTTP/1.1 ({error})") from None
    except httpcore.NetworkError as error:
        raise Unreachable(peer, why=f"the connection broke ({_name(error)})") from None
    except (httpcore.LocalProtocolError, httpcore.UnsupportedProtocol) as error:
        raise Unreachable(peer, why=f"it cannot be asked: {error}") from None


def _handshake(error: Exception) -> str:
    """Why a connection that was made did not become a TLS connection."""
    refused = _root(error, ssl.SSLCertVerificationError)
    if refused:
        return f"its certificate does not verify: {refused.verify_message}"
    failed = _root(error, ssl.SSLError)
    reason = (failed.reason if failed else None) or _name(error)
    return f"the TLS handshake failed ({reason})"


def _root(error: BaseException, kind: type[_Error]) -> _Error | None:
    """The deepest cause of an error that is of a kind."""
    found, at = None, error.__cause__ or error.__context__
    while at is not None:
        found = at if isinstance(at, kind) else found
        at = at.__cause__ or at.__context__
    return found


def _name(error: BaseException) -> str:
    """What an error says; many of the network say nothing but their name."""
    return str(error) or type(error).__name__


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
