"""The overview tables: both formats, what is refused and where, and the tables of the landscape."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.data import FIXTURES
from harness.discovery import instance, root_of
from harness.errors import UsageFault
from harness.model import Environment, OverviewRow, Service, ServiceKey
from harness.overview import COLUMNS, LARGEST, operators, read, rows_of
from mock_services.landscape import member_state_codes, world_of
from mock_services.overview import csv_text

KEY = ServiceKey("DE", Service.DSD, Environment.ACC)
HEADER = ",".join(COLUMNS)
ROW = "DE,dsd,acc,1,https://a.example/,DE"
TABLE = """\
[[instance]]
member_state = "DE"
service = "dsd"
environment = "acc"
major = 1
uri = "https://a.example/"
operator = "DE"
"""


def written(folder: Path, text: str | bytes, suffix: str) -> Path:
    path = folder / f"table{suffix}"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.mark.parametrize(("text", "suffix"), [(TABLE, ".toml"), (f"{HEADER}\n{ROW}\n", ".csv")])
def test_both_formats_give_the_same_rows(tmp_path: Path, text: str, suffix: str) -> None:
    rows = read(written(tmp_path, text, suffix))

    assert rows == (OverviewRow(KEY, 1, "https://a.example/", "DE"),)


@pytest.mark.parametrize(
    "text",
    [
        "uri,major,environment,service,member_state\nhttps://a.example/, 1 ,acc,dsd,DE\n",
        f"\ufeff{HEADER}\r\nDE,dsd,acc,1,https://a.example/,\r\n\r\n",
        f'{HEADER}\n"DE","dsd","acc","1","https://a.example/",""',
    ],
)
def test_columns_may_be_in_any_order_and_the_operator_left_out(tmp_path: Path, text: str) -> None:
    assert read(written(tmp_path, text, ".csv")) == (OverviewRow(KEY, 1, "https://a.example/"),)


@pytest.mark.parametrize(
    ("text", "suffix", "told"),
    [
        (f"{HEADER}\n", ".csv", ": expected at least one row"),
        ("", ".csv", ", line 1: expected the columns"),
        (f"{HEADER},extra\n", ".csv", ", line 1: expected the columns"),
        ("uri,uri\n", ".csv", ", line 1: expected the columns"),
        (f"{HEADER}\n{ROW}\nDE,dsd\n", ".csv", ", line 3: expected 6 fields, but saw 2 fields"),
        (f'{HEADER}\n"DE" ,dsd\n', ".csv", ", line 2: expected"),
        (f"{HEADER}\n{ROW.replace('DE', 'de', 1)}\n", ".csv", ", line 2: expected member_state"),
        (f"{HEADER}\n{ROW.replace('dsd', 'sr')}\n", ".csv", ", line 2: expected service to be"),
        (f"{HEADER}\n{ROW.replace('acc', 'qa')}\n", ".csv", ", line 2: expected environment"),
        (f"{HEADER}\n{ROW.replace('1', 'v1')}\n", ".csv", ", line 2: expected major to be a num"),
        (f"{HEADER}\n{ROW.replace('https://', '')}\n", ".csv", ", line 2: expected uri to be"),
        (f"{HEADER}\n{ROW}lu\n", ".csv", ", line 2: expected operator to be EC or"),
        (f"{HEADER}\nDE,dsd,acc,1,,DE\n", ".csv", ", line 2: expected a value for uri"),
        (b"\n\n\xff", ".csv", ", line 3: expected UTF-8, but saw the octet 0xff"),
        (f"{TABLE}\n[[instance]]\nmajor = 1\n", ".toml", ", line 9: expected a value for mem"),
        (f"# one\n\n{TABLE}other = 1\n", ".toml", ", line 3: expected one of member_state"),
        (TABLE.replace("= 1", "= true"), ".toml", ", line 1: expected major to be"),
        (TABLE.replace("= 1", "= 1.0"), ".toml", ", line 1: expected major to be"),
        (TABLE.replace("= 1", "= [1]"), ".toml", ", line 1: expected major to be"),
        (f"{TABLE}uri = 1", ".toml", "line 8: expected TOML"),
        ("instance = 1\n", ".toml", ", line 1: expected tables [[instance]]"),
        ("instance = [1]\n", ".toml", ", line 1: expected a table [[instance]]"),
        ("other = 1\n", ".toml", ", line 1: expected tables [[instance]]"),
        ("x = " + "[" * 5000, ".toml", ", line 1: expected TOML"),
        ("", ".toml", ": expected at least one row"),
        (ROW, ".txt", ": expected a file .toml or .csv, but saw table.txt"),
        (b" " * (LARGEST + 1), ".csv", f": expected at most {LARGEST} octets"),
        (f"{HEADER}\n" + f"{ROW}\n" * 10_001, ".csv", ", line 10002: expected at most 10000 rows"),
    ],
)
def test_what_is_no_table_is_refused_with_its_line(
    tmp_path: Path, text: str | bytes, suffix: str, told: str
) -> None:
    path = written(tmp_path, text, suffix)

    with pytest.raises(UsageFault) as refused:
        read(path)

    assert told in str(refused.value)
    assert str(path) in str(refused.value)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageFault, match="No such file"):
        read(tmp_path / "none.csv")


@given(
    text=st.binary(max_size=120)
    | st.text("\",;\n\r'#[]= DEdsacc1:/.x", max_size=120).map(lambda text: text.encode())
    | st.text(max_size=60).map(lambda text: f"{HEADER}\n{ROW}{text}".encode()),
    suffix=st.sampled_from([".toml", ".csv"]),
)
def test_any_octets_are_a_table_or_refused(
    tmp_path_factory: pytest.TempPathFactory, text: bytes, suffix: str
) -> None:
    path = written(tmp_path_factory.getbasetemp(), text, suffix)

    try:
        rows = read(path)
    except UsageFault:
        rows = ()

    assert all(root_of(row.uri) for row in rows)


def test_rows_are_found_by_service_and_major() -> None:
    rows = world_of("DE", "FI").overview

    assert [row.uri for row in rows_of(rows, KEY, 2)] == ["https://cs.acc.de.localhost/dsd/"]
    assert rows_of(rows, KEY, 3) == ()


def test_operators_are_known_by_instance_however_it_is_spelled() -> None:
    rows = (
        OverviewRow(KEY, 1, "https://a.example/dsd/", "EC"),
        OverviewRow(KEY, 2, "https://A.example:443/dsd", "DE"),
        OverviewRow(KEY, 3, "https://b.example/", None),
    )
    root = root_of("https://a.example/dsd")
    assert root

    assert operators(rows, KEY) == {instance(root): {"EC", "DE"}}


def test_the_landscape_lists_every_instance_once() -> None:
    rows = world_of().overview

    assert len(rows) == len(member_state_codes()) * len(Service) * len(Environment) * 2
    assert len({(row.key, row.major) for row in rows}) == len(rows)
    assert {row.operator for row in rows if row.operator != row.key.member_state} == {"EC"}


def test_the_tables_that_travel_with_the_package_are_those_of_the_landscape() -> None:
    rows = world_of().overview

    table = FIXTURES / "overview" / "landscape.csv"
    assert table.read_text("utf-8") == csv_text(rows)
    assert read(table) == rows
    assert set(read(FIXTURES / "overview" / "example.toml")) <= set(rows)
