"""How the interface version is negotiated by the request header Accept-Version."""

from __future__ import annotations

from harness.checks import check, require
from harness.errors import NotApplicable
from harness.lookup import (
    CURRENT,
    KNOWN_RESULT,
    REQUIREMENTS_QUERY,
    UNSUPPORTED,
    Query,
    specimen_query,
)
from harness.model import Environment, Service, Specimen
from harness.regrep_forms import OF_V2, judge_absent
from harness.regrep_rules import FAILURE, V1, judge_found, judge_refused, refusal, version
from harness.subjects.directory import Directory

SUCCESSES = {
    Service.EB: (Specimen.REQUIREMENTS, Specimen.EVIDENCE_TYPES),
    Service.DSD: (Specimen.DATA_SERVICES,),
}
NO_LEVEL = "ZZ999"


@check(
    "LOOK-09",
    verifies=("lookup.version-defaults-to-1",),
    finds=("unasked-version",),
    reading="accept-version-absent",
)
async def test_an_answer_without_accept_version_is_in_v1(directory: Directory) -> None:
    """Without Accept-Version the answer has the form of v1.0, which names no version."""
    document = (await directory.ask(_negotiated(directory), version=None)).document
    named = ", ".join(str(slot.value) for slot in document.specifications)
    first = directory.reading("accept-version-absent") == "first-version"
    expected = "" if first else CURRENT

    shown = expected or "no SpecificationIdentifier"
    require(named == expected, "unasked-version", expected=shown, seen=named)


@check(
    "LOOK-10",
    verifies=("lookup.unsupported-version-is-refused",),
    finds=("unsupported-version-answered", "unsupported-version-other-type"),
)
async def test_an_unsupported_version_is_refused(directory: Directory) -> None:
    """A version that is not supported is refused as an invalid request."""
    document = (await directory.ask(_negotiated(directory), version=UNSUPPORTED)).document
    expected = "rs:InvalidRequestExceptionType"
    refused = document.refusal or document.status == FAILURE
    require(refused, "unsupported-version-answered", expected=expected, seen=document.status)
    seen = refusal(document).type
    require(seen == expected, "unsupported-version-other-type", expected=expected, seen=seen)


@check(
    "LOOK-62",
    verifies=("lookup.v1-without-v2-forms",),
    finds=("v2-jurisdiction-class", "v2-match-type", "v2-list-jurisdiction"),
)
async def test_an_answer_of_v1_has_no_form_of_v2(directory: Directory) -> None:
    """Asked without Accept-Version, an answer has no form that belongs to v2."""
    service = directory.key.service
    _negotiated(directory)
    for specimen in SUCCESSES[service]:
        query = specimen_query(service, specimen, directory.questions)
        document = (await directory.ask(query, version=None)).document
        judge_absent(document, OF_V2, "it is of v2")


@check("LOOK-63", verifies=("lookup.v1-names-no-version",), finds=("v1-names-version",))
async def test_v1_asked_for_by_name_names_no_version_either(directory: Directory) -> None:
    """Asked for v1.0 by name, an answer has no SpecificationIdentifier."""
    document = (await directory.ask(_negotiated(directory), version=V1)).document
    named = ", ".join(str(slot.value) for slot in document.specifications)

    require(not named, "v1-names-version", expected="no SpecificationIdentifier", seen=named)


@check(
    "LOOK-64",
    verifies=("lookup.several-versions",),
    finds=("version-list-refused", "version-list-other"),
)
async def test_of_several_versions_the_one_that_is_supported_is_chosen(
    directory: Directory,
) -> None:
    """Of several versions in Accept-Version, the supported one is answered in."""
    plain = (await directory.ask(_negotiated(directory))).document
    several = f"{UNSUPPORTED}, {CURRENT}"
    document = (await directory.ask(_negotiated(directory), version=several)).document
    judge_found(document, "version-list-refused")
    expected, seen = version(plain), version(document)
    require(seen == expected, "version-list-other", expected=expected, seen=seen)


@check(
    "LOOK-65",
    verifies=("lookup.v1-unknown-level-is-refused",),
    finds=("unknown-level-answered", "unknown-level-other-code"),
    services=(Service.EB,),
)
async def test_under_v1_an_unknown_level_is_refused(directory: Directory) -> None:
    """Under v1 an unknown code of a jurisdiction's level is refused with EB:ERR:0004."""
    plain = _negotiated(directory)
    level = ("jurisdiction-admin-l2", NO_LEVEL)
    query = Query(REQUIREMENTS_QUERY, (*plain.parameters, level))
    document = (await directory.ask(query, version=None)).document
    tags = ("unknown-level-answered", "unknown-level-other-code")
    judge_refused(document, ("EB:ERR:0004",), tags)


def _negotiated(directory: Directory) -> Query:
    """A question with a result, where the environment negotiates versions at all."""
    if directory.key.environment is Environment.TESTING:
        raise NotApplicable("directories for testing always answer in their current version")
    service = directory.key.service
    return specimen_query(service, KNOWN_RESULT[service], directory.questions)
