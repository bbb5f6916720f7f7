"""The service desk: what becomes an incident, once, and stays readable whatever happens."""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.adapters.sqlite import SqliteDesk, default_path
from harness.cli import desk as command
from harness.desk.filing import incidents
from harness.desk.fingerprint import fingerprint
from harness.desk.ticket import number, serial
from harness.errors import HarnessFault, UsageFault
from harness.model import CheckResult, Verdict

AT = datetime(2026, 9, 1, 8, 30, tzinfo=UTC)
FAILURE = CheckResult(
    check="DISC-03",
    title="The record's regexp yields an absolute HTTPS URI",
    chapter="discovery",
    requirement="discovery.root-is-https",
    requirements=("discovery.root-is-https",),
    keyword="shall",
    clause="TDD 3.4 Common Services Distribution (2022), Discovery",
    member_state="FI",
    service="eb",
    environment="acc",
    verdict=Verdict.FAILED,
    tag="naptr-root-not-https",
    expected="https://<host>",
    seen="http://query.cs.acc.localhost",
    detail=None,
    evidence=("x1", "x2"),
)
ELSEWHERE = replace(FAILURE, chapter="lookup", check="LOOK-02", tag="status-not-200")
WORDS = st.text("abcdefghij-/", min_size=1)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "desk.sqlite3"


@pytest.fixture
def desk(path: Path) -> SqliteDesk:
    return SqliteDesk(path)


def test_a_failure_is_registered_at_step_two(desk: SqliteDesk) -> None:
    filed = desk.file(FAILURE, run="r1", at=AT)

    (ticket,) = desk.tickets()
    assert filed == ticket.number == "INC-000001"
    assert (ticket.type, ticket.step, ticket.step_name) == ("Incident", 2, "Registration")
    assert ticket.status == "open"
    assert (ticket.expected, ticket.seen) == (FAILURE.expected, FAILURE.seen)
    assert (ticket.clause, ticket.requirement) == (FAILURE.clause, FAILURE.requirement)
    assert ticket.fingerprint == fingerprint(FAILURE)
    assert ticket.first_seen == ticket.last_seen == AT
    assert [(o.run, o.service, o.evidence) for o in ticket.occurrences] == [
        ("r1", "eb", ("x1", "x2"))
    ]
    assert [(event.act, event.note) for event in ticket.history] == [("registered", "run r1")]


def test_the_same_failure_in_the_next_run_updates_its_ticket(desk: SqliteDesk) -> None:
    later = AT + timedelta(days=1)
    desk.file(FAILURE, run="r1", at=AT)

    filed = desk.file(replace(FAILURE, seen="http://elsewhere"), run="r2", at=later)

    (ticket,) = desk.tickets()
    assert filed == ticket.number
    assert ticket.runs == ("r1", "r2")
    assert (ticket.first_seen, ticket.last_seen) == (AT, later)
    assert ticket.seen == "http://elsewhere"
    assert [event.act for event in ticket.history] == ["registered", "occurred again"]


def test_a_run_that_is_filed_twice_adds_nothing(desk: SqliteDesk) -> None:
    desk.file_all([FAILURE, ELSEWHERE], run="r1", at=AT)
    before = desk.tickets()

    desk.file_all([FAILURE, ELSEWHERE], run="r1", at=AT + timedelta(hours=1))

    assert desk.tickets() == before


def test_a_flaw_of_the_zone_is_one_incident_for_both_services(desk: SqliteDesk) -> None:
    numbers = desk.file_all([FAILURE, replace(FAILURE, service="dsd")], run="r1", at=AT)

    (ticket,) = desk.tickets()
    assert numbers == (ticket.number,)
    assert [occurrence.service for occurrence in ticket.occurrences] == ["eb", "dsd"]
    assert len(ticket.history) == 1


@pytest.mark.parametrize(
    "other",
    [
        replace(ELSEWHERE, member_state="SE"),
        replace(ELSEWHERE, environment="prod"),
        replace(ELSEWHERE, service="dsd"),
        replace(ELSEWHERE, check="LOOK-03"),
        replace(ELSEWHERE, tag="status-missing"),
    ],
    ids=["member state", "environment", "service", "check", "tag"],
)
def test_another_failure_has_another_ticket(desk: SqliteDesk, other: CheckResult) -> None:
    numbers = desk.file_all([ELSEWHERE, other], run="r1", at=AT)

    assert numbers == ("INC-000001", "INC-000002")


@pytest.mark.parametrize("verdict", [v for v in Verdict if v is not Verdict.FAILED])
def test_only_failures_become_incidents(desk: SqliteDesk, path: Path, verdict: Verdict) -> None:
    result = replace(FAILURE, verdict=verdict)

    numbers = desk.file_all([result], run="r1", at=AT)

    assert not numbers
    assert not incidents([result])
    assert not desk.tickets()
    assert not path.exists()
    with pytest.raises(HarnessFault, match="only failures"):
        desk.file(result, run="r1", at=AT)


def test_values_that_change_from_run_to_run_are_no_part_of_a_fingerprint() -> None:
    moved = replace(FAILURE, seen="http://127.0.0.1:40001", evidence=("x9",), title="Renamed")

    assert fingerprint(moved) == fingerprint(FAILURE)


@settings(deadline=None, max_examples=30)
@given(st.lists(st.tuples(st.sampled_from(["FI", "SE"]), st.integers(1, 3), st.integers(1, 3))))
def test_tickets_are_the_different_failures_and_occurrences_the_runs(
    tmp_path_factory: pytest.TempPathFactory, seen: list[tuple[str, int, int]]
) -> None:
    desk = SqliteDesk(tmp_path_factory.mktemp("desk") / "desk.sqlite3")

    for member, check, run in seen:
        failure = replace(ELSEWHERE, member_state=member, check=f"LOOK-0{check}")
        desk.file(failure, run=f"r{run}", at=AT)

    tickets = desk.tickets()
    assert len(tickets) == len({(member, check) for member, check, _ in seen})
    assert sum(len(ticket.occurrences) for ticket in tickets) == len(set(seen))
    assert [ticket.serial for ticket in tickets] == list(range(1, len(tickets) + 1))


@settings(deadline=None)
@given(st.integers(1, 10**9 - 1))
def test_a_number_is_understood_as_it_is_written(value: int) -> None:
    assert serial(number(value)) == serial(number(value).lower()) == serial(str(value)) == value


@pytest.mark.parametrize("text", ["", "0", "-1", "INC-", "INC 1", "1.0", "REQ-000001", "9" * 5000])
def test_what_is_no_number_is_none(text: str) -> None:
    assert serial(text) is None


def test_a_ticket_is_found_by_its_serial(desk: SqliteDesk) -> None:
    desk.file_all([FAILURE, ELSEWHERE], run="r1", at=AT)

    found = desk.ticket(2)

    assert found is not None
    assert found.fingerprint.check == "LOOK-02"
    assert desk.ticket(3) is None


def failures_of(process: int) -> list[CheckResult]:
    """One failure that all processes see, and one of the process's own."""
    return [FAILURE, replace(ELSEWHERE, check=f"LOOK-{process:02}")]


def file_some(path: Path, process: int) -> None:
    for run in range(5):
        SqliteDesk(path).file_all(failures_of(process), run=f"p{process}-{run}", at=AT)


def test_several_processes_at_once_lose_nothing(path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=file_some, args=(path, number)) for number in range(4)]

    for process in processes:
        process.start()
    for process in processes:
        process.join(120)

    assert [process.exitcode for process in processes] == [0, 0, 0, 0]
    tickets = SqliteDesk(path).tickets()
    assert sorted(len(ticket.occurrences) for ticket in tickets) == [5, 5, 5, 5, 20]


def test_a_run_is_filed_whole_or_not_at_all(desk: SqliteDesk) -> None:
    unfit = replace(ELSEWHERE, evidence=(b"no text",))  # type: ignore[arg-type]

    with pytest.raises(TypeError):
        desk.file_all([FAILURE, unfit], run="r1", at=AT)

    assert desk.tickets() == ()


def test_a_file_of_something_else_is_refused_and_left_as_it_was(
    desk: SqliteDesk, path: Path
) -> None:
    path.parent.mkdir()
    path.write_text("This is no database, though it is longer than the header of one. " * 3)
    before = path.read_bytes()

    for act in (desk.tickets, lambda: desk.file(FAILURE, run="r1", at=AT)):
        with pytest.raises(UsageFault, match="not a database"):
            act()

    assert path.read_bytes() == before


def test_the_database_of_something_else_is_refused_and_left_as_it_was(
    desk: SqliteDesk, path: Path
) -> None:
    path.parent.mkdir()
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE ticket (mine TEXT)")
    other.close()
    before = path.read_bytes()

    for act in (desk.tickets, lambda: desk.file(FAILURE, run="r1", at=AT)):
        with pytest.raises(UsageFault, match="something else"):
            act()

    assert path.read_bytes() == before


def test_a_desk_of_a_newer_version_is_refused(desk: SqliteDesk, path: Path) -> None:
    desk.file(FAILURE, run="r1", at=AT)
    newer = sqlite3.connect(path)
    newer.execute("PRAGMA user_version = 2")
    newer.close()

    for act in (desk.tickets, lambda: desk.file(FAILURE, run="r1", at=AT)):
        with pytest.raises(UsageFault, match="version 2"):
            act()


def test_a_damaged_desk_is_refused(desk: SqliteDesk, path: Path) -> None:
    desk.file(FAILURE, run="r1", at=AT)
    content = path.read_bytes()
    path.write_bytes(content[:100] + b"\xff" * (len(content) - 100))

    with pytest.raises(UsageFault, match="malformed"):
        desk.tickets()


def test_a_folder_in_the_place_of_the_desk_is_refused(tmp_path: Path) -> None:
    desk = SqliteDesk(tmp_path)

    for act in (desk.tickets, lambda: desk.file(FAILURE, run="r1", at=AT)):
        with pytest.raises(UsageFault, match="unable to open"):
            act()


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("")
    desk = SqliteDesk(tmp_path / "state" / "desk.sqlite3")

    with pytest.raises(UsageFault, match="OOTS_DESK"):
        desk.file(FAILURE, run="r1", at=AT)


def test_an_empty_file_is_an_empty_desk(desk: SqliteDesk, path: Path) -> None:
    path.parent.mkdir()
    path.touch()

    assert desk.tickets() == ()
    assert desk.file(FAILURE, run="r1", at=AT) == "INC-000001"


def test_the_desk_lies_where_the_environment_says(tmp_path: Path) -> None:
    home = Path.home() / ".local" / "state" / "oots" / "desk.sqlite3"

    assert default_path({"OOTS_DESK": "mine.db", "XDG_STATE_HOME": "/x"}) == Path("mine.db")
    assert default_path({"OOTS_DESK": "", "XDG_STATE_HOME": str(tmp_path)}) == (
        tmp_path / "oots" / "desk.sqlite3"
    )
    assert default_path({"XDG_STATE_HOME": "relative"}) == default_path({}) == home


def said(path: Path | None, capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """What the command prints, of one desk or (None) of the user's own."""
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    named = ["--desk", str(path)] if path else []
    assert command.run(parser.parse_args([*words, *named])) == 0
    return capsys.readouterr().out


def test_the_list_shows_each_ticket_within_eighty_columns(
    desk: SqliteDesk, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    long = replace(ELSEWHERE, tag="a-tag-that-goes-on-and-on" * 4, environment="testing")
    desk.file_all([FAILURE, long], run="r1", at=AT)

    text = said(path, capsys, "list")

    assert "INC-000001  2 Registration  open    FI acc zone" in text
    assert "DISC-03 naptr-root-not-https" in text
    assert max(map(len, text.splitlines())) <= 80


def test_the_list_is_an_array_in_json(
    desk: SqliteDesk, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.file(FAILURE, run="r1", at=AT)

    (ticket,) = json.loads(said(path, capsys, "list", "--json"))

    assert (ticket["number"], ticket["check"], ticket["runs"]) == ("INC-000001", "DISC-03", ["r1"])


def test_an_empty_desk_says_how_tickets_come_about(
    path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OOTS_DESK", str(path))

    assert "oots run" in said(None, capsys, "list")
    assert json.loads(said(None, capsys, "list", "--json")) == []
    assert not path.exists()


def test_a_desk_that_was_named_but_is_not_there_is_no_empty_desk(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(UsageFault, match="no file"):
        said(path, capsys, "list")


@pytest.mark.parametrize("written", ["1", "INC-000001", "inc-1"])
def test_a_ticket_is_shown_whole(
    desk: SqliteDesk, path: Path, capsys: pytest.CaptureFixture[str], written: str
) -> None:
    desk.file(FAILURE, run="r1", at=AT)

    text = said(path, capsys, "show", written)

    for part in (FAILURE.expected, FAILURE.seen, FAILURE.requirement, "run r1", "x1 x2"):
        assert str(part) in text
    assert max(map(len, text.splitlines())) <= 80


def test_a_ticket_is_shown_as_a_json_object(
    desk: SqliteDesk, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.file(FAILURE, run="r1", at=AT)

    ticket = json.loads(said(path, capsys, "show", "1", "--json"))

    assert ticket["fingerprint"]["text"] == "1/acc/FI/zone/DISC-03/naptr-root-not-https"


@pytest.mark.parametrize("written", ["2", "x", ""])
def test_a_number_without_a_ticket_is_refused(
    desk: SqliteDesk, path: Path, capsys: pytest.CaptureFixture[str], written: str
) -> None:
    desk.file(FAILURE, run="r1", at=AT)

    with pytest.raises(UsageFault, match="oots desk list"):
        said(path, capsys, "show", written)
