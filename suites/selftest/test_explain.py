"""The texts of `oots explain`: one for every check, whole, and where a person looks for them."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness import explain
from harness.checks import Check, catalogue
from harness.errors import HarnessFault
from harness.explain import explanations
from harness.model import Verdict
from harness.plugin import CheckDidNotPass
from suites.selftest.sample_records import FAILED, header, page, record, result, text

CATALOGUE = [
    entry | {"explanation": {"why": "It is.", "fix": "Mend it.", "good": "<a/>", "bad": "<b/>"}}
    for entry in header()["catalogue"]  # type: ignore[attr-defined]
]


@pytest.mark.parametrize("check", catalogue(), ids=lambda check: check.id)
def test_every_check_is_explained(check: Check) -> None:
    told = explanations()[check.id]

    assert told.good != told.bad
    assert len(told.why) >= 40
    assert len(told.fix) >= 40
    assert told.why.endswith((".", ")"))


def test_nothing_is_explained_that_is_no_check() -> None:
    assert set(explanations()) <= {check.id for check in catalogue()}


def test_no_two_checks_share_a_text() -> None:
    whys = [told.why for told in explanations().values()]

    assert len(set(whys)) == len(whys)


@pytest.mark.parametrize(
    "entry",
    [
        'why = "a"',
        'why = "a"\nfix = "b"\ngood = "c"\nbad = ""',
        "why = 1\nfix = 2\ngood = 3\nbad = 4",
    ],
)
def test_a_text_that_lacks_a_part_is_our_own_fault(
    entry: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "explain").mkdir()
    for chapter in ("discovery", "lookup", "signature", "caching"):
        (tmp_path / "explain" / f"{chapter}.toml").write_text(f"[X-{chapter}]\n{entry}\n")
    monkeypatch.setattr(explain, "FIXTURES", tmp_path)

    with pytest.raises(HarnessFault, match="needs the texts"):
        explanations.__wrapped__()


def test_the_page_explains_what_failed() -> None:
    shown = page(record(result("DISC-03", "FI", Verdict.FAILED, **FAILED), catalogue=CATALOGUE))
    details = text(shown.xpath("//details[@class='explanation']")[0])

    assert "Why it matters: It is." in details
    assert "How to fix it: Mend it." in details
    assert "<b/>" in details


def test_the_page_of_an_earlier_record_goes_without() -> None:
    shown = page(record(result("DISC-03", "FI", Verdict.FAILED, **FAILED)))

    assert not shown.xpath("//details[@class='explanation']")


def test_a_failure_under_pytest_says_how_to_mend_it() -> None:
    told = str(CheckDidNotPass(result("DISC-03", "FI", Verdict.FAILED, **FAILED), None))

    assert explanations()["DISC-03"].fix in told
    assert "oots explain DISC-03" in told


def test_what_is_blocked_needs_no_mending() -> None:
    told = str(CheckDidNotPass(result("DISC-03", "FI", Verdict.BLOCKED, detail="no answer"), None))

    assert "oots explain" not in told
