"""Seeded faults of the seam: framing. The octets of an answer, or their pace, are wrong.

Those that catch nothing are nobody's answer: all that can be said of them is that none came.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from harness.model import HttpRequest
from mock_services.faults import fault
from mock_services.world import Delivery, World

_BLOCKED = ("LOOK-*", "SIG-*", "CACHE-*")
_DRIPS, _PAUSE = 20, 5.0


def _directory(request: HttpRequest) -> bool:
    return "/rest/search?" in request.url and request.method in {"GET", "HEAD"}


def _sent(world: World, change: Callable[[bytes], bytes], *, then: str = "close") -> World:
    """The world with the octets of its directories' answers changed."""

    def hook(request: HttpRequest, delivery: Delivery) -> Delivery:
        if not _directory(request):
            return delivery
        return Delivery(((0.0, change(delivery.octets)),), then)

    return world.with_delivery(hook)


def _with_field(name: bytes, line: bytes) -> Callable[[bytes], bytes]:
    """The line of a field, replaced."""

    def change(octets: bytes) -> bytes:
        head, end, body = octets.partition(b"\r\n\r\n")
        first, *lines = head.split(b"\r\n")
        kept = [each for each in lines if not each.lower().startswith(name + b":")]
        return b"\r\n".join((first, *kept, line)) + end + body

    return change


def _parts(octets: bytes) -> tuple[bytes, bytes]:
    head, end, body = octets.partition(b"\r\n\r\n")
    return head + end, body


@fault(caught_by={"LOOK-86": "field-folded"})
def field_on_two_lines(world: World) -> World:
    """A header field goes on on a second line."""
    lines = b"\r\nX-Note: one\r\n two\r\n\r\n"
    return _sent(world, lambda octets: octets.replace(b"\r\n\r\n", lines, 1), then="keep")


@fault(caught_by={"LOOK-86": "field-repeated"})
def content_type_twice(world: World) -> World:
    """The content type is given twice, in another case."""
    line = b"\r\ncontent-TYPE: application/x-ebrs+xml\r\n\r\n"
    return _sent(world, lambda octets: octets.replace(b"\r\n\r\n", line, 1), then="keep")


@fault(caught_by={"LOOK-87": "status-line-malformed"}, blocks=_BLOCKED)
def status_line_without_a_version(world: World) -> World:
    """The status line names no version that a client could speak."""
    return _sent(world, lambda octets: octets.replace(b"HTTP/1.1 ", b"OOTS/2.0 ", 1))


@fault(caught_by={"LOOK-87": "field-malformed"}, blocks=_BLOCKED)
def field_with_a_blank_in_its_name(world: World) -> World:
    """A header field has a blank in its name."""
    return _sent(world, lambda octets: octets.replace(b"\r\n\r\n", b"\r\nX Note: 1\r\n\r\n", 1))


@fault(caught_by={"LOOK-87": "length-malformed"}, blocks=_BLOCKED)
def length_in_words(world: World) -> World:
    """Content-Length is no number."""
    return _sent(world, _with_field(b"content-length", b"Content-Length: all of it"))


@fault(caught_by={"LOOK-87": "length-ambiguous"}, blocks=_BLOCKED)
def two_lengths(world: World) -> World:
    """There are two Content-Lengths, and they differ."""
    return _sent(world, _with_field(b"content-length", b"Content-Length: 7\r\nContent-Length: 8"))


@fault(caught_by={"LOOK-87": "length-ambiguous"}, blocks=_BLOCKED)
def length_and_chunks(world: World) -> World:
    """A body in chunks has a Content-Length as well."""

    def change(octets: bytes) -> bytes:
        head, body = _parts(octets)
        head = head.replace(b"\r\n\r\n", b"\r\nTransfer-Encoding: chunked\r\n\r\n")
        return head + b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)

    return _sent(world, change)


@fault(caught_by={"LOOK-87": "chunk-malformed"}, blocks=_BLOCKED)
def chunk_of_no_size(world: World) -> World:
    """The body is in chunks, and one does not say how long it is."""

    def change(octets: bytes) -> bytes:
        told = _with_field(b"content-length", b"Transfer-Encoding: chunked")(octets)
        head, body = _parts(told)
        return head + b"many\r\n%b\r\n0\r\n\r\n" % body

    return _sent(world, change)


@fault(caught_by={"LOOK-87": "body-cut-short"}, blocks=_BLOCKED)
def last_chunk_left_out(world: World) -> World:
    """The body is in chunks, and the last one does not come."""

    def change(octets: bytes) -> bytes:
        told = _with_field(b"content-length", b"Transfer-Encoding: chunked")(octets)
        head, body = _parts(told)
        return head + b"%x\r\n%b\r\n" % (len(body), body)

    return _sent(world, change)


@fault(caught_by={"LOOK-87": "body-cut-short"}, blocks=_BLOCKED)
def length_too_long(world: World) -> World:
    """Content-Length promises more than comes."""
    return _sent(world, _with_field(b"content-length", b"Content-Length: 99999999"))


@fault(caught_by={"LOOK-87": "body-cut-short"}, blocks=_BLOCKED)
def connection_closed_within_the_body(world: World) -> World:
    """The connection is closed before the last octets of the body."""
    return _sent(world, lambda octets: octets[:-5] if _parts(octets)[1] else octets)


@fault(caught_by={"LOOK-87": "body-cut-short"}, blocks=_BLOCKED)
def connection_closed_within_the_head(world: World) -> World:
    """The connection is closed before the end of the head."""
    return _sent(world, lambda octets: octets[:200])


@fault(caught_by={"LOOK-87": "body-too-long"}, blocks=_BLOCKED)
def length_too_short(world: World) -> World:
    """Content-Length leaves out the end of the body."""
    return _sent(world, _with_field(b"content-length", b"Content-Length: 100"))


@fault(caught_by={"LOOK-87": "body-too-long"}, blocks=("CACHE-*", "SIG-*"))
def head_answered_with_a_body(world: World) -> World:
    """A HEAD request is answered with a body."""

    def hook(request: HttpRequest, delivery: Delivery) -> Delivery:
        if request.method != "HEAD":
            return delivery
        return Delivery(((0.0, delivery.octets + b"<body/>"),), "close")

    return world.with_delivery(hook)


@fault(caught_by={}, blocks=_BLOCKED)
def answer_that_drips(world: World) -> World:
    """An answer comes in drops, too slowly to be waited for."""

    def hook(_request: HttpRequest, delivery: Delivery) -> Delivery:
        octets = delivery.octets
        size = len(octets) // _DRIPS + 1
        drops = tuple((_PAUSE, octets[at : at + size]) for at in range(0, len(octets), size))
        return replace(delivery, pieces=drops)

    return world.with_delivery(hook)


@fault(caught_by={}, blocks=_BLOCKED)
def connection_reset_within_the_body(world: World) -> World:
    """The connection is reset in the middle of an answer: the network may have done it."""
    return _sent(world, lambda octets: octets[: len(octets) // 2], then="reset")
