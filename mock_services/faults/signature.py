"""Seeded faults of the seam: the digest field, the signature field, and the signature in it."""

from __future__ import annotations

import json
from dataclasses import replace

from harness.model import HttpRequest, HttpResponse
from mock_services.faults import fault
from mock_services.faults.sealing import (
    OCCASIONS,
    SIGNATURE,
    UNCOUNTABLE,
    UNREADABLE,
    UNSIGNABLE,
    of_header,
    of_signature,
    rewritten,
    sent_twice,
    turned,
    with_members,
    without,
)
from mock_services.world import World, set_header

_ORDER = bytes.fromhex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551")
"""Of the group on P-256."""

_ORDER_OF_25519 = 2**252 + 27742317777372353535851937790883648493
_FAILURE = b"ResponseStatusType:Failure"


@fault(caught_by={"SIG-03": "body-not-covered"}, blocks=OCCASIONS)
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


@fault(caught_by={"SIG-21": "signature-length"}, blocks=UNCOUNTABLE)
def signature_cut_off(world: World) -> World:
    """The signature lacks its last octet."""
    return rewritten(world, SIGNATURE, of_signature(lambda octets: octets[:-1]))


@fault(caught_by={"SIG-21": "signature-length"}, blocks=UNCOUNTABLE)
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


@fault(caught_by={"SIG-23": "signature-wrong"}, blocks=OCCASIONS)
def signature_altered(world: World) -> World:
    """One bit of the signature is turned."""
    return rewritten(world, SIGNATURE, of_signature(turned))


@fault(caught_by={"SIG-23": "signature-wrong"}, blocks=OCCASIONS)
def header_changed_after_signing(world: World) -> World:
    """The protected header is written anew after signing, with another order of its members."""

    def reordered(header: bytes) -> bytes:
        members = json.loads(header)
        return json.dumps(dict(reversed(members.items()))).encode()

    return rewritten(world, SIGNATURE, of_header(reordered))


@fault(caught_by={"SIG-04": "signature-missing"}, blocks=UNREADABLE)
def signature_field_of_another_name(world: World) -> World:
    """The signature is sent in a field with a longer name."""

    def hook(_: HttpRequest, response: HttpResponse) -> HttpResponse:
        value = response.header(SIGNATURE)
        headers = set_header(response.headers, "oots-response-signature", value)
        return replace(response, headers=set_header(headers, SIGNATURE, None))

    return world.with_wire(hook)


@fault(caught_by={"SIG-05": "signature-not-compact"}, blocks=UNREADABLE)
def signature_field_empty(world: World) -> World:
    """The signature field is there and empty."""
    return rewritten(world, SIGNATURE, lambda _: "")


@fault(caught_by={"SIG-05": "signature-not-compact"}, blocks=UNREADABLE)
def signature_of_four_segments(world: World) -> World:
    """A fourth segment follows the signature."""
    return rewritten(world, SIGNATURE, lambda value: f"{value}.e30")


@fault(caught_by={"SIG-05": "signature-not-compact"}, blocks=UNREADABLE)
def signature_in_json_form(world: World) -> World:
    """The signature is in the flattened JSON form of JWS."""

    def flattened(value: str) -> str:
        protected, _, signature = value.split(".")
        return json.dumps({"protected": protected, "signature": signature})

    return rewritten(world, SIGNATURE, flattened)


@fault(caught_by={"SIG-06": "segment-not-base64url"}, blocks=UNREADABLE)
def signature_in_the_ordinary_alphabet(world: World) -> World:
    """The segments are in the alphabet of ordinary base64."""

    def spelled(value: str) -> str:
        rest, segment = value.translate(str.maketrans("-_", "+/")).rsplit(".", 1)
        return f"{rest}.+{segment[1:]}"  # a plus sign is then in every answer

    return rewritten(world, SIGNATURE, spelled)


@fault(caught_by={"SIG-06": "segment-not-base64url"}, blocks=UNREADABLE)
def signature_with_a_space(world: World) -> World:
    """A space stands before the last segment."""
    return rewritten(world, SIGNATURE, lambda value: value.replace("..", ".. "))


@fault(caught_by={"SIG-07": "header-not-json"}, blocks=UNREADABLE)
def protected_header_in_latin_1(world: World) -> World:
    """The protected header has a letter that is not in UTF-8."""
    change = of_header(lambda header: header.replace(b'"jose"', b'"jos\xe9"'))
    return rewritten(world, SIGNATURE, change)


@fault(caught_by={"SIG-07": "header-not-json"}, blocks=UNREADABLE)
def protected_header_nested_without_need(world: World) -> World:
    """The protected header is two thousand lists deep."""
    deep = b'{"deep":' + b"[" * 2000 + b"]" * 2000 + b"}"
    return rewritten(world, SIGNATURE, of_header(lambda _: deep))


@fault(caught_by={"SIG-07": "header-member-repeated"}, blocks=UNREADABLE)
def mechanism_stated_twice(world: World) -> World:
    """The object sigD has two members mId."""
    change = of_header(lambda header: header.replace(b'"sigD":{', b'"sigD":{"mId":"x",'))
    return rewritten(world, SIGNATURE, change)


@fault(caught_by={"SIG-21": "signature-length"}, blocks=UNCOUNTABLE)
def signature_of_65_octets(world: World) -> World:
    """The signature begins with an octet that says of what kind it is."""
    return rewritten(world, SIGNATURE, of_signature(lambda octets: b"\0" + octets))


@fault(caught_by={"SIG-21": "signature-length"}, blocks=UNCOUNTABLE)
def signature_of_96_octets(world: World) -> World:
    """The signature is as long as one of ES384."""
    return rewritten(world, SIGNATURE, of_signature(lambda octets: octets + bytes(32)))


@fault(caught_by={"SIG-21": "signature-length"}, blocks=UNCOUNTABLE)
def signature_without_leading_zeros(world: World) -> World:
    """The numbers of the signature are written as short as they can be, and r happens to be so."""
    short = of_signature(lambda octets: octets[1:32].lstrip(b"\0") + octets[32:])
    return rewritten(world, SIGNATURE, short)


@fault(caught_by={"SIG-29": "signature-out-of-range"}, blocks=UNSIGNABLE)
def signature_of_zeros(world: World) -> World:
    """Both numbers of the signature are zero, which some verifiers took for any answer's."""
    return rewritten(world, SIGNATURE, of_signature(lambda _: bytes(64)))


@fault(caught_by={"SIG-29": "signature-out-of-range"}, blocks=UNSIGNABLE)
def signature_with_r_of_zero(world: World) -> World:
    """The first number of the signature is zero."""
    return rewritten(world, SIGNATURE, of_signature(lambda octets: bytes(32) + octets[32:]))


@fault(caught_by={"SIG-29": "signature-out-of-range"}, blocks=UNSIGNABLE)
def signature_with_s_of_the_order(world: World) -> World:
    """The second number of the signature is the order of the curve."""
    return rewritten(world, SIGNATURE, of_signature(lambda octets: octets[:32] + _ORDER))


@fault(caught_by={"SIG-29": "signature-out-of-range"}, blocks=UNSIGNABLE)
def signature_by_ed25519_made_twice(world: World) -> World:
    """The order of the curve is added to S, and so anybody's second signature made."""

    def again(octets: bytes) -> bytes:
        number = int.from_bytes(octets[32:], "little") + _ORDER_OF_25519
        return octets[:32] + number.to_bytes(32, "little")

    signed = replace(world, signing=replace(world.signing, algorithm="EdDSA"))
    return rewritten(signed, SIGNATURE, of_signature(again))
