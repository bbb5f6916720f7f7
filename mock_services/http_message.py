"""HTTP/1.1 messages (RFC 9112) as bytes: requests read strictly, responses written as told.

A response is written with exactly the fields it has, in their order and case, so that a fault
decides over every byte of it, right or wrong.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from urllib.parse import urlsplit

from harness.model import Headers, HttpRequest, HttpResponse
from mock_services.world import Delivery

LONGEST_HEAD = 64 * 1024
"""Of a request, in bytes, with the empty line that ends it."""

LONGEST_BODY = 64 * 1024
"""Of a request; no request to a Common Service has a body, one that does is read and ignored."""

_REQUEST_LINE = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]{1,32}) ([!-~]+) HTTP/([0-9])\.([0-9])")
_FIELD = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\x00-\x08\x0a-\x1f\x7f]*)")
_AUTHORITY = re.compile(r"(?:[0-9A-Za-z._~-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")


class BadRequest(Exception):
    """A request that cannot be read; `status` is what is answered, the text says why."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


@dataclass(frozen=True, slots=True)
class RequestHead:
    """A request without its body, whose length it tells; `closes` ends the connection after it."""

    request: HttpRequest
    body_length: int
    closes: bool


@lru_cache(maxsize=64)
def read_head(head: bytes) -> RequestHead:
    r"""Read a request line and its fields, without the empty line; raises `BadRequest`.

    Some are kept, because a client that asks again sends the same bytes.

    >>> read_head(b"GET /eb?x=1 HTTP/1.1\r\nHost: eb.localhost").request.url
    'https://eb.localhost/eb?x=1'
    """
    first, *lines = head.split(b"\r\n")
    match = _REQUEST_LINE.fullmatch(first)
    if match is None:
        raise BadRequest(400, "the request line is not: method, target, HTTP version")
    method, target, major, minor = match.groups()
    if major != b"1":
        raise BadRequest(505, "only HTTP/1.1 is spoken here")
    headers = tuple(_field(line) for line in lines)
    request = HttpRequest(method.decode(), _url(target.decode(), headers), headers)
    tokens = ",".join(_values(headers, "connection")).lower().split(",")
    closes = minor == b"0" or "close" in (token.strip() for token in tokens)
    return RequestHead(request, _body_length(headers), closes)


def _field(line: bytes) -> tuple[str, str]:
    match = _FIELD.fullmatch(line)
    if match is None:
        raise BadRequest(400, "a header field is not: name, colon, value")
    return match[1].decode("ascii"), match[2].decode("latin-1").rstrip(" \t")


def _values(headers: Headers, name: str) -> tuple[str, ...]:
    return tuple(value for field, value in headers if field.lower() == name)


def _url(target: str, headers: Headers) -> str:
    """The absolute URL, from a target in origin or in absolute form (RFC 9112, section 3.2)."""
    hosts = _values(headers, "host")
    if len(hosts) != 1 or not _AUTHORITY.fullmatch(hosts[0]):
        raise BadRequest(400, "the Host field is missing, given twice, or no host")
    if target.startswith("/"):
        return f"https://{hosts[0]}{target}"
    try:
        absolute = urlsplit(target)
    except ValueError:
        raise BadRequest(400, "the target is not a URL") from None
    if absolute.scheme != "https" or not _AUTHORITY.fullmatch(absolute.netloc):
        raise BadRequest(400, "the target is neither a path nor an https URL")
    return target


def _body_length(headers: Headers) -> int:
    if _values(headers, "transfer-encoding"):
        raise BadRequest(411, "a request body is read only with a Content-Length")
    lengths = set(_values(headers, "content-length")) or {"0"}
    length = lengths.pop()
    if lengths or not re.fullmatch("[0-9]{1,18}", length):
        raise BadRequest(400, "the Content-Length is no number, or two different ones")
    if int(length) > LONGEST_BODY:
        raise BadRequest(413, f"a request body has at most {LONGEST_BODY} bytes")
    return int(length)


def plain(status: int, text: str, headers: Headers = ()) -> HttpResponse:
    """An answer that is none of a Common Service: text, unsigned, not to be cached."""
    fields = (("Content-Type", "text/plain; charset=utf-8"), ("Cache-Control", "no-store"))
    return HttpResponse(status, (*fields, *headers), f"{text}\n".encode())


def framed(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The response with the Content-Length that it lacks, and no body where HTTP allows none.

    A Content-Length or Transfer-Encoding that is there already stays, true or not.
    """
    bodiless = response.status < 200 or response.status in {204, 304}  # noqa: PLR2004 -- RFC 9110
    told = {name.lower() for name, _ in response.headers} & {"content-length", "transfer-encoding"}
    length = () if told or bodiless else (("Content-Length", str(len(response.body))),)
    body = b"" if bodiless or request.method == "HEAD" else response.body
    return HttpResponse(response.status, (*response.headers, *length), body)


def is_complete(request: HttpRequest, response: HttpResponse) -> bool:
    """Whether a client can tell where the response ends; else the connection must end with it."""
    bodiless = request.method == "HEAD" or response.status in {204, 304}
    return bodiless or response.values("content-length") == (str(len(response.body)),)


def delivery(taken: RequestHead, response: HttpResponse) -> Delivery:
    """How a response goes out: at once, and the connection ends where its end cannot be told."""
    last = taken.closes or not is_complete(taken.request, response)
    if last and not response.values("connection"):
        fields = (*response.headers, ("Connection", "close"))
        response = HttpResponse(response.status, fields, response.body)
    return Delivery(((0.0, response_bytes(response)),), "close" if last else "keep")


def response_bytes(response: HttpResponse) -> bytes:
    """The response on the wire."""
    try:
        phrase = HTTPStatus(response.status).phrase
    except ValueError:
        phrase = ""
    fields = "".join([f"{name}: {value}\r\n" for name, value in response.headers])
    return f"HTTP/1.1 {response.status} {phrase}\r\n{fields}\r\n".encode("latin-1") + response.body
