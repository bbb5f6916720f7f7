"""Whose a failure is: a pure fold of a record's results, controls and findings.

The harness first, because an instrument that errs can blame nobody; then what the doctor found in
the configuration and on the way, unless the check fails the same where that is avoided; then a
second way to the same subject; then the text; and only what is left is the subject's. What waits
for another check is that check's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from types import MappingProxyType

from harness.errors import UsageFault
from harness.model import (
    NAME_SERVER,
    REFERENCE,
    WITHOUT_PROXY,
    Blame,
    CheckResult,
    Control,
    Finding,
    Service,
    Verdict,
)
from harness.record import Record

FILED = frozenset({Blame.SUBJECT, Blame.TEXT})
"""Whose failures become conformance tickets."""

EXAMINED = frozenset({Verdict.FAILED, Verdict.WARNED, Verdict.BLOCKED, Verdict.BROKEN})
"""The verdicts that somebody answers for."""

_GREEN = frozenset({Verdict.PASSED, Verdict.NOT_APPLICABLE})
_RED = frozenset({Verdict.FAILED, Verdict.WARNED, Verdict.BROKEN})
"""How a check ends on the reference only where the check is wrong: the reference is sound."""

_AVOIDED = MappingProxyType(
    {
        "dns-*": f"{NAME_SERVER} *",
        "proxy": WITHOUT_PROXY,
        "interception": WITHOUT_PROXY,
        "long-header": WITHOUT_PROXY,
        "unchanged": WITHOUT_PROXY,
    }
)
"""By probe, the paths on which what it finds is not met."""

LONGEST, LEAST = 224, 80
"""Characters of a sentence that a terminal shows whole, and of what the doctor saw within it."""

_DOUBTS = frozenset({"interception"})
"""Probes that show who could have changed an answer: any other that accounts for it knows more."""

_POINTER = re.compile(r"\b[A-Z]{3,5}-[0-9]{2,3}\b")

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
    paths = _paths(record.controls)
    found: dict[Key, Attribution] = {}
    for result in record.results:
        if result.verdict in EXAMINED:
            attribution = attributed(result, paths(result), record.findings)
            if attribution:
                found[key(result)] = attribution
    return found | dict(_waiting(record.results, found))


def _paths(controls: Iterable[Control]) -> Callable[[CheckResult], tuple[Control, ...]]:
    """The controls of a result; what the reference answers for one Member State holds for all."""
    held: dict[tuple[str, str], Control] = {}
    own: dict[Key, list[Control]] = {}
    for control in controls:
        own.setdefault(key(control.result), []).append(control)
        if control.path == REFERENCE:
            held[control.result.check, control.result.service] = control

    def of(result: CheckResult) -> tuple[Control, ...]:
        paths = own.get(key(result), ())
        of_others = held.get((result.check, result.service))
        if of_others is None or any(each.path == REFERENCE for each in paths):
            return tuple(paths)
        return (of_others, *paths)

    return of


def attributed(
    result: CheckResult, controls: Iterable[Control], findings: Iterable[Finding]
) -> Attribution | None:
    """Whose one result is; None where it is blocked and nothing explains why."""
    paths, found = tuple(controls), tuple(findings)
    if result.verdict is Verdict.BROKEN:
        return _of_what_broke(result, found)
    return (
        _of_the_harness(paths)
        or _of_a_finding(result, found, paths)
        or _of_the_way(result, paths)
        or (
            _of_an_obstacle(result, found)
            if result.verdict is Verdict.BLOCKED
            else _of_subject_or_text(result, paths, found)
        )
    )


def is_explained(result: CheckResult, findings: Iterable[Finding]) -> bool:
    """Whether something in the configuration, or on the way, accounts for a result."""
    return _of_a_finding(result, findings, ()) is not None


def waits_for(result: CheckResult) -> tuple[str, ...]:
    """The checks that are to be seen to before a blocked one can judge anything.

    >>> _POINTER.findall("no record; see DISC-01 and DISC-13")
    ['DISC-01', 'DISC-13']
    """
    if result.verdict is not Verdict.BLOCKED:
        return ()
    return tuple(_POINTER.findall((result.detail or "").partition("; see ")[2]))


def _waiting(
    results: Iterable[CheckResult], found: Mapping[Key, Attribution]
) -> Iterator[tuple[Key, Attribution]]:
    """The blocked ones that wait for another check of the same Member State.

    Where the doctor accounts for such a block too, but blames another, the check decides.
    """
    judged = tuple(results)
    by_tag: dict[tuple[str, str, str], dict[str, str]] = {}
    for result in judged:
        if result.tag and key(result) in found:
            by_tag.setdefault(key(result)[1:], {})[result.tag] = result.check
    for result in judged:
        if result.verdict is Verdict.BLOCKED:
            tags = by_tag.get(key(result)[1:], {})
            check, other = next(_awaited(result, found, tags), (None, None))
            own = found.get(key(result))
            if other and (own is None or own.blame is not other.blame):
                why = f"it waits for {check}, and there the {other.blame} is at fault"
                yield key(result), Attribution(other.blame, why, other.evidence)


def _awaited(
    result: CheckResult, found: Mapping[Key, Attribution], tags: Mapping[str, str]
) -> Iterator[tuple[str, Attribution]]:
    """The checks that a block names, on the service or on its sister; else those by their tags."""
    _, state, own, environment = key(result)
    for check in waits_for(result):
        for service in (own, *Service):
            other = found.get((check, state, service, environment))
            if other:
                yield check, other
    for tag, check in tags.items():
        if tag in (result.detail or ""):
            yield check, found[check, state, own, environment]


def _of_what_broke(result: CheckResult, findings: Iterable[Finding]) -> Attribution:
    """A check that broke is ours; a file that cannot be used is whoever's wrote it."""
    _, fault, told = (result.detail or "").partition(f"{UsageFault.__name__}: ")
    if fault:
        why = f"the check met a file of the target that cannot be used: {told}"
        found = _of_a_finding(result, findings, ())
        return found or Attribution(Blame.CONFIGURATION, why, result.evidence)
    why = "the check itself broke, which says nothing about the subject; to do: report it to us"
    return Attribution(Blame.HARNESS, why, result.evidence)


def _of_the_harness(controls: Iterable[Control]) -> Attribution | None:
    for control in controls:
        ended = control.result
        if control.path == REFERENCE and ended.verdict in _RED:
            why = (
                f"the check ends {ended.verdict} on the embedded reference too, which is sound, so"
                " the check is wrong and not the subject; to do: report it to us"
            )
            return Attribution(Blame.HARNESS, why, ended.evidence)
    return None


def _of_a_finding(
    result: CheckResult, findings: Iterable[Finding], controls: Iterable[Control]
) -> Attribution | None:
    """The finding that is most about the result, of those about the configuration or the way."""
    best: tuple[tuple[bool, bool], Finding] | None = None
    for finding in findings:
        if finding.whose in (None, Blame.SUBJECT) or _is_refuted(finding, result, controls):
            continue
        for pattern in _explaining(finding, result):
            rank = finding.probe not in _DOUBTS, "*" not in pattern
            if best is None or rank >= best[0]:  # the later probe is nearer to the answer
                best = rank, finding
    return _told_by(best[1], result) if best else None


def _told_by(finding: Finding, result: CheckResult) -> Attribution:
    """What was seen and what to do about it, as far as there is room for them."""
    assert finding.whose
    fix = _cut(f"; to do: {finding.fix}", LONGEST - LEAST) if finding.fix else ""
    why = f"{_seen_by(finding, LONGEST - len(fix))}{fix}"
    return Attribution(finding.whose, why, finding.evidence or result.evidence)


def _seen_by(finding: Finding, room: int) -> str:
    return _cut(f"the doctor's probe {finding.probe}: {finding.seen or finding.title}", room)


def _cut(text: str, room: int) -> str:
    """The text up to a word that there is room for; the finding has all of it.

    >>> _cut("as much as fits", 12)
    'as much ...'
    """
    return text if len(text) <= room else f"{text[: room - 3].rpartition(' ')[0].rstrip(';,:')} ..."


def _is_refuted(finding: Finding, result: CheckResult, controls: Iterable[Control]) -> bool:
    """Whether the check fails the same where what was found is not met."""
    paths = [path for probe, path in _AVOIDED.items() if fnmatchcase(finding.probe, probe)]
    return finding.whose is Blame.NETWORK and any(
        _fails_the_same(control, result) and any(fnmatchcase(control.path, p) for p in paths)
        for control in controls
    )


def _fails_the_same(control: Control, result: CheckResult) -> bool:
    ended = control.result
    return result.tag is not None and (ended.verdict, ended.tag) == (result.verdict, result.tag)


def _explaining(finding: Finding, result: CheckResult) -> tuple[str, ...]:
    """The patterns by which a finding is about a result."""
    whom = f"{result.member_state}-{result.service}-{result.environment}"
    if not any(fnmatchcase(whom, each) for each in finding.subjects or ("*",)):
        return ()
    names = (result.check, result.tag) if result.tag else (result.check,)
    return tuple(p for p in finding.explains if any(fnmatchcase(name, p) for name in names))


def _of_the_way(result: CheckResult, controls: Iterable[Control]) -> Attribution | None:
    """A second way to the same subject on which the same check is green."""
    for control in controls:
        if control.path != REFERENCE and control.result.verdict in _GREEN:
            why = (
                f"the check ends {control.result.verdict} by another way to the same subject"
                f" ({control.path}), so the usual way makes the difference; to do: go that other"
                " way, or have whoever runs the usual one compare the answers"
            )
            evidence = (*result.evidence, *control.result.evidence)
            return Attribution(Blame.NETWORK, why, tuple(dict.fromkeys(evidence)))
    return None


def _of_an_obstacle(result: CheckResult, findings: Iterable[Finding]) -> Attribution | None:
    """What the doctor found at the subject itself, and what keeps it from being judged."""
    at_it = _at_the_subject(result, findings)
    return _told_by(at_it, result) if at_it else None


def _at_the_subject(result: CheckResult, findings: Iterable[Finding]) -> Finding | None:
    of_it = (finding for finding in findings if finding.whose is Blame.SUBJECT)
    return next((finding for finding in of_it if _explaining(finding, result)), None)


def _of_subject_or_text(
    result: CheckResult, controls: tuple[Control, ...], findings: tuple[Finding, ...]
) -> Attribution:
    green = [name for name, verdict in result.readings[1:] if verdict is Verdict.PASSED]
    if green:
        why = (
            f"the text can be read so that it passes ({', '.join(green)}); to do: look up in"
            " `oots readings` why we judge by another reading"
        )
        return Attribution(Blame.TEXT, why, result.evidence)
    grounds = (*_grounds(result, controls), _way_told(result, controls, findings))
    return Attribution(Blame.SUBJECT, ", and ".join(grounds), result.evidence)


def _grounds(result: CheckResult, controls: tuple[Control, ...]) -> Iterator[str]:
    ended = {c.result.verdict for c in controls if c.path == REFERENCE}
    if Verdict.PASSED in ended:
        yield "the same check is green on the embedded reference"
    elif Verdict.NOT_APPLICABLE in ended:
        yield "the same check has nothing to judge on the embedded reference"
    else:
        yield "no control was run"
    same = [c.path for c in controls if c.path != REFERENCE and _fails_the_same(c, result)]
    if same:
        yield f"it fails the same by another way ({', '.join(same)})"


def _way_told(
    result: CheckResult, controls: tuple[Control, ...], findings: tuple[Finding, ...]
) -> str:
    at_it = _at_the_subject(result, findings)
    if at_it:
        return _seen_by(at_it, LONGEST // 2)
    if not findings:
        return "the doctor was not asked about the way"
    for finding in findings:
        if _explaining(finding, result) and _is_refuted(finding, result, controls):
            return f"that way avoids what the doctor found ({finding.probe})"
    return "the doctor found nothing in the configuration or on the way that explains it"
