"""A repeat is of the system that the first run was of, and says so where that has changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from harness.cli.main import main
from harness.model import Verdict
from harness.record import FILE, RecordWriter, read
from harness.repetition import repeats_facts
from harness.reports.headline import sentence
from harness.reports.views import reproduction
from suites.selftest.sample_records import FAILED, NOW, exchange, header, record, result


def recorded(folder: Path, **facts: Any) -> str:
    with RecordWriter(folder / FILE, lambda: NOW) as writer:
        writer.header(header(**facts))
        writer.exchange(exchange("x1"))
        writer.result(result("DISC-03", "FI", Verdict.FAILED, **FAILED))
        writer.close(complete=True)
    return str(folder)


ZONE = """\
$ORIGIN tech.ec.europa.eu.
@ 60 IN SOA ns hostmaster 1 60 60 60 60
@ 60 IN NS ns
fi.eb.v1.cs.acc.oots 60 IN NAPTR 1 1 "U" "x-eu-oots-eb:eb" "!^.*$!https://eb.example/!" .
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which commands are given, with a zone file."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cs.zone").write_text(ZONE)
    return tmp_path


@pytest.mark.parametrize(
    ("facts", "whom", "remedy"),
    [
        ({"target_file": "my own/oots.toml"}, (), "give --target 'my own/oots.toml'"),
        ({"zone_file": "cs.zone"}, (), "give --zone-file cs.zone"),
        ({}, ("--zone-file", "cs.zone"), "leave out --target and --zone-file"),
    ],
)
def test_a_run_is_not_repeated_on_a_system_of_another_kind(
    facts: dict[str, str],
    whom: tuple[str, ...],
    remedy: str,
    here: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = recorded(here / "f1", **facts)

    ended = main(["run", "--failed", before, "--no-tickets", "--plan", *whom])

    assert ended == 2
    assert remedy in capsys.readouterr().err


def test_a_repeat_on_a_target_that_is_not_the_same_says_so(tmp_path: Path) -> None:
    before = read(Path(recorded(tmp_path)))
    now = result("DISC-03", "FI", Verdict.PASSED)
    told = "but the target is not the same"

    assert told not in sentence(record(now, repeats=repeats_facts(before)))
    assert told in sentence(record(now, repeats=repeats_facts(before), of_whom="4" * 64))


def test_what_a_zone_file_shows_is_reproduced_with_it() -> None:
    failed = result("DISC-03", "FI", Verdict.FAILED, **FAILED)

    assert "--zone-file 'my zone'" in reproduction(record(failed, zone_file="my zone"), failed)
