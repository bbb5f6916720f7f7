"""How the interface version is negotiated by the request header Accept-Version."""

from __future__ import annotations

from harness.checks import check, require
from harness.errors import NotApplicable
from harness.lookup import KNOWN_RESULT, UNSUPPORTED, Query, specimen_query
from harness.model import Environment
from harness.regrep_rules import FAILURE, refusal
from harness.subjects.directory import Directory


@check("LOOK-09", verifies=("lookup.version-defaults-to-1",), finds=("unasked-version",))
async def test_an_answer_without_accept_version_is_in_v1(directory: Directory) -> None:
    """Without Accept-Version the answer has the form of v1.0, which names no version."""
    document = (await directory.ask(_negotiated(directory), version=None)).document
    named = ", ".join(str(slot.value) for slot in document.specifications)

    require(not named, "unasked-version", expected="no SpecificationIdentifier", seen=named)


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


def _negotiated(directory: Directory) -> Query:
    """A question with a result, where the environment negotiates versions at all."""
    if directory.key.environment is Environment.TESTING:
        raise NotApplicable("directories for testing always answer in their current version")
    service = directory.key.service
    return specimen_query(service, KNOWN_RESULT[service], directory.questions)
