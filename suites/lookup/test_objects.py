"""The registry objects of a success: their slots and their identifiers."""

from __future__ import annotations

from collections import Counter

from harness.checks import check, require
from harness.model import Service
from harness.regrep_rules import URN_UUID, judge_form, objects
from harness.subjects.answer import Answer
from suites.lookup.test_envelope import RESULTS

SLOTS = {Service.EB: ("Requirement",), Service.DSD: ("DataServiceEvidenceType",)}
EITHER = ("Requirement", "DataServiceEvidenceType")


@check("LOOK-11", verifies=("lookup.object-slot-name",), finds=("slot-name-other",), on=RESULTS)
def test_an_object_has_the_slot_of_its_service_and_no_other(answer: Answer) -> None:
    """A RegistryObject has one slot, named Requirement or DataServiceEvidenceType."""
    names = SLOTS[answer.service] if answer.service else EITHER
    for entry in objects(answer.document):
        seen = [slot.name for slot in entry.slots]
        expected = f"one slot {' or '.join(names)}"
        right = len(seen) == 1 and seen[0] in names
        require(right, "slot-name-other", expected=expected, seen=seen)


@check(
    "LOOK-12",
    verifies=("lookup.object-slot-value",),
    finds=("slot-type-other", "slot-content-other"),
    on=RESULTS,
)
def test_the_slot_of_an_object_holds_one_element_of_its_name(answer: Answer) -> None:
    """The slot of a RegistryObject is an AnyValueType that holds one element of its name."""
    names = [f"sdg:{name}" for name in (SLOTS[answer.service] if answer.service else EITHER)]
    for entry in objects(answer.document):
        for slot in entry.slots:
            kind = "rim:AnyValueType"
            seen = slot.value_type
            require(seen == kind, "slot-type-other", expected=kind, seen=seen or "no xsi:type")
            right = len(slot.content) == 1 and slot.content[0] in names
            expected = f"one {' or '.join(names)}"
            require(right, "slot-content-other", expected=expected, seen=slot.content)


@check(
    "LOOK-13",
    verifies=("lookup.object-id",),
    finds=("object-id-malformed", "object-id-repeated"),
    on=RESULTS,
)
def test_the_ids_of_objects_are_uuids_and_unique(answer: Answer) -> None:
    """Every RegistryObject has an id of the form urn:uuid, no two the same."""
    ids = [entry.id for entry in objects(answer.document)]

    judge_form(ids, URN_UUID, "object-id-malformed")
    repeated = [ident for ident, times in Counter(ids).items() if times > 1]
    require(not repeated, "object-id-repeated", expected="unique ids", seen=repeated[:1])
