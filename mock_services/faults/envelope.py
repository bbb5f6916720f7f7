"""Seeded faults of the seam: envelope. The body, its status, its list, its version are wrong."""

from __future__ import annotations

from harness.model import HttpRequest
from mock_services.faults import fault
from mock_services.faults.rewriting import (
    CATALOGUE,
    UNKNOWN_QUERY,
    as_refusal,
    as_success,
    changed,
    rewritten,
    saying,
)
from mock_services.world import World

_VERSION_SLOT = '<rim:Slot name="SpecificationIdentifier">.*?</rim:Slot>'
_NAMED_VERSION = (
    '<rim:Slot name="SpecificationIdentifier">'
    "<rim:SlotValue><rim:Value>oots-cs:v2.0</rim:Value></rim:SlotValue></rim:Slot>"
)


def _no_version_asked(request: HttpRequest, _body: bytes) -> bool:
    return all(name.lower() != "accept-version" for name, _ in request.headers)


@fault(caught_by={"LOOK-01": "regrep-not-xml"}, blocks=("LOOK-*",))
def body_cut_short(world: World) -> World:
    """The body ends in the middle of an element."""
    return changed(world, lambda body: body[: len(body) * 2 // 3])


@fault(caught_by={"LOOK-01": "regrep-not-utf8"}, blocks=("LOOK-*",))
def body_in_latin_1(world: World) -> World:
    """The body is declared and encoded as ISO 8859-1."""
    return rewritten(world, 'encoding="UTF-8"', 'encoding="ISO-8859-1"')


@fault(caught_by={"LOOK-01": "regrep-doctype"}, blocks=("LOOK-*",))
def body_with_a_doctype(world: World) -> World:
    """The body has a DOCTYPE that nothing needs."""
    return rewritten(world, r"\?>", "?><!DOCTYPE query:QueryResponse>", times=1)


@fault(caught_by={"LOOK-01": "regrep-too-large"}, blocks=("LOOK-*",))
def body_of_many_megabytes(world: World) -> World:
    """A refusal is followed by blanks, one byte more than 16 MB in all."""
    return changed(world, lambda body: body.ljust(16 * 1024 * 1024 + 1), when=UNKNOWN_QUERY)


@fault(caught_by={"LOOK-01": "regrep-too-deep"}, blocks=("LOOK-*",))
def body_nested_too_deep(world: World) -> World:
    """The body nests a hundred elements."""
    return rewritten(world, "(?=</query:QueryResponse>)", "<sdg:In>" * 100 + "</sdg:In>" * 100)


@fault(caught_by={"LOOK-01": "regrep-not-a-query-response"}, blocks=("LOOK-*",))
def root_is_a_request(world: World) -> World:
    """The root element is a QueryRequest."""
    return rewritten(world, "query:QueryResponse", "query:QueryRequest")


@fault(caught_by={"LOOK-04": "status-missing"})
def status_left_out(world: World) -> World:
    """The root element has no status."""
    return rewritten(world, ' status="[^"]*"', "", times=1)


@fault(caught_by={"LOOK-04": "status-unknown"})
def status_is_a_bare_word(world: World) -> World:
    """The status is a word, not its URN."""
    return rewritten(world, ' status="[^"]*:', ' status="', times=1)


@fault(caught_by={"LOOK-05": "success-without-list"}, blocks=("LOOK-*",))
def success_without_a_list(world: World) -> World:
    """The catalogue is a Success with nothing in it."""
    return rewritten(
        world, "<rim:RegistryObjectList>.*</rim:RegistryObjectList>", "", when=CATALOGUE
    )


@fault(caught_by={"LOOK-07": "success-without-objects"}, blocks=("LOOK-*",))
def catalogue_is_empty(world: World) -> World:
    """The catalogue is a list without objects."""
    return rewritten(world, "<rim:RegistryObject .*</rim:RegistryObject>", "", when=CATALOGUE)


@fault(caught_by={"LOOK-07": "known-data-refused"})
def catalogue_is_refused(world: World) -> World:
    """The catalogue is refused as if there were nothing to list."""
    return changed(world, as_refusal("EB:ERR:0001", "ObjectNotFound"), when=CATALOGUE)


@fault(caught_by={"LOOK-08": "specification-missing"})
def version_left_out(world: World) -> World:
    """No answer names its interface version."""
    return rewritten(world, _VERSION_SLOT, "")


@fault(caught_by={"LOOK-08": "specification-other"})
def version_of_another_interface(world: World) -> World:
    """Answers name a version that was not asked for."""
    return rewritten(world, "oots-cs:v2.0", "oots-cs:v2.1")


@fault(caught_by={"LOOK-09": "unasked-version"})
def version_named_unasked(world: World) -> World:
    """Answers name a version although none was asked for."""
    return rewritten(
        world, "(<query:QueryResponse [^>]*>)", rf"\1{_NAMED_VERSION}", when=_no_version_asked
    )


@fault(caught_by={"LOOK-10": "unsupported-version-answered"})
def unsupported_version_answered(world: World) -> World:
    """A version that nobody speaks is answered with a Success."""
    return changed(world, as_success, when=saying("VERSION_NOT_SUPPORTED"))


@fault(caught_by={"LOOK-10": "unsupported-version-other-type"})
def unsupported_version_not_found(world: World) -> World:
    """A version that nobody speaks is refused as an object not found."""
    return rewritten(
        world,
        "rs:InvalidRequestExceptionType",
        "rs:ObjectNotFoundExceptionType",
        when=saying("VERSION_NOT_SUPPORTED"),
    )
