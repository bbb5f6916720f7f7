"""How the faults of the signature are made: by policy before signing, by hooks after it."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import replace

from harness.model import HttpRequest, HttpResponse
from mock_services.pki import Credential, Leaf, Pki
from mock_services.world import Instance, World, set_header

DIGEST = "digest"
SIGNATURE = "oots-response-sig"
MECHANISM = "http://uri.etsi.org/19182/HttpHeaders"
UNREADABLE = ("SIG-*",)
"""Without the signature's parts nothing that they hold can be observed."""

UNSIGNABLE = ("SIG-23",)
"""What is to be signed, or with which key, cannot be known."""

Change = Callable[[str], str]


def rewritten(world: World, name: str, change: Change) -> World:
    """A world that changes the value of a field after signing."""

    def hook(_: HttpRequest, response: HttpResponse) -> HttpResponse:
        value = response.header(name)
        if value is None:
            return response
        return replace(response, headers=set_header(response.headers, name, change(value)))

    return world.with_wire(hook)


def without(world: World, *names: str) -> World:
    """A world that leaves fields out."""

    def hook(_: HttpRequest, response: HttpResponse) -> HttpResponse:
        kept = tuple(pair for pair in response.headers if pair[0].lower() not in names)
        return replace(response, headers=kept)

    return world.with_wire(hook)


def sent_twice(world: World, name: str) -> World:
    """A world that sends a field twice."""

    def hook(_: HttpRequest, response: HttpResponse) -> HttpResponse:
        again = tuple(pair for pair in response.headers if pair[0].lower() == name)
        return replace(response, headers=response.headers + again)

    return world.with_wire(hook)


def with_members(world: World, **members: object) -> World:
    """A world that signs over other members of the protected header; None removes one."""
    return with_named(world, tuple(members.items()))


def with_named(world: World, members: tuple[tuple[str, object], ...]) -> World:
    """As `with_members`, for names that Python does not allow."""
    return replace(world, signing=replace(world.signing, members=members))


def with_sigd(world: World, **changed: object) -> World:
    """A world whose `sigD` is otherwise."""
    return with_members(world, sigD={"mId": MECHANISM, "pars": [DIGEST], **changed})


def with_credential(world: World, choose: Callable[[Pki, Instance], Credential]) -> World:
    """A world that signs with other keys and certificates."""
    return replace(world, signing=replace(world.signing, credential=choose))


def with_leaf(world: World, leaf: Leaf) -> World:
    """A world whose signers have certificates of another make."""
    return with_credential(world, lambda pki, at: pki.credential(at.owner, at.environment, leaf))


def of_header(change: Callable[[bytes], bytes]) -> Change:
    """A change of the protected header's octets."""

    def changed(field: str) -> str:
        segment, rest = field.split(".", 1)
        return f"{encoded(change(decoded(segment)))}.{rest}"

    return changed


def of_signature(change: Callable[[bytes], bytes]) -> Change:
    """A change of the signature's octets."""

    def changed(field: str) -> str:
        rest, segment = field.rsplit(".", 1)
        return f"{rest}.{encoded(change(decoded(segment)))}"

    return changed


def decoded(segment: str) -> bytes:
    """The octets of base64url without padding."""
    return urlsafe_b64decode(segment + "=" * (-len(segment) % 4))


def encoded(octets: bytes) -> str:
    """Base64url without padding."""
    return urlsafe_b64encode(octets).rstrip(b"=").decode("ascii")
