"""An answer that was captured earlier, read from files: a body, its header fields, trust anchors.

The files are the user's: whatever is wrong with them is a `UsageFault` that names file and line.
What they do not tell is not made up; `Captured.notes` says what is assumed or left unjudged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlsplit

from harness.chain import roots_of
from harness.errors import UsageFault, Violation
from harness.lookup import (
    DATA_SERVICES_QUERY,
    EVIDENCE_TYPES_QUERY,
    REQUIREMENTS_QUERY,
    Query,
    question,
)
from harness.model import NO_STATUS, Exchange, Headers, HttpRequest, HttpResponse, Service, Specimen
from harness.observatory import request_bytes, response_bytes
from harness.regrep import LARGEST, Document, read
from harness.regrep_rules import FAILURE
from harness.subjects.answer import Answer

LARGEST_HEADERS = 1024 * 1024
LARGEST_TRUST = 4 * 1024 * 1024
LONGEST_URL = 8192
LONGEST_LINE = 1000

_STATUS = re.compile(r"HTTP/[0-9](?:\.[0-9])? ([1-5][0-9]{2})(?: .*)?")
_FIELD = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*)")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_SERVICE = re.compile(r"urn:(?:fdc:)?oots:(eb|dsd):")
_ASKED = MappingProxyType(
    {
        REQUIREMENTS_QUERY: (Specimen.REQUIREMENTS, frozenset[str]()),
        EVIDENCE_TYPES_QUERY: (Specimen.EVIDENCE_TYPES, frozenset({"requirement-id"})),
        DATA_SERVICES_QUERY: (
            Specimen.DATA_SERVICES,
            frozenset({"evidence-type-classification", "country-code"}),
        ),
    }
)
"""What each query finds, and the parameters without which it finds nothing."""


@dataclass(frozen=True, slots=True)
class Captured:
    """A captured answer, the exchange that is its evidence, what is assumed or left unjudged."""

    answer: Answer
    exchange: Exchange
    notes: tuple[str, ...]


def captured(
    body: Path, headers: Path, *, trust: Path | None, query_url: str | None, at: datetime
) -> Captured:
    """Read one answer; `at` is the instant as of which it is judged; raises `UsageFault`."""
    octets = _octets(body, "--body", LARGEST)
    stated = _octets(headers, "--headers", LARGEST_HEADERS)
    status, fields = header_fields(headers, stated)
    anchors = None if trust is None else _anchors(trust)
    request = None if query_url is None else _request(query_url)
    response = HttpResponse(status or NO_STATUS, fields, octets)
    document = _document(octets)
    answer = Answer(
        specimen_of(document, request),
        service_of(document, request),
        request,
        response,
        anchors,
        at,
    )
    sent = request_bytes(request) if request else b""
    peer = f"{body} with {headers}"
    exchange = Exchange("x1", "file", peer, at, 0.0, sent, response_bytes(response), None)
    notes = (*_notes_on_files(octets, stated), *_notes(answer, status))
    return Captured(answer, exchange, notes)


def header_fields(file: Path, octets: bytes) -> tuple[int | None, Headers]:
    """Status and fields of the last response that a file holds.

    One `name: value` a line, a status line first or none. Raises `UsageFault` with the number of
    the line that cannot be read.
    """
    lines = _lines(octets)
    begin = _begins(lines)[-1]
    first = _STATUS.fullmatch(lines[begin].rstrip())
    start = begin + 1 if first else begin
    fields = tuple(
        _field(file, number, line)
        for number, line in enumerate(lines[start:], start + 1)
        if line.strip(" \t")
    )
    if not fields:
        raise UsageFault(
            f"--headers {file}",
            expected="one header field a line",
            seen="no field",
            remedy="save the fields as they were received, for instance with `curl -D FILE`",
        )
    return (int(first[1]) if first else None), fields


def _lines(octets: bytes) -> list[str]:
    return [line.removesuffix("\r") for line in octets.decode("latin-1").split("\n")]


def _begins(lines: list[str]) -> list[int]:
    """Where responses begin: in the first line, and with a status line after an empty one.

    A file has several after a redirect, a `100 Continue` or a proxy's own answer to CONNECT.
    """
    later = (
        number
        for number, (above, line) in enumerate(pairwise(lines), 1)
        if not above.strip(" \t") and _STATUS.fullmatch(line.rstrip())
    )
    return [0, *later]


def _field(file: Path, number: int, line: str) -> tuple[str, str]:
    found = _FIELD.fullmatch(line)
    if found is None or _CONTROL.search(found[2]):
        raise UsageFault(
            f"--headers {file}, line {number}",
            expected="name: value",
            seen=repr(line[:60]),
            remedy="are --body and --headers swapped?"
            if line.lstrip("\xef\xbb\xbf \t").startswith("<")
            else "give the header fields of one response, each on a line of its own",
        )
    return found[1], found[2].rstrip(" \t")


def service_of(document: Document | None, request: HttpRequest | None) -> Service | None:
    """The service that was asked, or else the one that the answer looks like."""
    asked = _SERVICE.match(question(request).query_id) if request else None
    if asked:
        return Service(asked[1])
    if document is None:
        return None
    code = _code(document)
    names = {slot.name for entry in document.objects or () for slot in entry.slots}
    if (code or "").startswith("EB:") or "Requirement" in names:
        return Service.EB
    if (code or "").startswith("DSD:") or "DataServiceEvidenceType" in names:
        return Service.DSD
    return None


def specimen_of(document: Document | None, request: HttpRequest | None) -> Specimen | None:
    """The kind of answer: what was asked for, or else what a success holds.

    A refusal never tells by its code what it should have been: that would judge the code by itself.
    """
    refused = document is not None and (document.refusal is not None or document.status == FAILURE)
    if request is not None:
        asked = _asked(question(request))
        return asked if asked is Specimen.UNKNOWN_QUERY or not refused else None
    if document is None or refused:
        return None
    slots = [slot for entry in document.objects or () for slot in entry.slots]
    if any(slot.data_services for slot in slots):
        return Specimen.DATA_SERVICES
    requirements = [requirement for slot in slots for requirement in slot.requirements]
    if any(requirement.lists for requirement in requirements):
        return Specimen.EVIDENCE_TYPES
    return Specimen.REQUIREMENTS if requirements else None


def _asked(query: Query) -> Specimen | None:
    """What a query is meant to find; None where it names no query, or lacks a parameter."""
    if not query.query_id:
        return None
    if query.query_id not in _ASKED:
        return Specimen.UNKNOWN_QUERY
    specimen, needed = _ASKED[query.query_id]
    if not needed <= {name for name, value in query.parameters if value}:
        return None
    catalogue = specimen is Specimen.REQUIREMENTS and not query.parameters
    return Specimen.CATALOGUE if catalogue else specimen


def _code(document: Document) -> str | None:
    return next((refusal.code for refusal in document.refusals if refusal.code), None)


def _document(body: bytes) -> Document | None:
    try:
        return read(body)
    except Violation:
        return None


def _notes_on_files(body: bytes, headers: bytes) -> Iterator[str]:
    count = len(_begins(_lines(headers)))
    if count > 1:
        yield f"the header file holds {count} responses, one after the other: the last is judged"
    if _STATUS.fullmatch(_lines(body[:LONGEST_LINE])[0].rstrip()):
        yield "the body begins like header fields: are --body and --headers swapped?"


def _notes(answer: Answer, status: int | None) -> list[str]:
    told = [
        (status is None, "no status line in the header file: the HTTP status is not judged"),
        (answer.request is None, "no --query-url: the answer is not compared with its question"),
        (answer.anchors is None, "no --trust: who vouches for the signer is not judged"),
    ]
    return [text for applies, text in told if applies]


def _request(url: str) -> HttpRequest:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and parts.hostname and len(url) <= LONGEST_URL
    except ValueError:
        usable = False
    if not usable or not url.isascii() or not url.isprintable():
        raise UsageFault(
            "--query-url",
            expected="the URL that was asked: https://<host>/<path>/rest/search?queryId=...",
            seen=repr(url[:80]),
            remedy="give it as it was sent, percent-encoded",
        )
    return HttpRequest("GET", url, ())


def _anchors(file: Path) -> bytes:
    octets = _octets(file, "--trust", LARGEST_TRUST)
    try:
        roots_of(octets)
    except UsageFault as unusable:
        raise UsageFault(
            f"--trust {file}",
            expected="one or more certificates in PEM form",
            seen="none that can be read",
            remedy="give the root certificates of the environment that answered",
        ) from unusable
    return octets


def _octets(file: Path, option: str, most: int) -> bytes:
    """The content of a file; a larger one than is of use is not read to its end."""
    try:
        with file.open("rb") as stream:
            octets = stream.read(most + 1)
    except (OSError, ValueError) as error:
        raise UsageFault(
            f"{option} {file}",
            expected="a file that can be read",
            seen=error.strerror or str(error) if isinstance(error, OSError) else str(error),
            remedy="check the path",
        ) from error
    if len(octets) > most:
        raise UsageFault(
            f"{option} {file}",
            expected=f"at most {most} octets",
            seen="more",
            remedy="check that this is the right file",
        )
    return octets
