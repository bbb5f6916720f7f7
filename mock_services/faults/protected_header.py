"""Seeded faults of the seam: the protected header. All of them are signed as they are."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from mock_services.faults import fault
from mock_services.faults.sealing import (
    DIGEST,
    OCCASIONS,
    UNCOUNTABLE,
    UNREADABLE,
    UNSIGNABLE,
    encoded,
    with_members,
    with_named,
    with_sigd,
)
from mock_services.world import World

_NO_ALGORITHM = ("SIG-15", "SIG-21", *UNCOUNTABLE)
_NO_MECHANISM = ("SIG-12", "SIG-33", *UNSIGNABLE)
_NO_FIELDS = ("SIG-33", *UNSIGNABLE)
_NO_TIME = ("SIG-34",)


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


@fault(caught_by={"SIG-09": "b64-missing"}, blocks=OCCASIONS)
def b64_left_out(world: World) -> World:
    """The header does not say that what is signed is unencoded."""
    return with_members(world, b64=None, crit=["sigD"])


@fault(caught_by={"SIG-09": "b64-not-false"}, blocks=OCCASIONS)
def b64_as_text(world: World) -> World:
    """The header has the text "false" in place of the value."""
    return with_members(world, b64="false")


@fault(caught_by={"SIG-10": "crit-missing"}, blocks=OCCASIONS)
def crit_left_out(world: World) -> World:
    """The header does not list its critical members."""
    return with_members(world, crit=None)


@fault(caught_by={"SIG-10": "crit-malformed"}, blocks=OCCASIONS)
def crit_empty(world: World) -> World:
    """The list of critical members is empty."""
    return with_members(world, crit=[])


@fault(caught_by={"SIG-10": "crit-repeated"}, blocks=OCCASIONS)
def crit_names_one_twice(world: World) -> World:
    """The list of critical members names b64 twice."""
    return with_members(world, crit=["b64", "sigD", "b64"])


@fault(caught_by={"SIG-10": "crit-names-absent"}, blocks=OCCASIONS)
def crit_names_an_absent_member(world: World) -> World:
    """The list of critical members names one that is not in the header."""
    return with_members(world, crit=["b64", "sigD", "sigT"])


@fault(caught_by={"SIG-10": "crit-not-understood"}, blocks=OCCASIONS)
def crit_names_an_unknown_member(world: World) -> World:
    """A member that no verifier knows is declared critical."""
    return with_members(world, crit=["b64", "sigD", "mood"], mood="good")


@fault(caught_by={"SIG-10": "crit-incomplete"}, blocks=OCCASIONS)
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


@fault(caught_by={"SIG-12": "pars-malformed"}, blocks=_NO_FIELDS)
def pars_as_text(world: World) -> World:
    """The signed fields are a text in place of a list."""
    return with_sigd(world, pars=DIGEST)


@fault(caught_by={"SIG-12": "pars-not-lower-case"}, blocks=_NO_FIELDS)
def pars_capitalised(world: World) -> World:
    """The signed field is called Digest."""
    return with_sigd(world, pars=["Digest"])


@fault(caught_by={"SIG-12": "pars-repeated"}, blocks=_NO_FIELDS)
def pars_names_digest_twice(world: World) -> World:
    """The list of signed fields names the digest twice."""
    return with_sigd(world, pars=[DIGEST, DIGEST])


@fault(caught_by={"SIG-12": "pars-without-digest"}, blocks=_NO_FIELDS)
def body_not_signed(world: World) -> World:
    """Only the content type is signed, and so nothing of the body."""
    return replace(world, signing=replace(world.signing, parameters=("content-type",)))


@fault(caught_by={"SIG-12": "pars-names-absent"}, blocks=_NO_FIELDS)
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


@fault(caught_by={"SIG-22": "iat-missing"}, blocks=_NO_TIME)
def signing_time_left_out(world: World) -> World:
    """The header has no signing time."""
    return with_members(world, iat=None)


@fault(caught_by={"SIG-22": "iat-malformed"}, blocks=_NO_TIME)
def signing_time_as_text(world: World) -> World:
    """The signing time is a text."""
    return with_members(world, iat="2026-07-22T10:26:36Z")


@fault(caught_by={"SIG-22": "iat-in-the-future"}, blocks=_NO_TIME)
def signed_in_the_future(world: World) -> World:
    """The signer's clock is an hour ahead."""
    return replace(world, signing=replace(world.signing, age=-3600))


@fault(caught_by={"SIG-22": "iat-before-certificate"}, blocks=_NO_TIME)
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


@fault(caught_by={"SIG-08": "algorithm-not-allowed"}, blocks=_NO_ALGORITHM)
def algorithm_none_capitalised(world: World) -> World:
    """The header says None, which a comparison with none lets through."""
    return with_members(world, alg="None")


@fault(caught_by={"SIG-08": "algorithm-not-allowed"}, blocks=_NO_ALGORITHM)
def algorithm_of_a_shared_secret(world: World) -> World:
    """The header says HS256, for which a careless verifier takes the public key as the secret."""
    return with_members(world, alg="HS256")


@fault(caught_by={"SIG-08": "algorithm-not-allowed"}, blocks=_NO_ALGORITHM)
def signed_with_rsa(world: World) -> World:
    """Answers are signed with PS256, soundly."""
    return replace(world, signing=replace(world.signing, algorithm="PS256"))


@fault(caught_by={"SIG-08": "algorithm-not-allowed"}, blocks=_NO_ALGORITHM)
def eddsa_by_its_new_name(world: World) -> World:
    """Answers are signed with Ed25519, and the header calls it so, after RFC 9864."""
    return replace(world, signing=replace(world.signing, algorithm="Ed25519"))


@fault(caught_by={"SIG-09": "b64-not-false"}, blocks=OCCASIONS)
def b64_true(world: World) -> World:
    """The header says that what is signed is encoded."""
    return with_members(world, b64=True)


@fault(caught_by={"SIG-10": "crit-malformed"}, blocks=OCCASIONS)
def crit_as_text(world: World) -> World:
    """The critical members are a text in place of a list."""
    return with_members(world, crit="b64,sigD")


@fault(caught_by={"SIG-10": "crit-incomplete"}, blocks=OCCASIONS)
def b64_not_critical(world: World) -> World:
    """The member b64 is not declared critical, so that a verifier may pass over it."""
    return with_members(world, crit=["sigD"])


@fault(caught_by={"SIG-11": "sigd-other-mechanism"}, blocks=_NO_MECHANISM)
def sigd_without_mechanism(world: World) -> World:
    """The object sigD names no mechanism."""
    return with_members(world, sigD={"pars": [DIGEST]})


@fault(caught_by={"SIG-11": "sigd-foreign-member"}, blocks=_NO_MECHANISM)
def sigd_with_hash_values(world: World) -> World:
    """The mechanism for header fields comes with the hash values of another mechanism."""
    return with_sigd(world, hashV=["AAAA"])


@fault(caught_by={"SIG-11": "sigd-foreign-member"}, blocks=_NO_MECHANISM)
def sigd_with_content_types(world: World) -> World:
    """The mechanism for header fields comes with the content types of another mechanism."""
    return with_sigd(world, ctys=["application/x-ebrs+xml"])


@fault(caught_by={"SIG-12": "pars-without-digest"}, blocks=_NO_FIELDS)
def pars_empty(world: World) -> World:
    """No field at all is signed."""
    return replace(world, signing=replace(world.signing, parameters=()))


@fault(caught_by={"SIG-12": "pars-names-absent"}, blocks=_NO_FIELDS)
def pars_names_the_status(world: World) -> World:
    """The status is declared signed by a name that HTTP Signatures had for it."""
    return with_sigd(world, pars=[DIGEST, "(status)"])


@fault(caught_by={"SIG-12": "pars-names-absent"}, blocks=_NO_FIELDS)
def pars_names_the_request(world: World) -> World:
    """The request's target is declared signed, which an answer does not carry."""
    return with_sigd(world, pars=["(request-target)", DIGEST])


@fault(caught_by={"SIG-33": "pars-volatile-field"})
def date_signed(world: World) -> World:
    """The date is signed, soundly; a cache that writes its own breaks the signature."""
    return replace(world, signing=replace(world.signing, parameters=(DIGEST, "date")))


@fault(caught_by={"SIG-33": "pars-volatile-field"})
def caching_signed(world: World) -> World:
    """Cache-Control is signed, soundly; proxies rewrite it by their own rules."""
    return replace(world, signing=replace(world.signing, parameters=("cache-control", DIGEST)))


@fault(caught_by={"SIG-13": "key-from-elsewhere"})
def certificates_behind_an_address(world: World) -> World:
    """The header points to certificates by their address."""
    return with_members(world, x5u="https://keys.localhost/chain.pem")


@fault(caught_by={"SIG-22": "iat-malformed"}, blocks=_NO_TIME)
def signing_time_true(world: World) -> World:
    """The signing time is the value true, which some languages take for one."""
    return with_members(world, iat=True)


@fault(caught_by={"SIG-22": "iat-in-the-future"}, blocks=_NO_TIME)
def signed_two_minutes_ahead(world: World) -> World:
    """The signer's clock is two minutes ahead, twice what is allowed for."""
    return replace(world, signing=replace(world.signing, age=-120))


@fault(caught_by={"SIG-20": "thumbprint-mismatch"})
def thumbprint_by_sha_256_of_another(world: World) -> World:
    """The thumbprint x5t#S256 is not the signer's."""
    other = encoded(hashlib.sha256(b"another").digest())
    return with_named(world, (("x5t#S256", other),))


@fault(caught_by={"SIG-20": "thumbprint-mismatch"})
def thumbprints_of_others_first(world: World) -> World:
    """The list of thumbprints does not begin with the signer's."""
    other = {"digAlg": "S512", "digVal": encoded(hashlib.sha512(b"another").digest())}
    return with_members(world, sigX5ts=[other, other])


@fault(caught_by={"SIG-30": "typ-other"})
def type_of_a_token(world: World) -> World:
    """The header says that this is a JSON Web Token."""
    return with_members(world, typ="JWT")


@fault(caught_by={"SIG-30": "typ-other"})
def type_of_the_json_form(world: World) -> World:
    """The header says that the signature is in its JSON form."""
    return with_members(world, typ="JOSE+JSON")


@fault(caught_by={"SIG-31": "cty-beside-sigd"})
def content_type_in_the_header(world: World) -> World:
    """The header states the content type of what it does not contain."""
    return with_members(world, cty="application/x-ebrs+xml")


@fault(caught_by={"SIG-32": "signing-time-twice"})
def signing_time_in_two_members(world: World) -> World:
    """The header has the signing time of the older standard beside that of the newer."""
    return with_members(world, sigT="2026-07-22T10:26:36Z")


@fault(caught_by={"SIG-35": "signer-not-identified"}, blocks=UNREADABLE)
def signer_not_identified(world: World) -> World:
    """The header says in no way which certificate signed."""
    return with_named(world, (("x5c", None), ("x5t#o", None)))


@fault(caught_by={"SIG-36": "kid-of-another-certificate"})
def key_identifier_of_another_certificate(world: World) -> World:
    """The key identifier is the issuer and serial of another certificate."""
    return with_members(world, kid="MAUwAAIBAQ==")
