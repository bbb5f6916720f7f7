"""How the faults of the signature are made: by policy before signing, by hooks after it."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import replace

from harness.model import HttpRequest, HttpResponse
from mock_services.pki import Authority, Credential, Leaf, Pki, Trust
from mock_services.world import Instance, World, set_header

DIGEST = "digest"
SIGNATURE = "oots-response-sig"
MECHANISM = "http://uri.etsi.org/19182/HttpHeaders"
UNREADABLE = ("SIG-*",)
"""Without the signature's parts nothing that they hold can be observed."""

OCCASIONS = ("SIG-28", "SIG-49", "SIG-50", "SIG-51", "SIG-53")
"""They compare with a plain answer that has to hold."""

UNSIGNABLE = ("SIG-23", *OCCASIONS)
"""What is to be signed, or with which key, cannot be known."""

UNCOUNTABLE = ("SIG-29", *UNSIGNABLE)
"""The signature's numbers cannot be told."""

UNTRUSTED = ("SIG-52",)
"""Without a path to an anchor there is no root to compare."""

UNBOUND = ("SIG-17", *UNTRUSTED)
"""A path over such certificates proves nothing."""

Change = Callable[[str], str]
When = Callable[[HttpRequest, HttpResponse], bool]


def rewritten(world: World, name: str, change: Change, *, when: When = lambda _, __: True) -> World:
    """A world that changes the value of a field after signing."""

    def hook(request: HttpRequest, response: HttpResponse) -> HttpResponse:
        value = response.header(name)
        if value is None or not when(request, response):
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


def with_issuer(
    world: World, authority: Authority, leaf: Leaf | None = None, *, below_sub: bool = False
) -> World:
    """A world whose signers stand under a further sub-CA, below the root or the usual sub-CA."""

    def choose(pki: Pki, at: Instance) -> Credential:
        trust = Trust.of(at.environment)
        above = pki.authority(trust) if below_sub else pki.root(trust)
        name = pki.credential(at.owner, at.environment).certificates[0].subject
        return pki.issue(name, leaf or Leaf(), pki.subordinate(above, authority))

    signing = replace(world.signing, credential=choose, chain=4 if below_sub else 3)
    return replace(world, signing=signing)


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


def turned(octets: bytes) -> bytes:
    """A signature with its last bit turned."""
    return octets[:-1] + bytes((octets[-1] ^ 1,))


def decoded(segment: str) -> bytes:
    """The octets of base64url without padding."""
    return urlsafe_b64decode(segment + "=" * (-len(segment) % 4))


def encoded(octets: bytes) -> str:
    """Base64url without padding."""
    return urlsafe_b64encode(octets).rstrip(b"=").decode("ascii")
