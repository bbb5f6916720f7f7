"""Troubles between the harness and a landscape: small servers on loopback that do what goes wrong.

A trouble is planted in a target, and what comes back is the target as its user would have written
it: the same services, and something in the way. Nothing here ever connects beyond loopback.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager

from harness.model import Target

Trouble = Callable[[Target], AbstractContextManager[Target]]
"""From a target to the same one in trouble, for as long as the context lasts."""


@contextmanager
def planted(target: Target, *troubles: Trouble) -> Iterator[Target]:
    """The target with each trouble planted in turn; all of them end with the context."""
    with ExitStack() as stack:
        for trouble in troubles:
            target = stack.enter_context(trouble(target))
        yield target
