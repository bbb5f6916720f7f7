"""Seeded faults of the seam: the digest field, the signature field, and the signature in it."""

from __future__ import annotations

import json
from dataclasses import replace

from harness.model import HttpRequest, HttpResponse
from mock_services.faults import fault
from mock_services.faults.sealing import (
    DIGEST,
    SIGNATURE,
    UNREADABLE,
    UNSIGNABLE,
    of_header,
    of_signature,
    rewritten,
    sent_twice,
    with_members,
    without,
)
from mock_services.world import World, set_header

_FAILURE = b"ResponseStatusType:Failure"
_NO_DIGEST = ("SIG-02", "SIG-03", "SIG-23")


@fault(caught_by={"SIG-01": "digest-missing"}, blocks=_NO_DIGEST)
def digest_left_out(world: World) -> World:
    """Answers are signed, but the digest that was signed is not sent."""
    return without(world, DIGEST)


@fault(caught_by={"SIG-01": "digest-repeated"}, blocks=_NO_DIGEST)
def digest_sent_twice(world: World) -> World:
    """The digest is sent in two fields."""
    return sent_twice(world, DIGEST)


@fault(caught_by={"SIG-02": "digest-other-algorithm"}, blocks=("SIG-03", "SIG-23"))
def digest_by_sha_512(world: World) -> World:
    """The digest is a SHA-512."""
    return replace(world, signing=replace(world.signing, digest_algorithm="SHA-512"))


@fault(caught_by={"SIG-02": "digest-malformed"}, blocks=("SIG-03", "SIG-23"))
def digest_without_padding(world: World) -> World:
    """The digest's base64 lacks its padding."""
    return rewritten(world, DIGEST, lambda value: value.rstrip("="))


@fault(caught_by={"SIG-02": "digest-malformed"}, blocks=("SIG-03", "SIG-23"))
def digest_in_hexadecimal(world: World) -> World:
    """The digest is written in hexadecimal digits."""
    return rewritten(world, DIGEST, lambda value: f"SHA-256={value.encode().hex()[:64]}")


@fault(caught_by={"SIG-03": "body-not-covered"})
def body_changed_on_its_way(world: World) -> World:
    """Something between signer and client rewrites the body: the declared encoding's case."""

    def hook(_: HttpRequest, response: HttpResponse) -> HttpResponse:
        start, body = response.body[:100], response.body[100:]
        if b"UTF-8" not in start:
            return response
        return replace(response, body=start.replace(b"UTF-8", b"utf-8") + body)

    return world.with_wire(hook)


@fault(caught_by={"SIG-04": "signature-missing"}, blocks=UNREADABLE)
def unsigned(world: World) -> World:
    """Answers carry no signature."""
    return without(world, SIGNATURE)


@fault(caught_by={"SIG-04": "signature-missing"}, blocks=UNREADABLE)
def refusals_unsigned(world: World) -> World:
    """Answers that hold an exception carry no signature."""

    def hook(_: HttpRequest, response: HttpResponse) -> HttpResponse:
        if _FAILURE not in response.body[:4096]:
            return response
        return replace(response, headers=set_header(response.headers, SIGNATURE, None))

    return world.with_wire(hook)


@fault(caught_by={"SIG-04": "signature-repeated"}, blocks=UNREADABLE)
def signature_sent_twice(world: World) -> World:
    """The signature is sent in two fields."""
    return sent_twice(world, SIGNATURE)


@fault(caught_by={"SIG-05": "signature-not-compact"}, blocks=UNREADABLE)
def signature_of_two_segments(world: World) -> World:
    """The empty payload segment is left out altogether."""
    return rewritten(world, SIGNATURE, lambda value: value.replace("..", "."))


@fault(caught_by={"SIG-05": "signature-not-detached"}, blocks=UNREADABLE)
def payload_within_the_signature(world: World) -> World:
    """The signature contains a payload."""
    return rewritten(world, SIGNATURE, lambda value: value.replace("..", ".e30."))


@fault(caught_by={"SIG-06": "segment-not-base64url"}, blocks=UNREADABLE)
def signature_with_padding(world: World) -> World:
    """The last segment ends with the padding of ordinary base64."""
    return rewritten(world, SIGNATURE, lambda value: f"{value}==")


@fault(caught_by={"SIG-07": "header-not-json"}, blocks=UNREADABLE)
def protected_header_cut_off(world: World) -> World:
    """The protected header ends before its closing brace."""
    return rewritten(world, SIGNATURE, of_header(lambda header: header[:-1]))


@fault(caught_by={"SIG-07": "header-not-an-object"}, blocks=UNREADABLE)
def protected_header_in_a_list(world: World) -> World:
    """The protected header is a list that holds the object."""
    return rewritten(world, SIGNATURE, of_header(lambda header: b"[" + header + b"]"))


@fault(caught_by={"SIG-07": "header-member-repeated"}, blocks=UNREADABLE)
def algorithm_stated_twice(world: World) -> World:
    """The protected header has two members alg."""
    twice = of_header(lambda header: b'{"alg":"none",' + header[1:])
    return rewritten(world, SIGNATURE, twice)


@fault(caught_by={"SIG-24": "signature-too-long"})
def signature_field_overlong(world: World) -> World:
    """The protected header is padded until proxies that are set up as documented refuse it."""
    return with_members(world, kid="k" * 8192)


@fault(caught_by={"SIG-21": "signature-length"}, blocks=UNSIGNABLE)
def signature_cut_off(world: World) -> World:
    """The signature lacks its last octet."""
    return rewritten(world, SIGNATURE, of_signature(lambda octets: octets[:-1]))


@fault(caught_by={"SIG-21": "signature-length"}, blocks=UNSIGNABLE)
def signature_in_der(world: World) -> World:
    """The signature is in the form of X.509: DER, not r and s side by side."""
    return rewritten(world, SIGNATURE, of_signature(_in_der))


def _in_der(octets: bytes) -> bytes:
    numbers = b"".join(_integer(half) for half in (octets[:32], octets[32:]))
    return bytes((0x30, len(numbers))) + numbers


def _integer(half: bytes) -> bytes:
    number = half.lstrip(b"\0")
    padded = b"\0" * (not number or number[0] >= 0x80) + number  # noqa: PLR2004 -- the sign bit
    return bytes((0x02, len(padded))) + padded


@fault(caught_by={"SIG-23": "signature-wrong"})
def signature_altered(world: World) -> World:
    """One bit of the signature is turned."""
    turned = of_signature(lambda octets: octets[:-1] + bytes((octets[-1] ^ 1,)))
    return rewritten(world, SIGNATURE, turned)


@fault(caught_by={"SIG-23": "signature-wrong"})
def header_changed_after_signing(world: World) -> World:
    """The protected header is written anew after signing, with another order of its members."""

    def turned(header: bytes) -> bytes:
        members = json.loads(header)
        return json.dumps(dict(reversed(members.items()))).encode()

    return rewritten(world, SIGNATURE, of_header(turned))
