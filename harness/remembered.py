"""What was read lately, remembered with its outcome: a flaw costs as little the second time."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import lru_cache, wraps
from typing import TypeVar

from harness.errors import Violation

_Key = TypeVar("_Key", bound=Hashable)
_Noun = TypeVar("_Noun")


def remembered(most: int) -> Callable[[Callable[[_Key], _Noun]], Callable[[_Key], _Noun]]:
    """A pure function of one argument that remembers its last `most` outcomes, violations too."""

    def around(read: Callable[[_Key], _Noun]) -> Callable[[_Key], _Noun]:
        @lru_cache(maxsize=most)
        def outcome(key: _Key) -> tuple[_Noun] | Violation:
            try:
                return (read(key),)
            except Violation as flaw:
                return flaw.with_traceback(None)

        @wraps(read)
        def recall(key: _Key) -> _Noun:
            found = outcome(key)
            if isinstance(found, Violation):
                raise found.with_traceback(None) from None
            return found[0]

        vars(recall)["cache_clear"] = outcome.cache_clear
        return recall

    return around
