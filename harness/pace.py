"""How fast a target is asked: exchanges begin one after the other, so many a second at most."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic


class Pace:
    """Gives everybody who wants to begin an exchange a turn; None for a rate: at once.

    Turns are a fixed time apart, so that no burst comes after a pause. `now` tells seconds.
    """

    def __init__(
        self,
        rate: float | None,
        *,
        now: Callable[[], float] = monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._apart = 1 / rate if rate else 0.0
        self._now = now
        self._sleep = sleep
        self._next = 0.0

    async def turn(self) -> None:
        """Wait for one's turn, in the order of asking."""
        if not self._apart:
            return
        now = self._now()
        at = max(now, self._next)
        self._next = at + self._apart
        if at > now:
            await self._sleep(at - now)
