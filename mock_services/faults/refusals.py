"""Seeded faults of the seam: refusals. Their form is wrong, or another one was due."""

from __future__ import annotations

from mock_services.faults import fault
from mock_services.faults.rewriting import (
    CATALOGUE,
    ELSEWHERE,
    UNKNOWN_QUERY,
    as_success,
    asking,
    both,
    changed,
    rewritten,
    saying,
)
from mock_services.world import World

_ADDITIONAL_INPUT = saying("DSD:ERR:0005")
_INCOMPLETE = saying("MISSING_PARAMETER: (?!queryId)")
_EMPTY = both(saying(":ERR:0001"), asking(without=("specification=",)))


@fault(caught_by={"LOOK-05": "success-with-exception"})
def refusal_called_a_success(world: World) -> World:
    """A refusal has the status Success."""
    return rewritten(world, "StatusType:Failure", "StatusType:Success", when=UNKNOWN_QUERY)


@fault(caught_by={"LOOK-06": "failure-with-list"})
def refusal_with_a_list(world: World) -> World:
    """A refusal has a list of objects, if an empty one."""
    return rewritten(world, "(?=<rs:Exception )", "<rim:RegistryObjectList/>")


@fault(caught_by={"LOOK-06": "failure-without-exception"}, blocks=("LOOK-*",))
def refusal_without_an_exception(world: World) -> World:
    """A refusal does not say why."""
    return rewritten(world, "<rs:Exception [^>]*>", "", when=UNKNOWN_QUERY)


@fault(caught_by={"LOOK-35": "code-missing"}, blocks=("LOOK-*",))
def code_left_out(world: World) -> World:
    """A refusal has no error code."""
    return rewritten(world, ' code="[^"]*"', "", when=UNKNOWN_QUERY)


@fault(caught_by={"LOOK-35": "code-unknown"}, blocks=("LOOK-*",))
def code_of_no_list(world: World) -> World:
    """A refusal has an error code that is in no list."""
    return rewritten(world, ":ERR:[0-9]*", ":ERR:0099", when=UNKNOWN_QUERY)


@fault(caught_by={"LOOK-36": "exception-type-missing"})
def exception_type_left_out(world: World) -> World:
    """An exception has no type."""
    return rewritten(world, ' xsi:type="rs:[^"]*"', "", when=UNKNOWN_QUERY)


@fault(caught_by={"LOOK-36": "exception-type-other"})
def exception_type_of_another_code(world: World) -> World:
    """An exception has the type of another code."""
    return rewritten(world, '"rs:InvalidRequest', '"rs:ObjectNotFound', when=UNKNOWN_QUERY)


@fault(caught_by={"LOOK-37": "severity-missing"})
def severity_left_out(world: World) -> World:
    """An exception has no severity."""
    return rewritten(world, ' severity="[^"]*"', "", when=UNKNOWN_QUERY)


@fault(caught_by={"LOOK-37": "severity-other"})
def severity_is_a_bare_word(world: World) -> World:
    """The severity of an exception is the word of an old draft."""
    return rewritten(world, ' severity="[^"]*"', ' severity="FAILURE"', when=UNKNOWN_QUERY)


@fault(caught_by={"LOOK-37": "severity-other"})
def additional_input_called_an_error(world: World) -> World:
    """A DSD:ERR:0005 has the severity of an error."""
    return rewritten(
        world,
        ' severity="[^"]*"',
        ' severity="urn:oasis:names:tc:ebxml-regrep:ErrorSeverityType:Error"',
        when=_ADDITIONAL_INPUT,
    )


@fault(caught_by={"LOOK-38": "message-missing"})
def message_left_out(world: World) -> World:
    """An exception has no message."""
    return rewritten(world, ' message="[^"]*"', "", when=UNKNOWN_QUERY)


@fault(caught_by={"LOOK-39": "unknown-query-answered"})
def unknown_query_answered(world: World) -> World:
    """A query that does not exist is answered with a Success."""
    return changed(world, as_success, when=UNKNOWN_QUERY)


@fault(caught_by={"LOOK-39": "unknown-query-other-code"})
def unknown_query_refused_as_malformed(world: World) -> World:
    """A query that does not exist is refused as a malformed one."""
    return rewritten(world, ":ERR:[0-9]*", ":ERR:0003", when=UNKNOWN_QUERY)


@fault(caught_by={"LOOK-40": "empty-result-answered"})
def empty_result_is_a_success(world: World) -> World:
    """Where nothing is found, the answer is a Success with nothing in it."""
    return changed(world, as_success, when=_EMPTY)


@fault(caught_by={"LOOK-40": "empty-result-other-code"})
def empty_result_refused_as_unknown(world: World) -> World:
    """Where nothing is found, the answer is that what was asked for does not exist."""
    return rewritten(world, ":ERR:0001", ":ERR:0002", when=_EMPTY)


@fault(caught_by={"LOOK-41": "incomplete-query-answered"})
def incomplete_query_answered(world: World) -> World:
    """A query without a mandatory parameter is answered with a Success."""
    return changed(world, as_success, when=_INCOMPLETE)


@fault(caught_by={"LOOK-41": "incomplete-query-other-code"})
def incomplete_query_refused_as_unknown(world: World) -> World:
    """A query without a mandatory parameter is refused with the code of another mistake."""
    return rewritten(world, ":ERR:0003", ":ERR:0006", when=_INCOMPLETE)


@fault(caught_by={"LOOK-42": "unknown-value-answered"})
def unknown_value_answered(world: World) -> World:
    """What does not exist is answered with a Success."""
    return changed(world, as_success, when=saying(":ERR:0002"))


@fault(caught_by={"LOOK-42": "unknown-value-other-code"})
def unknown_value_refused_as_empty(world: World) -> World:
    """What does not exist is refused as if nothing had been found for it."""
    return rewritten(world, ":ERR:0002", ":ERR:0001")


@fault(caught_by={"LOOK-55": "several-exceptions"})
def refusal_with_two_exceptions(world: World) -> World:
    """A refusal gives two reasons."""
    return rewritten(world, "(<rs:Exception [^>]*/>)", r"\1\1", when=UNKNOWN_QUERY)


@fault(caught_by={"LOOK-05": "success-with-exception"})
def results_and_an_exception_together(world: World) -> World:
    """The catalogue is a Success, complete, and has an exception as well."""
    exception = (
        '<rs:Exception xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        ' xsi:type="rs:ObjectNotFoundExceptionType" code="EB:ERR:0001" message="No"'
        ' severity="urn:oasis:names:tc:ebxml-regrep:ErrorSeverityType:Error"/>'
    )
    return rewritten(world, "(?=</query:QueryResponse>)", exception, when=CATALOGUE)


@fault(caught_by={"LOOK-06": "failure-with-list"})
def failure_with_results(world: World) -> World:
    """A refusal has a list with an object in it."""
    listed = (
        f'<rim:RegistryObjectList><rim:RegistryObject id="urn:uuid:{ELSEWHERE}"/>'
        "</rim:RegistryObjectList>"
    )
    return rewritten(world, "(?=<rs:Exception )", listed, when=UNKNOWN_QUERY)


@fault(caught_by={"LOOK-66": "provoked-type-other"})
def unknown_value_of_another_type(world: World) -> World:
    """The refusal of what does not exist has the type of another code."""
    return rewritten(world, '"rs:ObjectNotFound', '"rs:InvalidRequest', when=saying(":ERR:0002"))


@fault(caught_by={"LOOK-66": "provoked-type-other"})
def incomplete_query_of_another_type(world: World) -> World:
    """The refusal of an incomplete query has the type of another code."""
    return rewritten(world, '"rs:InvalidRequest', '"rs:ObjectNotFound', when=_INCOMPLETE)


@fault(caught_by={"LOOK-66": "provoked-severity-other"})
def incomplete_query_without_severity(world: World) -> World:
    """The refusal of an incomplete query has no severity."""
    return rewritten(world, ' severity="[^"]*"', "", when=_INCOMPLETE)


@fault(caught_by={"LOOK-66": "provoked-message-missing"})
def incomplete_query_without_message(world: World) -> World:
    """The refusal of an incomplete query does not say why."""
    return rewritten(world, ' message="[^"]*"', ' message=" "', when=_INCOMPLETE)
