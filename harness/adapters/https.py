"""The judge's HTTPS client: `harness.ports.Fetcher` on httpcore, the engine room of httpx.

What is sent is the request, the field Host, and to the target's own hosts the fields that the
target asks for; nothing more, so that the evidence is what was sent: httpx itself would rewrite the
URL and add fields of its own. What comes is kept as it came, see `harness.adapters.stream`.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from secrets import token_bytes
from urllib.parse import urlsplit

import httpcore

from harness.adapters.connections import Connections, Network
from harness.adapters.locating import (
    Locate,
    fixed_locator,
    resolver_locator,
    system_locator,
)
from harness.adapters.proxy import Proxy
from harness.adapters.stream import HEARD, LARGEST_BODY, told
from harness.adapters.tls_contexts import curious, trusting
from harness.conduct import Own
from harness.errors import TimedOut, Unframed, Unreachable, Violation
from harness.framing import judge_frame
from harness.model import Headers, HttpRequest, HttpResponse, Reach, TlsGreeting, TlsSeen
from harness.tls import OUTDATED, is_taken, outdated_hello

__all__ = [
    "HttpsFetcher",
    "Locate",
    "broken_off",
    "fixed_locator",
    "framed",
    "resolver_locator",
    "system_locator",
]

_ASKABLE = re.compile("https://[!-~]+")
_FIRST_RECORD = 16 * 1024
_NO_ADDITIONS: Headers = ()


class HttpsFetcher:
    """Sends requests and keeps connections; to be used in one event loop and closed in it.

    `roots` are the certificates that servers are verified against, as PEM; None: the system's.
    `reach` says through which proxy, with which certificate and how patiently; its headers go to
    the hosts in `own` alone. Redirects are not followed, contents not decoded, proxies of the
    environment not used. Raises `UsageFault` for what cannot be used of all that.
    """

    def __init__(
        self,
        *,
        locate: Locate,
        roots: bytes | None,
        reach: Reach | None = None,
        own: Own | None = None,
    ) -> None:
        self._reach = reach or Reach()
        self.own = own or Own()
        pem = self._reach.client_certificate
        identity = None if pem is None else (pem, self._reach.client_key_password)
        self._curious = curious(identity)
        self._network = Network(locate, Proxy.of(self._reach), patience=self._reach.connect_timeout)
        self._connections = Connections(self._network, trusting(roots, identity))

    async def fetch(self, request: HttpRequest) -> HttpResponse:
        """The response, complete; raises `Unreachable`, or `Unframed` for an unsound one."""
        added = self._reach.headers if request.url in self.own else _NO_ADDITIONS
        message = _message(request, added, patience=self._reach.connect_timeout)
        peer = message.url.host.decode("ascii")
        heard = bytearray()
        HEARD.set(heard)
        async with self._reaching(peer, heard):
            return await self._exchange(message, peer)

    async def greet(self, greeting: TlsGreeting) -> TlsSeen | None:
        """What a server shows, None where it declines; raises `Unreachable`."""
        HEARD.set(bytearray())
        async with self._reaching(greeting.host, bytearray()):
            return await (self._outdated(greeting) if greeting.outdated else self._modern(greeting))

    async def aclose(self) -> None:
        """Close every connection."""
        await self._connections.aclose()

    async def _modern(self, greeting: TlsGreeting) -> TlsSeen:
        """Nothing is verified: what a certificate lacks is to be judged, not to be met."""
        patience = self._reach.connect_timeout
        stream = await self._network.connect_tcp(greeting.host, greeting.port)
        try:
            safe = await stream.start_tls(self._curious, greeting.host, patience)
            shown = safe.get_extra_info("ssl_object")
            cipher, version, _ = shown.cipher()
        finally:
            await stream.aclose()
        return TlsSeen(shown.version() or version, cipher, shown.getpeercert(binary_form=True))

    async def _outdated(self, greeting: TlsGreeting) -> TlsSeen | None:
        patience = self._reach.connect_timeout
        stream = await self._network.connect_tcp(greeting.host, greeting.port)
        try:
            async with asyncio.timeout(patience):
                await stream.write(outdated_hello(greeting.host, token_bytes(32)))
                answer = await stream.read(_FIRST_RECORD)
        except TimeoutError:
            raise TimedOut(greeting.host, why=f"no answer within {patience:g} s") from None
        except (httpcore.ReadError, httpcore.WriteError):
            return None  # it hung up
        finally:
            await stream.aclose()
        return TlsSeen(OUTDATED, "", b"") if is_taken(answer) else None

    async def _exchange(self, message: httpcore.Request, peer: str) -> HttpResponse:
        """A response, after which the connection can be used again; else it is closed."""
        origin = message.url.origin
        connection = await self._connections.taken(origin)
        try:
            response = await _answer(connection, message, peer)
            sound = framed(response, peer, message.method.decode("ascii"))
        except BaseException:
            await connection.aclose()  # the next answer would begin in the rest of this one
            raise
        await self._connections.give_back(origin, connection)
        return sound

    @asynccontextmanager
    async def _reaching(self, peer: str, heard: bytearray) -> AsyncIterator[None]:
        """Every way in which an exchange can break, told as `Unreachable`."""
        patience = self._reach.total_timeout
        try:
            async with asyncio.timeout(patience):
                yield
        except TimeoutError:
            raise TimedOut(peer, why=f"no complete answer within {patience:g} s") from None
        except httpcore.RemoteProtocolError as error:
            raise broken_off(peer, bytes(heard), error) from None
        except httpcore.NetworkError as error:
            raise Unreachable(peer, why=f"the connection broke ({told(error)})") from None
        except (httpcore.LocalProtocolError, httpcore.UnsupportedProtocol) as error:
            raise Unreachable(peer, why=f"it cannot be asked: {error}") from None
        except OSError as error:
            raise Unreachable(peer, why=f"the connection broke ({told(error)})") from None


async def _answer(
    connection: httpcore.AsyncHTTPConnection, message: httpcore.Request, peer: str
) -> HttpResponse:
    """What comes for a request, to its end."""
    response = await connection.handle_async_request(message)
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
    return HttpResponse(response.status, headers, bytes(body), bytes(HEARD.get()) or None)


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


def _message(request: HttpRequest, added: Headers, *, patience: float) -> httpcore.Request:
    """The request for a connection; the target stays as it is, byte for byte."""
    try:
        url = urlsplit(request.url)
        host, port = url.hostname or "", url.port
        fields = (("Host", url.netloc), *request.headers, *added)
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
        extensions={"timeout": {"connect": patience}},
    )
