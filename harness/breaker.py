"""When to stop asking: a circuit breaker that protects those who do not answer.

A peer that leaves so many exchanges in a row unanswered is asked no more, while others still are:
a directory that is down says nothing about the zone. Once several peers in a row were given up and
nobody answered in between, there is no point in trying the next one: nobody is asked any more.
Without a limit, only a peer that never answers anything is not waited for again and again.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

MOST_TIMEOUTS = 2
"""How often a peer that has answered nothing yet is waited for in vain."""

MOST_LOST = 4
"""How many peers are given up in a row before nobody is asked any more."""


@dataclass(slots=True)
class _Peer:
    """What became of the exchanges with one peer; `silent` are those unanswered in a row."""

    answered: bool = False
    silent: int = 0
    timeouts: int = 0


class Breaker:
    """Counts what stays unanswered; `give_up_after` None: no limit."""

    def __init__(self, give_up_after: int | None) -> None:
        self._limit = give_up_after
        self._peers: dict[Hashable, _Peer] = {}
        self._lost: set[Hashable] = set()
        self._silent = 0

    def refusal(self, peer: Hashable) -> str | None:
        """Why a peer is not asked (any more); None: it may be asked."""
        known = self._peers.get(peer)
        if self._limit and known and known.silent >= self._limit:
            return _stopped(f"{known.silent} exchanges in a row unanswered")
        if self._limit and len(self._lost) >= MOST_LOST:
            return _stopped(f"{self._silent} exchanges in a row unanswered, by {MOST_LOST} peers")
        if known and not known.answered and known.timeouts >= MOST_TIMEOUTS:
            return f"not asked: it has never answered, and {known.timeouts} exchanges timed out"
        return None

    def answered(self, peer: Hashable) -> None:
        """Whatever came, it was an answer."""
        known = self._known(peer)
        known.answered, known.silent = True, 0
        self._lost.clear()
        self._silent = 0

    def unanswered(self, peer: Hashable, *, timed_out: bool) -> None:
        """Nothing came."""
        known = self._known(peer)
        known.silent += 1
        known.timeouts += timed_out
        self._silent += 1
        if self._limit and known.silent >= self._limit:
            self._lost.add(peer)

    def _known(self, peer: Hashable) -> _Peer:
        return self._peers.setdefault(peer, _Peer())


def _stopped(why: str) -> str:
    return f"not asked: {why}; the harness stopped asking (limits.give_up_after)"
