"""Refusals: their form, and the error code that each wrong question must be answered with."""

from __future__ import annotations

from harness.checks import check, require
from harness.codelists import error_codes
from harness.errors import NotApplicable
from harness.lookup import QUERIES, asked_as, incomplete_query, question, unknown_values
from harness.model import Service, Specimen
from harness.regrep_rules import EARLIER_SEVERITIES, error, judge_refused, refusal, version
from harness.subjects.answer import Answer
from harness.subjects.directory import Directory


@check("LOOK-35", verifies=("lookup.error-code",), finds=("code-missing", "code-unknown"))
def test_a_refusal_has_a_code_of_the_list(answer: Answer) -> None:
    """An Exception has a code that the interface version knows."""
    code = refusal(answer.document).code
    spoken = version(answer.document)
    known = error_codes().get(code or "")
    expected = f"an error code of {spoken}"
    require(code, "code-missing", expected=expected, seen="none")
    require(known and known.known_in(spoken), "code-unknown", expected=expected, seen=code)


@check(
    "LOOK-36",
    verifies=("lookup.exception-type",),
    finds=("exception-type-missing", "exception-type-other"),
)
def test_the_type_of_an_exception_belongs_to_its_code(answer: Answer) -> None:
    """An Exception has the xsi:type that belongs to its code."""
    seen = refusal(answer.document).type
    expected = error(answer.document).exception

    require(seen is not None, "exception-type-missing", expected=expected, seen="no xsi:type")
    require(seen == expected, "exception-type-other", expected=expected, seen=seen)


@check(
    "LOOK-37", verifies=("lookup.exception-severity",), finds=("severity-missing", "severity-other")
)
def test_the_severity_of_an_exception_belongs_to_its_code(answer: Answer) -> None:
    """An Exception has the severity that belongs to its code."""
    seen = refusal(answer.document).severity
    expected = error(answer.document).severity

    require(seen is not None, "severity-missing", expected=expected, seen="no severity")
    right = EARLIER_SEVERITIES.get(str(seen), seen) == expected
    require(right, "severity-other", expected=expected, seen=seen)


@check("LOOK-38", verifies=("lookup.exception-message",), finds=("message-missing",))
def test_an_exception_has_a_message(answer: Answer) -> None:
    """An Exception tells people what is wrong."""
    message = refusal(answer.document).message

    require(message and message.strip(), "message-missing", expected="a message", seen="none")


@check(
    "LOOK-39",
    verifies=("lookup.unknown-query-is-refused",),
    finds=("unknown-query-answered", "unknown-query-other-code"),
    on=(Specimen.UNKNOWN_QUERY,),
)
def test_an_unknown_query_is_refused(answer: Answer) -> None:
    """A query that does not exist is refused with EB:ERR:0007 or DSD:ERR:0004."""
    if question(answer.request).query_id in ("", *QUERIES):
        raise NotApplicable("the query exists, or none is named")
    codes = {Service.EB: ("EB:ERR:0007",), Service.DSD: ("DSD:ERR:0004",)}
    expected = codes[answer.service] if answer.service else ("EB:ERR:0007", "DSD:ERR:0004")
    tags = ("unknown-query-answered", "unknown-query-other-code")
    judge_refused(answer.document, expected, tags)


@check(
    "LOOK-40",
    verifies=("lookup.empty-result-is-refused",),
    finds=("empty-result-answered", "empty-result-other-code"),
    on=(Specimen.EMPTY,),
)
def test_an_empty_result_is_refused(answer: Answer) -> None:
    """A question without a result is refused with EB:ERR:0001 or DSD:ERR:0001."""
    asked_as(answer.specimen)
    tags = ("empty-result-answered", "empty-result-other-code")
    judge_refused(answer.document, (f"{str(answer.service).upper()}:ERR:0001",), tags)


@check(
    "LOOK-41",
    verifies=("lookup.incomplete-query-is-refused",),
    finds=("incomplete-query-answered", "incomplete-query-other-code"),
)
async def test_an_incomplete_query_is_refused(directory: Directory) -> None:
    """A query without a mandatory parameter is refused with EB:ERR:0003 or DSD:ERR:0003."""
    service = directory.key.service
    document = (await directory.ask(incomplete_query(service, directory.questions))).document
    tags = ("incomplete-query-answered", "incomplete-query-other-code")
    judge_refused(document, (f"{service.upper()}:ERR:0003",), tags)


@check(
    "LOOK-42",
    verifies=("lookup.unknown-value-is-refused",),
    finds=("unknown-value-answered", "unknown-value-other-code"),
)
async def test_an_unknown_value_is_refused_with_its_own_code(directory: Directory) -> None:
    """What does not exist is refused: a procedure, a country, a requirement, an evidence type."""
    for query, code in unknown_values(directory.key.service, directory.questions):
        document = (await directory.ask(query)).document
        tags = ("unknown-value-answered", "unknown-value-other-code")
        judge_refused(document, (code,), tags)
