"""The overview tables: the largest file, values of other kinds, rows of other services."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness import overview
from harness.discovery import instance, root_of
from harness.errors import UsageFault
from harness.model import Environment, OverviewRow, Service, ServiceKey
from harness.overview import operators, read

KEY = ServiceKey("DE", Service.DSD, Environment.ACC)
OTHER = ServiceKey("DE", Service.EB, Environment.ACC)
CSV = "member_state,service,environment,major,uri\nDE,dsd,acc,1,https://a.example/\n"
TOML = """\
[[instance]]
member_state = "DE"
service = "dsd"
environment = "acc"
major = 1
uri = "https://a.example/"
"""


def written(folder: Path, text: str, suffix: str) -> Path:
    path = folder / f"table{suffix}"
    path.write_text(text, "utf-8")
    return path


def test_operators_are_told_of_the_service_that_is_asked_for() -> None:
    rows = (
        OverviewRow(KEY, 1, "https://a.example/", "DE"),
        OverviewRow(KEY, 2, "https://a.example/", "EC"),
        OverviewRow(OTHER, 1, "https://b.example/", "FR"),
        OverviewRow(KEY, 1, "https://c.example/", None),
        OverviewRow(KEY, 1, "nowhere", "IT"),
    )
    root = root_of("https://a.example/")

    assert root is not None
    assert operators(rows, KEY) == {instance(root): frozenset({"DE", "EC"})}


def test_a_file_of_the_largest_size_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overview, "LARGEST", len(CSV))

    assert len(read(written(tmp_path, CSV, ".csv"))) == 1
    with pytest.raises(UsageFault, match=f"at most {len(CSV)} octets, but saw more"):
        read(written(tmp_path, f"{CSV}\n", ".csv"))


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("true", "True"),
        ("1.0", "1.0"),
        ('"01"', "'01'"),
        ("0", "0"),
        ("1000", "1000"),
        ("[1]", r"\[1\]"),
        ("{ a = 1 }", "{'a': 1}"),
        ("2026-01-01", r"datetime.date\(2026, 1, 1\)"),
    ],
)
def test_a_major_version_is_a_number_and_nothing_else(
    tmp_path: Path, value: str, shown: str
) -> None:
    table = TOML.replace("major = 1", f"major = {value}")

    with pytest.raises(UsageFault, match=f"line 1: expected major to be .*, but saw {shown};"):
        read(written(tmp_path, table, ".toml"))


@pytest.mark.parametrize(
    ("value", "major"), [("1", 1), ('"1"', 1), ("999", 999)], ids=["number", "text", "largest"]
)
def test_a_major_version_may_be_written_as_a_text(tmp_path: Path, value: str, major: int) -> None:
    table = TOML.replace("major = 1", f"major = {value}")

    assert read(written(tmp_path, table, ".toml")) == (
        OverviewRow(KEY, major, "https://a.example/"),
    )


@pytest.mark.parametrize(
    ("text", "line"),
    [("[[instance]]\nmajor = \n", 2), ("\n\nmajor = '", 3), ("a = [\n1,\n\n", 3), ("[", 1)],
)
def test_a_flaw_of_toml_is_told_with_its_line(tmp_path: Path, text: str, line: int) -> None:
    with pytest.raises(UsageFault, match=f"table.toml, line {line}: expected TOML"):
        read(written(tmp_path, text, ".toml"))
