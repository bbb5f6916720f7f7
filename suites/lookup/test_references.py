"""Whether what an Evidence Broker names can be looked up in the country's directory."""

from __future__ import annotations

from harness.checks import check, require
from harness.client import evidence_types
from harness.errors import NotApplicable
from harness.lookup import data_services_query
from harness.model import Service, Specimen
from harness.regrep_rules import ADDITIONAL_INPUT, CLASSIFICATION_URI
from harness.subjects.directory import Directory

PROPER = ("DSD:ERR:0001", ADDITIONAL_INPUT)
"""No data service gives it yet; the user is asked for more."""


@check(
    "LOOK-81",
    verifies=("lookup.references-resolve",),
    finds=("reference-unknown",),
    services=(Service.EB,),
)
async def test_an_evidence_type_is_known_to_the_directory_of_its_country(
    directory: Directory,
) -> None:
    """An evidence type that the broker names has a data service in the directory, or is known."""
    country = directory.questions.country
    document = (await directory.answer(Specimen.EVIDENCE_TYPES)).document
    named = [
        each for each in evidence_types(document) if CLASSIFICATION_URI.pattern.fullmatch(each)
    ]
    theirs = [each for each in named if f"/{country}/" in each]
    if not theirs:
        raise NotApplicable("the broker names no evidence type of this country")
    other = directory.of_service(Service.DSD)
    for classification in theirs:
        refused = (await other.ask(data_services_query(classification, country))).document.refusal
        seen = refused.code if refused else None
        known = seen != "DSD:ERR:0002"
        expected = f"a data service for {classification}, or {' or '.join(PROPER)}"
        require(known, "reference-unknown", expected=expected, seen=seen)
