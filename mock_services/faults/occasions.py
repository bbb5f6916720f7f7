"""Seeded faults of the seam: the signature on answers to other than plain questions."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus

from harness.model import HttpRequest, HttpResponse
from mock_services.faults import fault
from mock_services.faults.sealing import SIGNATURE, When, of_signature, rewritten, turned
from mock_services.world import World, set_header


def _confirms(_: HttpRequest, response: HttpResponse) -> bool:
    return response.status == HTTPStatus.NOT_MODIFIED


def _is_head(request: HttpRequest, _: HttpResponse) -> bool:
    return request.method == "HEAD"


def _asks(name: str, start: str) -> When:
    def asked(request: HttpRequest, _: HttpResponse) -> bool:
        values = (value for field, value in request.headers if field.lower() == name)
        return any(value.startswith(start) for value in values)

    return asked


_FIRST_VERSION = _asks("accept-version", "oots-cs:v1")
_ANEW = _asks("cache-control", "no-cache")


def _altered(world: World, when: When) -> World:
    return rewritten(world, SIGNATURE, of_signature(turned), when=when)


def _unsigned(world: World, when: When) -> World:
    def hook(request: HttpRequest, response: HttpResponse) -> HttpResponse:
        bare = set_header(response.headers, SIGNATURE, None)
        return replace(response, headers=bare) if when(request, response) else response

    return world.with_wire(hook)


def _another_body(world: World, when: When) -> World:
    """A world that sends some answers with the digest and signature of an answer before."""

    def hook(request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if not response.body or not when(request, response):
            return response
        return replace(response, body=response.body + b"\n")

    return world.with_wire(hook)


@fault(caught_by={"SIG-49": "signature-of-304-wrong"})
def signature_of_a_304_altered(world: World) -> World:
    """The signature of a 304 does not verify, and a cache takes it over."""
    return _altered(world, _confirms)


@fault(caught_by={"SIG-50": "head-unsigned"})
def head_unsigned(world: World) -> World:
    """The answer to HEAD is not signed."""
    return _unsigned(world, _is_head)


@fault(caught_by={"SIG-50": "signature-of-head-wrong"})
def signature_of_head_altered(world: World) -> World:
    """The signature of the answer to HEAD does not verify."""
    return _altered(world, _is_head)


@fault(caught_by={"SIG-51": "version-1-unsigned"})
def version_1_unsigned(world: World) -> World:
    """Answers of the first version are not signed."""
    return _unsigned(world, _FIRST_VERSION)


@fault(caught_by={"SIG-51": "version-1-not-covered"})
def version_1_with_another_digest(world: World) -> World:
    """Answers of the first version come with the digest of another body."""
    return _another_body(world, _FIRST_VERSION)


@fault(caught_by={"SIG-51": "signature-of-version-1-wrong"})
def signature_of_version_1_altered(world: World) -> World:
    """The signature of answers of the first version does not verify."""
    return _altered(world, _FIRST_VERSION)


@fault(caught_by={"SIG-53": "answer-made-anew-not-covered"})
def answer_made_anew_with_the_old_digest(world: World) -> World:
    """Past all caches the body is a new one, and its digest and signature are the old ones."""
    return _another_body(world, _ANEW)


@fault(caught_by={"SIG-53": "signature-made-anew-wrong"})
def signature_made_anew_altered(world: World) -> World:
    """Past all caches the signature does not verify."""
    return _altered(world, _ANEW)
