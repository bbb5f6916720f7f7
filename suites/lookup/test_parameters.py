"""What each optional parameter changes: a question with fewer of them finds more, never less."""

from __future__ import annotations

from harness import provocations
from harness.checks import check, require
from harness.errors import NotApplicable
from harness.lookup import EVIDENCE_TYPES_QUERY, REQUIREMENTS_QUERY, Query
from harness.model import Service, Specimen
from harness.regrep_document import Document
from harness.regrep_rules import (
    EDM_VERSION,
    UUID,
    access_services,
    judge_found,
    judge_holds,
    judge_refused,
    lists,
    requirements,
)
from harness.subjects.directory import Directory


@check(
    "LOOK-74",
    verifies=("lookup.parameters-narrow",),
    finds=(
        "procedure-ignored",
        "country-ignored",
        "procedure-only-lacks",
        "country-only-lacks",
        "catalogue-lacks",
    ),
    services=(Service.EB,),
)
async def test_each_parameter_of_the_requirements_query_narrows(directory: Directory) -> None:
    """A procedure alone, a country alone and neither find what both together find, and more."""
    questions = directory.questions
    both = (await directory.answer(Specimen.REQUIREMENTS)).document
    requirements(both)
    catalogue = (await directory.answer(Specimen.CATALOGUE)).document
    procedure = await _asked(directory, ("procedure-id", questions.procedure))
    country = await _asked(directory, ("country-code", questions.country))
    for document, tag in (
        (procedure, "procedure-only-lacks"),
        (country, "country-only-lacks"),
        (catalogue, "catalogue-lacks"),
    ):
        requirements(document)
        judge_holds(document, both, tag)
    for one in requirements(procedure):
        codes = {code for each in one.frameworks for code in each.procedures}
        right = not codes or questions.procedure in codes
        require(right, "procedure-ignored", expected=questions.procedure, seen=sorted(codes))
    for one in requirements(country):
        codes = {code for each in one.frameworks for code in each.countries}
        right = not codes or questions.country in codes
        require(right, "country-ignored", expected=questions.country, seen=sorted(codes))


@check(
    "LOOK-75",
    verifies=("lookup.return-incomplete",),
    finds=("return-incomplete-refused", "return-incomplete-lacks"),
    services=(Service.EB,),
    reading="return-incomplete",
)
async def test_incomplete_requirements_come_on_top(directory: Directory) -> None:
    """With return-incomplete=true nothing is missing that is found without it."""
    questions = directory.questions
    plain = (await directory.answer(Specimen.REQUIREMENTS)).document
    requirements(plain)
    more = await _asked(
        directory,
        ("procedure-id", questions.procedure),
        ("country-code", questions.country),
        ("return-incomplete", "true"),
    )
    judge_found(more, "return-incomplete-refused")
    judge_holds(more, plain, "return-incomplete-lacks")
    if directory.reading("return-incomplete") == "ignored":
        judge_holds(plain, more, "return-incomplete-lacks")


@check(
    "LOOK-76",
    verifies=("lookup.evidence-types-of-all-countries",),
    finds=("without-country-refused", "without-country-lacks"),
    services=(Service.EB,),
)
async def test_the_evidence_types_of_all_countries_can_be_asked_for(directory: Directory) -> None:
    """Without country-code the lists of evidence types of every country are found."""
    narrow = (await directory.answer(Specimen.EVIDENCE_TYPES)).document
    theirs = {
        one.identifier for one in lists(narrow) if UUID.pattern.fullmatch(str(one.identifier))
    }
    if not theirs:
        raise NotApplicable("no list has a UUID to be found again; see LOOK-20")
    query = Query(EVIDENCE_TYPES_QUERY, (("requirement-id", directory.questions.requirement),))
    wide = (await directory.ask(query)).document
    judge_found(wide, "without-country-refused")
    missing = theirs - {one.identifier for one in lists(wide)}
    expected = "the lists of the country among them"
    require(not missing, "without-country-lacks", expected=expected, seen=f"not {missing}")


@check(
    "LOOK-77",
    verifies=("lookup.specification-filters",),
    finds=(
        "specification-refused",
        "specification-ignored",
        "unknown-specification-answered",
        "unknown-specification-other-code",
    ),
    services=(Service.DSD,),
)
async def test_only_access_services_of_the_version_asked_for_are_given(
    directory: Directory,
) -> None:
    """With a specification, only access services that conform to it are given."""
    questions = directory.questions
    plain = (await directory.answer(Specimen.DATA_SERVICES)).document
    spoken = {
        each
        for one in access_services(plain)
        for each in one.conforms_to
        if EDM_VERSION.pattern.fullmatch(each)
    }
    if not spoken:
        raise NotApplicable("no version is named to ask for; see LOOK-27")
    for wanted in sorted(spoken):
        query = provocations.specified(questions, wanted)
        document = (await directory.ask(query)).document
        judge_found(document, "specification-refused")
        for one in access_services(document):
            seen = one.conforms_to
            require(wanted in seen, "specification-ignored", expected=wanted, seen=seen)
    query = provocations.specified(questions, provocations.NO_SPECIFICATION)
    tags = ("unknown-specification-answered", "unknown-specification-other-code")
    document = (await directory.ask(query)).document
    judge_refused(document, ("DSD:ERR:0001", "DSD:ERR:0003"), tags)


async def _asked(directory: Directory, *parameters: tuple[str, str]) -> Document:
    return (await directory.ask(Query(REQUIREMENTS_QUERY, parameters))).document
