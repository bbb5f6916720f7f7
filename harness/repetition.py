"""A run that repeats another: what of it is put again, and what became of it.

Repeated is what kept the first run from being green: failed, blocked and broken results. A warning
is advice and a waived failure is decided, so neither is. What passes on repeat stays labelled with
what it was: a second try never takes the place of the first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from harness.attribution import Key, key
from harness.model import CheckResult, Environment, Service, ServiceKey, Verdict
from harness.record import Record

REPEATED = frozenset({Verdict.FAILED, Verdict.BLOCKED, Verdict.BROKEN})


def failed_selection(record: Record) -> frozenset[tuple[str, ServiceKey]]:
    """What to put again: check ids with their subjects; captured answers have no subject."""
    return frozenset((result.check, subject) for result, subject in _repeatable(record))


def repeats_facts(record: Record) -> dict[str, object]:
    """What the header of the repeating run says under `repeats`."""
    rows = [[*key(result), str(result.verdict)] for result, _ in _repeatable(record)]
    whom = record.header["of_whom"]
    return {"run": record.header["run"], "of_whom": whom, "verdicts": rows}


def repeated_run(header: Mapping[str, Any]) -> str | None:
    """The run that is repeated; None where the run is one of its own."""
    facts = header.get("repeats")
    return facts["run"] if facts else None


def of_another_target(header: Mapping[str, Any]) -> bool:
    """Whether the run that is repeated was of a target that was not the same, as far as known."""
    before = (header.get("repeats") or {}).get("of_whom")
    return before is not None and before != header["of_whom"]


def former_verdicts(header: Mapping[str, Any]) -> dict[Key, Verdict]:
    """What each repeated result was in the run before."""
    rows = (header.get("repeats") or {"verdicts": ()})["verdicts"]
    return {(check, *subject): Verdict(verdict) for check, *subject, verdict in rows}


def turned(record: Record) -> tuple[tuple[CheckResult, Verdict], ...]:
    """The results that are green on repeat, each with what it was."""
    former = former_verdicts(record.header)
    green = (Verdict.PASSED, Verdict.NOT_APPLICABLE, Verdict.WARNED, Verdict.WAIVED)
    return tuple(
        (result, former[key(result)])
        for result in record.results
        if key(result) in former and result.verdict in green
    )


def _repeatable(record: Record) -> Iterator[tuple[CheckResult, ServiceKey]]:
    for result in record.results:
        if result.verdict not in REPEATED:
            continue
        if result.service in tuple(Service) and result.environment in tuple(Environment):
            service, environment = Service(result.service), Environment(result.environment)
            yield result, ServiceKey(result.member_state, service, environment)
