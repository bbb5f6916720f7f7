"""Seeded faults of the seam: how a directory answers who asks again, or asks in another way."""

from __future__ import annotations

import gzip
import secrets
from dataclasses import replace

from harness.model import HttpRequest, HttpResponse
from mock_services.faults import fault
from mock_services.faults.keeping import asked, confirms, not_modified, with_fields
from mock_services.world import World, set_header


@fault(
    caught_by={"CACHE-16": "no-304-for-etag", "CACHE-17": "no-304-for-date"},
    blocks=("CACHE-19", "CACHE-20"),
)
def conditions_ignored(world: World) -> World:
    """Conditional requests are answered in full."""
    return replace(world, caching=replace(world.caching, conditional=False))


def _precondition_failed(world: World, name: str) -> World:
    """A world where a condition that should get 304 gets 412, which is for other methods."""

    def hook(request: HttpRequest, response: HttpResponse) -> HttpResponse:
        refused = confirms(request, response) and asked(request, name)
        return replace(response, status=412) if refused else response

    return world.with_wire(hook)


@fault(caught_by={"CACHE-16": "no-304-for-etag"}, blocks=("CACHE-19", "CACHE-20"))
def known_tag_is_an_error(world: World) -> World:
    """If-None-Match with the current tag is answered with 412."""
    return _precondition_failed(world, "If-None-Match")


@fault(caught_by={"CACHE-17": "no-304-for-date"})
def known_date_is_an_error(world: World) -> World:
    """If-Modified-Since with the current date is answered with 412."""
    return _precondition_failed(world, "If-Modified-Since")


@fault(caught_by={"CACHE-18": "date-outranks-etag"})
def date_outranks_the_tag(world: World) -> World:
    """If-Modified-Since is obeyed although If-None-Match is there and does not match."""

    def hook(request: HttpRequest, response: HttpResponse) -> HttpResponse:
        known = asked(request, "If-Modified-Since") in response.values("Last-Modified")
        return not_modified(response) if known else response

    return world.with_wire(hook)


@fault(caught_by={"CACHE-19": "304-incomplete"})
def bare_304(world: World) -> World:
    """A 304 carries neither Cache-Control nor Vary."""
    return with_fields(world, {"Cache-Control": None, "Vary": None}, when=confirms)


@fault(caught_by={"CACHE-20": "304-unsigned"})
def unsigned_304(world: World) -> World:
    """A 304 carries no signature."""
    return with_fields(world, {"oots-response-sig": None}, when=confirms)


@fault(caught_by={"CACHE-20": "304-of-another-answer"})
def digest_of_nothing_in_a_304(world: World) -> World:
    """A 304 carries the digest of its own empty body, which a cache then stores."""
    empty = "SHA-256=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
    return with_fields(world, {"digest": empty}, when=confirms)


@fault(caught_by={"CACHE-21": "head-unlike-get"})
def head_without_tag(world: World) -> World:
    """HEAD is answered without the entity tag that GET has."""
    return with_fields(world, {"ETag": None}, when=lambda request, _: request.method == "HEAD")


@fault(caught_by={"CACHE-21": "head-unlike-get"})
def head_not_served(world: World) -> World:
    """HEAD is refused with status 405."""

    def hook(request: HttpRequest, response: HttpResponse) -> HttpResponse:
        return replace(response, status=405) if request.method == "HEAD" else response

    return world.with_wire(hook)


@fault(caught_by={"CACHE-22": "order-matters"})
def order_of_parameters_matters(world: World) -> World:
    """With the country first, the answer has other bytes."""

    def hook(request: HttpRequest, body: bytes) -> bytes:
        _, first, *others = request.url.split("&") if "&" in request.url else ("", "")
        return body + b"\n" if others and first.startswith("country-code=") else body

    return world.with_content(hook)


@fault(
    caught_by={"CACHE-23": "answer-unstable"},
    blocks=(
        "CACHE-16",
        "CACHE-19",
        "CACHE-20",
        "CACHE-21",
        "CACHE-22",
        "CACHE-28",
        "CACHE-29",
    ),
)
def answers_never_the_same(world: World) -> World:
    """The same question is answered with other bytes each time."""
    return world.with_content(lambda _, body: body + f"<!-- {secrets.token_hex(8)} -->".encode())


@fault(
    caught_by={"CACHE-23": "etag-unstable"},
    blocks=("CACHE-16", "CACHE-19", "CACHE-20", "CACHE-21"),
)
def tag_of_the_moment(world: World) -> World:
    """The entity tag changes with every answer though the bytes do not."""
    return with_fields(world, {"ETag": lambda _: f'"{secrets.token_hex(8)}"'})


@fault(caught_by={"CACHE-24": "etag-shared"})
def one_tag_for_everything(world: World) -> World:
    """All answers have the same entity tag, whatever their bytes."""
    shared = '"the-tag"'

    def hook(request: HttpRequest, response: HttpResponse) -> HttpResponse:
        return not_modified(response) if asked(request, "If-None-Match") == shared else response

    return with_fields(world, {"ETag": lambda _: shared}).with_wire(hook)


@fault(caught_by={"CACHE-28": "encoding-matters"})
def encoding_of_parameters_matters(world: World) -> World:
    """With its colons percent-encoded, a question gets an answer with other bytes."""

    def hook(request: HttpRequest, body: bytes) -> bytes:
        return body + b"\n" if "%3A" in request.url else body

    return world.with_content(hook)


@fault(caught_by={"CACHE-29": "vary-without-accept-encoding"})
def compressed_without_telling_caches(world: World) -> World:
    """Answers are compressed for those who take it, and Vary does not say so."""

    def hook(request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if "gzip" not in (asked(request, "Accept-Encoding") or "") or not response.body:
            return response
        headers = set_header(response.headers, "Content-Encoding", "gzip")
        return replace(response, headers=headers, body=gzip.compress(response.body, mtime=0))

    return world.with_wire(hook)


@fault(caught_by={"CACHE-29": "vary-without-accept-language"})
def language_chosen_without_telling_caches(world: World) -> World:
    """Answers follow Accept-Language, and Vary does not say so."""

    def hook(request: HttpRequest, body: bytes) -> bytes:
        language = asked(request, "Accept-Language")
        return body + f"<!-- {language[:2]} -->".encode() if language else body

    return world.with_content(hook)
