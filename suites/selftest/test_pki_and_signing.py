"""The mocks' certificates and signatures, checked with plain calls of `cryptography`."""

from __future__ import annotations

import hashlib
import json
import ssl
from base64 import b64decode, urlsafe_b64decode
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256, SHA512
from cryptography.x509.oid import ExtensionOID, NameOID
from cryptography.x509.verification import Criticality, ExtensionPolicy, PolicyBuilder, Store
from hypothesis import given
from hypothesis import strategies as st

from harness.model import Environment, Headers, Service
from mock_services.pki import Leaf, Pki, Trust, pki
from mock_services.signing import Signer, base64url, digest_value, issuer_serial
from mock_services.world import Instance, SigningPolicy, World

CAPTURES = Path(__file__).resolve().parents[3] / "shared" / "captures"
DIGEST = digest_value("SHA-256", b"<answer/>")
INSTANCE = Instance("EC", Service.EB, Environment.ACC, "eb.localhost", "/eb/", ("FI",))
NOW = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)


def world(policy: SigningPolicy) -> World:
    nowhere: Any = None
    return World(nowhere, (INSTANCE,), "", pki(), 443, signing=policy, clock=lambda: NOW)


def signed(policy: SigningPolicy, others: Headers = ()) -> dict[str, str]:
    return dict(Signer(world(policy)).fields(INSTANCE, DIGEST, others))


def header(fields: dict[str, str]) -> dict[str, Any]:
    encoded = fields["oots-response-sig"].split(".")[0]
    members: dict[str, Any] = json.loads(urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)))
    return members


def chain(fields: dict[str, str]) -> list[x509.Certificate]:
    return [x509.load_der_x509_certificate(b64decode(each)) for each in header(fields)["x5c"]]


def verify(fields: dict[str, str]) -> None:
    protected, payload, encoded = fields["oots-response-sig"].split(".")
    signature = urlsafe_b64decode(encoded + "==")
    data = f"{protected}.digest: {fields['digest']}".encode()
    key = chain(fields)[0].public_key()
    assert payload == ""
    if isinstance(key, ed25519.Ed25519PublicKey):
        key.verify(signature, data)
    else:
        assert isinstance(key, ec.EllipticCurvePublicKey)
        assert len(signature) == 64
        halves = (int.from_bytes(half, "big") for half in (signature[:32], signature[32:]))
        key.verify(encode_dss_signature(*halves), data, ec.ECDSA(SHA256()))


def path(leaf: x509.Certificate, rest: list[x509.Certificate], anchor: bytes) -> int:
    """The length of the path that `cryptography` finds; no EKU and no SAN are asked for."""
    anyone = ExtensionPolicy.permit_all()
    authority = anyone.require_present(
        x509.BasicConstraints, Criticality.CRITICAL, lambda _policy, _certificate, _extension: None
    )
    verifier = (
        PolicyBuilder()
        .store(Store([x509.load_pem_x509_certificate(anchor)]))
        .time(datetime.now(UTC))
        .extension_policies(ca_policy=authority, ee_policy=anyone)
        .build_client_verifier()
    )
    return len(verifier.verify(leaf, rest).chain)


@pytest.mark.parametrize("algorithm", ["ES256", "EdDSA"])
def test_a_signature_verifies_with_the_leaf_of_its_own_header(algorithm: str) -> None:
    fields = signed(SigningPolicy(algorithm))

    verify(fields)
    assert fields["digest"] == DIGEST
    assert header(fields)["alg"] == algorithm


def test_a_changed_digest_breaks_the_signature() -> None:
    fields = signed(SigningPolicy()) | {"digest": digest_value("SHA-256", b"<other/>")}

    with pytest.raises(InvalidSignature):
        verify(fields)


def test_the_protected_header_is_that_of_the_real_answers() -> None:
    fields = signed(SigningPolicy())
    members = header(fields)
    leaf = chain(fields)[0]

    assert list(members) == ["alg", "kid", "x5t#o", "x5c", "typ", "b64", "iat", "sigD", "crit"]
    assert members["iat"] == int(NOW.timestamp())
    assert members["sigD"] == {
        "mId": "http://uri.etsi.org/19182/HttpHeaders",
        "pars": ["digest"],
    }
    assert (members["typ"], members["b64"], members["crit"]) == ("jose", False, ["b64", "sigD"])
    assert members["x5t#o"] == {
        "digAlg": "S512",
        "digVal": base64url(leaf.fingerprint(SHA512())).decode(),
    }
    assert b64decode(members["kid"]) == issuer_serial(leaf)


def test_the_signature_field_has_the_real_size() -> None:
    size = len(signed(SigningPolicy())["oots-response-sig"])

    assert 8_000 <= size <= 8_800


@pytest.mark.parametrize("environment", Environment)
def test_a_chain_leads_to_the_anchor_of_its_environment_and_to_no_other(
    environment: Environment,
) -> None:
    leaf, *rest = pki().credential("FI", environment).certificates
    other = Environment.ACC if environment is Environment.PROD else Environment.PROD

    assert path(leaf, rest[:1], pki().anchors(environment)) == 3
    with pytest.raises(x509.verification.VerificationError):
        path(leaf, rest, pki().anchors(other))


def test_a_leaf_has_the_profile_of_the_real_one_and_says_that_it_is_a_mock() -> None:
    leaf = pki().credential("EC", Environment.ACC).certificates[0]
    usage = leaf.extensions.get_extension_for_class(x509.KeyUsage)
    present = {each.oid for each in leaf.extensions}
    name = leaf.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value

    assert name == "EC-OOTS-CS-ACC (mock)"
    assert usage.critical
    assert usage.value.digital_signature
    assert usage.value.content_commitment
    assert not usage.value.key_cert_sign
    assert present.isdisjoint(
        {
            ExtensionOID.EXTENDED_KEY_USAGE,
            ExtensionOID.SUBJECT_ALTERNATIVE_NAME,
            ExtensionOID.BASIC_CONSTRAINTS,
        }
    )
    assert present >= {
        ExtensionOID.CRL_DISTRIBUTION_POINTS,
        ExtensionOID.AUTHORITY_INFORMATION_ACCESS,
    }


def test_a_credential_is_made_once() -> None:
    first = pki().credential("FI", Environment.ACC)

    assert pki().credential("FI", Environment.ACC) is first
    assert pki().credential("FI", Environment.TESTING) is not first
    assert pki().credential("FI", Environment.ACC, Leaf("EdDSA")) is not first


def test_a_leaf_can_be_issued_with_any_flaw() -> None:
    made = pki()
    expired = made.credential("FI", Environment.ACC, Leaf(not_after=timedelta(days=-1)))
    early = made.credential("FI", Environment.ACC, Leaf(not_before=timedelta(days=1)))
    lonely = made.credential("FI", Environment.ACC, Leaf(self_signed=True))
    mute = made.credential("FI", Environment.ACC, Leaf(usages=("content_commitment",)))
    below = made.issue(mute.certificates[0].subject, Leaf(), mute)

    assert expired.certificates[0].not_valid_after_utc < made.made
    assert early.certificates[0].not_valid_before_utc > made.made
    assert len(lonely.certificates) == 1
    lonely.certificates[0].verify_directly_issued_by(lonely.certificates[0])
    usage = mute.certificates[0].extensions.get_extension_for_class(x509.KeyUsage).value
    assert not usage.digital_signature
    assert len(below.certificates) == 4
    below.certificates[0].verify_directly_issued_by(mute.certificates[0])


def test_an_impostor_has_the_same_names_and_other_keys() -> None:
    impostor = Pki(NOW, authority_bits=2048).credential("FI", Environment.ACC)
    real = pki().credential("FI", Environment.ACC)

    assert [each.subject for each in impostor.certificates] == [
        each.subject for each in real.certificates
    ]
    with pytest.raises(x509.verification.VerificationError):
        path(
            impostor.certificates[0],
            list(impostor.certificates[1:]),
            pki().anchors(Environment.ACC),
        )


def test_a_policy_can_choose_the_credential_and_bend_the_header() -> None:
    policy = SigningPolicy(
        chain=1,
        members=(("typ", None), ("cty", "xml"), ("b64", True)),
        age=60,
        credential=lambda made, instance: made.credential(instance.owner, Environment.PROD),
    )
    fields = signed(policy)
    members = header(fields)

    verify(fields)
    assert "PROD" in chain(fields)[0].subject.rfc4514_string()
    assert list(members) == ["alg", "kid", "x5t#o", "x5c", "b64", "iat", "sigD", "crit", "cty"]
    assert members["b64"] is True
    assert members["iat"] == int(NOW.timestamp()) - 60
    assert len(members["x5c"]) == 1


def test_other_fields_can_be_signed_too() -> None:
    policy = SigningPolicy(parameters=("digest", "Content-Type"))
    fields = signed(policy, (("content-type", "application/x-ebrs+xml"),))
    protected, _, encoded = fields["oots-response-sig"].split(".")
    data = f"{protected}.digest: {fields['digest']}\ncontent-type: application/x-ebrs+xml"
    raw = urlsafe_b64decode(encoded + "==")
    halves = (int.from_bytes(half, "big") for half in (raw[:32], raw[32:]))
    key = chain(fields)[0].public_key()

    assert isinstance(key, ec.EllipticCurvePublicKey)
    key.verify(encode_dss_signature(*halves), data.encode(), ec.ECDSA(SHA256()))


def test_another_answer_has_another_signature_under_the_same_header() -> None:
    signer = Signer(world(SigningPolicy()))

    first, second = (
        dict(signer.fields(INSTANCE, digest_value("SHA-256", body), ())) for body in (b"a", b"b")
    )

    assert header(first) == header(second)
    assert first["oots-response-sig"] != second["oots-response-sig"]
    verify(first)
    verify(second)


@given(st.binary(max_size=200), st.sampled_from(["SHA-256", "SHA-512", "MD5", "SHA", "sha-256"]))
def test_a_digest_is_that_of_the_bytes(body: bytes, algorithm: str) -> None:
    name, _, value = digest_value(algorithm, body).partition("=")
    function = {"sha": "sha1"}.get(algorithm.lower(), algorithm.lower().replace("-", ""))

    assert name == algorithm
    assert b64decode(value) == hashlib.new(function, body).digest()


def test_the_issuer_and_serial_are_encoded_as_in_a_real_answer() -> None:
    if not CAPTURES.is_dir():
        pytest.skip(f"the captured answers are not there: {CAPTURES}")
    lines = (CAPTURES / "dsd_data_services_fi.headers").read_text("ascii").splitlines()
    fields = dict(line.split(": ", 1) for line in lines)
    leaf = chain(fields)[0]

    verify(fields)
    assert issuer_serial(leaf) == b64decode(header(fields)["kid"])


def test_the_server_certificate_names_every_host_and_serves_no_client() -> None:
    context = pki().server_context(("a.localhost", "b.localhost"))
    roots = ssl.create_default_context(cadata=pki().tls_root.decode("ascii"))

    assert context is pki().server_context(("a.localhost", "b.localhost"))
    assert context.minimum_version == ssl.TLSVersion.TLSv1_2
    assert handshake(roots, context, "b.localhost")
    assert handshake(roots, context, "127.0.0.1")
    with pytest.raises(ssl.SSLCertVerificationError, match=r"[Hh]ostname"):
        handshake(roots, context, "c.localhost")


def handshake(client: ssl.SSLContext, server: ssl.SSLContext, host: str) -> dict[str, Any]:
    """A handshake in memory; answers the certificate that the client saw."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    ours = client.wrap_bio(to_client, to_server, server_hostname=host)
    theirs = server.wrap_bio(to_server, to_client, server_side=True)
    for _ in range(8):
        for side in (ours, theirs):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
    seen = ours.getpeercert()
    assert seen
    return dict(seen)


def test_authorities_of_production_and_test_differ() -> None:
    made = pki()

    assert made.anchors(Environment.ACC) == made.anchors(Environment.TESTING)
    assert made.anchors(Environment.PROD) != made.anchors(Environment.ACC)
    assert made.authority(Trust.TEST).certificates[0].public_key() != (
        made.authority(Trust.PROD).certificates[0].public_key()
    )
