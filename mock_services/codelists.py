"""The code lists that the directories check their parameters against, and their error codes.

Read once from `fixtures/codelists`: a list of codes has `[codes]`, the list of errors `[[error]]`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from mock_services.toml_data import FIXTURES, Section, read_section

V1, V2 = "oots-cs:v1.0", "oots-cs:v2.0"
"""The interface versions that the mock directories speak."""

VERSIONS = (V1, V2)

COUNTRIES = MappingProxyType({V1: "EEA_Country", V2: "OOTS_Country"})
"""The list of countries of each interface version."""

_ERRORS = "error_codes"


@dataclass(frozen=True, slots=True)
class Codelist:
    """Codes and what they stand for; `source` says where they are published."""

    name: str
    version: str
    source: str
    codes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ErrorCode:
    """What an `rs:Exception` with a code looks like, and the interface versions that know it."""

    code: str
    exception: str
    severity: str
    message: str
    detail: str
    versions: tuple[str, ...]


@cache
def codelists() -> Mapping[str, Codelist]:
    """Every list of codes, by its published name."""
    files = sorted((FIXTURES / "codelists").glob("*.toml"))
    found = [_codelist(file) for file in files if file.stem != _ERRORS]
    return MappingProxyType({each.name: each for each in found})


@cache
def error_codes() -> Mapping[str, ErrorCode]:
    """The errors of both services, by code."""
    section = read_section(FIXTURES / "codelists" / f"{_ERRORS}.toml")
    found = [_error(entry) for entry in section.sections("error")]
    for name in ("name", "version", "source"):
        section.text(name)
    section.finish()
    return MappingProxyType({each.code: each for each in found})


def _codelist(file: Path) -> Codelist:
    section = read_section(file)
    found = Codelist(
        section.text("name"),
        section.text("version"),
        section.text("source"),
        MappingProxyType(dict(section.section("codes").rest())),
    )
    section.finish()
    return found


def _error(entry: Section) -> ErrorCode:
    found = ErrorCode(
        entry.text("code"),
        entry.text("exception"),
        entry.text("severity"),
        entry.text("message"),
        entry.text("detail"),
        entry.words("versions"),
    )
    entry.finish()
    return found
