"""Boundaries of the certificate path that no seeded fault touches."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from harness.chain import (
    chain_of,
    matches_thumbprints,
    may_sign,
    name_of,
    summit,
    trusted,
    valid_at,
)
from harness.errors import Violation
from suites.selftest.crafted_answers import members
from suites.selftest.crafted_certificates import NOW, Holder, anchors, holder, root, signer

DAY = timedelta(1)
CONSTRAINED = x509.NameConstraints(
    permitted_subtrees=None,
    excluded_subtrees=[
        x509.DirectoryName(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "nobody")]))
    ],
)


NO_USAGE = dict.fromkeys(
    (
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    ),
    False,
)
Names = tuple[tuple[str, str], ...]


def name(*parts: tuple[str, str]) -> x509.Name:
    oids = {"CN": x509.NameOID.COMMON_NAME, "O": x509.NameOID.ORGANIZATION_NAME}
    return x509.Name([x509.NameAttribute(oids[kind], text) for kind, text in parts])


def plain(*, subject: x509.Name, issuer: x509.Name) -> Holder:
    """A certificate of whatever names, signed by the test root."""
    sound = root("test root")
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(sound.key.public_key())
        .serial_number(7)
        .not_valid_before(NOW - DAY)
        .not_valid_after(NOW + DAY)
    )
    signed = builder.sign(sound.key, sound.certificate.signature_hash_algorithm)  # type: ignore[arg-type]
    return Holder(signed, sound.key)


def valid_for(name: str, since: timedelta, until: timedelta, issuer: Holder) -> Holder:
    return holder(name, issuer, authority=False, validity=(NOW + since, NOW + until))


@pytest.mark.parametrize("count", [1, 8])
def test_a_path_of_eight_certificates_is_read(count: int) -> None:
    assert len(chain_of(members((root("test root"),) * count)).certificates) == count


def test_a_path_of_nine_certificates_is_not_read() -> None:
    with pytest.raises(Violation, match="x5c-malformed"):
        chain_of(members((root("test root"),) * 9))


def test_a_certificate_that_cannot_be_read_is_counted_from_one() -> None:
    sound = members(signer())["x5c"]
    assert isinstance(sound, list)

    with pytest.raises(Violation, match="certificate 2 of x5c"):
        chain_of({"x5c": [sound[0], "AAAA"]})


def test_the_summit_is_who_issued_the_last_certificate() -> None:
    assert summit(chain_of(members(signer()))) == root("test root").certificate.subject
    assert summit(chain_of(members(signer()[:1]))) == signer()[1].certificate.subject


def test_an_issuer_beside_the_way_does_not_lead_to_its_root() -> None:
    stranger = holder("stranger")
    leaf = holder("leaf", stranger, authority=False)
    beside = holder("beside", root("test root"), extensions=((CONSTRAINED, True),))

    with pytest.raises(Violation, match="chain-not-trusted"):
        trusted(chain_of(members((leaf, beside))), anchors())


def test_an_issuer_with_constraints_leads_to_its_root() -> None:
    middle = holder("middle", root("test root"), extensions=((CONSTRAINED, True),))

    trusted(chain_of(members((holder("leaf", middle, authority=False), middle))), anchors())


@pytest.mark.parametrize(
    ("leaf", "above", "tag"),
    [
        ((-9 * DAY, DAY * 0), (-9 * DAY, -DAY), "certificate-expired"),
        ((DAY * 0, 9 * DAY), (DAY, 9 * DAY), "certificate-not-yet-valid"),
    ],
)
def test_who_is_valid_to_the_second_is_not_the_one_that_is_named(
    leaf: tuple[timedelta, timedelta], above: tuple[timedelta, timedelta], tag: str
) -> None:
    top = root("test root")
    chain = chain_of(
        members((valid_for("at the edge", *leaf, top), valid_for("beyond", *above, top)))
    )

    with pytest.raises(Violation, match=f"{tag}.*seen beyond"):
        valid_at(chain, NOW)


@pytest.mark.parametrize("edge", ["not_before", "not_after"])
def test_a_path_is_valid_from_its_first_second_to_its_last(edge: str) -> None:
    chain = chain_of(members(signer()))

    valid_at(chain, getattr(chain, edge))


def test_of_several_thumbprints_the_first_is_the_signers() -> None:
    header = members(signer())
    chain = chain_of(header)
    stated = header["x5t#o"]
    other = {"digAlg": "S256", "digVal": "AAAA"}

    assert matches_thumbprints({"sigX5ts": [stated, other]}, chain) == ("sigX5ts",)
    with pytest.raises(Violation, match="thumbprint-mismatch"):
        matches_thumbprints({"sigX5ts": [other, stated]}, chain)


@pytest.mark.parametrize(
    ("names", "told"),
    [
        ((("CN", "first"), ("CN", "second")), "first"),
        ((("O", "organisation"),), "O=organisation"),
        ((), "(no name)"),
    ],
)
def test_a_certificate_and_its_issuer_are_told_by_their_first_common_name(
    names: Names, told: str
) -> None:
    nobody = name(("CN", "nobody"))
    subject = plain(subject=name(*names), issuer=root("test root").certificate.subject)
    issued = plain(subject=nobody, issuer=name(*names))

    assert name_of(subject.certificate) == told
    with pytest.raises(Violation) as caught:
        trusted(chain_of(members((issued,))), anchors())
    assert caught.value.seen == f"nobody; it ends at {told}, which is no trust anchor given"


def test_a_path_under_another_root_is_said_to_end_there() -> None:
    with pytest.raises(Violation, match="it ends at test root, which is no trust anchor given"):
        trusted(chain_of(members(signer()[:2])), anchors("another root"))


def test_a_path_under_a_namesake_of_the_root_is_told_as_such() -> None:
    namesake = holder("test root").certificate.public_bytes(Encoding.PEM)

    with pytest.raises(Violation, match="the same name, another key: is it the anchor"):
        trusted(chain_of(members(signer())), namesake)


def test_a_path_that_is_broken_below_the_root_is_said_to_be() -> None:
    stray = holder("stray", holder("stranger"), authority=False)

    with pytest.raises(Violation, match="a certificate on the way was not issued by the next"):
        trusted(chain_of(members((stray, *signer()[1:]))), anchors())


@pytest.mark.parametrize("meant_for", ["digital_signature", "content_commitment"])
def test_a_key_may_sign_where_either_usage_says_so(meant_for: str) -> None:
    usage = x509.KeyUsage(**{**NO_USAGE, "key_agreement": True, meant_for: True})
    leaf = holder(
        "leaf", root("test root"), authority=False, usage=None, extensions=((usage, True),)
    )

    may_sign(chain_of(members((leaf,))))


@pytest.mark.parametrize("label", ["x5t#o", "x5t#S256"])
def test_only_sig_x5ts_is_a_list_of_thumbprints(label: str) -> None:
    header = members(signer())
    stated = header["x5t#o"] if label == "x5t#o" else "AAAA"

    with pytest.raises(Violation, match="thumbprint-malformed"):
        matches_thumbprints({label: [stated]}, chain_of(header))
