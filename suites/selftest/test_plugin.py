"""The pytest side, run as a user runs it: in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
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


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A target file of the mock, which runs meanwhile."""
    place = tmp_path_factory.mktemp("served")
    process = subprocess.Popen(
        [sys.executable, "-m", "harness.cli.main", "mock", "--json", "--member-state", "FI"],
        cwd=place,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None
        assert any(line.rstrip() == "}" for line in process.stdout)
        yield place / "oots-mock" / "oots.toml"
        process.terminate()


def test_a_target_file_is_judged_by_the_same_checks(served: Path) -> None:
    told = run_pytest(
        "--pyargs", "suites.discovery", "suites.caching", "-q", "--oots-target", str(served)
    )

    assert told.returncode == 0, told.stdout
    assert " passed" in told.stdout
    assert " blocked" not in told.stdout


def test_a_failure_of_a_target_file_is_reproduced_with_it(served: Path) -> None:
    words = served.read_text().replace('template = "', 'template = "x.')
    other = served.with_name("other one.toml")
    other.write_text(words)

    told = run_pytest("suites/discovery/test_entry.py", "-q", "--oots-target", str(other))

    assert told.returncode == 1
    assert f"oots run --target '{other}' --member-state FI" in told.stdout


def test_roles_services_and_environments_are_those_of_the_target_file(served: Path) -> None:
    only = served.with_name("zone.toml")
    only.write_text(f'roles = ["zone"]\nservices = ["dsd"]\n{served.read_text()}')

    apart = [f"--ignore=suites/{folder}" for folder in ("selftest", "fuzz", "real", "benchmarks")]
    told = run_pytest("suites", "-q", "--collect-only", *apart, "--oots-target", str(only))
    items = [line for line in told.stdout.splitlines() if "[" in line and "::" in line]

    assert items
    assert {item.partition("[")[2] for item in items} == {"FI-dsd-acc]"}
    assert all(item.startswith("suites/discovery") for item in items)


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("--oots-target", "missing.toml"), "missing.toml"),
        (("--oots-target", "pyproject.toml"), "build-system"),
        (("--oots-target", "pyproject.toml", "--oots-fault", "unsigned"), "leave out"),
    ],
)
def test_a_target_file_that_cannot_be_used_ends_pytest_before_anything_is_judged(
    words: tuple[str, ...], hint: str
) -> None:
    told = run_pytest("suites/discovery", "-q", *words)

    assert told.returncode == 4, told.stdout
    assert hint in told.stdout + told.stderr
    assert "Traceback" not in told.stdout + told.stderr
