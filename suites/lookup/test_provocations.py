"""Questions that are put wrongly: each must be refused, in the right words, and harm nothing."""

from __future__ import annotations

from harness import provocations
from harness.checks import check, require
from harness.errors import NotApplicable
from harness.lookup import KNOWN_RESULT, Query, specimen_query
from harness.model import HttpRequest, Service, Specimen
from harness.regrep_rules import (
    found,
    judge_code,
    judge_readable,
    judge_refused,
    judge_same,
)
from harness.subjects.directory import Directory


@check(
    "LOOK-66",
    verifies=("lookup.every-code-has-its-form",),
    finds=("provoked-type-other", "provoked-severity-other", "provoked-message-missing"),
)
async def test_every_code_comes_with_its_type_and_severity(directory: Directory) -> None:
    """Every error code that can be provoked comes with its type, its severity and a message."""
    tags = ("provoked-type-other", "provoked-severity-other", "provoked-message-missing")
    queries = provocations.coded_refusals(directory.key.service, directory.questions)
    judged = [judge_code((await directory.ask(query)).document, tags) for query in queries]
    if not any(judged):
        raise NotApplicable("nothing was refused; see LOOK-41 and LOOK-42")


@check(
    "LOOK-67",
    verifies=("lookup.wrong-attribute-is-refused",),
    finds=("wrong-attribute-answered", "wrong-attribute-other-code"),
    services=(Service.DSD,),
    optional=True,
)
async def test_a_wrong_attribute_is_refused(directory: Directory) -> None:
    """An attribute with a value that it cannot have is refused with DSD:ERR:0006."""
    document = (await directory.ask(provocations.wrong_value(directory.questions))).document
    tags = ("wrong-attribute-answered", "wrong-attribute-other-code")
    judge_refused(document, ("DSD:ERR:0006",), tags)


@check(
    "LOOK-68",
    verifies=("lookup.malformed-value-is-refused",),
    finds=("malformed-value-answered", "malformed-value-other-code"),
)
async def test_a_malformed_value_is_refused(directory: Directory) -> None:
    """A value that has not the form of its parameter is refused."""
    tags = ("malformed-value-answered", "malformed-value-other-code")
    for each in provocations.malformed(directory.key.service, directory.questions):
        judge_refused((await directory.ask(each.query)).document, each.codes, tags)


@check(
    "LOOK-69",
    verifies=("lookup.repeated-parameter-is-refused",),
    finds=("repeated-parameter-answered", "repeated-parameter-other-code"),
)
async def test_a_repeated_parameter_is_refused(directory: Directory) -> None:
    """A question for two countries is refused with EB:ERR:0003 or DSD:ERR:0003."""
    each = provocations.repeated(directory.key.service, directory.questions)
    tags = ("repeated-parameter-answered", "repeated-parameter-other-code")
    judge_refused((await directory.ask(each.query)).document, each.codes, tags)


@check(
    "LOOK-70",
    verifies=("lookup.unknown-parameter",),
    finds=("unknown-parameter-other-code", "unknown-parameter-counts"),
)
async def test_an_unknown_parameter_is_refused_or_ignored(directory: Directory) -> None:
    """A parameter that no query has is refused with EB:ERR:0003 or DSD:ERR:0003, or ignored."""
    service = directory.key.service
    query = provocations.with_unknown_parameter(service, directory.questions)
    plain = (await directory.ask(Query(query.query_id, query.parameters[:-1]))).document
    document = (await directory.ask(query)).document
    if document.refusal is None:
        require(
            found(document) == found(plain),
            "unknown-parameter-counts",
            expected="what is found without it",
            seen=", ".join(sorted(found(document))) or "nothing",
        )
    else:
        tags = ("unknown-parameter-other-code", "unknown-parameter-other-code")
        judge_refused(document, (f"{service.upper()}:ERR:0003",), tags)


@check(
    "LOOK-71",
    verifies=("lookup.odd-text-is-refused",),
    finds=("odd-text-breaks-answer", "odd-text-answered", "odd-text-other-code"),
)
async def test_odd_texts_are_refused_and_break_nothing(directory: Directory) -> None:
    """Texts that are hard to carry are refused like any other that names nothing."""
    service = directory.key.service
    _ = (await directory.answer(KNOWN_RESULT[service])).document
    for each in provocations.odd(service, directory.questions):
        body = (await directory.ask(each.query)).response.body
        document = judge_readable(body, "odd-text-breaks-answer")
        judge_refused(document, each.codes, ("odd-text-answered", "odd-text-other-code"))


@check(
    "LOOK-72",
    verifies=("lookup.foreign-query-is-refused",),
    finds=("foreign-query-answered", "foreign-query-other-code"),
)
async def test_a_query_of_a_draft_or_of_the_other_service_is_refused(directory: Directory) -> None:
    """The query ids of the drafts, and those of the other service, are unknown here."""
    tags = ("foreign-query-answered", "foreign-query-other-code")
    for each in provocations.foreign(directory.key.service, directory.questions):
        judge_refused((await directory.ask(each.query)).document, each.codes, tags)


@check(
    "LOOK-73",
    verifies=("lookup.spellings-are-alike",),
    finds=("spelling-refused", "spelling-other-answer"),
)
async def test_a_question_can_be_spelled_in_every_encoding(directory: Directory) -> None:
    """URIs as they are or percent-encoded, in either case, ask the same."""
    service = directory.key.service
    kind = {Service.EB: Specimen.EVIDENCE_TYPES, Service.DSD: Specimen.DATA_SERVICES}[service]
    query = specimen_query(service, kind, directory.questions)
    plain = await directory.ask(query)
    if not found(plain.document):
        raise NotApplicable("the plain question finds nothing; see LOOK-07")
    fields = plain.request.headers if plain.request else ()
    for url in provocations.spellings(await directory.root(), query):
        answer = await directory.send(HttpRequest("GET", url, fields))
        judge_same(answer.document, plain.document, ("spelling-refused", "spelling-other-answer"))


@check(
    "LOOK-94",
    verifies=("lookup.missing-query-is-refused",),
    finds=("missing-query-answered", "missing-query-other-code"),
)
async def test_a_question_without_a_query_is_refused(directory: Directory) -> None:
    """A request without queryId is refused as a mistake in the parameters, or as unknown."""
    service = directory.key.service
    plain = specimen_query(service, KNOWN_RESULT[service], directory.questions)
    asked = await directory.ask(plain)
    url = (asked.request.url if asked.request else "").replace(f"queryId={plain.query_id}&", "")
    fields = asked.request.headers if asked.request else ()
    document = (await directory.send(HttpRequest("GET", url, fields))).document
    codes = {Service.EB: ("EB:ERR:0003", "EB:ERR:0007")}.get(
        service, ("DSD:ERR:0003", "DSD:ERR:0004")
    )
    judge_refused(document, codes, ("missing-query-answered", "missing-query-other-code"))
