"""Runs from end to end on embedded landscapes, kept for as long as a module of tests needs them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial

import pytest

from harness.attribution import EXAMINED, Attribution, attributions, key
from harness.consultation import findings
from harness.course import Plan, conduct
from harness.desk.filing import incidents
from harness.extensions import checks
from harness.model import Blame, CheckResult, Control, Exchange, Finding, Reach, Target, Verdict
from harness.record import Record
from harness.requirements import CURRENT_PROFILE
from mock_services.embedded import Embedded
from mock_services.troubles import planted
from mock_services.troubles.files import skewed, skewed_clock
from suites.selftest.doctored import narrowed
from suites.selftest.planted import Case
from suites.selftest.sample_records import header

PATIENCE = Reach(dns_timeout=2.0, connect_timeout=2.0, total_timeout=4.0)
"""In seconds: no server of a case is slow, but the machine may be; one proxy never answers."""

CHECKS = {check.id: check for check in checks()}


@dataclass(slots=True)
class Taken:
    """A witness who remembers."""

    exchanges: list[Exchange] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    results: list[CheckResult] = field(default_factory=list)
    controls: list[Control] = field(default_factory=list)

    def exchange(self, exchange: Exchange) -> None:
        self.exchanges.append(exchange)

    def finding(self, finding: Finding) -> None:
        self.findings.append(finding)

    def result(self, result: CheckResult) -> None:
        self.results.append(result)

    def control(self, control: Control) -> None:
        self.controls.append(control)

    @property
    def record(self) -> Record:
        """What it remembers, as it would be read back."""
        return Record(
            header(),
            {exchange.id: exchange for exchange in self.exchanges},
            tuple(self.results),
            {"complete": True, "reason": None},
            torn=False,
            findings=tuple(self.findings),
            controls=tuple(self.controls),
        )


@dataclass(frozen=True, slots=True)
class Told:
    """A check that did not end well, and whose that is held to be; `check` None: of the run."""

    check: str | None
    blame: Blame | None
    why: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a case: its record, and whose each failure is held to be."""

    case: Case
    record: Record

    @property
    def told(self) -> tuple[Told, ...]:
        """Each failure, warning and block; where the run ended early, what ended it."""
        found = attributions(self.record)
        return tuple(
            _told(result, found.get(key(result)))
            for result in self.record.results
            if result.verdict in EXAMINED
        ) or tuple(
            Told(None, finding.whose, f"{finding.title}: {finding.seen}; to do: {finding.fix}")
            for finding in self.record.findings
            if finding.fatal
        )

    @property
    def ended_early(self) -> bool:
        """Whether the doctor found that nothing could be judged."""
        return not self.record.results

    @property
    def is_right(self) -> bool:
        """Whether each is held to be whose it is, and no check that was asked ended well."""
        asked = {None} if self.ended_early else set(self.case.checks)
        return {told.check for told in self.told} == asked and all(
            told.blame is (self.case.whose(told.check) if told.check else self.case.blame)
            for told in self.told
        )

    @property
    def failed(self) -> tuple[str, ...]:
        """The checks that failed."""
        return tuple(r.check for r in self.record.results if r.verdict is Verdict.FAILED)

    @property
    def filed(self) -> tuple[tuple[str, Blame | None], ...]:
        """The failures of which tickets would be made."""
        found = attributions(self.record)
        filed = incidents(self.record.results, found)
        return tuple((r.check, found[key(r)].blame if key(r) in found else None) for r in filed)


def _told(result: CheckResult, found: Attribution | None) -> Told:
    if found is None:
        return Told(result.check, None, result.detail or "")
    return Told(result.check, found.blame, found.why)


class Courses:
    """Landscapes that are started once, and the outcome of each case, known after its first run."""

    def __init__(self) -> None:
        self._running = ExitStack()
        self._targets: dict[object, Target] = {}
        self._outcomes: dict[str, Outcome] = {}

    def close(self) -> None:
        """End every landscape."""
        self._running.close()

    def outcome(self, case: Case) -> Outcome:
        """What becomes of a case."""
        if case.name not in self._outcomes:
            self._outcomes[case.name] = Outcome(case, self._taken(case).record)
        return self._outcomes[case.name]

    def _taken(self, case: Case) -> Taken:
        taken = Taken()
        with (
            self._subject(case) as sound,
            planted(sound, *case.troubles) as target,
            pytest.MonkeyPatch.context() as patch,
        ):
            if case.bug:
                case.bug(patch)
            asyncio.run(conduct(self._plan(case, target), taken))
        return taken

    def _plan(self, case: Case, target: Target) -> Plan:
        clock = skewed_clock(case.ahead)
        return Plan(
            target,
            tuple(CHECKS[ident] for ident in case.checks),
            target.keys,
            CURRENT_PROFILE,
            reference=partial(self._reference, case.ahead),
            examine=partial(findings, target, profile=CURRENT_PROFILE, clock=clock),
            clock=clock,
        )

    def _reference(self, ahead: timedelta) -> Target:
        """It is on the same machine, and has its clock."""
        return self._started(ahead, Embedded(partial(skewed, ahead)), "FI")

    @contextmanager
    def _subject(self, case: Case) -> Iterator[Target]:
        """The sound landscape is shared; one that is changed ends with its case."""
        members = case.members
        if case.fault is None and case.change is None:
            target = self._started(members, Embedded(), *members)
            yield _of_first(target, members)
            return
        embedded = Embedded(case.change)
        try:
            yield _of_first(embedded.start(members=members, fault=case.fault), members)
        finally:
            embedded.stop()

    def _started(self, name: object, embedded: Embedded, *members: str) -> Target:
        if name not in self._targets:
            self._targets[name] = embedded.start(members=members, fault=None)
            self._running.callback(embedded.stop)
        return self._targets[name]


def _of_first(target: Target, members: tuple[str, ...]) -> Target:
    keys = tuple(key for key in target.keys if key.member_state == members[0])
    return replace(narrowed(replace(target, keys=keys)), reach=PATIENCE)
