"""What the doctor finds in the file itself: settings, anchors, the client certificate."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from harness.diagnosis import is_hopeless
from harness.model import Blame, Environment, Reach, Service, ServiceKey, Target
from mock_services.certificates import Credential
from mock_services.embedded import Embedded
from mock_services.troubles.forgery import Forger
from suites.selftest.doctored import HASTE, Seen, look, started

EB, DSD = (ServiceKey("FI", service, Environment.ACC) for service in Service)


@pytest.fixture(scope="module")
def target() -> Iterator[Target]:
    embedded = Embedded()
    yield started(embedded)
    embedded.stop()


def troubles(seen: Seen, probe: str) -> list[str]:
    return [str(found.seen) for found in seen.troubles if found.probe == probe]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"roots": {EB: "https://a.example/eb/rest/search"}}, "rest/search"),
        ({"roots": {EB: "https://query.cs.prod.example/eb/"}}, "named after prod"),
        ({"roots": {replace(EB, member_state="SE"): "https://a.example/"}}, "SE-eb-acc"),
        ({"template": "{country}.{service}.cs.{environment}.example"}, "no {major}"),
        ({"template": "{country}.{service}.v{major}.cs.prod.example"}, "of prod, but services"),
        ({"reach": replace(HASTE, proxy_credentials="a:b")}, "credentials for an HTTP proxy"),
        ({"reach": replace(HASTE, client_key_password="a")}, "a password for the key"),
        ({"reach": replace(HASTE, total_timeout=0.1)}, "for a whole exchange"),
        ({"nameserver": None, "zone": None}, "neither a base URL nor a name server"),
        ({"nameserver": None, "zone": None, "roots": {EB: "https://a.example/"}}, "FI-dsd-acc"),
    ],
)
def test_settings_that_contradict_each_other_are_told(
    target: Target, changes: dict[str, object], told: str
) -> None:
    off = Reach(dns_timeout=0.01, connect_timeout=0.2, total_timeout=0.4)
    asked = replace(target, nameserver=("127.0.0.1", 1), reach=off)
    seen = look(replace(asked, **changes))  # type: ignore[arg-type]

    assert any(told in text for text in troubles(seen, "settings")), seen.troubles
    assert all(f.whose is Blame.CONFIGURATION for f in seen.troubles if f.probe == "settings")


def test_a_template_of_one_environment_fits_services_of_that_one(target: Target) -> None:
    seen = look(replace(target, template="{country}.{service}.v{major}.cs.acc.example"))

    assert troubles(seen, "settings") == []


def test_a_service_without_a_way_to_it_is_hopeless(target: Target) -> None:
    nowhere = replace(target, nameserver=None, zone=None)

    assert is_hopeless(look(nowhere).findings, nowhere)


def test_without_an_anchor_the_signer_is_not_judged(target: Target) -> None:
    seen = look(replace(target, trust_anchors={}))

    assert "who signs the answers is not judged" in str(seen.of("anchors").skipped)
    assert seen.of("anchors-fit").skipped == "no trust anchor is given"
    assert seen.troubles == ()


def with_anchor(target: Target, root: bytes, environment: Environment) -> Target:
    return replace(target, trust_anchors={**target.trust_anchors, environment: root})


def test_an_anchor_that_expires_soon_is_told_and_accounts_for_nothing(target: Target) -> None:
    added = target.trust_anchors[Environment.ACC] + Forger("Old Root", root_for=20).root
    seen = look(with_anchor(target, added, Environment.ACC))

    (found,) = seen.troubles
    assert "Old Root, which expires on" in str(found.seen)
    assert "19 days" in str(found.seen)
    assert found.explains == ()


def test_an_anchor_that_has_expired_is_told(target: Target) -> None:
    seen = look(with_anchor(target, Forger("Old Root", root_for=-2).root, Environment.ACC))

    assert any("which expired on" in text for text in troubles(seen, "anchors"))


def test_a_signers_certificate_is_no_anchor(target: Target) -> None:
    leaf = Forger("A Root").credential("signer.example").certificates[0]
    pem = leaf.public_bytes(Encoding.PEM) + target.trust_anchors[Environment.ACC]
    seen = look(with_anchor(target, pem, Environment.ACC))

    assert any("of no authority" in text for text in troubles(seen, "anchors"))


def test_an_anchor_of_production_that_calls_itself_a_test_is_told(target: Target) -> None:
    keys = tuple(replace(key, environment=Environment.PROD) for key in target.keys)
    asked = replace(target, keys=keys, questions={**target.questions})
    seen = look(with_anchor(asked, target.trust_anchors[Environment.ACC], Environment.PROD))

    assert any("calls itself a test" in text for text in troubles(seen, "anchors"))


@pytest.mark.parametrize(
    "fault",
    ["intermediate_left_out", "signer_vouches_for_itself", "signer_of_another_environment"],
)
def test_a_signer_that_is_wrong_in_itself_is_not_held_against_the_anchors(fault: str) -> None:
    embedded = Embedded()
    try:
        seen = look(started(embedded, fault=fault))
    finally:
        embedded.stop()

    found = {(found.probe, found.whose) for found in seen.troubles}
    assert found == {("anchors-fit", Blame.SUBJECT)}


def pem(credential: Credential, *, key: Credential | None = None, password: str = "") -> bytes:
    hidden = BestAvailableEncryption(password.encode()) if password else NoEncryption()
    own = (key or credential).key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, hidden)
    return b"".join(each.public_bytes(Encoding.PEM) for each in credential.certificates) + own


def shown(target: Target, certificate: bytes, password: str | None = None) -> Seen:
    reach = replace(target.reach, client_certificate=certificate, client_key_password=password)
    return look(replace(target, reach=reach))


def test_a_client_certificate_that_can_be_used_is_well(target: Target) -> None:
    ours = Forger("Clients").credential("harness", client=True)

    assert shown(target, pem(ours)).troubles == ()
    assert shown(target, pem(ours, password="let me in"), "let me in").troubles == ()


def test_a_client_certificate_that_cannot_be_used_is_told(target: Target) -> None:
    ours, other = (Forger("Clients").credential("harness", client=True) for _ in range(2))
    server = Forger("Clients").credential("harness")
    spent = Forger("Clients", lifetime=-timedelta(days=1), age=timedelta(days=9))
    expired = spent.credential("harness", client=True)
    closed = pem(ours, password="let me in")
    cases = {
        "the key of another certificate": shown(target, pem(ours, key=other)),
        "which is not for clients": shown(target, pem(server)),
        "which expired on": shown(target, pem(expired)),
        "there is no private key": shown(target, ours.certificates[0].public_bytes(Encoding.PEM)),
        "cannot be read": shown(target, b"nothing"),
        "Password was not given": shown(target, closed),
        "what cannot be read": shown(target, closed, "let me out"),
    }

    for told, seen in cases.items():
        assert told in str(seen.of("client-certificate").seen)
        assert seen.of("client-certificate").whose is Blame.CONFIGURATION
        assert not any(found.whose is Blame.HARNESS for found in seen.troubles)


def test_a_client_certificate_that_expires_soon_accounts_for_nothing(target: Target) -> None:
    soon = Forger("Clients", lifetime=timedelta(days=10)).credential("harness", client=True)
    found = shown(target, pem(soon)).of("client-certificate")

    assert "in 9 days" in str(found.seen)
    assert found.explains == ()
