"""What a report says is said in words that a stranger understands."""

from __future__ import annotations

import re
from http import HTTPStatus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness import jades
from harness.checks import catalogue
from harness.errors import NotApplicable, Violation
from harness.lookup import specimen_query
from harness.model import CheckResult, Questions, Service, Specimen
from harness.runner import run
from harness.signature import verified
from mock_services.faults import faults
from mock_services.landscape import world_of
from mock_services.rehearsal import keys_of
from suites.selftest.crafted_answers import NOW, Recipe, anchors, holder, sealed, signer
from suites.selftest.crafted_certificates import Holder
from suites.selftest.in_process import mounted

NOTHING_ELSE = Questions("FI", "T1", "r", "e", None, None, None, ())


def astray(path: tuple[Holder, ...]) -> str:
    with pytest.raises(Violation) as found:
        verified(sealed(Recipe(path)), anchors=anchors(), now=NOW)
    assert found.value.tag == "chain-not-trusted"
    assert "candidates" not in found.value.seen
    return found.value.seen.partition("; ")[2]


def test_a_chain_to_another_anchor_says_where_it_ends() -> None:
    assert astray(signer("another")) == "it ends at another, which is no trust anchor given"


def test_an_anchor_of_the_same_name_and_another_key_is_told_apart() -> None:
    other = holder("test root")
    below = holder("signer", other, authority=False)

    for path in ((below,), (below, other)):
        assert astray(path) == (
            "the trust anchor has the same name, another key: is it the anchor of this environment?"
        )


def test_a_digest_that_is_not_the_bodys_says_whose_is_whose() -> None:
    with pytest.raises(Violation) as found:
        jades.covers(b"\x00" * 32, b"body")

    assert found.value.expected.endswith("=, the digest of the body (4 octets)")
    assert found.value.seen.endswith("= in the header field digest")


@pytest.mark.parametrize("specimen", [Specimen.ADDITIONAL_INPUT, Specimen.EMPTY])
def test_a_question_that_cannot_be_put_is_told_in_a_sentence(specimen: Specimen) -> None:
    with pytest.raises(NotApplicable) as told:
        specimen_query(Service.DSD, specimen, NOTHING_ELSE)

    assert "this directory" in str(told.value)
    assert not re.search(rf"\b{specimen}\b", str(told.value))


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (["Requirement"], "Requirement"),
        (("a", ("b", 1)), "a, b, 1"),
        ([], "none"),
        (None, "none"),
        (HTTPStatus.NOT_MODIFIED, "304"),
        ("[text]", "[text]"),
        (b"octets", "b'octets'"),
    ],
)
def test_values_are_told_as_text(value: object, told: str) -> None:
    found = Violation("tag", expected="a", seen=value)

    assert found.seen == told


@given(st.recursive(st.text() | st.none() | st.integers() | st.booleans(), st.lists))
def test_whatever_was_seen_is_one_printable_line(value: object) -> None:
    assert Violation("tag", expected="a", seen=value).seen.isprintable()


@pytest.mark.parametrize("fault", ["slot_of_another_name", "slot_with_two_elements"])
async def test_the_slots_of_an_object_are_told_as_text(fault: str) -> None:
    check = "LOOK-11" if fault == "slot_of_another_name" else "LOOK-12"

    results = await seeded(fault, check)

    told = [f"{result.seen}" for result in results if result.tag]
    assert told
    assert not [text for text in told if set(text) & set("[]()'")]


async def seeded(fault: str, check: str) -> list[CheckResult]:
    world, keys = faults()[fault].apply(world_of("FI")), keys_of(("FI",))
    (asked,) = (each for each in catalogue() if each.id == check)
    async with mounted(world, ("FI",)) as opened:
        return [await run(asked, opened, key) for key in keys if key.service in asked.services]
