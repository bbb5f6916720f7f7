"""The results as one JSON object, for programs; ASCII, so that any output encoding will do."""

from __future__ import annotations

import json

from harness.record import Record
from harness.record_lines import result_facts
from harness.reports import views


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
        "verdict": views.sentence(record),
        "counts": views.counts(record.results),
        "results": [result_facts(result) for result in record.results],
    }
    return json.dumps(report, indent=1)
