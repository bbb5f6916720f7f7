"""The overview tables, the second way to find the instances (TDD 3.4, section 3): read, compared.

One row for each Member State, service, environment and interface major, in TOML or in CSV:

    [[instance]]                    member_state,service,environment,major,uri,operator
    member_state = "DE"             DE,dsd,acc,1,https://cs.acc.de.localhost/dsd/,DE
    service = "dsd"
    environment = "acc"
    major = 1
    uri = "https://cs.acc.de.localhost/dsd/"
    operator = "DE"

`operator` is `EC` or the Member State that runs the instance, and may be left out. The published
tables are for members only: the names of the columns are ours.
"""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from harness.discovery import Instance, instance, root_of
from harness.errors import UsageFault
from harness.model import Environment, OverviewRow, Service, ServiceKey

COLUMNS = ("member_state", "service", "environment", "major", "uri", "operator")
COMMISSION = "EC"
"""The operator of the instance that Member States use unless they run their own."""

LARGEST = 4 * 1024 * 1024
"""The longest file that is read, in octets."""

MOST_ROWS = 10_000

_OPTIONAL = frozenset({"operator"})
_COUNTRY = re.compile("[A-Z]{2}")
_MAJOR = re.compile("[1-9][0-9]{0,2}")
_HEADING = re.compile(r"[ \t]*\[\[[ \t]*[\"']?instance[\"']?[ \t]*\]\]")
_RULES: Mapping[str, tuple[Callable[[str], object], str]] = {
    "member_state": (_COUNTRY.fullmatch, "an ISO 3166-1 alpha-2 code in capitals"),
    "service": (set(Service).__contains__, f"one of {', '.join(Service)}"),
    "environment": (set(Environment).__contains__, f"one of {', '.join(Environment)}"),
    "major": (_MAJOR.fullmatch, "a number from 1 to 999"),
    "uri": (root_of, "a URI with a scheme and a host"),
    "operator": (_COUNTRY.fullmatch, f"{COMMISSION} or an ISO 3166-1 alpha-2 code"),
}
_LINE = re.compile(r"line (\d+)")


def read(path: Path) -> tuple[OverviewRow, ...]:
    """The rows of a file, by its suffix `.toml` or `.csv`; raises `UsageFault` with the line."""
    readers = {".toml": _from_toml, ".csv": _from_csv}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise _fault(path, None, expected="a file .toml or .csv", seen=path.name)
    rows = []
    for line, fields in reader(path, _text(path)):
        rows.append(_row(path, line, fields))
        if len(rows) > MOST_ROWS:
            raise _fault(path, line, expected=f"at most {MOST_ROWS} rows", seen="more")
    if not rows:
        raise _fault(path, None, expected="at least one row", seen="none")
    return tuple(rows)


def rows_of(rows: Iterable[OverviewRow], key: ServiceKey, major: int) -> tuple[OverviewRow, ...]:
    """The rows about one entry; more than one is an ambiguity."""
    return tuple(row for row in rows if (row.key, row.major) == (key, major))


def operators(rows: Iterable[OverviewRow], key: ServiceKey) -> Mapping[Instance, frozenset[str]]:
    """Who runs the instances that are listed for a service, as far as the overview says it."""
    found: dict[Instance, frozenset[str]] = {}
    for row in rows:
        root = root_of(row.uri)
        if row.key == key and row.operator and root is not None:
            where = instance(root)
            found[where] = found.get(where, frozenset()) | {row.operator}
    return found


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            octets, more = file.read(LARGEST), file.peek()
    except OSError as error:
        seen = error.strerror or str(error)
        raise _fault(path, None, expected="a file that can be read", seen=seen) from None
    if more:
        raise _fault(path, None, expected=f"at most {LARGEST} octets", seen="more")
    try:
        return octets.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = octets[: error.start].count(b"\n") + 1
        seen = f"the octet {octets[error.start]:#04x}"
        raise _fault(path, line, expected="UTF-8", seen=seen) from None


def _from_toml(path: Path, text: str) -> Iterator[tuple[int, Mapping[str, object]]]:
    try:
        whole = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        named = _LINE.search(str(error))
        line = int(named[1]) if named else len(text.splitlines())
        raise _fault(path, line, expected="TOML", seen=str(error)) from None
    tables = whole.get("instance", [])
    if not isinstance(tables, list) or set(whole) - {"instance"}:
        seen = ", ".join(whole)[:80]
        raise _fault(path, 1, expected="tables [[instance]] and nothing else", seen=seen)
    headings = (n for n, each in enumerate(text.splitlines(), 1) if _HEADING.match(each))
    for table in tables:
        line = next(headings, 1)
        if not isinstance(table, dict):
            raise _fault(path, line, expected="a table [[instance]]", seen=repr(table)[:80])
        yield line, table


def _from_csv(path: Path, text: str) -> Iterator[tuple[int, Mapping[str, object]]]:
    lines = csv.reader(text.splitlines(), strict=True)
    try:
        columns = tuple(name.strip() for name in next(lines, []))
        if set(columns) - set(COLUMNS) or len(set(columns)) != len(columns) or not columns:
            seen = ", ".join(columns)
            raise _fault(path, 1, expected=f"the columns {', '.join(COLUMNS)}", seen=seen)
        for fields in lines:
            if len(fields) not in (0, len(columns)):
                seen = f"{len(fields)} fields"
                raise _fault(path, lines.line_num, expected=f"{len(columns)} fields", seen=seen)
            if fields:
                named = zip(columns, fields, strict=True)
                yield lines.line_num, {name: field.strip() for name, field in named if field}
    except csv.Error as error:
        raise _fault(path, lines.line_num, expected="CSV", seen=str(error)) from None


def _row(path: Path, line: int, fields: Mapping[str, object]) -> OverviewRow:
    for name in fields:
        if name not in COLUMNS:
            raise _fault(path, line, expected=f"one of {', '.join(COLUMNS)}", seen=name)
    for name in COLUMNS:
        if name not in fields and name not in _OPTIONAL:
            raise _fault(path, line, expected=f"a value for {name}", seen="none")
    told = {name: str(value) for name, value in fields.items()}
    for name, text in told.items():
        sound, expected = _RULES[name]
        if not sound(text):
            seen = repr(fields[name])[:80]
            raise _fault(path, line, expected=f"{name} to be {expected}", seen=seen)
    key = ServiceKey(
        told["member_state"], Service(told["service"]), Environment(told["environment"])
    )
    return OverviewRow(key, int(told["major"]), told["uri"], told.get("operator"))


def _fault(path: Path, line: int | None, *, expected: str, seen: str) -> UsageFault:
    where = str(path) if line is None else f"{path}, line {line}"
    remedy = "see fixtures/overview for a table of each format"
    return UsageFault(where, expected=expected, seen=seen, remedy=remedy)
