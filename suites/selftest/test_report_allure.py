"""Allure results written from a record, without pytest."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harness.errors import UsageFault
from harness.model import Verdict
from harness.record import Record
from harness.reports import allure
from harness.reports.words import links
from harness.requirements import requirements
from suites.selftest.sample_records import mixed, record, result


def allured(of: Record, folder: Path) -> list[dict[str, Any]]:
    allure.write(of, folder)
    return [json.loads(path.read_bytes()) for path in sorted(folder.glob("*-result.json"))]


def test_allure_tells_each_verdict_as_one_of_its_own(tmp_path: Path) -> None:
    told = allured(mixed(), tmp_path)

    assert Counter(case["status"] for case in told) == {
        "passed": 29,
        "failed": 4,
        "broken": 3,
        "skipped": 2,
    }


def test_an_allure_result_can_be_found_by_chapter_requirement_and_severity(tmp_path: Path) -> None:
    case = next(c for c in allured(mixed(), tmp_path) if c["status"] == "failed")

    labels = {label["name"]: label["value"] for label in case["labels"]}
    assert labels["epic"] == "zone"
    assert labels["feature"] == "discovery"
    assert labels["story"] == "discovery.one"
    assert labels["severity"] == "critical"
    assert labels["tag"] == "naptr-root-not-https"
    assert {p["name"] for p in case["parameters"]} == {"Member State", "service", "environment"}
    assert "expected: https://<host>" in case["statusDetails"]["message"]
    assert "TDD 3.4, section 3" in case["description"]
    assert case["fullName"] == "suites.discovery.test_one#test_DISC-03"


def test_an_exchange_is_attached_once_and_shared(tmp_path: Path) -> None:
    told = allured(mixed(), tmp_path)

    sources = {a["source"] for case in told for a in case.get("attachments", ())}
    assert {path.name for path in tmp_path.glob("*-attachment.txt")} == sources
    assert len(sources) == 1
    assert "GET /eb/" in (tmp_path / sources.pop()).read_text("utf-8")


def test_allure_follows_a_result_from_run_to_run(tmp_path: Path) -> None:
    once = allured(record(result("DISC-01", "FI", Verdict.PASSED)), tmp_path / "1")
    again = allured(record(result("DISC-01", "FI", Verdict.PASSED), run="other"), tmp_path / "2")
    other = allured(record(result("DISC-01", "DE", Verdict.PASSED)), tmp_path / "3")

    assert once[0]["historyId"] == again[0]["historyId"] != other[0]["historyId"]
    assert once[0]["uuid"] != again[0]["uuid"]


def test_writing_allure_results_twice_changes_nothing(tmp_path: Path) -> None:
    once = allured(mixed(), tmp_path)

    assert allured(mixed(), tmp_path) == once


def test_a_result_leads_to_the_public_source_of_its_requirement(tmp_path: Path) -> None:
    public = replace(result("DISC-01", "FI", Verdict.PASSED), clause="RFC 9110, section 8")
    of = record(public, result("DISC-03", "FI", Verdict.PASSED))

    told = {case["name"][:7]: case.get("links") for case in allured(of, tmp_path)}

    url = "https://www.rfc-editor.org/rfc/rfc9110"
    assert told == {
        "DISC-01": [{"type": "link", "url": url, "name": "RFC 9110"}],
        "DISC-03": None,
    }


def test_a_source_without_a_known_address_has_no_link() -> None:
    sources = {entry.source for entry in requirements().values()}

    linked = {source for source in sources if links(source)}

    assert linked == {source for source in sources if source.startswith("RFC ")}
    assert links("RFC 3403 and RFC 1035, RFC 3403") == (
        ("RFC 3403", "https://www.rfc-editor.org/rfc/rfc3403"),
        ("RFC 1035", "https://www.rfc-editor.org/rfc/rfc1035"),
    )


def test_results_of_two_runs_never_mix_and_files_of_others_stay(tmp_path: Path) -> None:
    others = ("0f8fad5b-d9cb-469f-a165-70867728950e-result.json", "notes.txt")
    for name in others:
        (tmp_path / name).write_text("{}", "utf-8")
    allured(mixed(), tmp_path)

    allure.write(record(result("DISC-01", "FI", Verdict.PASSED), run="another"), tmp_path)

    names = {path.name for path in tmp_path.iterdir()}
    assert names > {*others, "categories.json", "environment.properties"}
    assert len(names) == 4 + 2


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")

    with pytest.raises(UsageFault, match=re.escape(str(tmp_path / "file"))):
        allure.write(mixed(), tmp_path / "file")
