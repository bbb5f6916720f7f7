"""Boundaries of the certificate rules that no seeded fault touches."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID

from harness import certificate_profile as profile
from harness.chain import Chain, chain_of
from harness.errors import Violation
from suites.selftest.crafted_answers import members
from suites.selftest.crafted_certificates import (
    NOW,
    POINTS,
    Extensions,
    Holder,
    below,
    holder,
    root,
)

Rule = Callable[[Chain], None]


def path(*holders: Holder) -> Chain:
    return chain_of(members(holders))


def tag_of(rule: Rule, chain: Chain) -> str | None:
    try:
        rule(chain)
    except Violation as found:
        return found.tag
    return None


def leaf_with(*extensions: x509.ExtensionType) -> Chain:
    listed: Extensions = tuple((extension, False) for extension in extensions)
    return path(holder("leaf", root("test root"), authority=False, extensions=listed))


def access(method: x509.ObjectIdentifier) -> x509.AuthorityInformationAccess:
    where = x509.UniformResourceIdentifier("http://pki.example/x")
    return x509.AuthorityInformationAccess([x509.AccessDescription(method, where)])


def test_what_was_signed_without_a_hash_of_its_own_is_strong() -> None:
    assert tag_of(profile.sound, path(*below("edwards", key=Ed25519PrivateKey.generate()))) is None


@pytest.mark.parametrize(("bits", "tag"), [(2048, None), (2040, "issuer-weak-key")])
def test_an_issuer_has_2048_bits_or_more(bits: int, tag: str | None) -> None:
    key = rsa.generate_private_key(65537, bits)

    assert tag_of(profile.strong_keys, path(*below("rsa", key=key))) == tag


def test_the_key_of_the_signer_is_judged_elsewhere() -> None:
    weak = rsa.generate_private_key(65537, 1024)
    leaf = holder("leaf", root("test root"), authority=False, key=weak)

    assert tag_of(profile.strong_keys, path(leaf, root("test root"))) is None


def test_an_issuer_without_key_usage_may_not_certify() -> None:
    assert tag_of(profile.authorities, path(*below("no usage", usage=None))) == (
        "issuer-may-not-certify"
    )


@pytest.mark.parametrize(
    ("purposes", "tag"),
    [
        (
            (
                ExtendedKeyUsageOID.SERVER_AUTH,
                ExtendedKeyUsageOID.CLIENT_AUTH,
                ExtendedKeyUsageOID.CODE_SIGNING,
                ExtendedKeyUsageOID.TIME_STAMPING,
                ExtendedKeyUsageOID.OCSP_SIGNING,
            ),
            "certificate-for-another-purpose",
        ),
        ((ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.EMAIL_PROTECTION), None),
    ],
)
def test_a_certificate_for_everything_else_is_for_another_purpose(
    purposes: tuple[x509.ObjectIdentifier, ...], tag: str | None
) -> None:
    chain = leaf_with(x509.ExtendedKeyUsage(purposes))

    assert tag_of(lambda c: profile.fit_for_answers(c, "any"), chain) == tag


@pytest.mark.parametrize(
    ("extensions", "tag"),
    [
        ((POINTS,), None),
        ((access(AuthorityInformationAccessOID.OCSP),), None),
        ((access(AuthorityInformationAccessOID.CA_ISSUERS),), "revocation-not-named"),
        ((), "revocation-not-named"),
    ],
)
def test_one_way_to_learn_of_revocation_is_enough(
    extensions: tuple[x509.ExtensionType, ...], tag: str | None
) -> None:
    assert tag_of(profile.names_revocation, leaf_with(*extensions)) == tag


@pytest.mark.parametrize(
    ("left", "tag"),
    [
        (timedelta(-1), None),
        (timedelta(0), "certificate-expires-soon"),
        (timedelta(hours=1), "certificate-expires-soon"),
        (timedelta(30) - timedelta(seconds=1), "certificate-expires-soon"),
        (timedelta(30), None),
    ],
)
def test_a_certificate_is_renewed_thirty_days_before_it_ends(
    left: timedelta, tag: str | None
) -> None:
    chain = leaf_with()

    assert tag_of(lambda c: profile.lasts(c, c.not_after - left), chain) == tag


@pytest.mark.parametrize(("days", "tag"), [(1096, None), (1097, "certificate-lives-too-long")])
def test_a_certificate_lives_for_three_years_at_most(days: int, tag: str | None) -> None:
    leaf = holder("leaf", authority=False, validity=(NOW, NOW + timedelta(days)))

    assert tag_of(profile.lives_reasonably, path(leaf)) == tag
