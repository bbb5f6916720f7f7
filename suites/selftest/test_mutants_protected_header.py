"""What a protected header may say, at the edges, and how what it says is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from math import inf

import pytest

from harness import protected_header as rules
from harness.errors import Violation

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("named", "reading", "algorithm"),
    [
        ("Ed25519", "either-name", "EdDSA"),
        ("EdDSA", "either-name", "EdDSA"),
        ("ES256", "either-name", "ES256"),
        ("ES256", "eddsa-only", "ES256"),
    ],
)
def test_an_algorithm_goes_by_its_name(named: str, reading: str, algorithm: str) -> None:
    assert rules.algorithm({"alg": named}, reading) == algorithm


@pytest.mark.parametrize(
    ("header", "seen"),
    [({"alg": "none"}, "alg: 'none'"), ({"alg": None}, "alg: None"), ({}, "no alg")],
)
def test_another_algorithm_is_shown_as_it_is_named(header: dict[str, object], seen: str) -> None:
    with pytest.raises(Violation, match="algorithm-not-allowed") as found:
        rules.algorithm(header, "either-name")

    assert found.value.seen == seen


def test_all_that_is_understood_may_be_critical() -> None:
    header = dict.fromkeys(("b64", "sigD", "sigX5ts", "x5t#o"), "")

    rules.critical({**header, "crit": [*header]})


@pytest.mark.parametrize(
    ("names", "tag"),
    [
        (["b64", "crit"], "crit-not-understood"),
        (["b64", "crit", "exp"], "crit-names-absent"),
        (["b64", "sigT"], "crit-names-absent"),
        (["b64"], None),
    ],
)
def test_critical_names_are_of_members_that_are_understood(
    names: list[str], tag: str | None
) -> None:
    header = {"b64": False, "crit": names}

    if tag is None:
        rules.critical(header)
        return
    with pytest.raises(Violation) as found:
        rules.critical(header)
    assert found.value.tag == tag


def test_a_content_type_is_wrong_only_beside_a_list_of_fields() -> None:
    rules.no_content_type({"cty": "text"})
    rules.no_content_type({"sigD": {}})

    with pytest.raises(Violation, match="cty-beside-sigd"):
        rules.no_content_type({"cty": "text", "sigD": {}})


@pytest.mark.parametrize("name", ["jwk", "jku", "x5u"])
def test_a_key_from_elsewhere_counts_unless_it_is_ignored(name: str) -> None:
    rules.carries_its_key({name: ""}, "ignored")
    rules.carries_its_key({"x5c": []}, "refused")

    with pytest.raises(Violation, match=f"key-from-elsewhere.*also {name}"):
        rules.carries_its_key({name: ""}, "refused")


@pytest.mark.parametrize(
    ("ago", "vouched", "reading", "fits"),
    [
        (1, timedelta(0), "any-age", False),
        (0, timedelta(0), "any-age", True),
        (1, SECOND, "any-age", True),
        (1, -SECOND, "any-age", True),
        (2, -SECOND, "any-age", False),
        (86_400, timedelta(-9), "within-a-day", True),
        (86_401, timedelta(-9), "within-a-day", False),
        (86_401, timedelta(-9), "any-age", True),
    ],
)
def test_a_signature_is_not_older_than_what_vouches_for_it(
    ago: int, vouched: timedelta, reading: str, *, fits: bool
) -> None:
    def judge() -> None:
        issued = NOW.timestamp() - ago
        rules.recent(issued, now=NOW, vouched_since=NOW + vouched, reading=reading)

    if fits:
        judge()
        return
    with pytest.raises(Violation, match="signed-too-long-ago"):
        judge()


@pytest.mark.parametrize(
    ("iat", "tag"),
    [
        (inf, "iat-malformed"),
        (-inf, "iat-malformed"),
        (True, "iat-malformed"),
        ("1", "iat-malformed"),
        (NOW.timestamp() + 61, "iat-in-the-future"),
        (NOW.timestamp() - 3601, "iat-before-certificate"),
    ],
)
def test_a_time_that_cannot_be_is_told_for_what_it_is(iat: object, tag: str) -> None:
    with pytest.raises(Violation) as found:
        rules.issued_at({"iat": iat}, now=NOW, not_before=NOW - timedelta(hours=1))

    assert found.value.tag == tag


@pytest.mark.parametrize("after", [-3600, 0, 60])
def test_a_time_may_be_up_to_a_minute_ahead(after: int) -> None:
    iat = NOW.timestamp() + after

    assert rules.issued_at({"iat": iat}, now=NOW, not_before=NOW - timedelta(hours=1)) == iat
