"""Whose a failure is: a pure fold of a record's results, controls and findings.

The harness first, because an instrument that errs can blame nobody; then what the doctor found in
the configuration and on the way; then a second way to the same subject; then the text; and only
what is left is the subject's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from harness.model import REFERENCE, Blame, CheckResult, Control, Finding, Verdict
from harness.record import Record

FILED = frozenset({Blame.SUBJECT, Blame.TEXT})
"""Whose failures become conformance tickets."""

EXAMINED = frozenset({Verdict.FAILED, Verdict.WARNED, Verdict.BLOCKED, Verdict.BROKEN})
"""The verdicts that somebody answers for."""

_GREEN = frozenset({Verdict.PASSED, Verdict.NOT_APPLICABLE})

Key = tuple[str, str, str, str]
"""A result by its check, Member State, service and environment."""


@dataclass(frozen=True, slots=True)
class Attribution:
    """Whose it is and why, in one sentence; `evidence` are exchange ids."""

    blame: Blame
    why: str
    evidence: tuple[str, ...]


def key(result: CheckResult) -> Key:
    """What names a result within its run."""
    return result.check, result.member_state, result.service, result.environment


def attributions(record: Record) -> Mapping[Key, Attribution]:
    """Whose each failure, warning or block of a run is; a block that nothing explains has none."""
    reference = {(c.result.check, c.result.service): c for c in record.controls if _held(c)}
    others: dict[Key, list[Control]] = {}
    for control in record.controls:
        if not _held(control):
            others.setdefault(key(control.result), []).append(control)
    found = {}
    for result in record.results:
        if result.verdict in EXAMINED:
            own = reference.get((result.check, result.service))
            paths = (*((own,) if own else ()), *others.get(key(result), ()))
            found[key(result)] = attributed(result, paths, record.findings)
    return {name: attribution for name, attribution in found.items() if attribution}


def _held(control: Control) -> bool:
    """Whether it was asked of the reference, where one answer holds for all Member States."""
    return control.path == REFERENCE


def attributed(
    result: CheckResult, controls: Iterable[Control], findings: Iterable[Finding]
) -> Attribution | None:
    """Whose one result is; None where it is blocked and nothing explains why."""
    paths = tuple(controls)
    if result.verdict is Verdict.BROKEN:
        return Attribution(Blame.HARNESS, "the check itself broke", result.evidence)
    return (
        _of_the_harness(paths)
        or _of_a_finding(result, findings)
        or _of_the_way(result, paths)
        or (None if result.verdict is Verdict.BLOCKED else _of_subject_or_text(result, paths))
    )


def _of_the_harness(controls: Iterable[Control]) -> Attribution | None:
    for control in controls:
        ended = control.result
        if control.path == REFERENCE and ended.verdict in (Verdict.FAILED, Verdict.BROKEN):
            why = f"the check ends {ended.verdict} on the embedded reference too, which is sound"
            return Attribution(Blame.HARNESS, why, ended.evidence)
    return None


def _of_a_finding(result: CheckResult, findings: Iterable[Finding]) -> Attribution | None:
    for finding in findings:
        if finding.whose not in (None, Blame.SUBJECT) and _explains(finding, result):
            assert finding.whose
            seen = f": {finding.seen}" if finding.seen else ""
            why = f"the doctor's probe {finding.probe} accounts for it{seen}"
            return Attribution(finding.whose, why, finding.evidence)
    return None


def _explains(finding: Finding, result: CheckResult) -> bool:
    names = (result.check, result.tag) if result.tag else (result.check,)
    whom = f"{result.member_state}-{result.service}-{result.environment}"
    return any(fnmatchcase(whom, each) for each in finding.subjects or ("*",)) and any(
        fnmatchcase(name, each) for each in finding.explains for name in names
    )


def _of_the_way(result: CheckResult, controls: Iterable[Control]) -> Attribution | None:
    """A second way to the same subject on which the same check is green."""
    for control in controls:
        if control.path != REFERENCE and control.result.verdict in _GREEN:
            why = f"the check ends {control.result.verdict} by another way to it, {control.path}"
            evidence = (*result.evidence, *control.result.evidence)
            return Attribution(Blame.NETWORK, why, tuple(dict.fromkeys(evidence)))
    return None


def _of_subject_or_text(result: CheckResult, controls: Iterable[Control]) -> Attribution:
    green = [name for name, verdict in result.readings[1:] if verdict is Verdict.PASSED]
    if green:
        why = f"the text can be read so that it passes ({', '.join(green)})"
        return Attribution(Blame.TEXT, why, result.evidence)
    held = any(c.path == REFERENCE and c.result.verdict in _GREEN for c in controls)
    ground = "the same check is green on the embedded reference" if held else "no control was run"
    why = f"{ground}, and nothing on the way explains it"
    return Attribution(Blame.SUBJECT, why, result.evidence)
