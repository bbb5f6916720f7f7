"""The exchanges of a record are read when they are looked at, and are what was written."""

from __future__ import annotations

import os
from pathlib import Path
from threading import Thread

import pytest

from harness import stored
from harness.errors import UsageFault
from harness.record import FILE, RecordWriter, read
from suites.selftest.sample_records import NOW, exchange, header

MANY = 50


def written(folder: Path) -> Path:
    with RecordWriter(folder / FILE, lambda: NOW) as writer:
        writer.header(header())
        for number in range(1, MANY + 1):
            writer.exchange(exchange(f"x{number}", b"<a/>" * number))
    return folder / FILE


def test_an_exchange_is_what_was_written(tmp_path: Path) -> None:
    found = read(written(tmp_path)).exchanges

    assert len(found) == MANY
    assert list(found) == [f"x{number}" for number in range(1, MANY + 1)]
    assert found["x7"] == exchange("x7", b"<a/>" * 7)
    assert found == {f"x{n}": exchange(f"x{n}", b"<a/>" * n) for n in range(1, MANY + 1)}
    assert "x0" not in found
    assert found.get("x0") is None


def test_only_the_last_ones_are_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored, "HELD", 1000)
    found = read(written(tmp_path)).exchanges
    assert isinstance(found, stored.StoredExchanges)

    assert [each.id for each in found.values()] == list(found)
    assert 1 <= len(found._held) < 5
    assert f"x{MANY}" in found._held


def test_one_that_is_looked_at_again_is_not_read_again(tmp_path: Path) -> None:
    file = written(tmp_path)
    found = read(file).exchanges
    first = found["x1"]
    file.unlink()

    assert found["x1"] is first
    with pytest.raises(UsageFault, match="do not change a record"):
        found["x2"]


def test_a_record_that_is_changed_meanwhile_is_told_as_such(tmp_path: Path) -> None:
    file = written(tmp_path)
    found = read(file).exchanges
    file.write_bytes(file.read_bytes().replace(b'"id":"x9"', b'"id":"y9"'))

    with pytest.raises(UsageFault, match="expected exchange x9 where it was a moment ago"):
        found["x9"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
def test_a_record_that_comes_through_a_pipe_is_held(tmp_path: Path) -> None:
    content, pipe = written(tmp_path).read_bytes(), tmp_path / "pipe"
    os.mkfifo(pipe)
    writing = Thread(target=pipe.write_bytes, args=(content,))
    writing.start()
    found = read(pipe).exchanges
    writing.join()

    assert len(found) == MANY
    assert found["x7"] == exchange("x7", b"<a/>" * 7)
