"""Whether an answer belongs to its question: a signature alone does not say so."""

from __future__ import annotations

from harness.checks import check, require
from harness.errors import NotApplicable
from harness.lookup import (
    DATA_SERVICES_QUERY,
    EVIDENCE_TYPES_QUERY,
    REQUIREMENTS_QUERY,
    asked_for,
)
from harness.model import Service, Specimen
from harness.regrep_document import Framework
from harness.regrep_rules import data_services, frameworks, requirements
from harness.subjects.answer import Answer

EUROPE = "EU"


@check(
    "LOOK-31",
    verifies=("lookup.requirements-belong-to-the-question",),
    finds=("other-procedure", "other-country"),
    services=(Service.EB,),
    on=(Specimen.REQUIREMENTS,),
)
def test_the_requirements_are_those_of_the_procedure_and_the_country(answer: Answer) -> None:
    """Every requirement has a reference framework of the procedure and the country asked for."""
    asked = asked_for(answer.request, REQUIREMENTS_QUERY)
    if not asked:
        raise NotApplicable("the whole catalogue was asked for")
    frameworks(answer.document)
    for one in requirements(answer.document):
        _judge_frameworks(one.frameworks, asked.get("procedure-id"), asked.get("country-code"))


def _judge_frameworks(
    given: tuple[Framework, ...], procedure: str | None, country: str | None
) -> None:
    """A framework that names no procedure or country is LOOK-16's to report."""
    of_procedure = [
        f for f in given if procedure is None or procedure in f.procedures or not f.procedures
    ]
    if given:
        seen = ", ".join(sorted({code for f in given for code in f.procedures}))
        require(of_procedure, "other-procedure", expected=procedure, seen=seen)
        of_country = [
            f for f in of_procedure if country is None or country in f.countries or not f.countries
        ]
        seen = ", ".join(sorted({code for f in of_procedure for code in f.countries}))
        require(of_country, "other-country", expected=country, seen=seen)


@check(
    "LOOK-32",
    verifies=("lookup.evidence-types-belong-to-the-question",),
    finds=("other-requirement", "evidence-types-of-other-country"),
    services=(Service.EB,),
    on=(Specimen.EVIDENCE_TYPES,),
)
def test_the_evidence_types_are_those_of_the_requirement_and_the_country(answer: Answer) -> None:
    """The evidence types belong to the requirement and the country asked for."""
    asked = asked_for(answer.request, EVIDENCE_TYPES_QUERY)
    country = asked.get("country-code")
    for one in requirements(answer.document):
        expected = asked.get("requirement-id")
        require(
            one.identifier == expected, "other-requirement", expected=expected, seen=one.identifier
        )
        for entry in one.lists:
            theirs = not entry.countries or {country, EUROPE} & set(entry.countries)
            right = country is None or theirs
            seen = ", ".join(entry.countries)
            require(right, "evidence-types-of-other-country", expected=country, seen=seen)


@check(
    "LOOK-33",
    verifies=("lookup.data-services-belong-to-the-question",),
    finds=("other-evidence-type", "data-service-of-other-country"),
    services=(Service.DSD,),
    on=(Specimen.DATA_SERVICES,),
)
def test_the_data_services_are_those_of_the_evidence_type_and_the_country(answer: Answer) -> None:
    """The data services belong to the evidence type and the country asked for."""
    asked = asked_for(answer.request, DATA_SERVICES_QUERY)
    country = asked.get("country-code")
    for one in data_services(answer.document):
        expected = asked.get("evidence-type-classification")
        seen = one.classification
        require(seen == expected, "other-evidence-type", expected=expected, seen=seen)
        places = {
            code
            for access in one.access_services
            for publisher in access.publishers
            for code in publisher.countries
        }
        theirs = not places or {country, EUROPE} & places
        seen = ", ".join(sorted(places))
        require(theirs, "data-service-of-other-country", expected=country, seen=seen)
