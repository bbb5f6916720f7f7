"""A view is written whole or not at all, and who cannot be written to is named rightly."""

from __future__ import annotations

import errno
import os
import re
from pathlib import Path

import pytest

from harness.errors import UsageFault
from harness.files import unwritable
from harness.reports import allure, write
from suites.selftest.sample_records import mixed


def test_a_view_replaces_an_older_one_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "new" / "report.html"
    write(path, "old")

    write(path, b"new \xff")

    assert path.read_bytes() == b"new \xff"
    assert list(path.parent.iterdir()) == [path]


def test_text_that_is_no_unicode_is_written_all_the_same(tmp_path: Path) -> None:
    write(tmp_path / "view", "a\ud800")

    assert (tmp_path / "view").read_bytes() == b"a\\ud800"


@pytest.mark.parametrize("failure", [OSError(errno.ENOSPC, "No space left"), KeyboardInterrupt()])
def test_what_cannot_be_written_to_its_end_leaves_the_older_view(
    failure: BaseException, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "report.html"
    write(path, "old")

    def refuse(*_: object) -> None:
        raise failure

    monkeypatch.setattr(os, "replace", refuse)

    with pytest.raises((UsageFault, KeyboardInterrupt)):
        write(path, "new")

    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.ENOSPC, "expected a disk with space left, but saw no space left on device; free"),
        (errno.EROFS, "expected a place that may be written to, but saw read-only file system; ch"),
        (errno.EACCES, "but saw permission denied; choose another --out"),
        (errno.ENAMETOOLONG, "file name too long; choose a shorter --out"),
        (errno.EIO, "expected a file that can be written, but saw input/output error; choose"),
    ],
)
def test_each_refusal_has_its_own_remedy(number: int, said: str) -> None:
    fault = unwritable(Path("out"), OSError(number, os.strerror(number)))

    assert said in str(fault)
    assert ("free some space" in str(fault)) == (number == errno.ENOSPC)


def test_a_folder_in_the_place_of_a_view_is_told_as_such(tmp_path: Path) -> None:
    (tmp_path / "report.html").mkdir()

    with pytest.raises(UsageFault, match=r"expected a file, or nothing yet, .* move the folder"):
        write(tmp_path / "report.html", "new")

    assert list(tmp_path.iterdir()) == [tmp_path / "report.html"]


@pytest.mark.parametrize("below", ["report.html", "more/report.html"])
def test_a_file_in_the_place_of_a_folder_is_told_as_such(below: str, tmp_path: Path) -> None:
    (tmp_path / "out").write_bytes(b"")

    with pytest.raises(UsageFault, match=r"expected .*folder.* move the file away"):
        write(tmp_path / "out" / below, "new")


def test_allure_results_that_break_off_leave_no_part_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = 3
    replace = os.replace

    def full(source: Path, target: Path) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        replace(source, target)

    monkeypatch.setattr(os, "replace", full)

    with pytest.raises(UsageFault, match=re.escape("free some space")):
        allure.write(mixed(), tmp_path)

    assert list(tmp_path.iterdir()) == []
