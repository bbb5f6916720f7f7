"""HTTP messages as octets, in the form of HTTP/1.1 (RFC 9112): as evidence shows them."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

from harness.model import HttpRequest, HttpResponse


def request_bytes(request: HttpRequest) -> bytes:
    """An HTTP request in the form of HTTP/1.1 (RFC 9112), as evidence."""
    target = url_parts(request.url)
    line = f"{request.method} {target.path or '/'}{'?' * bool(target.query)}{target.query} HTTP/1.1"
    fields = (("Host", target.netloc), *request.headers)
    return _head(line, fields)


def url_parts(url: str) -> SplitResult:
    """A URL taken apart; one that cannot be is all path, and the fetcher says why."""
    try:
        return urlsplit(url)
    except ValueError:
        return SplitResult("", "", url, "", "")


def response_bytes(response: HttpResponse) -> bytes:
    """An HTTP response as it came, or else in the form of HTTP/1.1, as evidence."""
    if response.octets is not None:
        return response.octets
    return _head(f"HTTP/1.1 {response.status}", response.headers) + response.body


def _head(first: str, fields: tuple[tuple[str, str], ...]) -> bytes:
    lines = [first, *(f"{name}: {value}" for name, value in fields), "", ""]
    return "\r\n".join(lines).encode("latin-1", "replace")
