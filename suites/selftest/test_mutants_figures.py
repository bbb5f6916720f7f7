"""The figures that the rules go by, each as it is documented: a mutant of one is noticed here."""

from __future__ import annotations

from datetime import timedelta
from types import ModuleType

import pytest

from harness import (
    certificate_profile,
    chain,
    content_coding,
    discovery,
    framing,
    freshness,
    jades,
    key_identifier,
    overview,
    regrep,
    tls,
)

FIGURES: tuple[tuple[ModuleType, str, object], ...] = (
    (certificate_profile, "SMALLEST_RSA", 2048),
    (certificate_profile, "SOON", timedelta(days=30)),
    (certificate_profile, "LONGEST_LIFE", timedelta(days=1096)),
    (chain, "LONGEST_CHAIN", 8),
    (content_coding, "LARGEST", 50_000_000),
    (discovery, "MOST_ALIASES", 8),
    (discovery, "LONGEST_STRING", 255),
    (framing, "LARGEST_CHUNK_LINE", 1024),
    (framing, "_BODILESS", frozenset({204, 304})),
    (freshness, "FOREVER", 2**31),
    (freshness, "MOST_DIRECTIVES", 100),
    (jades, "DIGEST_OCTETS", 32),
    (jades, "MOST_CHARACTERS", 65_536),
    (jades, "MOST_NESTING", 100),
    (key_identifier, "LONGEST", 4096),
    (overview, "LARGEST", 4 * 1024 * 1024),
    (overview, "MOST_ROWS", 10_000),
    (regrep, "LARGEST", 16 * 1024 * 1024),
    (regrep, "DEEPEST", 64),
    (regrep, "MOST", 200_000),
    (regrep, "MOST_PREFIXES", 64),
    (regrep, "_LARGE", 64 * 1024),
    (regrep, "_HUGE", 1024 * 1024),
    (tls, "LONGEST_VALIDITY", timedelta(days=398)),
    (tls, "SMALLEST_RSA", 2048),
)


def _short(value: object) -> str:
    return value.__name__ if isinstance(value, ModuleType) else str(value)[:24]


@pytest.mark.parametrize(("module", "name", "value"), FIGURES, ids=_short)
def test_a_figure_is_the_one_that_is_documented(
    module: ModuleType, name: str, value: object
) -> None:
    assert getattr(module, name) == value


def test_the_lengths_of_a_signature_field_are_those_of_the_readings() -> None:
    assert dict(jades.LONGEST_FIELD) == {
        "over-16384-warns": 16_384,
        "over-8190-fails": 8_190,
        "over-4000-warns": 4_000,
    }
    assert dict(jades.OCTETS) == {"ES256": 64, "EdDSA": 64}
