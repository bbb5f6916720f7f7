"""The service desk files what is the subject's or the text's, and says on the ticket why it is."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from harness.adapters.sqlite import SqliteDesk
from harness.attribution import Attribution, key
from harness.desk.filing import incidents
from harness.model import Blame
from suites.selftest.test_desk import AT, ELSEWHERE, FAILURE, said


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "desk.sqlite3"


@pytest.fixture
def desk(path: Path) -> SqliteDesk:
    return SqliteDesk(path)


OF = {blame: Attribution(blame, f"because of {blame}", ("x1", "c1")) for blame in Blame}


@pytest.mark.parametrize("blame", Blame)
def test_only_the_subjects_failures_and_the_texts_are_filed(desk: SqliteDesk, blame: Blame) -> None:
    found = {key(FAILURE): OF[blame]}

    numbers = desk.file_all([FAILURE], run="r1", at=AT, attributions=found)

    filed = blame in (Blame.SUBJECT, Blame.TEXT)
    assert bool(numbers) is bool(incidents([FAILURE], found)) is filed
    assert [(t.blame, t.why) for t in desk.tickets()] == (
        [(blame, f"because of {blame}")] if filed else []
    )


def test_a_failure_that_nobody_looked_into_is_filed() -> None:
    assert incidents([FAILURE], {key(ELSEWHERE): OF[Blame.NETWORK]}) == (FAILURE,)


def test_what_was_found_out_last_is_on_the_ticket_and_stays_there(
    desk: SqliteDesk, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for run, blame in (("r1", Blame.SUBJECT), ("r2", Blame.TEXT), ("r3", None)):
        found = {key(FAILURE): OF[blame]} if blame else {}
        desk.file_all([FAILURE], run=run, at=AT, attributions=found)

    ticket = json.loads(said(path, capsys, "show", "1", "--json"))

    assert (ticket["blame"], ticket["why"]) == ("text", "because of text")
    assert "whose        text: because of text" in said(path, capsys, "show", "1")


def test_a_desk_of_an_earlier_release_is_read_and_written(desk: SqliteDesk, path: Path) -> None:
    desk.file(FAILURE, run="r1", at=AT)
    earlier = sqlite3.connect(path)
    earlier.execute("DROP TABLE attribution")
    earlier.close()

    (before,) = desk.tickets()
    desk.file_all([FAILURE], run="r2", at=AT, attributions={key(FAILURE): OF[Blame.SUBJECT]})
    (after,) = desk.tickets()

    assert (before.blame, before.why) == (None, None)
    assert (after.blame, after.runs) == ("subject", ("r1", "r2"))
