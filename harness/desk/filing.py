"""Which results become incidents: the subject's own failures, and nothing else.

A warning is advice; blocked and broken say nothing about the subject; what is not applicable was
not judged; what is waived has been decided.
"""

from __future__ import annotations

from collections.abc import Iterable

from harness.model import CheckResult, Verdict

FILED = frozenset({Verdict.FAILED})


def incidents(results: Iterable[CheckResult]) -> tuple[CheckResult, ...]:
    """The results that become incidents, in their order."""
    return tuple(result for result in results if result.verdict in FILED)
