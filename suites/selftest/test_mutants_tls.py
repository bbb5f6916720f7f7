"""The greeting of TLS 1.1 octet by octet, and the edges of what a server's certificate may be."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from harness.errors import NotApplicable, Violation
from harness.model import TlsSeen
from harness.tls import heard, judge_key, outdated_hello, told
from suites.selftest.crafted_certificates import Key, holder


def shown(key: Key | None = None) -> TlsSeen:
    return TlsSeen("TLSv1.3", "TLS_AES_256_GCM_SHA384", holder("server", key=key).der)


def test_the_greeting_of_tls_1_1_is_the_one_of_rfc_4346() -> None:
    assert outdated_hello("a.example", bytes(range(32))) == bytes.fromhex(
        "16 0301 0063"  # a record of the handshake, in the version that all servers read
        "01 00005f"  # ClientHello
        "0302"  # TLS 1.1
        "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
        "00"  # no session
        "0012 c014 c013 c00a c009 0039 0033 0035 002f 000a"
        "01 00"  # no compression
        "0024"
        "0000 000e 000c 00 0009 612e6578616d706c65"  # server_name
        "000a 0008 0006 0017 0018 0019"  # supported_groups: P-256, P-384, P-521
        "000b 0002 01 00"  # ec_point_formats: uncompressed
    )


@pytest.mark.parametrize(
    ("key", "weak"),
    [
        (ec.generate_private_key(ec.SECP256R1()), None),
        (ec.generate_private_key(ec.SECP521R1()), None),
        (ec.generate_private_key(ec.SECP256K1()), "secp256k1"),
        (Ed25519PrivateKey.generate(), None),
        (rsa.generate_private_key(65537, 2048), None),
        (rsa.generate_private_key(65537, 2040), "RSA, 2040 bits"),
    ],
)
def test_a_key_is_on_a_curve_in_use_or_has_2048_bits(key: Key, weak: str | None) -> None:
    if weak is None:
        judge_key(shown(key))
        return
    with pytest.raises(Violation, match="tls-key-weak") as found:
        judge_key(shown(key))
    assert found.value.seen == weak


def test_what_was_heard_is_told_and_a_silence_is_not_judged() -> None:
    seen = shown()

    assert heard(seen) is seen
    assert list(told(seen)) == [seen.version, seen.cipher, "CN=server", seen.certificate.hex()]
    assert list(told(None)) == ["declined"]
    with pytest.raises(NotApplicable, match="declined the greeting"):
        heard(None)
