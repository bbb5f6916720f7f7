"""Which results become incidents: the subject's own failures, and nothing else.

A warning is advice; blocked and broken say nothing about the subject; what is not applicable was
not judged; what is waived has been decided. Of the failures, only those of the subject and of the
text are conformance tickets: a clock, a proxy or a bug of ours is nobody's conformance.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from harness.attribution import FILED as BLAMED
from harness.attribution import Attribution, Key, key
from harness.model import CheckResult, Verdict

FILED = frozenset({Verdict.FAILED})
NOT_LOOKED_AT: Mapping[Key, Attribution] = MappingProxyType({})
"""Where nobody asked whose the failures are: they are taken for the subject's."""


def incidents(
    results: Iterable[CheckResult], attributions: Mapping[Key, Attribution] = NOT_LOOKED_AT
) -> tuple[CheckResult, ...]:
    """The results that become incidents, in their order."""
    return tuple(result for result in results if _is_filed(result, attributions.get(key(result))))


def _is_filed(result: CheckResult, found: Attribution | None) -> bool:
    return result.verdict in FILED and (found is None or found.blame in BLAMED)
