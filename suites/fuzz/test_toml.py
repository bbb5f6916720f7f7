"""Arbitrary data files: read, or refused in one line that names the file; never a traceback."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness import overview
from harness.data import FIXTURES
from harness.errors import HarnessFault, UsageFault
from harness.levels import read_rules
from mock_services import member_state_file
from mock_services.toml_data import UnreadableData
from suites.fuzz.material import FUZZ, PLACES, spoiled

STATE = "NL"
OVERVIEW = """\
[[instance]]
member_state = "DE"
service = "dsd"
environment = "acc"
major = 1
uri = "https://cs.acc.de.localhost/dsd/"
operator = "DE"
"""
TABLE = """\
member_state,service,environment,major,uri,operator
DE,dsd,acc,1,https://cs.acc.de.localhost/dsd/,DE
"""
VALUES = st.sampled_from(
    (
        "1",
        "-1",
        "1.5",
        "nan",
        "true",
        '""',
        '"x"',
        "[]",
        "[[]]",
        '["x", 1]',
        "{}",
        "{x = 1}",
        "[{}]",
        "1979-05-27",
        "07:32:00",
        "1979-05-27T07:32:00Z",
        '"https://[/"',
        '"\\u0000"',
        "99999999999999999999999",
    )
) | st.text(max_size=12)
EDITS = st.lists(
    st.tuples(st.integers(0, 10_000), st.sampled_from(("value", "drop", "double")), VALUES),
    min_size=1,
    max_size=3,
)
Change = Callable[[str], bytes]

SPOILS = PLACES.map(lambda places: lambda text: spoiled(text.encode(), places))
REWRITES = EDITS.map(lambda edits: lambda text: edited(text, edits).encode("utf-8", "replace"))
CHANGES = SPOILS | REWRITES | st.binary(max_size=200).map(lambda octets: lambda _: octets)


def edited(text: str, edits: list[tuple[int, str, str]]) -> str:
    """A file with lines of it dropped, doubled, or given another value."""
    lines = text.splitlines()
    for number, how, value in edits:
        at = number % len(lines)
        match how:
            case "drop":
                lines[at] = ""
            case "double":
                lines.insert(at, lines[at])
            case "value":
                name, equals, _ = lines[at].partition("=")
                lines[at] = f"{name}{equals} {value}" if equals else value
    return "\n".join(lines)


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as name:
        yield Path(name)


@contextmanager
def refused(*kinds: type[Exception]) -> Iterator[None]:
    told = ""
    try:
        yield
    except kinds as fault:
        told = str(fault)
    assert "\n" not in told


@FUZZ
@given(CHANGES)
def test_any_overview_in_toml_is_read_or_refused(folder: Path, change: Change) -> None:
    path = folder / "overview.toml"
    path.write_bytes(change(OVERVIEW))

    with refused(UsageFault):
        assert overview.read(path)


@FUZZ
@given(CHANGES)
def test_any_overview_in_csv_is_read_or_refused(folder: Path, change: Change) -> None:
    path = folder / "overview.csv"
    path.write_bytes(change(TABLE))

    with refused(UsageFault):
        assert overview.read(path)


@FUZZ
@given(CHANGES)
def test_any_file_of_a_member_state_is_read_or_refused(folder: Path, change: Change) -> None:
    text = (FIXTURES / "member_states" / f"{STATE}.toml").read_text("utf-8")
    (folder / f"{STATE}.toml").write_bytes(change(text))

    with pytest.MonkeyPatch.context() as patched, refused(UnreadableData):
        patched.setattr(member_state_file, "_MEMBER_STATES", folder)
        member_state_file.member_state.__wrapped__(STATE)


@FUZZ
@given(CHANGES)
def test_any_file_of_levels_is_read_or_refused(folder: Path, change: Change) -> None:
    path = folder / "levels.toml"
    path.write_bytes(change((FIXTURES / "levels.toml").read_text("utf-8")))

    with refused(HarnessFault):
        assert read_rules.__wrapped__(path).levels
