"""The judge's HTTPS client: `harness.ports.Fetcher` on httpcore, the engine room of httpx.

What is sent is the request and the field Host, nothing more, so that the evidence is what was
sent: httpx itself would rewrite the URL and add fields of its own. Addresses come from a locator,
while certificates, SNI, Host and the pool of connections go by the URL's host: a connection that
was verified for one host is never used for another, though both may have the same address.
What comes is kept as it came, because a library that reads it unfolds, merges and forgives.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import replace
from functools import cache
from ipaddress import ip_address
from secrets import token_bytes
from socket import SOCK_STREAM
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpcore

from harness.dns_message import DnsQuery
from harness.errors import TimedOut, Unframed, Unreachable, UsageFault, Violation
from harness.framing import judge_frame
from harness.model import HttpRequest, HttpResponse, TlsGreeting, TlsSeen
from harness.ports import Resolver
from harness.regrep import LARGEST
from harness.tls import OUTDATED, is_taken, outdated_hello

_Error = TypeVar("_Error", bound=BaseException)

Locate = Callable[[str], Awaitable[str]]
"""From a host name to the address to connect to; raises `Unreachable`."""

CONNECT_TIMEOUT = 5.0
"""Seconds for a TCP connection, and as many for the TLS handshake."""

TOTAL_TIMEOUT = 30.0
"""Seconds from the request to the last byte of the response."""

LARGEST_BODY = LARGEST + 1
"""Bytes of a response's body, so that LOOK-01 sees one that is too large; h11 limits its head."""

LARGEST_ANSWER = 2 * LARGEST_BODY
"""Bytes of a response as it comes, with what its transfer coding adds."""

_ASKABLE = re.compile("https://[!-~]+")
_CONNECTIONS = 200
_IDLE = 15.0
_FIRST_RECORD = 16 * 1024


class HttpsFetcher:
    """Sends requests and keeps connections; to be used in one event loop and closed in it.

    `roots` are the certificates that servers are verified against, as PEM; None: the system's.
    Redirects are not followed, contents not decoded, proxies of the environment not used.
    """

    def __init__(self, *, locate: Locate, roots: bytes | None) -> None:
        self._network = _Located(locate)
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=_context(roots),
            network_backend=self._network,
            max_connections=_CONNECTIONS,
            max_keepalive_connections=_CONNECTIONS,
            keepalive_expiry=_IDLE,
        )

    async def fetch(self, request: HttpRequest) -> HttpResponse:
        """The response, complete; raises `Unreachable`, or `Unframed` for an unsound one."""
        message = _message(request)
        peer = message.url.host.decode("ascii")
        heard = bytearray()
        _heard.set(heard)
        async with _reaching(peer, heard):
            response = await self._exchange(message, peer)
        return framed(replace(response, octets=bytes(heard) or None), peer, request.method)

    async def greet(self, greeting: TlsGreeting) -> TlsSeen | None:
        """What a server shows, None where it declines; raises `Unreachable`."""
        _heard.set(bytearray())
        async with _reaching(greeting.host, bytearray()):
            return await (self._outdated(greeting) if greeting.outdated else self._modern(greeting))

    async def _modern(self, greeting: TlsGreeting) -> TlsSeen:
        """Nothing is verified: what a certificate lacks is to be judged, not to be met."""
        stream = await self._network.connect_tcp(greeting.host, greeting.port, CONNECT_TIMEOUT)
        try:
            safe = await stream.start_tls(_curious(), greeting.host, CONNECT_TIMEOUT)
            shown = safe.get_extra_info("ssl_object")
            cipher, version, _ = shown.cipher()
            await safe.aclose()
        finally:
            await stream.aclose()
        return TlsSeen(shown.version() or version, cipher, shown.getpeercert(binary_form=True))

    async def _outdated(self, greeting: TlsGreeting) -> TlsSeen | None:
        stream = await self._network.connect_tcp(greeting.host, greeting.port, CONNECT_TIMEOUT)
        try:
            await stream.write(outdated_hello(greeting.host, token_bytes(32)), CONNECT_TIMEOUT)
            answer = await stream.read(_FIRST_RECORD, CONNECT_TIMEOUT)
        except (httpcore.ReadError, httpcore.WriteError):
            return None  # it hung up
        finally:
            await stream.aclose()
        return TlsSeen(OUTDATED, "", b"") if is_taken(answer) else None

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
            await self._part(response, message.method.decode("ascii"))
        headers = tuple(
            (name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers
        )
        return HttpResponse(response.status, headers, bytes(body))

    async def _part(self, response: httpcore.Response, method: str) -> None:
        """Leave a connection on which an answer was unsound: the next would begin in its rest."""
        try:
            judge_frame(bytes(_heard.get()), method)
        except Violation:
            stream = response.extensions.get("network_stream")
            if stream is not None:
                await stream.aclose()


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
            return _Tapped(
                await self._network.connect_tcp(
                    address, port, timeout, local_address, socket_options
                )
            )
        except httpcore.ConnectError as error:
            cause = _root(error, OSError) or OSError(_name(error))
            why = "the connection was refused: nothing listens there"
            if not isinstance(cause, ConnectionRefusedError):
                why = f"no connection: {cause.strerror or cause}"
            raise Unreachable(f"{host} at {address} port {port}", why=why) from None


_heard: ContextVar[bytearray] = ContextVar("heard")
"""What the present exchange has received; its task is the one that reads."""


class _Tapped(httpcore.AsyncNetworkStream):
    """A stream that keeps what is read off it."""

    def __init__(self, stream: httpcore.AsyncNetworkStream) -> None:
        self._stream = stream

    async def read(
        self,
        max_bytes: int,
        timeout: float | None = None,  # noqa: ASYNC109 -- the signature is httpcore's
    ) -> bytes:
        data = await self._stream.read(max_bytes, timeout)
        heard = _heard.get()
        heard.extend(data)
        if len(heard) > LARGEST_ANSWER:
            raise Unreachable("the answer", why=f"it is longer than {LARGEST_ANSWER} bytes")
        return data

    async def write(
        self,
        buffer: bytes,
        timeout: float | None = None,  # noqa: ASYNC109 -- the signature is httpcore's
    ) -> None:
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._stream.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 -- the signature is httpcore's
    ) -> httpcore.AsyncNetworkStream:
        return _Tapped(await self._stream.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def framed(response: HttpResponse, peer: str, method: str) -> HttpResponse:
    """The response, where all octets that came belong to it; raises `Unframed`."""
    if response.octets:
        try:
            judge_frame(response.octets, method)
        except Violation as flaw:
            raise Unframed(peer, why=_unframed(flaw), octets=response.octets) from None
    return response


def broken_off(peer: str, octets: bytes, error: Exception) -> Unreachable:
    """What an answer was that a library could not read to its end."""
    why = f"its answer is no sound HTTP/1.1 ({error})"
    return (
        Unframed(peer, why=f"{why}; see LOOK-87", octets=octets)
        if octets
        else Unreachable(peer, why=why)
    )


def _unframed(flaw: Violation) -> str:
    return f"its answer is no sound HTTP/1.1 ({flaw.tag}); see LOOK-87"


@cache
def _curious() -> ssl.SSLContext:
    """Speaks to anybody: for greetings only."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    context.verify_mode = ssl.CERT_NONE
    return context


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
async def _reaching(peer: str, heard: bytearray) -> AsyncIterator[None]:
    """Every way in which an exchange can break, told as `Unreachable`."""
    try:
        async with asyncio.timeout(TOTAL_TIMEOUT):
            yield
    except TimeoutError:
        raise TimedOut(peer, why=f"no complete answer within {TOTAL_TIMEOUT:g} s") from None
    except httpcore.TimeoutException:
        raise TimedOut(peer, why=f"no connection within {CONNECT_TIMEOUT:g} s") from None
    except httpcore.ConnectError as error:
        raise Unreachable(peer, why=_handshake(error)) from None
    except httpcore.RemoteProtocolError as error:
        raise broken_off(peer, bytes(heard), error) from None
    except httpcore.NetworkError as error:
        raise Unreachable(peer, why=f"the connection broke ({_name(error)})") from None
    except (httpcore.LocalProtocolError, httpcore.UnsupportedProtocol) as error:
        raise Unreachable(peer, why=f"it cannot be asked: {error}") from None
    except OSError as error:  # TLS too, after its handshake: httpcore passes it on as it is
        raise Unreachable(peer, why=f"the connection broke ({_name(error)})") from None


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
