"""The record holds what was seen, byte for byte, and survives what happens to runs and disks."""

from __future__ import annotations

import errno
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import UsageFault
from harness.model import (
    REFERENCE,
    Blame,
    CheckResult,
    Control,
    Environment,
    Exchange,
    Finding,
    Service,
    ServiceKey,
    Target,
    Verdict,
)
from harness.provenance import header_facts, target_facts
from harness.record import FILE, RecordWriter, read
from harness.record_lines import readable
from harness.verdicts import Exit

NOW = datetime(2026, 9, 1, 8, 30, tzinfo=UTC)

TARGET = Target(
    name="embedded landscape",
    template="{country}.{service}.v{major}.cs.{environment}.test",
    nameserver=("127.0.0.1", 5353),
    keys=(ServiceKey("FI", Service.EB, Environment.ACC),),
    questions={},
    roots={},
    tls_roots=b"-----BEGIN CERTIFICATE-----",
    trust_anchors={Environment.ACC: b"-----BEGIN CERTIFICATE-----"},
)

EXCHANGE = Exchange("x1", "https", "eb.test", NOW, 0.25, b"GET / HTTP/1.1\r\n", b"\x00\xff", None)

RESULT = CheckResult(
    check="DISC-03",
    title="The record leads to https",
    chapter="discovery",
    requirement="discovery.root-is-https",
    requirements=("discovery.root-is-https",),
    keyword="shall",
    clause="TDD 3.4, section 3",
    member_state="FI",
    service="eb",
    environment="acc",
    verdict=Verdict.PASSED,
    tag=None,
    expected=None,
    seen=None,
    detail=None,
    evidence=("x1",),
)

texts = st.text()
instants = st.datetimes(timezones=st.just(UTC))
exchanges = st.builds(
    Exchange,
    id=st.just("x1"),
    protocol=texts,
    peer=texts,
    at=instants,
    elapsed=st.floats(0, 1e6),
    request=st.binary() | texts.map(str.encode),
    response=st.none() | st.binary() | texts.map(str.encode),
    error=st.none() | texts,
)
results = st.builds(
    CheckResult,
    **dict.fromkeys(
        (
            *("check", "title", "chapter", "requirement", "keyword", "clause"),
            *("member_state", "service", "environment"),
        ),
        texts,
    ),
    requirements=st.lists(texts).map(tuple),
    verdict=st.sampled_from(Verdict),
    **dict.fromkeys(("tag", "expected", "seen", "detail"), st.none() | texts),
    evidence=st.sampled_from([(), ("x1",)]),
)


@cache
def header() -> dict[str, object]:
    return header_facts(
        "20260901T083000Z-3f9a",
        NOW,
        target=target_facts(TARGET),
        selection={"member_states": ["FI"]},
        checks=(),
        fault=None,
    )


def writer(path: Path) -> RecordWriter:
    return RecordWriter(path, lambda: NOW, overwrite=True)


def written(folder: Path) -> Path:
    """A whole record of one exchange and one result."""
    with writer(folder / FILE) as record:
        record.header(header())
        record.exchange(EXCHANGE)
        record.result(RESULT)
        record.close(complete=True)
    return folder / FILE


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("record")


@given(exchange=exchanges, result=results)
def test_what_was_written_is_read_back_to_the_byte(
    folder: Path, exchange: Exchange, result: CheckResult
) -> None:
    with writer(folder / FILE) as record:
        record.header(header())
        record.exchange(exchange)
        record.result(result)
        record.close(complete=True)

    found = read(folder)

    assert found.exchanges == {"x1": exchange}
    assert found.results == (result,)
    assert found.footer
    assert found.footer["counts"][result.verdict] == 1


@given(st.binary())
def test_bytes_are_shown_as_text_only_where_a_person_can_read_them(data: bytes) -> None:
    text = readable(data)

    assert text is None or text.encode() == data
    assert text is None or not any(ord(char) < 0x20 and char not in "\r\n\t" for char in text)


def test_every_line_is_on_disk_before_the_next_is_made(tmp_path: Path) -> None:
    with writer(tmp_path / FILE) as record:
        record.header(header())
        record.exchange(EXCHANGE)
        record.result(RESULT)

        found = read(tmp_path)

        assert (len(found.exchanges), found.results) == (1, (RESULT,))
        assert (found.footer, found.torn, found.complete) == (None, False, False)


@given(st.data())
def test_a_record_cut_anywhere_keeps_every_whole_line(folder: Path, data: st.DataObject) -> None:
    content = written(folder / "whole").read_bytes()
    lines = content.splitlines(keepends=True)
    cut = data.draw(st.integers(len(lines[0]), len(content) - 2), label="bytes kept")
    (folder / "cut.jsonl").write_bytes(content[:cut])

    found = read(folder / "cut.jsonl")

    kept = sum(cut >= sum(map(len, lines[: n + 1])) - 1 for n in range(len(lines)))
    assert len(found.exchanges) + len(found.results) + 1 == kept
    assert found.footer is None
    assert found.exit is Exit.INTERRUPTED


@given(st.binary(), st.integers(0, 3))
def test_whatever_a_file_holds_it_is_a_record_or_a_clear_refusal(
    folder: Path, noise: bytes, whole: int
) -> None:
    lines = written(folder / "noisy").read_bytes().splitlines(keepends=True)
    path = folder / "noise.jsonl"
    path.write_bytes(b"".join(lines[:whole]) + noise)

    try:
        told = f"{path} {len(read(path).results)}"
    except UsageFault as fault:
        told = str(fault)

    assert told.startswith(str(path))


def changed(folder: Path, change: Callable[[list[dict[str, Any]]], object]) -> Path:
    """A whole record whose lines were edited."""
    path = written(folder)
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    change(lines)
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), "utf-8")
    return path


@pytest.mark.parametrize(
    ("change", "where", "what"),
    [
        (lambda lines: lines.pop(0), "line 1", "one header"),
        (lambda lines: lines.insert(1, lines[0]), "line 2", "one header"),
        (lambda lines: lines[0].update(schema=2), "line 1", "schema 1"),
        (lambda lines: lines[0].pop("catalogue"), "line 1", "catalogue"),
        (lambda lines: lines[0].update(started="yesterday"), "line 1", "ISO 8601"),
        (lambda lines: lines.insert(2, lines[1]), "line 3", "each exchange once"),
        (lambda lines: lines[1].update(request={"base64": "?"}), "line 2", "base64"),
        (lambda lines: lines[1].update(at="2026-09-01T08:30:00"), "line 2", "time zone"),
        (lambda lines: lines[1].update(elapsed=True), "line 2", "elapsed"),
        (lambda lines: lines.pop(1), "line 2", "recorded above"),
        (lambda lines: lines[2].update(verdict="splendid"), "line 3", "a verdict"),
        (lambda lines: lines[2].update(evidence=[1]), "line 3", "evidence"),
        (lambda lines: lines[2].pop("tag"), "line 3", "tag"),
        (lambda lines: lines.insert(2, {"kind": "rumour"}), "line 3", "a header, exchange"),
        (lambda lines: lines[3]["counts"].update(failed=1), "line 4", "the counts of 1"),
        (lambda lines: lines.append(lines[2]), "line 5", "nothing after the footer"),
    ],
)
def test_a_line_that_is_not_as_written_is_named(
    tmp_path: Path, change: Callable[[list[dict[str, Any]]], object], where: str, what: str
) -> None:
    path = changed(tmp_path, change)

    with pytest.raises(UsageFault) as refused:
        read(path)

    assert f"{path}, {where}" in str(refused.value)
    assert what in str(refused.value)


@pytest.mark.parametrize("depth", [5_000, 200_000])
def test_deep_nesting_is_refused(tmp_path: Path, depth: int) -> None:
    path = written(tmp_path)
    path.write_bytes(b"[" * depth + b"]" * depth + b"\n")

    with pytest.raises(UsageFault, match="line 1"):
        read(path)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageFault, match="no such file"):
        read(tmp_path / "nowhere")


def test_an_empty_file_is_no_record(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"")

    with pytest.raises(UsageFault, match="a header"):
        read(tmp_path)


def test_the_bytes_of_exchanges_can_be_left_unread(tmp_path: Path) -> None:
    path = written(tmp_path)

    found = read(path, exchanges=False)

    assert (dict(found.exchanges), found.results) == ({}, (RESULT,))
    assert found.complete


def test_evidence_is_required_also_where_exchanges_are_left_unread(tmp_path: Path) -> None:
    path = changed(tmp_path, lambda lines: lines.pop(1))

    with pytest.raises(UsageFault, match="recorded above"):
        read(path, exchanges=False)


@pytest.mark.parametrize(
    ("ending", "reason"),
    [(KeyboardInterrupt, "interrupted"), (RuntimeError, "ended by RuntimeError")],
)
def test_a_run_left_by_an_exception_says_so(
    tmp_path: Path, ending: type[BaseException], reason: str
) -> None:
    def run() -> None:
        with writer(tmp_path / FILE) as record:
            record.header(header())
            record.exchange(EXCHANGE)
            record.result(RESULT)
            raise ending

    with pytest.raises(ending):
        run()

    found = read(tmp_path)

    assert found.footer
    assert (found.footer["complete"], found.footer["reason"]) == (False, reason)
    assert found.footer["exit"] == found.exit == Exit.INTERRUPTED


def test_a_failure_is_not_hidden_by_an_early_end(tmp_path: Path) -> None:
    with writer(tmp_path / FILE) as record:
        record.header(header())
        record.result(replace(RESULT, verdict=Verdict.FAILED, evidence=()))
        record.close(complete=False, reason="interrupted")

    assert read(tmp_path).exit is Exit.FAILED


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_is_told_in_one_line() -> None:
    with (
        pytest.raises(UsageFault, match=r"/dev/full: .*no space left") as refused,
        writer(Path("/dev/full")) as record,
    ):
        record.header(header())

    assert "\n" not in str(refused.value)


class FillingUp:
    """A file on a disk that takes so many bytes and no more, the last write in part."""

    def __init__(self, path: Path, room: int) -> None:
        self._file = path.open("wb", buffering=0)
        self._room = room

    def write(self, data: memoryview) -> int:
        if not self._room:
            raise OSError(errno.ENOSPC, "No space left on device")
        taken = self._file.write(data[: self._room]) or 0
        self._room -= taken
        return taken

    def close(self) -> None:
        self._file.close()


def on_a_disk_with(room: int, path: Path) -> RecordWriter:
    record = writer(path)
    record._file.close()
    record._file = FillingUp(path, room)  # type: ignore[assignment]
    return record


def test_what_was_written_before_the_disk_was_full_stays_readable(tmp_path: Path) -> None:
    whole = written(tmp_path / "whole").read_bytes().splitlines(keepends=True)
    room = len(whole[0]) + len(whole[1]) + 20
    record = on_a_disk_with(room, tmp_path / FILE)
    record.header(header())
    record.exchange(EXCHANGE)

    with pytest.raises(UsageFault, match="no space left"), record:
        record.result(RESULT)

    found = read(tmp_path)
    assert found.torn
    assert (len(found.exchanges), found.results, found.footer) == (1, (), None)


def test_once_the_disk_is_full_nothing_is_recorded_in_silence(tmp_path: Path) -> None:
    record = on_a_disk_with(10, tmp_path / FILE)
    with pytest.raises(UsageFault):
        record.header(header())

    with pytest.raises(UsageFault):
        record.result(RESULT)

    record._file.close()


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")

    with pytest.raises(UsageFault, match=r"file/below/run\.jsonl"):
        writer(tmp_path / "file" / "below" / FILE)


def test_findings_and_controls_come_back_as_they_were_written(tmp_path: Path) -> None:
    finding = Finding(
        "clock", "The clock is right", Blame.CONFIGURATION, "0 s", "90 s", "set it", ("SIG-*",)
    )
    control = Control(REFERENCE, replace(RESULT, source="cs.zone, line 3", evidence=()))
    with writer(tmp_path / FILE) as writing:
        writing.header(header())
        writing.finding(finding)
        writing.control(control)

    record = read(tmp_path)

    assert (record.findings, record.controls) == ((finding,), (control,))
