"""What holds of every answer, whatever was asked: transport, status, list or exception."""

from __future__ import annotations

from harness.checks import check, require
from harness.errors import NotApplicable
from harness.lookup import MEDIA_TYPE, asked_as, asked_version
from harness.model import NO_STATUS, Specimen
from harness.regrep import read
from harness.regrep_rules import CS_VERSION, FAILURE, SUCCESS, judge_form
from harness.subjects.answer import Answer

RESULTS = (
    Specimen.CATALOGUE,
    Specimen.REQUIREMENTS,
    Specimen.EVIDENCE_TYPES,
    Specimen.DATA_SERVICES,
)


@check(
    "LOOK-01",
    verifies=("lookup.answer-is-a-query-response", "lookup.answer-is-safe-to-read"),
    finds=(
        "regrep-not-xml",
        "regrep-not-utf8",
        "regrep-doctype",
        "regrep-too-large",
        "regrep-too-deep",
        "regrep-too-many-elements",
        "regrep-not-a-query-response",
    ),
)
def test_the_answer_is_a_readable_query_response(answer: Answer) -> None:
    """The body is one query:QueryResponse that a careful reader can read."""
    read(answer.response.body)


@check("LOOK-02", verifies=("lookup.http-status-is-200",), finds=("http-status-not-200",))
def test_the_http_status_is_200(answer: Answer) -> None:
    """The HTTP status is 200, for a success and for a refusal."""
    status = answer.response.status
    if status == NO_STATUS:
        raise NotApplicable("the status line was not captured")

    require(status == 200, "http-status-not-200", expected="200", seen=str(status))


@check(
    "LOOK-03",
    verifies=("lookup.content-type",),
    finds=("content-type-missing", "content-type-other"),
)
def test_the_content_type_is_that_of_ebrs(answer: Answer) -> None:
    """The content type is application/x-ebrs+xml."""
    sent = answer.response.values("content-type")
    media = {value.partition(";")[0].strip().lower() for value in sent}

    require(sent, "content-type-missing", expected=MEDIA_TYPE, seen="no content-type")
    require(media == {MEDIA_TYPE}, "content-type-other", expected=MEDIA_TYPE, seen=", ".join(sent))


@check("LOOK-04", verifies=("lookup.status",), finds=("status-missing", "status-unknown"))
def test_the_status_is_success_or_failure(answer: Answer) -> None:
    """The status attribute is one of the URNs Success and Failure."""
    status = answer.document.status
    known = (SUCCESS, FAILURE)

    require(status is not None, "status-missing", expected=" or ".join(known), seen="no status")
    require(status in known, "status-unknown", expected=" or ".join(known), seen=status)


@check(
    "LOOK-05",
    verifies=("lookup.success-has-a-list",),
    finds=("success-without-list", "success-with-exception"),
)
def test_a_success_has_a_list_and_no_exception(answer: Answer) -> None:
    """A Success holds a RegistryObjectList and no Exception."""
    document = answer.document
    if document.status != SUCCESS:
        raise NotApplicable("the answer is no Success")
    expected = "a RegistryObjectList and no Exception"
    refused = document.refusal
    require(not refused, "success-with-exception", expected=expected, seen="an Exception")
    listed = document.objects is not None
    require(listed, "success-without-list", expected=expected, seen="no RegistryObjectList")


@check(
    "LOOK-06",
    verifies=("lookup.failure-has-an-exception",),
    finds=("failure-with-list", "failure-without-exception"),
)
def test_a_failure_has_an_exception_and_no_list(answer: Answer) -> None:
    """A Failure holds an Exception and no RegistryObjectList."""
    document = answer.document
    if document.status != FAILURE:
        raise NotApplicable("the answer is no Failure")
    expected = "an Exception and no RegistryObjectList"
    unlisted = document.objects is None
    require(unlisted, "failure-with-list", expected=expected, seen="a RegistryObjectList")
    refused = document.refusal
    require(refused, "failure-without-exception", expected=expected, seen="no Exception")


@check(
    "LOOK-07",
    verifies=("lookup.known-data-is-found",),
    finds=("known-data-refused", "success-without-objects"),
    on=RESULTS,
)
def test_what_is_registered_is_found(answer: Answer) -> None:
    """A question about registered data is answered with at least one RegistryObject."""
    document = answer.document
    refused = document.refusal if document.status != SUCCESS else None
    if refused:
        asked_as(answer.specimen)
    expected = "at least one RegistryObject"
    require(not refused, "known-data-refused", expected=expected, seen=refused and refused.code)
    hollow = document.objects == ()
    require(not hollow, "success-without-objects", expected=expected, seen="an empty list")


@check(
    "LOOK-08",
    verifies=("lookup.specification-identifier",),
    finds=("specification-missing", "specification-other"),
)
def test_the_answer_names_the_version_that_was_asked_for(answer: Answer) -> None:
    """The slot SpecificationIdentifier names the interface version that was asked for."""
    asked = asked_version(answer.request)
    named = answer.document.specifications
    values = [slot.value for slot in named]

    if asked is None and not values:
        raise NotApplicable("no version is known to have been asked for, and none is named")
    if asked is not None:
        require(values, "specification-missing", expected=asked, seen="no SpecificationIdentifier")
        require(
            values == [asked],
            "specification-other",
            expected=asked,
            seen=", ".join(map(str, values)),
        )
    judge_form(values, CS_VERSION, "specification-other")
