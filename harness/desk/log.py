"""The log of the desk: every event with the hash of the one before, so that no history is altered.

There is one chain for all tickets. A chain shows that nothing within it was changed, taken out or
put in; that nothing was cut off at its end is shown by its `Head` only, which is kept elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from harness.desk.codec import canonical
from harness.desk.event import Event, event_facts, event_of
from harness.record_lines import Malformed, facts_of

GENESIS = "0" * 64
"""What stands for the hash before the first."""

LONGEST_LINE = 1_000_000
"""Octets of a line; a longer one is no line of this log."""

_NAMES = {"position", "previous", "event", "digest"}


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a chain: as many events, and the hash of the last."""

    position: int
    digest: str


START = Head(0, GENESIS)
"""The end of an empty chain."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An event in its place; `position` counts all events of the log from 1."""

    position: int
    previous: str
    event: Event
    digest: str

    @property
    def head(self) -> Head:
        """The end of a chain that ends here."""
        return Head(self.position, self.digest)


@dataclass(frozen=True, slots=True)
class Broken:
    """The first place where a chain does not hold."""

    position: int
    expected: str
    seen: str

    @property
    def sentence(self) -> str:
        """What is wrong, for a person.

        >>> Broken(7, "the hash 0a", "0b").sentence
        'event 7 of the log: expected the hash 0a, but saw 0b; what follows it proves nothing'
        """
        told = f"expected {self.expected}, but saw {self.seen}"
        return f"event {self.position} of the log: {told}; what follows it proves nothing"


def entry(event: Event, after: Head = START) -> Entry:
    """An event put into its place, at the end of a chain."""
    position = after.position + 1
    body = _body(position, after.digest, event)
    return Entry(position, after.digest, event, _digest(body))


def line(one: Entry) -> bytes:
    """An entry as it is written: one line of canonical JSON, without its line end."""
    body = _body(one.position, one.previous, one.event)
    return canonical({**body, "digest": one.digest}).encode("ascii")


def entry_of(written: bytes) -> Entry:
    """An entry as it was written; raises `Malformed`, also where another text would say the same.

    >>> entry_of(b"{}")
    Traceback (most recent call last):
      ...
    harness.record_lines.Malformed: ('an object of digest, event, position, previous', '{}')
    """
    if len(written) > LONGEST_LINE:
        raise Malformed(f"a line of at most {LONGEST_LINE} octets", len(written))
    told = facts_of(written)
    if told.keys() != _NAMES:
        raise Malformed("an object of " + ", ".join(sorted(_NAMES)), told)
    position, previous, digest = told["position"], told["previous"], told["digest"]
    if type(position) is not int or position < 1:
        raise Malformed("a position from 1", position)
    if not isinstance(previous, str) or not isinstance(digest, str):
        raise Malformed("hashes as texts", f"{previous!r} and {digest!r}")
    one = Entry(position, previous, event_of(told["event"]), digest)
    if line(one) != written:
        raise Malformed("the one way in which the harness writes it", written[:60])
    return one


def verify(chain: Iterable[Entry], head: Head | None = None) -> Broken | None:
    """The first place where a chain does not hold; None where it holds.

    `head` is where it is known to end.
    """
    end, counts = START, dict[int, int]()
    for one in chain:
        if broken := _flaw(one, end, counts):
            return broken
        end = one.head
        counts[one.event.ticket] = one.event.number
    return _cut(end, head)


def verify_lines(lines: Iterable[bytes], head: Head | None = None) -> Broken | None:
    """The same of a chain as it is written: no octet of it can have changed."""
    end, counts = START, dict[int, int]()
    for written in lines:
        try:
            one = entry_of(written)
        except Malformed as flaw:
            return Broken(end.position + 1, flaw.expected, flaw.seen)
        if broken := _flaw(one, end, counts):
            return broken
        end = one.head
        counts[one.event.ticket] = one.event.number
    return _cut(end, head)


def _flaw(one: Entry, end: Head, counts: dict[int, int]) -> Broken | None:
    """What is wrong with an entry that follows an end; `counts` are the events of each ticket."""
    at, event = end.position + 1, one.event
    if one.position != at:
        return Broken(at, f"position {at}", f"position {one.position}: something is missing")
    if one.previous != end.digest:
        return Broken(at, f"{end.digest[:12]}... as the hash before it", one.previous[:12] + "...")
    hashed = _digest(_body(one.position, one.previous, event))
    if one.digest != hashed:
        return Broken(at, f"the hash {hashed[:12]}... of its content", one.digest[:12] + "...")
    number = counts.get(event.ticket, 0) + 1
    if event.number != number:
        return Broken(at, f"event {number} of ticket {event.ticket}", f"its event {event.number}")
    return None


def _cut(end: Head, head: Head | None) -> Broken | None:
    """Whether a chain ends before the end that is known, or after another history."""
    if head is None or end == head:
        return None
    if end.position != head.position:
        seen = f"an end after {end.position}"
        return Broken(min(end.position, head.position) + 1, f"{head.position} events", seen)
    return Broken(
        end.position, f"the hash {head.digest[:12]}... at the end", end.digest[:12] + "..."
    )


def _body(position: int, previous: str, event: Event) -> dict[str, Any]:
    return {"position": position, "previous": previous, "event": event_facts(event)}


def _digest(body: dict[str, Any]) -> str:
    return sha256(canonical(body).encode("ascii")).hexdigest()
