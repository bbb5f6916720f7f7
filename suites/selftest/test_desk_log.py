"""The log: what is written is read again, and nothing in it can be changed unseen."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.desk.audit import unlawful
from harness.desk.codec import LARGEST_NUMBER, canonical, facts, read
from harness.desk.event import event_facts, event_of
from harness.desk.log import (
    GENESIS,
    LONGEST_LINE,
    START,
    Entry,
    Head,
    entry,
    entry_of,
    line,
    verify,
    verify_lines,
)
from harness.desk.nouns import Act, Role
from harness.desk.payload import NOTHING, PAYLOADS, Words
from harness.desk.state import TicketState, folds, state_facts, state_of
from harness.record_lines import Malformed
from suites.selftest.desk_moves import MONDAY, Walk, captured, fitting, reported

WALKS = (captured().to_closure(), Walk(TicketState(2)).do(Act.REPORT).to_closure())
EVENTS = [event for pair in zip(*(walk.events for walk in WALKS), strict=False) for event in pair]


def chained(count: int = len(EVENTS)) -> list[Entry]:
    """A log of two tickets that take turns."""
    found: list[Entry] = []
    for event in EVENTS[:count]:
        found.append(entry(event, found[-1].head if found else START))
    return found


CHAIN = chained()
HEAD = CHAIN[-1].head
LINES = [line(one) for one in CHAIN]


def test_a_chain_holds_as_it_is_made_and_as_it_is_written() -> None:
    assert CHAIN[0].previous == GENESIS
    assert [one.position for one in CHAIN] == list(range(1, len(EVENTS) + 1))
    assert verify(CHAIN, HEAD) is None
    assert verify_lines(LINES, HEAD) is None
    assert verify([]) is verify_lines([]) is None


def test_what_is_written_is_read_again() -> None:
    assert [entry_of(written) for written in LINES] == CHAIN
    assert [event_of(json.loads(canonical(event_facts(one)))) for one in EVENTS] == EVENTS


def test_a_log_of_several_tickets_folds_to_each() -> None:
    assert folds(EVENTS)[1].events + folds(EVENTS)[2].events == len(EVENTS)
    assert folds(WALKS[0].events) == {1: WALKS[0].ticket}


@settings(deadline=None)
@given(st.data())
def test_any_changed_octet_is_found_where_it_is(data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(LINES) - 1))
    at = data.draw(st.integers(0, len(LINES[place]) - 1))
    octet = data.draw(st.integers(0, 255).filter(lambda value: value != LINES[place][at]))
    changed = LINES[place][:at] + bytes([octet]) + LINES[place][at + 1 :]

    broken = verify_lines([*LINES[:place], changed, *LINES[place + 1 :]])

    assert broken is not None
    assert broken.position == place + 1
    assert broken.sentence.startswith(f"event {place + 1} of the log: expected ")


@given(st.integers(0, len(LINES) - 2))
def test_a_line_that_is_taken_out_is_missed(place: int) -> None:
    broken = verify_lines([*LINES[:place], *LINES[place + 1 :]])

    assert broken is not None
    assert broken.position == place + 1
    assert "missing" in broken.seen


def test_a_line_that_is_put_in_twice_is_found() -> None:
    broken = verify_lines([*LINES[:3], LINES[2], *LINES[3:]])

    assert broken is not None
    assert broken.position == 4


def test_two_lines_that_changed_places_are_found() -> None:
    broken = verify([CHAIN[0], CHAIN[2], CHAIN[1], *CHAIN[3:]])

    assert broken is not None
    assert broken.position == 2


def test_what_is_cut_off_at_the_end_is_missed_by_its_head() -> None:
    assert verify_lines(LINES[:-1]) is None

    broken = verify_lines(LINES[:-1], HEAD)

    assert broken is not None
    assert (broken.position, broken.expected) == (len(LINES), f"{len(LINES)} events")


def test_a_history_that_is_made_anew_is_found_by_its_head() -> None:
    first = replace(EVENTS[0], who="somebody else")
    forged = [entry(first)]
    for event in EVENTS[1:]:
        forged.append(entry(event, forged[-1].head))
    assert verify(forged) is None

    broken = verify(forged, HEAD)

    assert broken is not None
    assert broken.position == len(EVENTS)


def test_a_hash_that_fits_its_content_only_does_not_fit_the_chain() -> None:
    changed = entry(replace(CHAIN[2].event, why="another reason"), CHAIN[1].head)

    broken = verify([*CHAIN[:2], changed, *CHAIN[3:]])

    assert broken is not None
    assert broken.position == 4
    assert "as the hash before it" in broken.expected


def test_a_content_that_does_not_fit_its_hash_is_found() -> None:
    changed = replace(CHAIN[2], event=replace(CHAIN[2].event, why="another reason"))

    broken = verify([*CHAIN[:2], changed, *CHAIN[3:]])

    assert broken is not None
    assert broken.position == 3
    assert "of its content" in broken.expected


def test_a_ticket_without_its_second_event_is_found() -> None:
    third = WALKS[0].events[2]
    chain = [entry(WALKS[0].events[0])]
    chain.append(entry(third, chain[0].head))

    broken = verify(chain)

    assert broken is not None
    assert broken.expected == "event 2 of ticket 1"


@pytest.mark.parametrize(
    "change",
    [
        lambda told: told.pop("why"),
        lambda told: told.update(more=1),
        lambda told: told.update(ticket=True),
        lambda told: told.update(ticket=0),
        lambda told: told.update(number="1"),
        lambda told: told.update(ticket=LARGEST_NUMBER + 1),
        lambda told: told.update(role="king"),
        lambda told: told.update(role=["user"]),
        lambda told: told.update(act="explode"),
        lambda told: told.update(at="2026-03-02T09:00:00"),
        lambda told: told.update(at="2026-03-02T10:00:00+01:00"),
        lambda told: told.update(at="yesterday"),
        lambda told: told.update(evidence="x1"),
        lambda told: told.update(evidence=[1]),
        lambda told: told.update(why="x" * 20_001),
        lambda told: told["data"].update(title=None),
        lambda told: told["data"].pop("title"),
        lambda told: told["data"].update(more=1),
        lambda told: told["data"].update(topic="weather"),
        lambda told: told["data"].update(origin={}),
        lambda told: told.update(data=[]),
    ],
)
def test_an_event_that_is_not_as_it_is_written_is_malformed(
    change: Callable[[dict[str, Any]], object],
) -> None:
    told = json.loads(canonical(event_facts(reported().events[0])))
    assert event_of(told)

    change(told)

    with pytest.raises(Malformed):
        event_of(told)


@pytest.mark.parametrize(
    "written",
    [
        b"",
        b"\xff",
        b"[]",
        b"{}",
        b"[" * 100_000,
        b"9" * 5_000,
        b" " * (LONGEST_LINE + 1),
        LINES[0] + b" ",
        LINES[0].replace(b":", b": ", 1),
        LINES[0].replace(b'"position":1', b'"position":1.0'),
        LINES[0].replace(b'"position":1', b'"position":true'),
        LINES[0].replace(b'"position":1', b'"position":0'),
        LINES[0].replace(GENESIS.encode(), b"0"),
        b'{"position":1,' + LINES[0][1:],
        LINES[0].replace(b'"previous":"' + GENESIS.encode() + b'"', b'"previous":null'),
    ],
)
def test_a_line_that_is_not_as_it_is_written_is_told_in_a_sentence(written: bytes) -> None:
    broken = verify_lines([written, *LINES[1:]])

    assert broken is not None
    assert broken.position in (1, 2)
    assert broken.sentence.isprintable()
    assert len(broken.sentence) < 400


@given(st.text(max_size=200), st.text(max_size=50))
def test_any_text_comes_back_as_it_was(why: str, who: str) -> None:
    event = replace(EVENTS[0], why=why, who=who)

    written = line(entry(event))

    assert entry_of(written).event == event
    assert written.isascii()


@pytest.mark.parametrize("act", Act)
def test_what_every_act_says_comes_back_as_it_was(act: Act) -> None:
    said = fitting(TicketState(1), act, at=MONDAY).data

    assert isinstance(said, PAYLOADS[act])
    assert read(PAYLOADS[act], json.loads(canonical(facts(said))), "data") == said


@pytest.mark.parametrize("walk", WALKS)
def test_a_ticket_comes_back_as_it_was(walk: Walk) -> None:
    assert state_of(json.loads(canonical(state_facts(walk.ticket)))) == walk.ticket


def test_a_kind_that_cannot_be_read_is_a_fault_of_ours() -> None:
    with pytest.raises(TypeError, match="no way to read"):
        read(timedelta, 1, "span")


def test_the_head_of_a_log_is_all_that_is_needed_to_go_on() -> None:
    later = replace(EVENTS[0], ticket=9)

    assert entry(later, Head(HEAD.position, HEAD.digest)).previous == CHAIN[-1].digest
    assert verify([*CHAIN, entry(later, HEAD)]) is None


def test_a_history_of_allowed_moves_is_lawful() -> None:
    assert unlawful(EVENTS) is None


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"role": Role.NETWORK}, "Network Team"),
        ({"act": Act.CLOSE, "data": NOTHING}, "expected register"),
        ({"number": 9}, "expected event 3"),
        ({"at": MONDAY - timedelta(days=1)}, "its instant lies before"),
        ({"data": Words("x")}, "register says Nothing"),
    ],
    ids=["role", "act", "number", "instant", "saying"],
)
def test_a_chain_that_holds_may_still_tell_of_what_was_never_allowed(
    change: dict[str, Any], told: str
) -> None:
    events = list(WALKS[0].events[:3])
    events[2] = replace(events[2], **change)

    flaw = unlawful(events)

    assert flaw is not None
    assert told in flaw
