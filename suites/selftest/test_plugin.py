"""The pytest side, run as a user runs it: in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def run_pytest(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:benchmark", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.mark.parametrize("code", ["GR", "IT", "SE"])
def test_a_country_code_selects_the_country_and_nothing_that_looks_like_it(code: str) -> None:
    told = run_pytest("suites/discovery", "-k", code, "--collect-only", "-q")
    items = [line for line in told.stdout.splitlines() if "::" in line]

    assert told.returncode == 0, told.stdout
    assert items
    assert all(f"[{code}-" in item for item in items)


def test_a_country_code_combines_with_other_words() -> None:
    told = run_pytest("suites/discovery", "-k", "GR and not https", "--collect-only", "-q")
    items = [line for line in told.stdout.splitlines() if "::" in line]

    assert items
    assert all("[GR-" in item and "https" not in item for item in items)


def test_a_chapter_is_green_for_a_member_state() -> None:
    told = run_pytest("suites/discovery", "-k", "GR", "-q")

    assert told.returncode == 0, told.stdout
    assert " passed" in told.stdout


def test_a_fault_fails_the_item_and_tells_its_story() -> None:
    told = run_pytest(
        "suites/discovery",
        "-k",
        "FI",
        "-q",
        "--oots-fault",
        "root_without_tls",
        "--oots-service",
        "eb",
    )

    assert told.returncode == 1
    assert "1 failed" in told.stdout
    for word in ("DISC-03", "expected", "seen", "clause", "reproduce", "http://"):
        assert word in told.stdout
    assert "runner.py" not in told.stdout, "the story is told, not the harness's own stack"


def test_what_cannot_be_observed_does_not_pass_and_is_counted_apart() -> None:
    told = run_pytest(
        "suites/signature",
        "-k",
        "FI",
        "-q",
        "--oots-fault",
        "root_without_tls",
        "--oots-service",
        "eb",
    )

    assert told.returncode == 1
    assert " blocked" in told.stdout
    assert " passed" not in told.stdout


def test_allure_results_name_chapter_requirement_and_exchange(tmp_path: Path) -> None:
    told = run_pytest("suites/discovery/", "-k", "FI and https", "-q", "--alluredir", str(tmp_path))
    results = [json.loads(path.read_text("utf-8")) for path in tmp_path.glob("*-result.json")]

    assert told.returncode == 0, told.stdout
    assert results
    for result in results:
        labels = {label["name"]: label["value"] for label in result["labels"]}
        assert labels["feature"] == "discovery"
        assert labels["story"].startswith("discovery.")
        assert labels["severity"]
        assert result["attachments"]


@pytest.mark.parametrize(
    ("option", "word", "hint"),
    [
        ("--oots-member-state", "ZZ", "known are"),
        ("--oots-member-state", "EL", "such as GR"),
        ("--oots-service", "dns", "eb, dsd"),
        ("--oots-environment", "production", "such as prod"),
        ("--oots-fault", "nope", "--list-faults"),
    ],
)
def test_a_word_that_is_not_known_ends_pytest_before_anything_is_judged(
    option: str, word: str, hint: str
) -> None:
    told = run_pytest("suites/discovery", "-q", option, word)

    assert told.returncode == 4, told.stdout
    assert hint in told.stdout + told.stderr
    assert "Traceback" not in told.stdout + told.stderr


def test_member_states_can_be_separated_by_commas() -> None:
    told = run_pytest("suites/caching", "--oots-member-state", "fi,GR", "--collect-only", "-q")
    items = [line for line in told.stdout.splitlines() if "::" in line]

    assert {item.partition("[")[2][:3] for item in items} == {"FI-", "GR-"}


def test_the_line_to_reproduce_a_failure_names_the_fault() -> None:
    told = run_pytest(
        "suites/discovery", "-k", "FI and https", "-q", "--oots-fault", "root_without_tls"
    )

    assert "--check DISC-03 --fault root_without_tls" in told.stdout
