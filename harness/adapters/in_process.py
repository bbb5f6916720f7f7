"""The judge's HTTP client where no socket is: `harness.ports.Fetcher` on a function.

A response that frames itself plainly is taken as it is; any other is written out and read as a
client would read it off a connection that then ends.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from urllib.parse import urlsplit

import h11

from harness.adapters.https import broken_off, framed
from harness.errors import Unreachable
from harness.model import Headers, HttpRequest, HttpResponse, TlsGreeting, TlsSeen

Respond = Callable[[HttpRequest], HttpResponse | bytes]
"""A server: raises `OSError` where its connection breaks, `TimeoutError` where it takes too long.

What it answers in octets is all that it sends before the connection ends.
"""

LARGEST_HEAD = 100 * 1024
"""Bytes of a response's head, as many as over a socket."""

_FRAMING = frozenset({"content-length", "transfer-encoding", "connection"})


class DirectFetcher:
    """Asks a server that is a function."""

    def __init__(self, respond: Respond) -> None:
        self._respond = respond

    async def fetch(self, request: HttpRequest) -> HttpResponse:
        """The response, complete; raises `Unreachable` when none came."""
        peer = urlsplit(request.url).netloc
        try:
            response = self._respond(request)
        except TimeoutError:
            raise Unreachable(peer, why="no complete answer in time") from None
        except OSError as broken:
            raise Unreachable(peer, why=f"the connection broke ({broken})") from None
        octets = response if isinstance(response, bytes) else _written(response)
        if isinstance(response, HttpResponse) and _is_plain(request, response):
            return replace(response, octets=octets)
        try:
            read = _read(request, octets)
        except h11.RemoteProtocolError as error:
            raise broken_off(peer, octets, error) from None
        except h11.LocalProtocolError as error:
            raise Unreachable(peer, why=f"it cannot be asked: {error}") from None
        return framed(read, peer, request.method)


class DirectGreeter:
    """Greets a server that is a function."""

    def __init__(self, greet: Callable[[TlsGreeting], TlsSeen | None]) -> None:
        self._greet = greet

    async def greet(self, greeting: TlsGreeting) -> TlsSeen | None:
        """What it shows, None where it declines."""
        return self._greet(greeting)


def _is_plain(request: HttpRequest, response: HttpResponse) -> bool:
    """Whether no reader could take it otherwise: a length, and as many octets."""
    framing = [field for field in response.headers if field[0].lower() in _FRAMING]
    size = sum(len(name) + len(value) for name, value in response.headers)
    if request.method == "HEAD" or response.status < 200 or response.status in {204, 304}:  # noqa: PLR2004 -- RFC 9112, section 6.3
        return False
    return [value for _, value in framing] == [str(len(response.body))] and size < LARGEST_HEAD // 2


def _read(request: HttpRequest, octets: bytes) -> HttpResponse:
    url = urlsplit(request.url)
    client = h11.Connection(h11.CLIENT, max_incomplete_event_size=LARGEST_HEAD)
    client.send(
        h11.Request(
            method=request.method,
            target=f"{url.path or '/'}{'?' * bool(url.query)}{url.query}",
            headers=[("Host", url.netloc), *request.headers],
        )
    )
    client.send(h11.EndOfMessage())
    client.receive_data(octets)
    client.receive_data(b"")
    status, body = 0, bytearray()
    headers: Headers = ()
    while True:
        match client.next_event():
            case h11.Response(status_code=status, headers=fields):
                headers = tuple(
                    (name.decode("latin-1"), value.decode("latin-1"))
                    for name, value in fields.raw_items()
                )
            case h11.Data(data=data):
                body += data
            case h11.InformationalResponse():
                continue
            case _:
                return HttpResponse(status, headers, bytes(body), octets)


def _written(response: HttpResponse) -> bytes:
    fields = "".join(f"{name}: {value}\r\n" for name, value in response.headers)
    return f"HTTP/1.1 {response.status} \r\n{fields}\r\n".encode("latin-1") + response.body
