"""Failures that somebody answers for until a day: what a waiver covers, and when it is stale.

A waived failure is shown and does not fail the run. A stale waiver does: it has expired, or what it
covers does not fail any more. Only a check that came to a verdict makes a waiver stale.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from harness.model import CheckResult, Verdict

_FAILURES = frozenset({Verdict.FAILED, Verdict.WAIVED})
_HEALED = frozenset({Verdict.PASSED, Verdict.WARNED})
_SAYS_NOTHING = frozenset({Verdict.NOT_APPLICABLE})


@dataclass(frozen=True, slots=True)
class Waiver:
    """Who answers for which failure, why, and until when; the day of expiry is included.

    `check` or `tag` say what is waived, or both; `checks` are the ids of the checks that it can be
    seen in. Member State, service and environment are those that it is limited to, None: all.
    """

    check: str | None
    tag: str | None
    checks: tuple[str, ...]
    member_state: str | None
    service: str | None
    environment: str | None
    reason: str
    owner: str
    expires: date
    ticket: str

    @property
    def what(self) -> str:
        """What is waived, in a few words, such as `DISC-03 of FI, eb`."""
        named = " ".join(word for word in (self.check, self.tag) if word)
        scope = ", ".join(filter(None, (self.member_state, self.service, self.environment)))
        return f"{named} of {scope}" if scope else named

    @property
    def terms(self) -> str:
        """Who answers for it and until when, and why."""
        return f"waived until {self.expires} by {self.owner} (ticket {self.ticket}): {self.reason}"

    def concerns(self, result: CheckResult) -> bool:
        """Whether a result lies in its scope, whatever its verdict."""
        scope = (
            (self.member_state, result.member_state),
            (self.service, result.service),
            (self.environment, result.environment),
        )
        return result.check in self.checks and all(mine in (None, its) for mine, its in scope)

    def matches(self, result: CheckResult) -> bool:
        """Whether a result is the failure that is waived, whatever the day."""
        alike = self.tag is None or self.tag == result.tag
        return result.verdict in _FAILURES and alike and self.concerns(result)

    def expired(self, today: date) -> bool:
        """Whether its last day has passed."""
        return today > self.expires


@dataclass(frozen=True, slots=True)
class Stale:
    """A waiver that is to be renewed or removed, and why."""

    waiver: Waiver
    why: str


def waived(result: CheckResult, waivers: Iterable[Waiver], today: date) -> CheckResult:
    """The result, waived where it failed and a waiver that is in force covers it."""
    if result.verdict is not Verdict.FAILED:
        return result
    for waiver in waivers:
        if waiver.matches(result) and not waiver.expired(today):
            told = "; ".join(text for text in (waiver.terms, result.detail) if text)
            return replace(result, verdict=Verdict.WAIVED, detail=told)
    return result


def stale(
    results: Iterable[CheckResult], waivers: Iterable[Waiver], today: date
) -> tuple[Stale, ...]:
    """The waivers that are stale after these results, in their order."""
    by_check: dict[str, list[CheckResult]] = {}
    for result in results:
        by_check.setdefault(result.check, []).append(result)
    told = ((waiver, _staleness(waiver, by_check, today)) for waiver in waivers)
    return tuple(Stale(waiver, why) for waiver, why in told if why)


def _staleness(
    waiver: Waiver, by_check: Mapping[str, Iterable[CheckResult]], today: date
) -> str | None:
    """Why a waiver is stale, None where it is not, or where nobody can tell."""
    if waiver.expired(today):
        days = (today - waiver.expires).days
        return f"it expired on {waiver.expires}, {days} day{'s' * (days != 1)} before this run"
    asked = (result for check in waiver.checks for result in by_check.get(check, ()))
    concerned = [result for result in asked if waiver.concerns(result)]
    healed = [result for result in concerned if result.verdict in _HEALED]
    if not healed or any(r.verdict not in _HEALED | _SAYS_NOTHING for r in concerned):
        return None
    first = healed[0]
    where = f"{first.member_state} {first.service} {first.environment}"
    others = f" and {len(healed) - 1} more" if len(healed) > 1 else ""
    seen = f"{first.check} {first.verdict} on {where}{others}"
    return f"what it covers does not fail any more: {seen}"
