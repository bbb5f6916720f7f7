"""A target that goes away in the middle of a run is told, with when and where it broke off."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from harness.model import Blame, Exchange
from harness.presence import MOST_SILENT, PROBE, Presence

HEARD = True
AT = datetime(2026, 9, 1, 8, 30, tzinfo=UTC)


def exchange(number: int, protocol: str, peer: str, *, answered: bool) -> Exchange:
    said = b"." if answered else None
    at = AT + timedelta(seconds=number)
    refused = None if answered else "connection refused"
    return Exchange(f"x{number}", protocol, peer, at, 0.1, b"?", said, refused)


def after(*answers: bool, protocol: str = "https", peer: str = "eb.test") -> Presence:
    presence = Presence()
    for number, answered in enumerate(answers):
        presence.note(exchange(number, protocol, peer, answered=answered))
    return presence


def test_who_answered_and_then_no_more_is_told_with_the_moment() -> None:
    (finding,) = after(HEARD, HEARD, *[False] * (MOST_SILENT + 1)).findings()

    assert (finding.probe, finding.whose) == (PROBE, Blame.NETWORK)
    assert finding.evidence == ("x1", "x2")
    assert "eb.test answered until 08:30:01 UTC (x1)" in str(finding.seen)
    assert "connection refused" in str(finding.seen)
    assert not finding.explains


@pytest.mark.parametrize(
    "answers",
    [
        (True, *[False] * MOST_SILENT),
        (True, *[False] * 9, True),
        (False,) * 9,
        (True,) * 9,
        (),
    ],
    ids=["a few lost", "back again", "never there", "always there", "nobody asked"],
)
def test_who_was_there_at_the_end_or_never_is_not_told(answers: tuple[bool, ...]) -> None:
    assert not [*after(*answers).findings()]


def test_name_servers_count_as_one_and_files_as_none() -> None:
    presence = after(HEARD, protocol="dns/udp", peer="a.test")
    for number in range(5):
        silent = exchange(number + 1, "dns/tcp", f"{number}.test", answered=False)
        presence.note(silent)
        presence.note(replace(silent, protocol="file"))

    (finding,) = presence.findings()

    assert str(finding.seen).startswith("the name server answered until")
