"""What reports say of a doctor's trouble that stops everything, a part, or nothing."""

from __future__ import annotations

from dataclasses import replace

from harness.model import Finding, Verdict
from harness.record import Record
from harness.record_lines import waiver_facts
from harness.reports import summary
from harness.reports.headline import headline, sentence
from suites.selftest.sample_records import CLOCK, EXPIRED, FATAL, HEALED, page, record, result, text

SCOPED = replace(FATAL, subjects=("FI-dsd-acc",))
ALL = "nothing can be judged"
PLAN = {"results": 12, "member_states": {"FI": 12}}


def found(of: Record, *troubles: Finding) -> Record:
    return replace(of, findings=troubles)


def shown(of: Record) -> str:
    return " ".join(summary.render(of).split())


def test_a_trouble_beside_results_says_what_it_stops() -> None:
    of = found(record(result("DISC-01", "FI", Verdict.PASSED)), SCOPED)

    assert ALL not in shown(of)
    assert ALL not in text(page(of))
    assert "a part from being judged: dns-tcp (configuration): it stops FI-dsd-acc" in sentence(of)


def test_a_trouble_that_left_everything_blocked_says_that_nothing_can_be_judged() -> None:
    of = found(record(result("DISC-01", "FI", Verdict.BLOCKED, detail="no answer")), FATAL)

    assert ALL in sentence(of)
    assert f"{ALL} before it is mended" in shown(of)


def test_a_run_that_the_doctor_stopped_does_not_look_empty() -> None:
    told = shown(found(record(planned=PLAN), FATAL))

    assert "stopped by the doctor before 12 results" in told
    assert "0 results" not in told
    assert "nothing was there to judge" not in told
    assert "Chapter" not in told
    assert "Member States" not in told


def test_a_green_run_says_what_the_doctor_found() -> None:
    green = record(result("DISC-01", "FI", Verdict.PASSED))

    assert "doctor" not in headline(green)[1]
    assert headline(found(green, CLOCK))[1].endswith("; the doctor found 1 trouble: clock.")


def test_only_a_waiver_that_has_expired_is_to_be_renewed() -> None:
    judged = result("LOOK-01", "DK", Verdict.PASSED)
    healed, expired = (
        shown(record(judged, waivers=[waiver_facts(waiver)])) for waiver in (HEALED, EXPIRED)
    )

    assert "renew it" in expired
    assert "fix: take it out of the file of waivers" in healed
