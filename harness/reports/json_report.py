"""The results as one JSON object, for programs; ASCII, so that any output encoding will do."""

from __future__ import annotations

import json

from harness.attribution import key
from harness.model import CheckResult
from harness.record import Record
from harness.record_lines import finding_facts, result_facts, waiver_facts
from harness.reports import views
from harness.reports.context import Context, blames, context_of, waiver_states
from harness.reports.headline import sentence
from harness.reproduction import target_file


def render(record: Record) -> str:
    """The run, its verdict and every result with all of its fields."""
    report = {
        "run": record.header["run"],
        "started": record.header["started"],
        "ended": (record.footer or {}).get("ended"),
        "complete": record.complete,
        "planned": record.header.get("planned"),
        "fault": record.header.get("fault"),
        "versions": record.header["versions"],
        "rules": record.header["rules"],
        "asked": record.header["asked"],
        "of_whom": record.header["of_whom"],
        "profile": record.header["selection"].get("profile"),
        "left_out": record.header.get("left_out", []),
        "exit": record.exit,
        "verdict": sentence(record),
        "counts": views.counts(record.results),
        **_beside(record),
        "results": [result_facts(result) for result in record.results],
    }
    return json.dumps(report, indent=1)


def _beside(record: Record) -> dict[str, object]:
    """The doctor, waivers and repeats, and a diagnosis of all that is not green."""
    beside = context_of(record)
    return {
        "target_file": target_file(record.header),
        "repeats": beside.repeats,
        "redacted": record.header.get("redacted", []),
        "doctor": [finding_facts(finding) for finding in record.findings],
        "blames": blames(record),
        "waivers": [
            {**waiver_facts(waiver), "state": state} for waiver, state in waiver_states(record)
        ],
        "diagnoses": [
            _diagnosis(record, result, beside)
            for result in record.results
            if result.verdict not in views.GREEN or beside.repeat(result)
        ],
    }


def _diagnosis(record: Record, result: CheckResult, beside: Context) -> dict[str, object]:
    """Whose it is and why, what it was before, and the commands that show it again."""
    found = beside.attribution(result)
    check, member_state, service, environment = key(result)
    return {
        "check": check,
        "member_state": member_state,
        "service": service,
        "environment": environment,
        "verdict": result.verdict,
        "blame": found and found.blame,
        "why": found and found.why,
        "evidence": list(found.evidence if found else result.evidence),
        "repeat": beside.repeat(result),
        "reproduce": views.reproduction(record, result),
        "by_hand": beside.by_hand(result),
    }
