"""What the findings of the doctor come to: an exit code, and whether a run makes sense at all."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

from harness.model import Blame, Finding, ServiceKey, Target
from harness.verdicts import Exit

_CHAPTERS = {"zone": "DISC-01", "directory": "LOOK-01"}
"""For each role a check that stands for all of them."""


def code(findings: Iterable[Finding]) -> Exit:
    """The exit code that findings come to, the worst of them.

    >>> code([Finding("clock", "Clock", Blame.CONFIGURATION), Finding("tls", "TLS")]).name
    'FAILED'
    """
    found = tuple(findings)
    if any(finding.fatal for finding in found):
        return Exit.BLOCKED
    if any(finding.whose is Blame.HARNESS for finding in found):
        return Exit.BROKEN
    return Exit.FAILED if any(finding.whose for finding in found) else Exit.CONFORMANT


def is_hopeless(
    findings: Iterable[Finding], target: Target, keys: Iterable[ServiceKey] | None = None
) -> bool:
    """Whether nothing of what is to be judged can be: no check of any service (None: of all)."""
    fatal = [finding for finding in findings if finding.fatal]
    asked = tuple(target.keys if keys is None else keys)
    return bool(asked) and all(
        any(_kills(finding, key, _CHAPTERS[role]) for finding in fatal)
        for key in asked
        for role in target.roles
    )


def _kills(finding: Finding, key: ServiceKey, check: str) -> bool:
    return any(fnmatchcase(str(key), each) for each in finding.subjects or ("*",)) and any(
        fnmatchcase(check, each) for each in finding.explains
    )
