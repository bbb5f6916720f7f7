"""What makes two failures the same failure: where it was seen, which check, and how it failed.

Nothing that changes from run to run is in it: no time, no port, no value seen.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass

from harness.model import CheckResult

VERSION = 1
"""Counts up when the parts change, so that no two ways of telling failures apart are mixed."""

COMPONENTS = {"discovery": "zone"}
"""What a chapter is about where that is not one service: both services share one zone."""


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """The parts; `component` is `zone`, `eb` or `dsd`."""

    version: int
    environment: str
    member_state: str
    component: str
    check: str
    tag: str

    @property
    def text(self) -> str:
        """The parts as one readable key.

        >>> Fingerprint(1, "acc", "FI", "zone", "DISC-03", "naptr-root-not-https").text
        '1/acc/FI/zone/DISC-03/naptr-root-not-https'
        """
        return "/".join(str(part) for part in astuple(self))


def fingerprint(result: CheckResult) -> Fingerprint:
    """The fingerprint of a failure."""
    return Fingerprint(
        VERSION,
        result.environment,
        result.member_state,
        COMPONENTS.get(result.chapter, result.service),
        result.check,
        result.tag or "",
    )
