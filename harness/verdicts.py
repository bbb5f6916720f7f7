"""From keyword to severity, and from many verdicts to one exit code: tables, no decisions."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum
from types import MappingProxyType

from harness.model import Verdict

SEVERITY = MappingProxyType(
    {
        "shall": Verdict.FAILED,
        "should": Verdict.WARNED,
        "recommended": Verdict.WARNED,
        "may": Verdict.WARNED,
    }
)
"""What the violation of a requirement with this keyword (RFC 2119) means for the verdict."""


class Exit(IntEnum):
    """The exit codes of `oots`."""

    CONFORMANT = 0
    FAILED = 1
    USAGE = 2
    BLOCKED = 3
    BROKEN = 4
    INTERRUPTED = 130


WORST_FIRST = (
    (Verdict.FAILED, Exit.FAILED),
    (Verdict.BROKEN, Exit.BROKEN),
    (Verdict.BLOCKED, Exit.BLOCKED),
)
"""A failure was seen and is never hidden; after it, our own fault outranks what was not reached."""


JUDGED = frozenset({Verdict.PASSED, Verdict.WARNED, Verdict.WAIVED})
"""The verdicts, besides failed, that say something about the subject."""


def exit_code(verdicts: Iterable[Verdict]) -> Exit:
    """The code a run ends with.

    Where nothing at all was judged there is nothing to call conformant: blocked.

    >>> exit_code([Verdict.PASSED, Verdict.BLOCKED, Verdict.FAILED]).name
    'FAILED'
    >>> exit_code([Verdict.BLOCKED, Verdict.BROKEN]).name
    'BROKEN'
    >>> exit_code([Verdict.WARNED, Verdict.NOT_APPLICABLE, Verdict.WARNED]).name
    'CONFORMANT'
    >>> exit_code([Verdict.NOT_APPLICABLE]).name
    'BLOCKED'
    """
    seen = set(verdicts)
    otherwise = Exit.CONFORMANT if seen & JUDGED else Exit.BLOCKED
    return next((code for verdict, code in WORST_FIRST if verdict in seen), otherwise)
