"""The code lists that answers are judged by: `fixtures/codelists/*.toml`, read once."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from harness.data import FIXTURES


@dataclass(frozen=True, slots=True)
class CodeList:
    """A code list by its published name."""

    name: str
    codes: frozenset[str]


@dataclass(frozen=True, slots=True)
class ErrorCode:
    """What belongs to an error code; `versions` are the interface versions that have it."""

    code: str
    exception: str
    severity: str
    versions: tuple[str, ...]

    def known_in(self, version: str) -> bool:
        """Whether the code belongs to the major of an interface version."""
        major = version.partition(".")[0]
        return any(known.partition(".")[0] == major for known in self.versions)


@cache
def code_list(file: str) -> CodeList:
    """The code list in a file of that name.

    >>> "00" in code_list("procedures").codes
    True
    """
    table = _table(file)
    return CodeList(table["name"], frozenset(table["codes"]))


def country_codes(version: str) -> CodeList:
    """The countries under an interface version: v2 added the code EU.

    >>> "EU" in country_codes("oots-cs:v2.0").codes, "EU" in country_codes("oots-cs:v1.0").codes
    (True, False)
    """
    return code_list("eea_country" if version.startswith("oots-cs:v1.") else "oots_country")


@cache
def error_codes() -> MappingProxyType[str, ErrorCode]:
    """The error codes of both services, by code.

    >>> error_codes()["EB:ERR:0007"].exception
    'rs:InvalidRequestExceptionType'
    """
    entries = (
        ErrorCode(one["code"], one["exception"], one["severity"], tuple(one["versions"]))
        for one in _table("error_codes")["error"]
    )
    return MappingProxyType({entry.code: entry for entry in entries})


def _table(file: str) -> dict[str, Any]:
    return tomllib.loads((FIXTURES / "codelists" / f"{file}.toml").read_text("utf-8"))
