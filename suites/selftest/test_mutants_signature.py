"""The numbers of a signature, each to the last one that is in range."""

from __future__ import annotations

import pytest

from harness.errors import Violation
from harness.signature import in_range

P256 = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
ED25519 = 0x1000000000000000000000000000000014DEF9DEA2F79CD65812631A5CF5D3ED


def refused(algorithm: str, signature: bytes, reading: str = "either") -> str:
    """Which number is out of range; none where the signature is taken as it is."""
    try:
        assert in_range(algorithm, signature, reading) == signature
    except Violation as found:
        return found.expected
    return ""


@pytest.mark.parametrize(
    ("number", "fits"),
    [(0, True), (1, True), (ED25519 - 1, True), (ED25519, False), (ED25519 + 1, False)],
)
def test_s_of_ed25519_is_below_the_order_of_its_group(number: int, *, fits: bool) -> None:
    signature = bytes(32) + number.to_bytes(32, "little")

    assert refused("EdDSA", signature) == ("" if fits else f"0 <= S < {ED25519:x}")


@pytest.mark.parametrize(
    ("number", "fits"), [(0, False), (1, True), (P256 - 1, True), (P256, False)]
)
def test_r_and_s_are_from_one_to_below_the_order_of_their_group(number: int, *, fits: bool) -> None:
    one, stated = (1).to_bytes(32), number.to_bytes(32)

    assert refused("ES256", stated + one) == ("" if fits else f"1 <= r < {P256:x}")
    assert refused("ES256", one + stated) == ("" if fits else f"1 <= s < {P256:x}")


@pytest.mark.parametrize(("number", "fits"), [(P256 // 2, True), (P256 // 2 + 1, False)])
def test_s_is_in_the_lower_half_under_the_other_reading(number: int, *, fits: bool) -> None:
    signature = (1).to_bytes(32) + number.to_bytes(32)

    assert refused("ES256", signature, "low-only") == (
        "" if fits else f"1 <= s < {P256 // 2 + 1:x}"
    )
    assert not refused("ES256", signature)
