"""Whose a failure is, by what the record holds: the order of the reasons."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.attribution import attributed
from harness.model import REFERENCE, Blame, CheckResult, Control, Finding, Verdict
from suites.selftest.sample_records import result

FAILED = result("CACHE-02", "FI", Verdict.FAILED, tag="signature-too-old")
GREEN = replace(FAILED, verdict=Verdict.PASSED, tag=None, evidence=("x2",))
CLOCK = Finding(
    "clock", "The clock is right", Blame.CONFIGURATION, seen="2 h behind", explains=("CACHE-*",)
)
SOUND = Control(REFERENCE, GREEN)
AROUND = Control("without the HTTP proxy", GREEN)
READ_OTHERWISE = replace(FAILED, readings=(("strict", Verdict.FAILED), ("lenient", Verdict.PASSED)))


@pytest.mark.parametrize(
    ("seen", "controls", "findings", "blame"),
    [
        (FAILED, (Control(REFERENCE, FAILED),), (CLOCK,), Blame.HARNESS),
        (FAILED, (SOUND,), (CLOCK,), Blame.CONFIGURATION),
        (FAILED, (SOUND,), (replace(CLOCK, explains=("signature-too-*",)),), Blame.CONFIGURATION),
        (FAILED, (SOUND,), (replace(CLOCK, explains=("DISC-*",)),), Blame.SUBJECT),
        (FAILED, (SOUND,), (replace(CLOCK, subjects=("FI-eb-acc",)),), Blame.CONFIGURATION),
        (FAILED, (SOUND,), (replace(CLOCK, subjects=("SE-*", "FI-*")),), Blame.CONFIGURATION),
        (FAILED, (SOUND,), (replace(CLOCK, subjects=("FI-dsd-acc", "SE-*")),), Blame.SUBJECT),
        (FAILED, (SOUND,), (replace(CLOCK, whose=None),), Blame.SUBJECT),
        (FAILED, (SOUND,), (replace(CLOCK, whose=Blame.SUBJECT),), Blame.SUBJECT),
        (FAILED, (SOUND, AROUND), (), Blame.NETWORK),
        (FAILED, (SOUND, replace(AROUND, result=FAILED)), (), Blame.SUBJECT),
        (READ_OTHERWISE, (SOUND,), (), Blame.TEXT),
        (READ_OTHERWISE, (SOUND, AROUND), (), Blame.NETWORK),
        (FAILED, (), (), Blame.SUBJECT),
    ],
)
def test_the_first_reason_that_holds_decides(
    seen: CheckResult, controls: tuple[Control, ...], findings: tuple[Finding, ...], blame: Blame
) -> None:
    found = attributed(seen, controls, findings)

    assert found is not None
    assert found.blame is blame
    assert "\n" not in found.why


def test_a_block_is_nobodys_until_something_explains_it() -> None:
    blocked = replace(FAILED, verdict=Verdict.BLOCKED, tag=None)
    explained = attributed(blocked, (), (CLOCK,))

    assert attributed(blocked, (SOUND,), ()) is None
    assert explained is not None
    assert explained.blame is Blame.CONFIGURATION


def test_a_green_control_that_was_not_run_is_not_claimed() -> None:
    found = attributed(FAILED, (), ())

    assert found is not None
    assert "no control was run" in found.why
