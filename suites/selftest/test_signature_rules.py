"""The rules of the signature on answers made for the test: one flaw, one check, no traceback."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from harness import chain, jades, protected_header
from harness.checks import Check, catalogue
from harness.errors import UsageFault, Violation
from harness.model import CheckResult, Environment, HttpResponse, Verdict
from harness.runner import run_captured
from harness.signature import verified
from suites.selftest import crafted_answers as crafted
from suites.selftest.crafted_answers import NOW, Recipe, anchors, sealed, signer
from suites.selftest.crafted_flaws import flawed

CHECKS = tuple(c for c in catalogue() if c.chapter == "signature" and c.subject == "answer")
FLAWED = tuple(flawed())
NAMES = [f"{number}-{tag}" for number, (tag, _) in enumerate(FLAWED)]
UNTOUCHED = (Verdict.PASSED, Verdict.BLOCKED, Verdict.NOT_APPLICABLE)
RECOMMENDED = (
    "signature-too-long",
    "typ-other",
    "cty-beside-sigd",
    "signing-time-twice",
    "pars-volatile-field",
    "signed-too-long-ago",
    "certificate-repeated",
    "certificate-expires-soon",
    "revocation-not-named",
    "certificate-lives-too-long",
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=10,
)
MEMBERS = st.sampled_from(
    ("alg", "b64", "crit", "sigD", "x5c", "x5t#o", "x5t#S256", "x5t", "iat", "jwk")
)
ANY_MEMBERS = MEMBERS | st.sampled_from(("typ", "cty", "kid", "sigT", "sigX5ts", "x5u"))


def refusal(response: HttpResponse, *, roots: bytes | None = None) -> Violation | None:
    try:
        verified(response, anchors=roots or anchors(), now=NOW)
    except Violation as found:
        return found
    return None


async def judged(response: HttpResponse) -> dict[str, CheckResult]:
    answer = crafted.answer(response)
    return {check.id: await run_captured(check, answer, "x1") for check in CHECKS}


def test_a_sound_signature_is_verified() -> None:
    signed = verified(sealed(), anchors=anchors(), now=NOW)

    assert signed.fields == ("digest",)
    assert signed.issued_at == NOW.timestamp() - 3600


def test_a_sound_signature_by_ed25519_is_verified() -> None:
    key = Ed25519PrivateKey.generate()
    leaf = crafted.holder("ed", signer()[1], key=key, authority=False)

    assert refusal(sealed(Recipe((leaf, *signer()[1:])))) is None


def test_a_signature_over_several_fields_is_verified() -> None:
    names = ("digest", "content-type")
    members = {"sigD": {"mId": protected_header.MECHANISM, "pars": list(names)}}

    assert refusal(sealed(Recipe(signer(), members=members, signed=names))) is None


def test_the_root_need_not_be_sent() -> None:
    assert refusal(sealed(Recipe(signer()[:2]))) is None


async def test_every_check_passes_a_sound_answer() -> None:
    results = await judged(sealed())

    assert {result.verdict for result in results.values()} == {Verdict.PASSED}
    assert len(results) >= 18


@pytest.mark.parametrize(("tag", "response"), FLAWED, ids=NAMES)
def test_a_flawed_signature_is_refused_for_its_flaw(tag: str, response: HttpResponse) -> None:
    found = refusal(response)

    assert (found.tag if found else None) == (None if tag in RECOMMENDED else tag)


@pytest.mark.parametrize(("tag", "response"), FLAWED, ids=NAMES)
async def test_a_flaw_is_reported_by_the_one_check_that_owns_it(
    tag: str, response: HttpResponse
) -> None:
    results = await judged(response)

    reported = {result.tag for result in results.values() if result.verdict not in UNTOUCHED}
    assert reported == {tag}
    assert sum(result.verdict not in UNTOUCHED for result in results.values()) == 1


@pytest.mark.parametrize("check", CHECKS, ids=lambda c: c.id)
def test_every_tag_of_one_answer_has_a_flawed_answer(check: Check) -> None:
    assert set(check.finds) <= {tag for tag, _ in FLAWED}


async def test_without_anchors_trust_is_not_judged() -> None:
    answer = replace(crafted.answer(sealed()), anchors=None)

    results = [await run_captured(check, answer, "x1") for check in CHECKS]

    unjudged = [result for result in results if result.verdict is not Verdict.PASSED]
    assert [(result.check, result.verdict) for result in unjudged] == [
        ("SIG-17", Verdict.NOT_APPLICABLE)
    ]
    assert unjudged[0].detail == "no trust anchor given"


def test_an_answer_of_one_environment_is_refused_by_the_anchors_of_another() -> None:
    found = refusal(sealed(), roots=anchors("another"))

    assert found
    assert found.tag == "chain-not-trusted"


@pytest.mark.parametrize("name", ["sigT", "x5t#S256", "mood"])
def test_a_critical_member_that_no_rule_evaluates_is_not_understood(name: str) -> None:
    header = {"b64": False, "sigD": {}, name: "x", "crit": ["b64", "sigD", name]}

    with pytest.raises(Violation, match="crit-not-understood"):
        protected_header.critical(header)


def test_anchors_that_two_environments_share_are_found() -> None:
    known = chain.chain_of(crafted.members(signer()))

    chain.trusted_by_no_other(known, {Environment.PROD: anchors("another")})
    with pytest.raises(Violation, match="trusted-in-another-environment"):
        chain.trusted_by_no_other(known, {Environment.PROD: anchors("another") + anchors()})


def test_a_path_found_before_does_not_outlive_its_certificates() -> None:
    response = sealed()
    verified(response, anchors=anchors(), now=NOW)

    with pytest.raises(Violation, match="certificate-expired"):
        verified(response, anchors=anchors(), now=NOW + timedelta(101))


@pytest.mark.parametrize("pem", [b"", b"no certificate", anchors()[:-60]])
def test_anchors_without_a_certificate_are_the_users_mistake(pem: bytes) -> None:
    with pytest.raises(UsageFault, match="PEM"):
        chain.roots_of(pem)


@given(st.text(max_size=200), st.text(max_size=200), st.binary(max_size=50))
def test_no_arbitrary_text_passes_for_a_signature(sig: str, digest: str, body: bytes) -> None:
    fields = (("digest", digest), ("oots-response-sig", sig))

    assert refusal(HttpResponse(200, fields, body))


@given(st.binary(max_size=300))
def test_no_arbitrary_octets_pass_for_a_protected_header(raw: bytes) -> None:
    assert refusal(crafted.with_header(raw))


@given(st.dictionaries(ANY_MEMBERS, JSON, min_size=1, max_size=3))
@settings(max_examples=200, deadline=None)
async def test_arbitrary_members_never_break_a_check(members: Mapping[str, object]) -> None:
    response = sealed(Recipe(signer(), members=members))

    results = await judged(response)

    assert Verdict.BROKEN not in {result.verdict for result in results.values()}


@given(st.dictionaries(MEMBERS, JSON, min_size=1, max_size=3))
def test_arbitrary_members_are_refused_unless_they_are_harmless(
    members: Mapping[str, object],
) -> None:
    sound = crafted.members(signer())
    harmless = {
        name
        for name, value in members.items()
        if value is None and name in ("x5t", "x5t#o", "x5t#S256", "jwk")
    }
    stated = json.loads(json.dumps(dict(members)))
    plausible = isinstance(stated.get("iat"), int | float) and stated["iat"] is not True

    found = refusal(sealed(Recipe(signer(), members=members)))

    changed = {name for name in stated if stated[name] != sound.get(name)} - harmless
    assert found or not changed or (changed == {"iat"} and plausible)


@given(st.data())
def test_no_changed_character_of_the_signature_goes_unseen(data: st.DataObject) -> None:
    sound = sealed()
    value = sound.values("oots-response-sig")[0]
    place = data.draw(st.integers(0, len(value) - 1))
    letter = data.draw(st.characters(codec="latin-1").filter(lambda c: c != value[place]))

    changed = value[:place] + letter + value[place + 1 :]

    assert refusal(crafted.field_of(sound, "oots-response-sig", changed))


@given(st.integers(0, len(crafted.BODY) - 1), st.integers(1, 255))
def test_no_changed_octet_of_the_body_goes_unseen(place: int, bits: int) -> None:
    body = bytearray(crafted.BODY)
    body[place] ^= bits

    found = refusal(replace(sealed(), body=bytes(body)))

    assert found
    assert found.tag == "body-not-covered"


@given(st.text(max_size=120))
def test_segments_have_one_spelling(text: str) -> None:
    try:
        octets = jades.octets_of(text)
    except Violation:
        return

    assert crafted.encoded(octets) == text
