"""Questions that were put, and their answers as long as a subject that is judged may need them.

What a subject needs is asked once while it is judged. After that, the answers that nobody present
has used go first, as soon as all take more than `KEPT`: memory does not grow with the run.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any, Generic, TypeVar

KEPT = 8 * 1024 * 1024
"""Octets of answers that are kept for subjects to come, who may ask the same."""

OVERHEAD = 4096
"""Octets that an answer takes besides its own, about."""

_Answer = TypeVar("_Answer")


@dataclass(frozen=True, slots=True)
class Seen(Generic[_Answer]):
    """An answer, the id of its exchange, and about how many octets it takes."""

    exchange: str
    answer: _Answer
    size: int


Ask = Callable[[], Coroutine[Any, Any, Seen[_Answer]]]


@dataclass(slots=True)
class Known:
    """A question that was put; `used` tells when it was last, by a count of all uses."""

    task: asyncio.Task[Seen[Any]]
    used: int = 0

    @property
    def size(self) -> int:
        """About how many octets it takes."""
        answered = self.task.done() and not self.task.cancelled() and not self.task.exception()
        return self.task.result().size if answered else OVERHEAD


class Memory:
    """What is known, by question."""

    def __init__(self) -> None:
        self._uses = count(1)
        self._known: dict[Hashable, Known] = {}
        self._attended: list[int] = []

    def __contains__(self, question: Hashable) -> bool:
        """Whether a question need not be put again."""
        return question in self._known

    def put(self, question: Hashable, ask: Ask[Any], *, fresh: bool) -> Known:
        """The question as it was put before, or, unless that is to be remembered, anew."""
        known = None if fresh else self._known.get(question)
        if known is None or known.task.cancelled():  # who asked has gone; who asks now has not
            known = Known(asyncio.ensure_future(ask()))
            if not fresh:
                self._known[question] = known
        known.used = next(self._uses)
        return known

    def drop(self, question: Hashable, known: Known) -> None:
        """Forget a question, unless it was put anew since."""
        if self._known.get(question) is known:
            del self._known[question]

    @contextmanager
    def attending(self) -> Iterator[None]:
        """While a subject is judged, nothing that it uses is forgotten."""
        began = next(self._uses)
        self._attended.append(began)
        try:
            yield
        finally:
            self._attended.remove(began)
            self._forget()

    def _forget(self) -> None:
        """Let go of the answers that nobody has used the longest, and nobody present needs."""
        needed = min(self._attended, default=next(self._uses))
        held = sum(known.size for known in self._known.values())
        for question, known in sorted(self._known.items(), key=lambda item: item[1].used):
            if held <= KEPT or known.used >= needed:
                return
            held -= known.size
            del self._known[question]
