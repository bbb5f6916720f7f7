"""What changed between two runs, and why: their system, our rules, the configuration, or a repeat.

The ground is what the records hold: which rules, questions and target each run had, whose its
failures are, and whether the subject's answers are the same. What that does not decide is said to
be undecided.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from harness.attribution import Attribution, Key, attributions, key
from harness.model import Blame, CheckResult, Finding, Verdict
from harness.record import Record
from harness.repetition import former_verdicts, repeated_run
from harness.reproduction import target_file
from harness.sameness import Essences
from harness.settings import Kind, Setting, rule_of, settings


class Cause(StrEnum):
    """Why a result changed."""

    SUBJECT = "their system"
    RULES = "our rules"
    CONFIGURATION = "the configuration"
    NETWORK = "the way there"
    HARNESS = "the harness itself"
    WAIVER = "a waiver"
    REPEAT = "only a repeat"
    UNKNOWN = "cannot be told"


class Direction(StrEnum):
    """Which way a result changed."""

    WORSE = "worse"
    BETTER = "better"
    OTHERWISE = "otherwise"
    NEW = "new"
    GONE = "gone"


_RANK = {
    Verdict.PASSED: 0,
    Verdict.NOT_APPLICABLE: 0,
    Verdict.WARNED: 1,
    Verdict.WAIVED: 2,
    Verdict.BLOCKED: 3,
    Verdict.BROKEN: 3,
    Verdict.FAILED: 4,
}
_BLAMED = {
    Blame.CONFIGURATION: Cause.CONFIGURATION,
    Blame.NETWORK: Cause.NETWORK,
    Blame.HARNESS: Cause.HARNESS,
}
_SEE = re.compile(r"\bsee ([A-Z]{3,5}-[0-9]{2,3})")


@dataclass(frozen=True, slots=True)
class Change:
    """One result that is not what it was; `follows` is the check whose change it follows from."""

    before: CheckResult | None
    after: CheckResult | None
    direction: Direction
    cause: Cause
    why: str
    follows: str | None = None

    @property
    def result(self) -> CheckResult:
        """The later of the two that there is."""
        found = self.after or self.before
        assert found
        return found

    @property
    def worse(self) -> bool:
        """Whether somebody has to look: it got worse, or it is new and fails."""
        if self.direction is Direction.NEW:
            return self.result.verdict is Verdict.FAILED
        return self.direction is Direction.WORSE


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs side by side. `unchanged` counts verdicts, `left_out` what a repeat did not ask."""

    before: Record
    after: Record
    settings: tuple[Setting, ...]
    changes: tuple[Change, ...]
    unchanged: Mapping[Verdict, int]
    left_out: int

    @property
    def is_repeat(self) -> bool:
        """Whether the later run repeats the earlier one."""
        run: str = self.before.header["run"]
        return repeated_run(self.after.header) == run

    @property
    def worse(self) -> tuple[Change, ...]:
        """What somebody has to look at."""
        return tuple(change for change in self.changes if change.worse)


def comparison(before: Record, after: Record) -> Comparison:
    """What changed from one run to another, in the order of the later, then of the earlier run."""
    return _Comparing(before, after).comparison()


class _Comparing:
    """Both runs, and what is worked out once for all of their results."""

    def __init__(self, before: Record, after: Record) -> None:
        self.before, self.after = before, after
        self.old = {key(result): result for result in before.results}
        self.new = {key(result): result for result in after.results}
        self.settings = settings(before, after)
        self.ruled = {each.name for each in self.settings if each.kind is Kind.RULES}
        self.configured = {each.name for each in self.settings if each.kind is Kind.TARGET}
        self.repeat = repeated_run(after.header) == before.header["run"]
        lasting = any(target_file(record.header) for record in (before, after))
        self.seen = tuple(Essences(r.exchanges, fresh=not lasting) for r in (before, after))
        self.whose = tuple(_attributions(record) for record in (before, after))

    def comparison(self) -> Comparison:
        pairs = {name: (self.old.get(name), self.new.get(name)) for name in self._names()}
        changed = {name: pair for name, pair in pairs.items() if _differs(*pair)}
        repeated = former_verdicts(self.after.header) if self.repeat else self.old
        left_out = [name for name in changed if name in self.old and name not in repeated]
        changes = {
            name: self._change(*pair) for name, pair in changed.items() if name not in left_out
        }
        same = (new for name, (_, new) in pairs.items() if name not in changed)
        return Comparison(
            self.before,
            self.after,
            self.settings,
            tuple(_following(change, changes) for change in changes.values()),
            Counter(result.verdict for result in same if result),
            len(left_out),
        )

    def _names(self) -> Iterator[Key]:
        return iter(dict.fromkeys((*self.new, *self.old)))

    def _change(self, old: CheckResult | None, new: CheckResult | None) -> Change:
        if old and new:
            cause, why = self._cause(old, new)
            return Change(old, new, _direction(old, new), cause, why)
        if new:
            cause, why = self._appeared(new.check, self.before, "first")
            return Change(None, new, Direction.NEW, cause, why)
        assert old
        cause, why = self._appeared(old.check, self.after, "second")
        stopped = _stopped_by(self.after) is not None
        return Change(old, None, Direction.WORSE if stopped else Direction.GONE, cause, why)

    def _appeared(self, check: str, other: Record, which: str) -> tuple[Cause, str]:
        """Why a run has no result of a check on a subject."""
        if rule_of(other.header, check) is None:
            return Cause.RULES, f"the harness of the {which} run does not have this check"
        fatal = _stopped_by(other)
        if fatal is not None:
            cause = _BLAMED.get(fatal.whose, Cause.UNKNOWN) if fatal.whose else Cause.UNKNOWN
            return cause, f"the doctor stopped the {which} run: {fatal.title}: {fatal.seen}"
        if not other.complete:
            return Cause.UNKNOWN, f"the {which} run was broken off before it"
        return Cause.CONFIGURATION, f"it was not asked in the {which} run"

    def _cause(self, old: CheckResult, new: CheckResult) -> tuple[Cause, str]:
        return (
            self._of_a_waiver(old, new)
            or self._of_the_harness(old, new)
            or self._of_somebody_else(old, new)
            or self._of_a_fault()
            or self._by_the_evidence(old, new)
        )

    def _of_a_waiver(self, old: CheckResult, new: CheckResult) -> tuple[Cause, str] | None:
        both = {old.verdict, new.verdict}
        if both != {Verdict.FAILED, Verdict.WAIVED} or old.tag != new.tag:
            return None
        if new.verdict is Verdict.WAIVED:
            return Cause.WAIVER, f"the same failure is waived now: {new.detail}"
        return Cause.WAIVER, "the same failure is not waived any more"

    def _of_the_harness(self, old: CheckResult, new: CheckResult) -> tuple[Cause, str] | None:
        for result, which in ((old, "first"), (new, "second")):
            if result.verdict is Verdict.BROKEN:
                return Cause.HARNESS, f"the harness broke in the {which} run"
        return None

    def _of_somebody_else(self, old: CheckResult, new: CheckResult) -> tuple[Cause, str] | None:
        """What the worse of the two is blamed on, where that is not the subject."""
        first_is_worse = _RANK[old.verdict] > _RANK[new.verdict]
        found = self.whose[0 if first_is_worse else 1].get(key(new))
        if found is None or found.blame not in _BLAMED:
            return None
        which = "first" if first_is_worse else "second"
        return _BLAMED[found.blame], f"in the {which} run: {found.why}"

    def _of_a_fault(self) -> tuple[Cause, str] | None:
        """A seeded fault is a flaw of the landscape, which is their system in such a run."""
        seeded = [record.header.get("fault") for record in (self.before, self.after)]
        if seeded[0] == seeded[1]:
            return None
        first, second = (f"the seeded fault {name}" if name else "no fault" for name in seeded)
        return Cause.SUBJECT, f"the landscape had {first} in the first run, {second} in the second"

    def _by_the_evidence(self, old: CheckResult, new: CheckResult) -> tuple[Cause, str]:
        first, second = self.seen[0].of(old), self.seen[1].of(new)
        if first is None or second is None:
            return self._without_evidence()
        if first == second:
            return self._same_answers()
        return self._other_answers(old, new)

    def _without_evidence(self) -> tuple[Cause, str]:
        if self.ruled or self.configured:
            return Cause.UNKNOWN, "the runs differ in more than the answers, which are not recorded"
        return Cause.SUBJECT, "nothing else differs between the runs"

    def _same_answers(self) -> tuple[Cause, str]:
        """The subject said the same: it is judged by other rules, or against something else."""
        if self.ruled:
            return Cause.RULES, "the answers are the same, and are judged by other rules"
        if self.configured:
            return Cause.CONFIGURATION, "the answers are the same, and are held against other facts"
        return Cause.UNKNOWN, (
            "the answers, the rules and the configuration are the same: time has passed, as when a"
            " certificate expires, or the harness is at fault"
        )

    def _other_answers(self, old: CheckResult, new: CheckResult) -> tuple[Cause, str]:
        """The subject said something else: because it changed, or because it was asked otherwise.

        Rules that do not concern this check cannot be why.
        """
        rules = [rule_of(record.header, new.check) for record in (self.before, self.after)]
        if "harness" in self.ruled or rules[0] != rules[1]:
            others = "the rules and the configuration" if self.configured else "the rules"
            return Cause.UNKNOWN, f"the answers differ, and so do {others}"
        if self.configured:
            return Cause.CONFIGURATION, f"asked otherwise: {', '.join(sorted(self.configured))}"
        for result, which in ((old, "first"), (new, "second")):
            if result.verdict is Verdict.BLOCKED:
                return Cause.UNKNOWN, f"it could not be observed in the {which} run"
        if self.repeat:
            return Cause.REPEAT, "the same question was put again, and answered otherwise"
        return Cause.SUBJECT, "it answers otherwise, to the same questions by the same rules"


def _attributions(record: Record) -> Mapping[Key, Attribution]:
    return attributions(record) if record.controls or record.findings else {}


def _stopped_by(record: Record) -> Finding | None:
    """The finding of the doctor that ended a run before any verdict; None where it went on."""
    fatal = (finding for finding in record.findings if finding.fatal)
    return None if record.results else next(fatal, None)


def _differs(old: CheckResult | None, new: CheckResult | None) -> bool:
    return old is None or new is None or (old.verdict, old.tag) != (new.verdict, new.tag)


def _direction(old: CheckResult, new: CheckResult) -> Direction:
    before, after = _RANK[old.verdict], _RANK[new.verdict]
    if before == after:
        return Direction.OTHERWISE
    return Direction.WORSE if after > before else Direction.BETTER


def _following(change: Change, changes: Mapping[Key, Change]) -> Change:
    """A block that names another check has changed with it, and for the same cause."""
    for result in (change.after, change.before):
        named = _SEE.findall(result.detail or "") if result else []
        if result is None or result.verdict is not Verdict.BLOCKED or not named:
            continue
        leader = changes.get((named[-1], *key(result)[1:]))
        if leader:
            why = f"it follows from {named[-1]}"
            return Change(
                change.before, change.after, change.direction, leader.cause, why, named[-1]
            )
    return change


def facts(of: Comparison) -> dict[str, Any]:
    """The comparison as plain values, for JSON."""
    return {
        "before": of.before.header["run"],
        "after": of.after.header["run"],
        "repeat": of.is_repeat,
        "settings": [
            {"kind": each.kind, "name": each.name, "before": each.before, "after": each.after}
            for each in of.settings
        ],
        "changes": [_change_facts(change) for change in of.changes],
        "unchanged": {verdict: of.unchanged.get(verdict, 0) for verdict in Verdict},
        "not_repeated": of.left_out,
        "worse": len(of.worse),
    }


def _change_facts(change: Change) -> dict[str, Any]:
    check, member_state, service, environment = key(change.result)
    return {
        "check": check,
        "member_state": member_state,
        "service": service,
        "environment": environment,
        "direction": change.direction,
        "cause": change.cause,
        "why": change.why,
        "follows": change.follows,
        "before": _result_facts(change.before),
        "after": _result_facts(change.after),
    }


def _result_facts(result: CheckResult | None) -> dict[str, Any] | None:
    if result is None:
        return None
    names = ("verdict", "tag", "expected", "seen", "detail", "evidence")
    return {name: getattr(result, name) for name in names}
