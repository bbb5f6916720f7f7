"""What reports show beside verdicts: whose a failure is, the doctor, waivers, repeats, commands.

Computed once a record and report. Blame is shown where the record holds what it rests on, controls
or findings of the doctor; else a report would claim to know more than was looked at.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from harness.attribution import FILED, Attribution, Key, attributions, key
from harness.model import Blame, CheckResult, Exchange, Finding, Verdict
from harness.record import Record
from harness.repetition import former_verdicts, of_another_target, repeated_run, turned
from harness.reports.words import listed, number
from harness.reproduction import Way, command, target_file, way_of
from harness.waivers import Stale, Waiver

MOST_EVIDENCE = 8
"""How many exchange ids are shown in a line; the JSON report has all."""

MOST_STOPPED = 6
"""How many services that a trouble stops are named."""

_JUDGED = frozenset({Verdict.PASSED, Verdict.FAILED, Verdict.WARNED, Verdict.WAIVED})
_GREEN = frozenset({Verdict.PASSED, Verdict.NOT_APPLICABLE})


@dataclass(frozen=True, slots=True)
class Context:
    """What stands beside the results of one record."""

    attributions: Mapping[Key, Attribution]
    former: Mapping[Key, Verdict]
    repeats: str | None
    exchanges: Mapping[str, Exchange]
    way: Way | None

    def attribution(self, result: CheckResult) -> Attribution | None:
        """Whose a result is; None where nobody can tell, or nothing was looked at."""
        return self.attributions.get(key(result))

    def repeat(self, result: CheckResult) -> str | None:
        """What a result was in the run that is repeated; None where it is no repeat."""
        was = self.former.get(key(result))
        return f"repeat of {self.repeats}: was {was}" if was else None

    def by_hand(self, result: CheckResult) -> str | None:
        """The command that makes the exchange again which was looked at last."""
        if self.way is None:
            return None
        held = (self.exchanges.get(ident) for ident in reversed(result.evidence))
        lines = (command(exchange, self.way) for exchange in held if exchange)
        return next((line for line in lines if line), None)

    def notes(self, result: CheckResult) -> tuple[tuple[str, str], ...]:
        """What is said of one result, each with its label; empty for most."""
        found = self.attribution(result)
        rows = (
            ("source", result.source),
            ("whose", found and f"{found.blame}: {found.why}"),
            ("evidence", found and _few(found.evidence)),
            ("repeat", self.repeat(result)),
        )
        return tuple((label, text) for label, text in rows if text)


def context_of(record: Record) -> Context:
    """The context of a record; commands for `dig` and `curl` where a target outlives the run."""
    lasting = target_file(record.header) is not None
    wanted = lasting and any(result.verdict not in _GREEN for result in record.results)
    return Context(
        attributed(record),
        former_verdicts(record.header),
        repeated_run(record.header),
        record.exchanges,
        way_of(record.header, record.exchanges.values()) if wanted else None,
    )


def attributed(record: Record) -> Mapping[Key, Attribution]:
    """Whose each failure is; empty where the record holds nothing that could tell."""
    return attributions(record) if record.controls or record.findings else {}


def blames(record: Record, verdict: Verdict = Verdict.FAILED) -> Mapping[Blame, int]:
    """Whose the results of a verdict are, and how many."""
    found = attributed(record)
    judged = (result for result in record.results if result.verdict is verdict)
    counted = Counter(found[key(result)].blame for result in judged if key(result) in found)
    return {blame: counted[blame] for blame in Blame if counted[blame]}


def checks_by_blame(record: Record) -> Mapping[Blame, int] | None:
    """Whose the checks are that fail, and how many; None where one is several people's."""
    found = attributed(record)
    failed = [result for result in record.results if result.verdict is Verdict.FAILED]
    pairs = {(r.check, found[key(r)].blame) for r in failed if key(r) in found}
    if len(pairs) != len({result.check for result in failed}):
        return None
    counted = Counter(blame for _, blame in pairs)
    return {blame: counted[blame] for blame in Blame if counted[blame]}


def acquits(shares: Mapping[Blame, int]) -> bool:
    """Whether something failed, and nothing of it because of the subject."""
    return bool(shares) and not FILED & shares.keys()


def troubles(record: Record) -> tuple[Finding, ...]:
    """What the doctor found wrong, the worst first."""
    found = (finding for finding in record.findings if finding.whose)
    return tuple(sorted(found, key=lambda finding: not finding.fatal))


def stopped(record: Record) -> bool:
    """Whether the doctor ended the run before anything was asked."""
    return not record.results and any(finding.fatal for finding in record.findings)


def stops(record: Record, finding: Finding) -> str | None:
    """What cannot be judged because of a trouble; None where it stops nothing, or nothing known."""
    if not finding.fatal:
        return None
    if not any(result.verdict in _JUDGED for result in record.results):
        return "nothing can be judged before it is mended"
    few = (finding.subjects or finding.explains)[:MOST_STOPPED]
    more = len(finding.subjects or finding.explains) - len(few)
    return f"it stops {', '.join(few)}{f' and {more:,} more' if more else ''}" if few else None


def doctor(record: Record) -> str | None:
    """What the doctor found, in a line; None where there was none."""
    if not record.findings:
        return None
    found, left = troubles(record), sum(bool(finding.skipped) for finding in record.findings)
    told = number(len(found), "trouble") if found else "all well"
    skipped = f", {left:,} not made" if left else ""
    return f"{number(len(record.findings), 'probe')}, {told}{skipped}"


def waiver_states(record: Record) -> tuple[tuple[Waiver, str], ...]:
    """What became of each waiver in a run, in a phrase that begins with `stale` where it is."""
    stale = {found.waiver: found.why for found in record.stale}
    by_check: dict[str, list[CheckResult]] = {}
    for result in record.results:
        by_check.setdefault(result.check, []).append(result)
    return tuple(
        (waiver, f"stale: {stale[waiver]}" if waiver in stale else _state(waiver, by_check))
        for waiver in record.waivers
    )


def _state(waiver: Waiver, by_check: Mapping[str, list[CheckResult]]) -> str:
    """What became of a waiver that is not stale."""
    asked = [result for check in waiver.checks for result in by_check.get(check, ())]
    covered = [r for r in asked if r.verdict is Verdict.WAIVED and waiver.matches(r)]
    if covered:
        return f"covers {number(len(covered), 'result')}"
    concerned = any(waiver.concerns(result) for result in asked)
    return "in force; nothing it covers was seen" if concerned else _IDLE


_IDLE = "nothing of it was asked"


def waivers_told(record: Record) -> str | None:
    """The waivers of a run in a line; None where none were given."""
    if not record.waivers:
        return None
    states = [state for _, state in waiver_states(record)]
    stale, idle = sum(state.startswith("stale") for state in states), states.count(_IDLE)
    of = [f"{stale:,} stale"] if stale else []
    of += [f"{idle:,} about nothing that was asked"] if idle else []
    return f"{len(states):,}{f', of which {listed(of)}' if of else ''}"


def stale_told(stale: Iterable[Stale]) -> str:
    """How many waivers are stale, as a clause."""
    return number(len(tuple(stale)), "waiver is stale", "waivers are stale")


def repeat_told(record: Record) -> str | None:
    """What was repeated, and what passes now that did not; None where the run is no repeat."""
    run = repeated_run(record.header)
    if run is None:
        return None
    planned = len(former_verdicts(record.header))
    was = Counter(verdict for _, verdict in turned(record))
    green = [f"{was[verdict]:,} that {_were(was[verdict])} {verdict}" for verdict in was]
    now = f"; green now: {listed(green)}" if green else "; none of them is green now"
    other = ", but the target is not the same" if of_another_target(record.header) else ""
    return f"repeats {number(planned, 'result')} of run {run}{other}{now}"


def _were(count: int) -> str:
    return "was" if count == 1 else "were"


def _few(evidence: tuple[str, ...]) -> str:
    more = len(evidence) - MOST_EVIDENCE
    return ", ".join(evidence[:MOST_EVIDENCE]) + (f" and {more:,} more" if more > 0 else "")
