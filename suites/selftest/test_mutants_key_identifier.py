"""Which octets are the issuer and serial of a certificate, to the last one of each length."""

from __future__ import annotations

from base64 import b64encode

import pytest

from harness.chain import chain_of
from harness.errors import Violation
from harness.key_identifier import is_issuer_serial, is_the_signers, issuer_serial
from suites.selftest import crafted_certificates as certificates
from suites.selftest.crafted_answers import members
from suites.selftest.crafted_certificates import signer

SERIAL = "020101"


def der(length: str, octets: int) -> bytes:
    """An issuer and serial, short itself or not, whose names are so many octets long."""
    names = bytes.fromhex(f"30{length}") + b"n" * octets
    content = names + bytes.fromhex(SERIAL)
    size = len(content)
    head = (
        bytes((0x30, size))
        if size < 128
        else bytes((0x30, 0x81, size))
        if size < 256
        else bytes((0x30, 0x82, size >> 8, size & 255))
    )
    return head + content


@pytest.mark.parametrize(
    ("length", "octets"),
    [
        ("00", 0),
        ("01", 1),
        ("79", 121),
        ("7a", 122),
        ("7b", 123),
        ("7f", 127),
        ("8180", 128),
        ("81ff", 255),
        ("820100", 256),
        ("820bf5", 3061),
    ],
)
def test_names_of_any_length_are_read(length: str, octets: int) -> None:
    assert is_issuer_serial(der(length, octets))
    assert not is_issuer_serial(der(length, octets)[:-1])
    assert not is_issuer_serial(der(length, octets) + b"\0")


@pytest.mark.parametrize(
    ("length", "octets"), [("80", 0), ("8101", 1), ("817f", 127), ("820080", 128), ("8200ff", 255)]
)
def test_a_length_has_one_spelling(length: str, octets: int) -> None:
    assert not is_issuer_serial(der(length, octets))


@pytest.mark.parametrize(
    "octets",
    [
        "",
        "30",
        "3000",
        "3002 3000",
        "3003 020101",
        "3105 3000 020101",
        "3005 3100 020101",
        "3005 3000 040101",
        "3005 3000 020201",
        "3006 3000 020101 00",
        "3004 3000 0201",
        "3003 3000 02",
        "3005 3001 020101",
        "3005 3000 020101 00",
    ],
)
def test_what_lacks_a_part_or_has_one_more_is_none(octets: str) -> None:
    assert not is_issuer_serial(bytes.fromhex(octets))


def test_the_identifier_is_the_signers_or_said_to_be_anothers() -> None:
    header = members(signer())
    chain = chain_of(header)
    leaf = signer()[0].certificate
    other = issuer_serial(signer()[1].certificate)

    assert issuer_serial(leaf) == certificates.issuer_serial(leaf)
    assert is_the_signers(header, chain)
    with pytest.raises(Violation, match="kid-of-another-certificate"):
        is_the_signers({"kid": b64encode(other).decode()}, chain)
    for kid in (None, 7, "key-1", "AAAA"):
        assert not is_the_signers({"kid": kid}, chain)


def test_an_identifier_of_4096_characters_is_read_and_no_longer_one() -> None:
    chain = chain_of(members(signer()))
    longest = b64encode(der("820bf5", 3061)).decode()

    assert len(longest) == 4096
    with pytest.raises(Violation, match="kid-of-another-certificate"):
        is_the_signers({"kid": longest}, chain)
    assert not is_the_signers({"kid": b64encode(der("820bf6", 3062)).decode()}, chain)
