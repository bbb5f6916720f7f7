"""The HTTP side of a world under the client's feet: respx in place of sockets and TLS.

An answer whose framing no client could follow ends in the error that a client would meet.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import httpcore
import httpx
import respx

from harness.model import HttpRequest, HttpResponse
from mock_services.origin import Origin
from mock_services.world import World


class _Body(httpx.SyncByteStream, httpx.AsyncByteStream):
    """Bytes that respx leaves alone: those of a `httpx.ByteStream` it would decode."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def __iter__(self) -> Iterator[bytes]:
        yield self._body

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._body


def mount(world: World, router: respx.MockRouter | None = None) -> respx.MockRouter:
    """A router that has the world answer every https request; use it as a context manager."""
    router = respx.MockRouter(assert_all_called=False) if router is None else router
    origin = Origin(world)

    def answer(request: httpx.Request) -> httpx.Response:
        response = origin.respond(_request(request))
        return httpx.Response(
            response.status,
            headers=[
                (name.encode("latin-1"), value.encode("latin-1"))
                for name, value in response.headers
            ],
            stream=_Body(_read(request.method, response)),
        )

    router.route(scheme="https").mock(side_effect=answer)
    return router


def _request(request: httpx.Request) -> HttpRequest:
    """The request as the server would read it: its host is what the field Host says."""
    host = request.headers.get("Host", request.url.netloc.decode("ascii"))
    headers = tuple(
        (name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw
    )
    return HttpRequest(request.method, f"https://{host}{request.url.raw_path.decode()}", headers)


def _read(method: str, response: HttpResponse) -> bytes:
    """The body as a client reads it off a connection that then ends."""
    length = response.header("content-length")
    if length is None or method == "HEAD" or response.status in {204, 304}:
        return response.body
    if not length.isdecimal() or int(length) > len(response.body):
        raise httpcore.RemoteProtocolError(
            "peer closed connection without sending complete message body"
        )
    return response.body[: int(length)]
