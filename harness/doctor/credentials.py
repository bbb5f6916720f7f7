"""The certificates that the file names: trust anchors, TLS roots, the client certificate."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID

from harness.chain import name_of, roots_of
from harness.doctor.case import Case
from harness.doctor.told import DIRECTORIES, Skipped, Told, days, few
from harness.errors import UsageFault
from harness.model import Blame, Environment, Target

SOON = timedelta(days=30)
"""What is left of a validity when it is time to renew."""

CHAIN = ("SIG-17", "SIG-25", "SIG-52", "chain-not-trusted", "trusted-in-another-environment")
"""The checks that hold signatures against the trust anchors, and their tags."""

_KEY = re.compile(rb"-----BEGIN ([A-Z ]*PRIVATE KEY)-----.+?-----END \1-----\n?", re.DOTALL)


async def anchors(case: Case) -> tuple[Told, ...]:
    """The trust anchors can be read, are valid, and are of their environment."""
    target, now = case.target, case.session.observatory.clock()
    wanted = tuple(dict.fromkeys(key.environment for key in target.keys))
    given = [each for each in wanted if each in target.trust_anchors]
    if not given:
        raise Skipped("no trust anchor is given: who signs the answers is not judged")
    found = (
        *(told for each in given for told in _anchor(target, each, now)),
        *_shared(target, wanted),
    )
    if found:
        return found
    roots = [root for each in given for root in roots_of(target.trust_anchors[each])]
    names = few(map(name_of, roots))
    lacking = [each for each in wanted if each not in given]
    note = f"; none for {few(lacking)}, where the signer is not judged" if lacking else ""
    return (Told(seen=f"{names}{note}"),)


def _anchor(target: Target, environment: Environment, now: datetime) -> Iterator[Told]:
    def ours(seen: str, expected: str, fix: str) -> Told:
        return Told(
            whose=Blame.CONFIGURATION,
            seen=seen,
            expected=expected,
            fix=fix,
            explains=CHAIN,
            about=environment,
            subjects=(f"*-{environment}",),
        )

    try:
        roots = roots_of(target.trust_anchors[environment])
    except UsageFault:
        yield ours(
            f"{len(target.trust_anchors[environment])} octets that are no certificates in PEM",
            "root certificates in PEM",
            f"give the file with the root of {environment} as it is published",
        )
        return
    for root in roots:
        doubt = _doubt(root, now)
        if doubt:
            told = ours(doubt, "an anchor that is valid for a while", "give the root's successor")
            yield told if _outside(root, now) else replace(told, explains=())
        if not _certifies(root):
            yield ours(
                f"{name_of(root)}, which is the certificate of no authority",
                "the root that the signer's certificate leads up to",
                "give the root certificate, not the signer's own",
            )
        if environment is Environment.PROD and is_of_tests(root):
            yield ours(
                f"{name_of(root)}, which calls itself a test",
                "the root of production",
                "give production its own root; each environment trusts another",
            )


def is_of_tests(root: x509.Certificate) -> bool:
    """Whether a root says that it is for tests; the Commission's roots do.

    Production's is `European Commission Root CA - 2`, the other `... - 2 test`.
    """
    return "test" in name_of(root).lower().replace("(", " ").split()


def _certifies(root: x509.Certificate) -> bool:
    try:
        return bool(root.extensions.get_extension_for_class(x509.BasicConstraints).value.ca)
    except x509.ExtensionNotFound:
        return root.subject == root.issuer  # as roots of before version 3 are


def _outside(certificate: x509.Certificate, now: datetime) -> bool:
    return not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc


def _doubt(certificate: x509.Certificate, now: datetime) -> str | None:
    """What is the matter with a validity, or soon will be; None where nothing is."""
    since, until = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    name = name_of(certificate)
    if now < since:
        return f"{name}, not valid before {since:%Y-%m-%d %H:%M} UTC; here it is {now:%Y-%m-%d}"
    if now > until:
        return f"{name}, which expired on {until:%Y-%m-%d}; here it is {now:%Y-%m-%d}"
    if until - now < SOON:
        return f"{name}, which expires on {until:%Y-%m-%d}, in {days(until - now)}"
    return None


def _shared(target: Target, wanted: tuple[Environment, ...]) -> Iterator[Told]:
    """No anchor of production is one of another environment too."""
    held = {each: _prints(pem) for each, pem in target.trust_anchors.items()}
    production = held.get(Environment.PROD, {})
    for environment, prints in held.items():
        both = sorted(set(production) & set(prints))
        concerned = {environment, Environment.PROD} & set(wanted)
        if both and environment is not Environment.PROD and concerned:
            yield Told(
                whose=Blame.CONFIGURATION,
                seen=f"{production[both[0]]} is an anchor of prod and of {environment}",
                expected="other trust anchors for production than for any other environment",
                fix="give each environment the root that is published for it",
                explains=CHAIN,
                about=f"prod and {environment}",
            )


def _prints(pem: bytes) -> dict[bytes, str]:
    try:
        return {root.fingerprint(SHA256()): name_of(root) for root in roots_of(pem)}
    except UsageFault:
        return {}


async def client_certificate(case: Case) -> tuple[Told, ...]:
    """The client certificate is valid, is for clients, and its key is its own."""
    reach, now = case.target.reach, case.session.observatory.clock()
    if reach.client_certificate is None:
        raise Skipped("none is set")
    try:
        shown, *_ = x509.load_pem_x509_certificates(reach.client_certificate)
        password = (reach.client_key_password or "").encode() or None
        key = load_pem_private_key(_key_in(reach.client_certificate), password)
    except (ValueError, TypeError, UnsupportedAlgorithm) as unreadable:
        why = str(unreadable).partition("\n")[0]
        return (_unusable(f"what cannot be read ({why or type(unreadable).__name__})"),)
    if shown.public_key() != key.public_key():
        return (_unusable(f"{name_of(shown)}, with the key of another certificate"),)
    if not _is_for_clients(shown):
        return (_unusable(f"{name_of(shown)}, which is not for clients"),)
    doubt = _doubt(shown, now)
    if doubt:
        told = _unusable(doubt)
        return (told if _outside(shown, now) else replace(told, explains=()),)
    return (Told(seen=f"{name_of(shown)}, valid until {shown.not_valid_after_utc:%Y-%m-%d}"),)


def _unusable(seen: str) -> Told:
    return Told(
        whose=Blame.CONFIGURATION,
        seen=seen,
        expected="a certificate for clients that is valid for a while, its chain, and its key",
        fix="give the certificate first, then those above it, then the key, all in PEM",
        explains=DIRECTORIES,
    )


def _key_in(pem: bytes) -> bytes:
    """The private key among what is in a PEM text; raises `ValueError`."""
    found = _KEY.search(pem)
    if found is None:
        raise ValueError("there is no private key in it")
    return found[0]


def _is_for_clients(certificate: x509.Certificate) -> bool:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return True
    return ExtendedKeyUsageOID.CLIENT_AUTH in usage
