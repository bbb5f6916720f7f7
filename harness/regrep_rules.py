"""What must be in an answer: forms of identifiers, and what a document says of itself.

Pure. A function that finds nothing to judge raises `NotApplicable`, so that no check passes by
looping over nothing; what should have been there is reported by the one check that owns it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from types import MappingProxyType

from harness.codelists import CodeList, ErrorCode, error_codes
from harness.errors import NotApplicable, Unreachable, Violation
from harness.regrep import read
from harness.regrep_document import (
    AccessService,
    DataService,
    Document,
    EvidenceTypeList,
    Framework,
    Publisher,
    Refusal,
    RegistryObject,
    Requirement,
    Text,
)

SUCCESS = "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Success"
FAILURE = "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Failure"
ADDITIONAL_INPUT = "DSD:ERR:0005"
EARLIER_SEVERITIES = MappingProxyType(
    {
        "urn:sr.oots.tech.europa.eu:codes:ErrorSeverity:DSDErrorResponse:AdditionalInput": (
            "urn:sr.oots.tech.ec.europa.eu:codes:ErrorSeverity:DSDErrorResponse:AdditionalInput"
        )
    }
)
"""The severity of DSD:ERR:0005 as the code list of 2022 has it -> as real directories answer."""

SET = "urn:oasis:names:tc:ebxml-regrep:CollectionType:Set"
CONCEPT_TYPES = ("string", "boolean", "codelist")
NO_MATCH = "NoMatch"
V1 = "oots-cs:v1.0"

_UUID = r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"
_REPOSITORY = r"https://sr(?:\.[a-z]+)?\.oots\.tech\.ec\.europa\.eu"


@dataclass(frozen=True, slots=True)
class Form:
    """The form of an identifier: how people write it down, and the pattern of all of it."""

    name: str
    pattern: re.Pattern[str]


UUID = Form("8-4-4-4-12 hexadecimal digits", re.compile(_UUID))
"""By shape only: the UUIDs of all zeros and of all f are in use."""

URN_UUID = Form("urn:uuid:<UUID>", re.compile(rf"urn:uuid:{_UUID}"))
REQUIREMENT_URI = Form(
    "https://sr[.<env>].oots.tech.ec.europa.eu/requirements/<UUID>",
    re.compile(rf"{_REPOSITORY}/requirements/{_UUID}"),
)
CLASSIFICATION_URI = Form(
    "https://sr[.<env>].oots.tech.ec.europa.eu/evidencetypeclassifications/<CC>/<UUID>",
    re.compile(rf"{_REPOSITORY}/evidencetypeclassifications/[A-Z]{{2}}/{_UUID}"),
)
REPOSITORY_URI = Form(
    "https://sr[.<env>].oots.tech.ec.europa.eu/<path>", re.compile(rf"{_REPOSITORY}/\S+")
)
CODELIST_URI = Form(
    "https://sr[.<env>].oots.tech.ec.europa.eu/codelists/<CC>/<name>",
    re.compile(rf"{_REPOSITORY}/codelists/[A-Z]{{2}}/\S+"),
)
HTTPS_URI = Form("https://<host>/<path>", re.compile(r"https://[^\s/]+/\S+"))
CS_VERSION = Form("oots-cs:v<major>.<minor>", re.compile(r"oots-cs:v[0-9]+\.[0-9]+"))
EDM_VERSION = Form("oots-edm:v<major>.<minor>", re.compile(r"oots-edm:v[0-9]+\.[0-9]+"))
PARTY_SCHEME = Form(
    "urn:oasis:names:tc:ebcore:partyid-type:unregistered:<x>"
    " or urn:cef.eu:names:identifier:EAS:<code>",
    re.compile(
        r"urn:oasis:names:tc:ebcore:partyid-type:unregistered(?::\S+)?"
        r"|urn:cef\.eu:names:identifier:EAS:\S+"
    ),
)


def judge_form(values: Iterable[str | None], form: Form, tag: str) -> None:
    """Raise `Violation` for the first value that is absent or not of the form.

    >>> judge_form(["FFFFFFFF-ffff-ffff-ffff-ffffffffffff"], UUID, "not-a-uuid")
    >>> judge_form(["oots-edm:v2.0", "v2.0"], EDM_VERSION, "conforms-to-malformed")
    Traceback (most recent call last):
    harness.errors.Violation: conforms-to-malformed: expected oots-edm:v<major>.<minor>, seen v2.0
    """
    for value in values:
        if value is None or not form.pattern.fullmatch(value):
            raise Violation(tag, expected=form.name, seen="nothing" if value is None else value)


def judge_codes(values: Iterable[str | None], codes: CodeList, tag: str) -> None:
    """Raise `Violation` for the first value that is absent or not in the code list.

    >>> judge_codes(["FI", "UK"], CodeList("Countries", frozenset({"FI"})), "country-unknown")
    Traceback (most recent call last):
    harness.errors.Violation: country-unknown: expected a code of Countries, seen UK
    """
    for value in values:
        if value not in codes.codes:
            seen = "nothing" if value is None else value
            raise Violation(tag, expected=f"a code of {codes.name}", seen=seen)


def version(document: Document) -> str:
    """The interface version the answer is in: the one it names, or v1.0, which names none."""
    named = [slot.value for slot in document.specifications if slot.value]
    return named[0] if named else V1


def refusal(document: Document) -> Refusal:
    """The exception of a refusal; raises `NotApplicable` where the answer is none."""
    if document.refusal is not None:
        return document.refusal
    if document.status == FAILURE:
        raise Unreachable("the exception", why="the failure holds none; see LOOK-06")
    raise NotApplicable("the answer is no refusal")


def error(document: Document) -> ErrorCode:
    """What belongs to the code of a refusal; raises `NotApplicable` where the answer is none."""
    code = refusal(document).code
    known = error_codes().get(code or "")
    if known is None:
        raise Unreachable("the error code", why=f"{code} is not known; see LOOK-35")
    return known


def judge_refused(document: Document, codes: Collection[str], tags: tuple[str, str]) -> None:
    """Raise `Violation`: the first tag for a success, the second for any other error code."""
    expected = " or ".join(codes)
    if document.refusal is None and document.status != FAILURE:
        raise Violation(tags[0], expected=expected, seen=document.status or "no status")
    seen = error(document).code
    if seen not in codes:
        raise Violation(tags[1], expected=expected, seen=seen)


def judge_readable(body: bytes, tag: str) -> Document:
    """The document; raises `Violation` with the tag for any body that cannot be read."""
    try:
        return read(body)
    except Violation as flaw:
        raise Violation(
            tag, expected="a query:QueryResponse", seen=f"{flaw.tag}: {flaw.seen}"
        ) from None


def found(document: Document) -> frozenset[str]:
    """What an answer found, by the UUID of a requirement or data service; none for a refusal."""
    named = [one.identifier for one in document.requirements]
    named += [one.identifier for one in document.data_services]
    return frozenset(identifier.rpartition("/")[2] for identifier in named if identifier)


def judge_same(document: Document, plain: Document, tags: tuple[str, str]) -> None:
    """Raise `Violation`: the first tag for a refusal, the second where something else is found."""
    judge_found(document, tags[0])
    expected, seen = ", ".join(sorted(found(plain))), ", ".join(sorted(found(document)))
    if seen != expected:
        raise Violation(tags[1], expected=expected, seen=seen or "nothing")


def judge_found(document: Document, tag: str) -> None:
    """Raise `Violation` with the tag for a refusal."""
    refused = document.refusal
    if refused is not None or document.status == FAILURE:
        seen = refused.code if refused and refused.code else "a Failure"
        raise Violation(tag, expected="a success", seen=seen)


def judge_holds(document: Document, narrower: Document, tag: str) -> None:
    """Raise `Violation` with the tag where a narrower question found something more."""
    missing = found(narrower) - found(document)
    if missing:
        raise Violation(tag, expected=", ".join(sorted(missing)), seen="not among what is found")


def judge_code(document: Document, tags: tuple[str, str, str]) -> bool:
    """Whether an answer is a refusal.

    Raises `Violation` where type, severity or message (in this order of the tags) do not belong
    to its code.
    """
    refused = document.refusal
    if refused is None:
        return False
    known = error(document)
    severity = EARLIER_SEVERITIES.get(str(refused.severity), refused.severity)
    for tag, expected, seen in (
        (tags[0], known.exception, refused.type),
        (tags[1], known.severity, severity),
        (tags[2], "a message", "a message" if (refused.message or "").strip() else None),
    ):
        if seen != expected:
            shown = f"{seen or 'nothing'} with {known.code}"
            raise Violation(tag, expected=expected, seen=shown)
    return True


def objects(document: Document) -> tuple[RegistryObject, ...]:
    """The registry objects; raises `NotApplicable` where the answer is a refusal."""
    if document.objects:
        return document.objects
    if document.refusal is not None or document.status == FAILURE:
        raise NotApplicable("the answer is a refusal")
    raise Unreachable("the registry objects", why="the success holds none; see LOOK-05 and LOOK-07")


def requirements(document: Document) -> tuple[Requirement, ...]:
    """The requirements; raises `NotApplicable` where there are none."""
    objects(document)
    if not document.requirements:
        raise NotApplicable("the answer holds no requirement")
    return document.requirements


def frameworks(document: Document) -> tuple[Framework, ...]:
    """The reference frameworks of all requirements; raises `NotApplicable` where there are none."""
    found = tuple(entry for one in requirements(document) for entry in one.frameworks)
    if not found:
        raise NotApplicable("the answer holds no reference framework")
    return found


def lists(document: Document) -> tuple[EvidenceTypeList, ...]:
    """The evidence type lists; raises `NotApplicable` where there are none."""
    found = tuple(_lists(document))
    if not found:
        raise NotApplicable("the answer holds no evidence type list")
    return found


def data_services(document: Document) -> tuple[DataService, ...]:
    """The data services; raises `NotApplicable` where there are none."""
    objects(document)
    if not document.data_services:
        raise NotApplicable("the answer holds no data service")
    return document.data_services


def access_services(document: Document) -> tuple[AccessService, ...]:
    """The access services; raises `NotApplicable` where there are none."""
    found = tuple(entry for one in data_services(document) for entry in one.access_services)
    if not found:
        raise NotApplicable("the answer holds no access service")
    return found


def classifications(document: Document) -> tuple[str | None, ...]:
    """The evidence type classifications; raises `NotApplicable` where there are none."""
    listed = [kind.classification for one in _lists(document) for kind in one.evidence_types]
    found = (*listed, *(one.classification for one in document.data_services))
    if not found:
        raise NotApplicable("the answer holds no evidence type")
    return found


def countries(document: Document) -> tuple[str, ...]:
    """Every country code; raises `NotApplicable` where there is none."""
    found = tuple(_countries(document))
    if not found:
        raise NotApplicable("the answer holds no country code")
    return found


def texts(document: Document) -> tuple[Text, ...]:
    """Every text for people; raises `NotApplicable` where there is none."""
    found = tuple(_texts(document))
    if not found:
        raise NotApplicable("the answer holds no text for people")
    return found


def _lists(document: Document) -> Iterator[EvidenceTypeList]:
    return (entry for one in document.requirements for entry in one.lists)


def _publishers(document: Document) -> Iterator[Publisher]:
    for service in document.data_services:
        for access in service.access_services:
            yield from access.publishers


def _countries(document: Document) -> Iterator[str]:
    for one in document.requirements:
        for framework in one.frameworks:
            yield from framework.countries
    for entry in _lists(document):
        yield from entry.countries
    for publisher in _publishers(document):
        yield from publisher.address
        yield from publisher.countries


def _texts(document: Document) -> Iterator[Text]:
    for one in document.requirements:
        yield from one.names
        for framework in one.frameworks:
            yield from framework.titles
    for entry in _lists(document):
        yield from entry.names
        for kind in entry.evidence_types:
            yield from kind.titles
    for publisher in _publishers(document):
        yield from publisher.party.names
    yield from _texts_of_data_services(document)


def _texts_of_data_services(document: Document) -> Iterator[Text]:
    """Those of a DSD:ERR:0005 included."""
    asked = [slot for refused in document.refusals for slot in refused.slots]
    for slot in asked:
        for concept in slot.concepts:
            yield from concept.descriptions
    for service in (*document.data_services, *(s for slot in asked for s in slot.data_services)):
        yield from service.titles
        for access in service.access_services:
            yield from access.party.names
