"""A copy of a record without names, line by line: memory does not grow with its exchanges."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from harness.errors import UsageFault
from harness.files import unwritable
from harness.pseudonyms import Redaction
from harness.record import FILE, LONGEST_LINE, read
from harness.record_lines import Malformed, facts_of, line_of
from harness.sharing import Disguise


def share(
    source: Path, folder: Path, redactions: Iterable[Redaction], *, overwrite: bool
) -> Disguise:
    """Write the copy into a folder; answers what was taken out, by its counts.

    The copy is there whole or not at all. Raises `UsageFault` where the source cannot be read, or
    the folder holds a record already.
    """
    read(source, exchanges=False)
    file, copy = source / FILE if source.is_dir() else source, folder / FILE
    _refuse(file, copy, overwrite=overwrite)
    disguise = Disguise(redactions)
    for facts in _lines(file):
        disguise.learn(facts)
    _write(copy, (disguise.line(facts) for facts in _lines(file)))
    return disguise


def _refuse(file: Path, copy: Path, *, overwrite: bool) -> None:
    if not os.path.lexists(copy):
        return
    if file.exists() and copy.exists() and file.samefile(copy):
        raise UsageFault(
            str(copy),
            expected="a folder of its own for the copy",
            seen="the record that is to be copied",
            remedy="choose another --out",
        )
    if not overwrite:
        raise UsageFault(
            str(copy),
            expected="a folder without a record",
            seen="a record",
            remedy="choose another --out, or give --overwrite",
        )


def _lines(file: Path) -> Iterator[dict[str, Any]]:
    """What each line holds; the torn last line of a run that was broken off is left out."""
    with file.open("rb") as source:
        while line := source.readline(LONGEST_LINE):
            try:
                yield facts_of(line)
            except Malformed:
                return


def _write(path: Path, lines: Iterable[dict[str, Any]]) -> None:
    part = path.with_name(f"{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as file:
            for facts in lines:
                kind = str(facts.pop("kind"))
                file.write(line_of(kind, facts))
        os.replace(part, path)  # noqa: PTH105 -- what it is, by its usual name
    except OSError as cause:
        _remove(part)
        raise unwritable(path, cause) from None
    except BaseException:
        _remove(part)
        raise


def _remove(part: Path) -> None:
    with suppress(OSError):
        part.unlink()
