"""A request to a directory, read: its interface version, its query and its parameters.

A request is refused by raising `Refused`, which the directory turns into an answer: HTTP says 200
all the same. URIs need not be percent-encoded in parameters: real clients send them as they are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from harness.model import HttpRequest
from mock_services.codelists import V1, V2, VERSIONS, error_codes
from mock_services.regrep_writer import Element, failure

_LONGEST, _MOST_PARAMETERS = 8192, 64
"""Characters of a query string, and parameters in it."""

UUID = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")


class Refused(Exception):
    """A query that is answered with an exception: its code, and a detail other than the usual."""

    def __init__(self, code: str, detail: str | None = None, *slots: Element) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail
        self.slots = slots

    def document(self, version: str) -> bytes:
        """The answer that says so."""
        error = error_codes()[self.code]
        return failure(version, error, self.detail or error.detail, self.slots)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asks for, as a key that a cache can keep.

    `version` is None where none of the versions asked for is spoken here; `parameters` None where
    there are more of them, or longer ones, than are read.
    """

    version: str | None
    parameters: tuple[tuple[str, str], ...] | None


@dataclass(frozen=True, slots=True)
class Form:
    """The parameters of a query under one version; `open_ended`: UUIDs may be names as well."""

    mandatory: tuple[str, ...]
    optional: tuple[str, ...]
    open_ended: bool = False


def asked(request: HttpRequest) -> Asked:
    """The version and the parameters of a request."""
    text = urlsplit(request.url).query
    if len(text) > _LONGEST:
        return Asked(_version(request), None)
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_PARAMETERS)
    except ValueError:
        return Asked(_version(request), None)
    return Asked(_version(request), tuple(pairs))


def query_id(question: Asked, *, malformed: str) -> str:
    """The query that is asked; raises `Refused` with the code `malformed` where that is unclear."""
    if question.version is None:
        raise Refused(malformed, "VERSION_NOT_SUPPORTED")
    if question.parameters is None:
        raise Refused(malformed, "TOO_MANY_PARAMETERS")
    named = [value for name, value in question.parameters if name == "queryId"]
    if len(named) != 1:
        raise Refused(malformed, "REPEATED_PARAMETER: queryId" if named else _missing("queryId"))
    return named[0]


def parameters(question: Asked, form: Form, *, malformed: str) -> Mapping[str, str]:
    """The parameters by name; raises `Refused` unless they are those of the form."""
    found: dict[str, str] = {}
    for name, value in question.parameters or ():
        if name == "queryId":
            continue
        known = name in form.mandatory or name in form.optional
        if not known and not (form.open_ended and UUID.fullmatch(name)):
            raise Refused(malformed, "UNKNOWN_PARAMETER")
        if name in found:
            raise Refused(malformed, f"REPEATED_PARAMETER: {name}")
        if not value:
            raise Refused(malformed, f"EMPTY_PARAMETER: {name}")
        found[name] = value
    for name in form.mandatory:
        if name not in found:
            raise Refused(malformed, _missing(name))
    return found


def _missing(name: str) -> str:
    return f"MISSING_PARAMETER: {name}"


def _version(request: HttpRequest) -> str | None:
    """The first version asked for that is spoken here; v1.0 where none is asked for (TDD 3.6.2)."""
    named = [value for name, value in request.headers if name.lower() == "accept-version"]
    if not named:
        return V1
    wanted = [word.partition(";")[0].strip() for word in ",".join(named).split(",")]
    return next((version for version in wanted if version in VERSIONS), None)


def answer_version(question: Asked) -> str:
    """The version an answer is written in: the current one where the one asked for is unknown."""
    return question.version or V2
