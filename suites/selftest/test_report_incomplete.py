"""A run that was broken off: what is lacking is told, and nobody it lacks is called passed."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from harness.model import Verdict
from harness.record import Record
from harness.record_lines import Malformed, header_of
from harness.reports import json_report, summary, views
from harness.reports.headline import sentence
from harness.reports.views import Share
from suites.selftest.sample_records import FAILED, NOW, header, page, record, result, text

PLAN = {"results": 1_012, "member_states": {"AT": 1, "DE": 5, "FI": 2, "GR": 1_000, "SE": 4}}
FOOTER = {"complete": False, "reason": "interrupted", "ended": NOW.isoformat()}


def broken_off(plan: object = PLAN) -> Record:
    of = record(
        result("DISC-01", "AT", Verdict.PASSED),
        result("DISC-01", "DE", Verdict.PASSED),
        result("DISC-03", "DE", Verdict.PASSED),
        result("DISC-01", "FI", Verdict.PASSED),
        result("DISC-01", "GR", Verdict.FAILED, **FAILED),
        complete=False,
        planned=plan,
    )
    return replace(of, footer=FOOTER)


def test_the_summary_tells_who_was_not_finished_and_who_was_not_asked() -> None:
    told = summary.render(broken_off())

    assert "5 of 1,012 results of 2 checks for 4 Member States\n" in told
    assert "  failed        GR/EL (1)\n" in told
    assert "  passed        AT\n" in told
    assert "  not finished  DE (2/5), FI (1/2), GR/EL (1/1,000)\n" in told
    assert "  not asked     SE\n" in told


def test_the_page_tells_it_too() -> None:
    shown = page(broken_off())

    rows = {text(th): text(th.getparent()) for th in shown.xpath("//tbody/tr/th[@scope='row']")}
    assert rows["Sweden SE not asked"].endswith("not asked" * 4)
    assert "2 so far" in rows["Germany DE not finished, 2 of 5"]
    assert "passed" not in rows["Germany DE not finished, 2 of 5"]
    assert "1 failed" in rows["Greece GR/EL not finished, 1 of 1,000"]
    assert "1 passed" in rows["Austria AT"]
    assert "Results of 1,0125" in text(shown.xpath("//dl[@class='figures']/div")[0])


def test_where_the_plan_is_not_recorded_nobody_is_known_to_be_finished() -> None:
    of = broken_off(None)

    assert views.unfinished(of)["DE"] == Share(2, None)
    told = summary.render(of)
    assert "  not finished  AT (1), DE (2), FI (1), GR/EL (1)\n" in told
    assert not re.search(r"^  passed", told, re.MULTILINE)


def test_a_run_that_ended_lacks_nothing() -> None:
    of = record(result("DISC-01", "AT", Verdict.PASSED), planned=PLAN)

    assert views.unfinished(of) == {}
    assert "1 result of 1 check" in summary.render(of)


def test_the_verdict_says_once_that_the_run_was_broken_off() -> None:
    of = replace(broken_off(), results=(result("DISC-01", "AT", Verdict.PASSED),))

    told = sentence(of)

    assert told == (
        "No verdict: the run was broken off before its end (interrupted), with 1 of 1,012 results"
        " recorded."
    )
    assert summary.render(of).splitlines()[-1] == "Exit code 130."


def test_json_holds_the_plan() -> None:
    assert json.loads(json_report.render(broken_off()))["planned"] == PLAN


def test_a_header_may_hold_a_plan() -> None:
    assert header_of(header(planned=PLAN))["planned"] == PLAN
    assert "planned" not in header_of(header())


@pytest.mark.parametrize(
    "plan", [3, {}, {"results": 1}, {"results": "1", "member_states": {}}, {"member_states": {}},
             {"results": 1, "member_states": {"FI": "many"}}]
)  # fmt: skip
def test_a_plan_of_another_form_is_refused(plan: object) -> None:
    with pytest.raises(Malformed):
        header_of(header(planned=plan))
