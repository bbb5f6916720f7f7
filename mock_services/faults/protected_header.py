"""Seeded faults of the seam: the protected header. All of them are signed as they are."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from mock_services.faults import fault
from mock_services.faults.sealing import (
    DIGEST,
    UNSIGNABLE,
    encoded,
    with_members,
    with_named,
    with_sigd,
)
from mock_services.world import World

_NO_ALGORITHM = ("SIG-15", "SIG-21", "SIG-23")
_NO_MECHANISM = ("SIG-12", "SIG-23")


@fault(caught_by={"SIG-08": "algorithm-not-allowed"}, blocks=_NO_ALGORITHM)
def algorithm_none(world: World) -> World:
    """The header says that nothing is signed."""
    return with_members(world, alg="none")


@fault(caught_by={"SIG-08": "algorithm-not-allowed"}, blocks=_NO_ALGORITHM)
def algorithm_left_out(world: World) -> World:
    """The header names no algorithm."""
    return with_members(world, alg=None)


@fault(caught_by={"SIG-08": "algorithm-not-allowed"}, blocks=_NO_ALGORITHM)
def signed_with_es384(world: World) -> World:
    """Answers are signed with ES384, soundly."""
    return replace(world, signing=replace(world.signing, algorithm="ES384"))


@fault(caught_by={"SIG-09": "b64-missing"})
def b64_left_out(world: World) -> World:
    """The header does not say that what is signed is unencoded."""
    return with_members(world, b64=None, crit=["sigD"])


@fault(caught_by={"SIG-09": "b64-not-false"})
def b64_as_text(world: World) -> World:
    """The header has the text "false" in place of the value."""
    return with_members(world, b64="false")


@fault(caught_by={"SIG-10": "crit-missing"})
def crit_left_out(world: World) -> World:
    """The header does not list its critical members."""
    return with_members(world, crit=None)


@fault(caught_by={"SIG-10": "crit-malformed"})
def crit_empty(world: World) -> World:
    """The list of critical members is empty."""
    return with_members(world, crit=[])


@fault(caught_by={"SIG-10": "crit-repeated"})
def crit_names_one_twice(world: World) -> World:
    """The list of critical members names b64 twice."""
    return with_members(world, crit=["b64", "sigD", "b64"])


@fault(caught_by={"SIG-10": "crit-names-absent"})
def crit_names_an_absent_member(world: World) -> World:
    """The list of critical members names one that is not in the header."""
    return with_members(world, crit=["b64", "sigD", "sigT"])


@fault(caught_by={"SIG-10": "crit-not-understood"})
def crit_names_an_unknown_member(world: World) -> World:
    """A member that no verifier knows is declared critical."""
    return with_members(world, crit=["b64", "sigD", "mood"], mood="good")


@fault(caught_by={"SIG-10": "crit-incomplete"})
def sigd_not_critical(world: World) -> World:
    """The mechanism is not declared critical."""
    return with_members(world, crit=["b64"])


@fault(caught_by={"SIG-11": "sigd-missing"}, blocks=_NO_MECHANISM)
def sigd_left_out(world: World) -> World:
    """The header does not say what is signed."""
    return with_members(world, sigD=None, crit=["b64"])


@fault(caught_by={"SIG-11": "sigd-other-mechanism"}, blocks=_NO_MECHANISM)
def sigd_of_another_mechanism(world: World) -> World:
    """The header says that the objects behind URIs are signed."""
    return with_sigd(world, mId="http://uri.etsi.org/19182/ObjectIdByURI")


@fault(caught_by={"SIG-11": "sigd-foreign-member"}, blocks=_NO_MECHANISM)
def sigd_with_hashes(world: World) -> World:
    """The mechanism for header fields comes with the hash of another mechanism."""
    return with_sigd(world, hashM="S256")


@fault(caught_by={"SIG-12": "pars-malformed"}, blocks=UNSIGNABLE)
def pars_as_text(world: World) -> World:
    """The signed fields are a text in place of a list."""
    return with_sigd(world, pars=DIGEST)


@fault(caught_by={"SIG-12": "pars-not-lower-case"}, blocks=UNSIGNABLE)
def pars_capitalised(world: World) -> World:
    """The signed field is called Digest."""
    return with_sigd(world, pars=["Digest"])


@fault(caught_by={"SIG-12": "pars-repeated"}, blocks=UNSIGNABLE)
def pars_names_digest_twice(world: World) -> World:
    """The list of signed fields names the digest twice."""
    return with_sigd(world, pars=[DIGEST, DIGEST])


@fault(caught_by={"SIG-12": "pars-without-digest"}, blocks=UNSIGNABLE)
def body_not_signed(world: World) -> World:
    """Only the content type is signed, and so nothing of the body."""
    return replace(world, signing=replace(world.signing, parameters=("content-type",)))


@fault(caught_by={"SIG-12": "pars-names-absent"}, blocks=UNSIGNABLE)
def pars_names_an_absent_field(world: World) -> World:
    """A field is declared signed that is not in the answer."""
    return with_sigd(world, pars=[DIGEST, "x-not-sent"])


@fault(caught_by={"SIG-13": "key-from-elsewhere"})
def key_behind_an_address(world: World) -> World:
    """The header points to a set of keys by its address."""
    return with_members(world, jku="https://keys.localhost/keys.json")


@fault(caught_by={"SIG-13": "key-from-elsewhere"})
def key_in_the_header(world: World) -> World:
    """The header contains a bare key."""
    return with_members(world, jwk={"kty": "oct", "k": "AAAA"})


@fault(caught_by={"SIG-22": "iat-missing"})
def signing_time_left_out(world: World) -> World:
    """The header has no signing time."""
    return with_members(world, iat=None)


@fault(caught_by={"SIG-22": "iat-malformed"})
def signing_time_as_text(world: World) -> World:
    """The signing time is a text."""
    return with_members(world, iat="2026-07-22T10:26:36Z")


@fault(caught_by={"SIG-22": "iat-in-the-future"})
def signed_in_the_future(world: World) -> World:
    """The signer's clock is an hour ahead."""
    return replace(world, signing=replace(world.signing, age=-3600))


@fault(caught_by={"SIG-22": "iat-before-certificate"})
def signed_before_the_certificate(world: World) -> World:
    """The signing time is a year before the certificate's issue."""
    return replace(world, signing=replace(world.signing, age=365 * 86400))


@fault(caught_by={"SIG-20": "thumbprint-mismatch"})
def thumbprint_of_another_certificate(world: World) -> World:
    """The thumbprint is not the signer's."""
    other = encoded(hashlib.sha512(b"another").digest())
    return with_named(world, (("x5t#o", {"digAlg": "S512", "digVal": other}),))


@fault(caught_by={"SIG-20": "thumbprint-malformed"})
def thumbprint_by_md5(world: World) -> World:
    """The thumbprint is made with MD5."""
    value = encoded(hashlib.md5(b"any", usedforsecurity=False).digest())
    return with_named(world, (("x5t#o", {"digAlg": "MD5", "digVal": value}),))


@fault(caught_by={"SIG-20": "thumbprint-sha1"})
def thumbprint_by_sha_1(world: World) -> World:
    """A thumbprint with SHA-1 is added."""
    value = encoded(hashlib.sha1(b"any", usedforsecurity=False).digest())
    return with_members(world, x5t=value)
