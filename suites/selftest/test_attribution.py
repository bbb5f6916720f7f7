"""Whose a failure is, by what the record holds: the order of the reasons."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.attribution import LONGEST, Key, attributed, attributions, key, waits_for
from harness.model import (
    NAME_SERVER,
    REFERENCE,
    WITHOUT_PROXY,
    Blame,
    CheckResult,
    Control,
    Finding,
    Verdict,
)
from suites.selftest.sample_records import record, result

FAILED = result("CACHE-02", "FI", Verdict.FAILED, tag="signature-too-old")
GREEN = replace(FAILED, verdict=Verdict.PASSED, tag=None, evidence=("x2",))
CLOCK = Finding(
    "clock", "The clock is right", Blame.CONFIGURATION, seen="2 h behind", explains=("CACHE-*",)
)
SOUND = Control(REFERENCE, GREEN)
AROUND = Control(WITHOUT_PROXY, GREEN)
SAME_AROUND = Control(WITHOUT_PROXY, FAILED)
AT_SERVER = Control(f"{NAME_SERVER} 192.0.2.7 port 53", FAILED)
ON_THE_WAY = Finding("interception", "TLS", Blame.NETWORK, seen="a box", explains=("CACHE-*",))
OF_NAMES = replace(ON_THE_WAY, probe="dns-truth")
THEIRS = replace(CLOCK, whose=Blame.SUBJECT, fix="tell its operator")
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
        (FAILED, (Control(REFERENCE, replace(FAILED, verdict=Verdict.WARNED)),), (), Blame.HARNESS),
        (FAILED, (SOUND, SAME_AROUND), (), Blame.SUBJECT),
        (FAILED, (SOUND, SAME_AROUND), (ON_THE_WAY,), Blame.SUBJECT),
        (FAILED, (SOUND, SAME_AROUND), (CLOCK,), Blame.CONFIGURATION),
        (FAILED, (SOUND, SAME_AROUND), (OF_NAMES,), Blame.NETWORK),
        (FAILED, (SOUND, AT_SERVER), (OF_NAMES,), Blame.SUBJECT),
        (FAILED, (SOUND, AT_SERVER), (ON_THE_WAY,), Blame.NETWORK),
        (
            FAILED,
            (SOUND, Control(WITHOUT_PROXY, replace(FAILED, tag="another"))),
            (ON_THE_WAY,),
            Blame.NETWORK,
        ),
        (FAILED, (SOUND,), (CLOCK, ON_THE_WAY), Blame.CONFIGURATION),
        (FAILED, (SOUND,), (ON_THE_WAY, CLOCK), Blame.CONFIGURATION),
        (FAILED, (SOUND,), (CLOCK, OF_NAMES), Blame.NETWORK),
        (FAILED, (SOUND,), (replace(CLOCK, explains=("CACHE-02",)), OF_NAMES), Blame.CONFIGURATION),
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


def test_a_block_is_the_subjects_where_the_doctor_saw_the_obstacle_there() -> None:
    blocked = replace(FAILED, verdict=Verdict.BLOCKED, tag=None)
    found = attributed(blocked, (), (THEIRS,))

    assert found is not None
    assert (found.blame, found.why) == (
        Blame.SUBJECT,
        "the doctor's probe clock: 2 h behind; to do: tell its operator",
    )


def test_what_the_doctor_saw_at_the_subject_is_told_of_its_failures() -> None:
    found = attributed(FAILED, (SOUND,), (THEIRS,))

    assert found is not None
    assert "green on the embedded reference, and the doctor's probe clock: 2 h" in found.why


@pytest.mark.parametrize(
    ("detail", "findings", "blame", "told"),
    [
        ("KeyError: 'slot'", (CLOCK,), Blame.HARNESS, "the check itself broke"),
        ("harness.errors.UsageFault: acc.pem: expected PEM", (), Blame.CONFIGURATION, "acc.pem"),
        ("harness.errors.UsageFault: acc.pem: no", (CLOCK,), Blame.CONFIGURATION, "2 h behind"),
    ],
)
def test_a_check_that_broke_is_ours_unless_it_met_a_file_of_the_users(
    detail: str, findings: tuple[Finding, ...], blame: Blame, told: str
) -> None:
    broken = replace(FAILED, verdict=Verdict.BROKEN, detail=f"Traceback\n{detail}")
    found = attributed(broken, (), findings)

    assert found is not None
    assert found.blame is blame
    assert told in found.why


def blocked(check: str, detail: str, service: str = "eb") -> CheckResult:
    return result(check, "FI", Verdict.BLOCKED, detail=detail, service=service)


def blames(*results: CheckResult, findings: tuple[Finding, ...] = ()) -> dict[Key, Blame]:
    of = replace(record(*results), findings=findings, controls=(SOUND,))
    return {name: found.blame for name, found in attributions(of).items()}


WRONG = result("LOOK-01", "FI", Verdict.FAILED, tag="regrep-not-xml")


def test_what_waits_for_another_check_is_that_checks() -> None:
    waiting = blocked("CACHE-02", "the answer: it cannot be read; see LOOK-01 and DISC-03")
    by_tag = blocked("DISC-03", "the answer: regrep-not-xml; see the check that reports it")
    sister = blocked("DISC-01", "the other answer: gone; see LOOK-01", "dsd")
    alone = blocked("DISC-01", "eb.test: no answer")
    between = replace(ON_THE_WAY, explains=("CACHE-02", "LOOK-01"))

    found = blames(waiting, by_tag, sister, alone, WRONG)
    on_the_way = blames(waiting, by_tag, WRONG, findings=(between,))
    theirs = blames(waiting, WRONG, findings=(replace(between, explains=("CACHE-02",)),))

    assert waits_for(waiting) == ("LOOK-01", "DISC-03")
    assert {found[key(each)] for each in (waiting, by_tag, sister)} == {Blame.SUBJECT}
    assert key(alone) not in found
    assert set(on_the_way.values()) == {Blame.NETWORK}
    assert theirs[key(waiting)] is Blame.SUBJECT


def test_what_the_reference_answers_for_one_member_state_holds_for_the_others() -> None:
    ours = Control(REFERENCE, replace(FAILED, member_state="SE"))
    of = replace(record(FAILED), controls=(ours,))
    both = replace(of, controls=(ours, SOUND))

    assert attributions(of)[key(FAILED)].blame is Blame.HARNESS
    assert attributions(both)[key(FAILED)].blame is Blame.SUBJECT


def test_what_to_do_is_told_however_much_was_seen() -> None:
    wordy = replace(CLOCK, seen="word " * 200, fix="set the clock")
    found = attributed(FAILED, (SOUND,), (wordy,))

    assert found is not None
    assert found.why.endswith("word ...; to do: set the clock")
    assert len(found.why) <= LONGEST


def test_what_was_seen_is_told_however_much_is_to_be_done() -> None:
    found = attributed(FAILED, (SOUND,), (replace(CLOCK, fix="word " * 200),))

    assert found is not None
    assert found.why.startswith("the doctor's probe clock: 2 h behind; to do: word word")
    assert len(found.why) <= LONGEST
