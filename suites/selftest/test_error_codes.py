"""The error codes, written down once more: judge and judged read one file, and it may be wrong."""

from __future__ import annotations

from harness.codelists import error_codes

NOT_FOUND = "rs:ObjectNotFoundExceptionType"
INVALID = "rs:InvalidRequestExceptionType"
ERROR = "urn:oasis:names:tc:ebxml-regrep:ErrorSeverityType:Error"
MORE = "urn:sr.oots.tech.ec.europa.eu:codes:ErrorSeverity:DSDErrorResponse:AdditionalInput"

TABLE = {
    "EB:ERR:0001": (NOT_FOUND, ERROR),
    "EB:ERR:0002": (NOT_FOUND, ERROR),
    "EB:ERR:0003": (INVALID, ERROR),
    "EB:ERR:0004": (INVALID, ERROR),
    "EB:ERR:0005": (INVALID, ERROR),
    "EB:ERR:0006": (INVALID, ERROR),
    "EB:ERR:0007": (INVALID, ERROR),
    "DSD:ERR:0001": (NOT_FOUND, ERROR),
    "DSD:ERR:0002": (NOT_FOUND, ERROR),
    "DSD:ERR:0003": (INVALID, ERROR),
    "DSD:ERR:0004": (INVALID, ERROR),
    "DSD:ERR:0005": (NOT_FOUND, MORE),
    "DSD:ERR:0006": (INVALID, ERROR),
}
"""Of each code its exception type and its severity (code lists of TDD 2.0.1, chapter 3.5.1)."""

WITHDRAWN = {"EB:ERR:0004"}
"""Those that version 2 no longer has."""


def test_every_code_has_the_type_and_severity_of_the_published_list() -> None:
    read = {code: (known.exception, known.severity) for code, known in error_codes().items()}

    assert read == TABLE


def test_version_2_has_every_code_but_the_withdrawn_one() -> None:
    gone = {code for code, known in error_codes().items() if not known.known_in("oots-cs:v2.0")}

    assert gone == WITHDRAWN
