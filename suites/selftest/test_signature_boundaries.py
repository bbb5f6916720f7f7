"""Where the rules of the signature begin and end, and what they say under other readings."""

from __future__ import annotations

import gzip
import zlib
from base64 import b64encode
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID
from hypothesis import given
from hypothesis import strategies as st

from harness import certificate_profile as profile
from harness import chain, content_coding, jades, key_identifier, protected_header, signature
from harness.checks import catalogue
from harness.errors import NotApplicable, Violation
from harness.jades import LONGEST_FIELD
from harness.model import HttpResponse
from harness.signature import verified
from harness.subjects.answer import Answer
from suites.selftest import crafted_answers as crafted
from suites.selftest import crafted_certificates as certificates
from suites.selftest.crafted_answers import NOW, Recipe, anchors, sealed, signer
from suites.selftest.crafted_certificates import AUTHORITY, POINTS, below, holder, root

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
ORDER_OF_25519 = 2**252 + 27742317777372353535851937790883648493


def tag_of(response: HttpResponse) -> str | None:
    try:
        verified(response, anchors=anchors(), now=NOW)
    except Violation as found:
        return found.tag
    return None


def chain_of(*path: certificates.Holder) -> chain.Chain:
    return chain.chain_of(crafted.members(path))


def numbers(r: int, s: int) -> bytes:
    return r.to_bytes(32) + s.to_bytes(32)


def named(name: str) -> x509.DirectoryName:
    return x509.DirectoryName(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]))


@pytest.mark.parametrize(
    "members",
    [
        {"typ": "JOSE"},
        {"typ": None},
        {"kid": None},
        {"kid": "key-1"},
        {"kid": "MAUwAAIBAQ"},
        {"kid": 1},
        {"x5t#o": None},
        {"sigX5ts": [crafted.members(signer())["x5t#o"]]},
        {"x5t#S256": crafted.encoded(sha256(signer()[0].der).digest())},
        {"iat": int((NOW - timedelta(100)).timestamp())},
        {"iat": NOW.timestamp() + 60},
    ],
    ids="-".join,
)
def test_what_the_header_may_say_otherwise_is_not_held_against_it(
    members: dict[str, object],
) -> None:
    assert tag_of(sealed(Recipe(signer(), members=members))) is None


def test_the_algorithm_of_the_digest_is_named_in_any_case() -> None:
    digest = sealed().values("digest")[0]

    assert tag_of(sealed(Recipe(signer(), digest=digest.lower()[:7] + digest[7:]))) is None


def test_a_list_with_sha_256_is_read_under_the_other_reading() -> None:
    assert jades.digest_text("SHA-512=a=, SHA-256=b=", listed=True) == "b="
    assert jades.digest_text("MD5=a=,SHA-256=b=", listed=True) == "b="
    with pytest.raises(Violation, match="digest-list"):
        jades.digest_text("SHA-512=a=, SHA-256=b=")


def test_other_digests_that_are_right_are_not_held_against_an_answer() -> None:
    stated = b64encode(sha256(crafted.BODY).digest()).decode()
    answer = crafted.field_of(sealed(), "content-digest", f"sha-256=:{stated}:, md5=:AAAA:")

    assert jades.other_digests(answer) == ("content-digest",)


def test_ed25519_by_its_new_name_is_accepted_under_the_other_reading() -> None:
    assert protected_header.algorithm({"alg": "Ed25519"}, "either-name") == "EdDSA"
    with pytest.raises(Violation, match="algorithm-not-allowed"):
        protected_header.algorithm({"alg": "Ed25519"}, "eddsa-only")


@pytest.mark.parametrize("reading", LONGEST_FIELD)
def test_the_longest_field_is_taken_and_one_octet_more_is_not(reading: str) -> None:
    room = LONGEST_FIELD[reading] - len("oots-response-sig: ")

    jades.fits_proxies("x" * room, reading)
    with pytest.raises(Violation, match="signature-too-long"):
        jades.fits_proxies("x" * (room + 1), reading)


@pytest.mark.parametrize(("r", "s"), [(1, 1), (ORDER - 1, ORDER - 1), (1, ORDER // 2)])
def test_numbers_within_the_order_are_in_range(r: int, s: int) -> None:
    assert signature.in_range("ES256", numbers(r, s))


@pytest.mark.parametrize(("r", "s"), [(0, 1), (1, 0), (ORDER, 1), (1, ORDER), (2**256 - 1, 1)])
def test_numbers_out_of_the_order_are_not(r: int, s: int) -> None:
    with pytest.raises(Violation, match="signature-out-of-range"):
        signature.in_range("ES256", numbers(r, s))


def test_the_larger_s_is_refused_under_the_other_reading_only() -> None:
    high = numbers(1, ORDER // 2 + 1)

    signature.in_range("ES256", numbers(1, ORDER // 2), "low-only")
    signature.in_range("ES256", high, "either")
    with pytest.raises(Violation, match="signature-out-of-range"):
        signature.in_range("ES256", high, "low-only")


def test_the_second_signature_that_anybody_can_make_of_one_by_ed25519_is_refused() -> None:
    sound = Ed25519PrivateKey.generate().sign(b"x")
    number = int.from_bytes(sound[32:], "little")
    again = sound[:32] + (number + ORDER_OF_25519).to_bytes(32, "little")

    assert signature.in_range("EdDSA", sound) == sound
    with pytest.raises(Violation, match="signature-out-of-range"):
        signature.in_range("EdDSA", again)


def test_a_name_within_its_constraints_is_trusted() -> None:
    for permitted, excluded in ((["SIGNER"], []), ([], ["another"]), (["signer"], ["other"])):
        limits = x509.NameConstraints(
            [named(each) for each in permitted] or None, [named(each) for each in excluded] or None
        )

        assert tag_of(sealed(Recipe(below("bound", extensions=((limits, True),))))) is None


def test_constraints_of_names_do_not_make_up_for_a_path() -> None:
    limits = x509.NameConstraints([named("signer")], None)
    top = root("another")
    middle = holder("bound", top, extensions=((limits, True),))
    stranger = (holder("signer", middle, authority=False), middle, top)

    assert tag_of(sealed(Recipe(stranger))) == "chain-not-trusted"


def test_a_path_as_long_as_it_may_be_is_trusted() -> None:
    limited = x509.BasicConstraints(ca=True, path_length=1)
    first = holder("limited", root("test root"), basic=limited)
    second = holder("second", first)

    leaf = holder("signer", second, authority=False)

    assert tag_of(sealed(Recipe((leaf, second, first, root("test root"))))) is None


def test_a_purpose_that_has_to_do_with_signatures_is_accepted() -> None:
    for purposes in (
        [ExtendedKeyUsageOID.EMAIL_PROTECTION, ExtendedKeyUsageOID.CLIENT_AUTH],
        [ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE],
    ):
        use = x509.ExtendedKeyUsage(purposes)

        assert tag_of(crafted.with_leaf(extensions=((use, False), (POINTS, False)))) is None


def test_only_signers_of_the_commission_are_accepted_under_the_other_reading() -> None:
    ours = chain_of(holder("EC-OOTS-CS-ACC", authority=False))

    profile.fit_for_answers(ours, "common-services-only")
    with pytest.raises(Violation, match="certificate-for-another-purpose"):
        profile.fit_for_answers(chain_of(*signer()), "common-services-only")


def test_a_certificate_is_said_to_expire_soon_from_thirty_days_on() -> None:
    ends = NOW + timedelta(100)
    known = chain_of(*signer())

    profile.lasts(known, ends - timedelta(30))
    profile.lasts(known, ends + timedelta(1))
    with pytest.raises(Violation, match="certificate-expires-soon"):
        profile.lasts(known, ends - timedelta(30) + timedelta(seconds=1))


def test_a_certificate_may_live_for_three_years() -> None:
    early = NOW - timedelta(1)
    whole = holder("whole", authority=False, validity=(early, early + timedelta(1096)))

    profile.lives_reasonably(chain_of(whole))


def test_an_authority_without_points_names_a_responder_instead() -> None:
    asked = x509.AccessDescription(
        AuthorityInformationAccessOID.OCSP,
        x509.UniformResourceIdentifier("http://ocsp.example"),
    )
    access = x509.AuthorityInformationAccess([asked])

    profile.names_revocation(chain_of(holder("x", extensions=((access, False),))))


def test_the_age_of_the_signing_time_counts_under_the_other_reading_only() -> None:
    yesterday = NOW.timestamp() - 86_400
    since = NOW - timedelta(100)

    for issued in (yesterday, yesterday - 1):
        protected_header.recent(issued, now=NOW, vouched_since=since, reading="any-age")
    protected_header.recent(yesterday, now=NOW, vouched_since=since, reading="within-a-day")
    with pytest.raises(Violation, match="signed-too-long-ago"):
        protected_header.recent(yesterday - 1, now=NOW, vouched_since=since, reading="within-a-day")


def test_only_roots_of_the_commission_are_kept_under_the_other_reading() -> None:
    ours = certificates.root("European Commission Root CA - 2")
    both = anchors() + anchors("European Commission Root CA - 2")

    kept = chain.of_the_commission(both)

    assert chain.roots_of(kept) == (ours.certificate,)


def test_the_root_that_a_chain_ends_under_is_named_whether_sent_or_not() -> None:
    whole, short = chain_of(*signer()), chain_of(*signer()[:2])

    assert chain.summit(whole) == chain.summit(short)
    assert chain.summit(whole) != chain.summit(chain_of(*signer("another")))


def test_a_root_is_judged_by_its_key_only() -> None:
    mute = holder("mute root", usage=None, basic=None)
    leaf = holder("signer", mute, authority=False)

    profile.sound(chain_of(leaf, mute))
    assert AUTHORITY.ca


@given(st.binary(max_size=80))
def test_arbitrary_octets_are_an_issuer_and_serial_or_not(octets: bytes) -> None:
    assert key_identifier.is_issuer_serial(octets) in (True, False)


@given(st.text(max_size=60))
def test_an_arbitrary_digest_is_32_octets_or_refused(field: str) -> None:
    try:
        octets = jades.digest_octets(jades.digest_text(field))
    except Violation:
        return

    assert len(octets) == 32


@given(st.binary(max_size=200), st.sampled_from(["gzip", "deflate", "x-gzip, identity", "br"]))
def test_an_arbitrary_body_is_uncoded_or_refused(body: bytes, coding: str) -> None:
    answer = HttpResponse(200, (("Content-Encoding", coding),), body)

    with pytest.raises(Violation, match="coding-not-undone"):
        content_coding.undone(answer)


@given(st.binary(max_size=200))
def test_what_was_coded_is_undone(body: bytes) -> None:
    plain = HttpResponse(200, (), body)
    for coding, coded in (
        ("GZIP", gzip.compress(body)),
        ("deflate", zlib.compress(body)),
        ("gzip, gzip", gzip.compress(gzip.compress(body))),
    ):
        answer = replace(plain, headers=(("Content-Encoding", coding),), body=coded)

        assert content_coding.undone(answer) == body
    assert content_coding.undone(plain) == body


def test_a_body_that_unpacks_beyond_measure_is_refused() -> None:
    bomb = gzip.compress(bytes(content_coding.LARGEST + 1))

    with pytest.raises(Violation, match="coding-not-undone"):
        content_coding.undone(HttpResponse(200, (("Content-Encoding", "gzip"),), bomb))


def test_a_path_is_not_judged_where_no_root_is_the_commissions() -> None:
    check = next(check for check in catalogue() if check.id == "SIG-17")
    answer = replace(
        Answer(None, None, None, HttpResponse(200, (), b""), None, NOW),
        anchors=anchors(),
        readings={"national-certificates": "commission-root"},
    )

    with pytest.raises(NotApplicable, match="no root of the European Commission"):
        check.function(answer)
