"""The lines of a zone file that an error stands in, and whether a result tells one of them."""

from __future__ import annotations

import re
from dataclasses import replace
from importlib.util import find_spec

from harness.model import CheckResult, Target
from mock_services.zone_file import read_zone, write_zone

LINES_ARE_TOLD = find_spec("harness.sources") is not None
"""Whether a run tells the lines of a zone file that was given beside a name server."""

ZONE_FILE = "cs.zone"

_LINES = re.compile(rf"{ZONE_FILE}, lines? ([0-9, and]+)")


def beside_its_file(target: Target) -> Target:
    """The target with its zone as a file that a user gives beside the name server."""
    return replace(target, zone_file=ZONE_FILE)


def lines_changed(sound: str, faulted: str) -> frozenset[int]:
    r"""The lines of a faulted zone that a sound one has not, whatever their order.

    >>> lines_changed("a. 1 IN TXT x\n", "a. 1 IN TXT x\nb. 1 IN TXT y\n")
    frozenset({2})
    """
    known = set(write_zone(read_zone(sound)).splitlines())
    records = write_zone(read_zone(faulted)).splitlines()
    numbers = [n for n, line in enumerate(faulted.splitlines(), 1) if not line.startswith("$")]
    return frozenset(
        number for number, line in zip(numbers, records, strict=True) if line not in known
    )


def lines_about(target: Target, result: CheckResult, lines: frozenset[int]) -> frozenset[int]:
    """Those of them that name the subject; all of them where none does."""
    assert target.zone is not None
    told = dict(enumerate(target.zone.splitlines(), 1))
    labels = (f".{result.service}.", f".cs.{result.environment}.")
    country = f"{result.member_state.lower()}."
    own = frozenset(
        number
        for number in lines
        if told[number].startswith(country) and all(each in told[number] for each in labels)
    )
    return own or lines


def mistold(target: Target, result: CheckResult, lines: frozenset[int]) -> str | None:
    """What is wrong with the line that a result tells; None where nothing is, or none is due.

    Beside the line in question others may be told: those of the records that it contradicts.
    """
    if not LINES_ARE_TOLD:
        return None
    due = lines_about(target, result, lines)
    told = lines_told(result.source)
    if (result.source or "").startswith(ZONE_FILE) and (due & told or not due):
        return None
    return f"{result.check}: expected one of the lines {sorted(due)}, told is {result.source}"


def lines_told(source: str | None) -> frozenset[int]:
    """The lines that a result tells.

    >>> sorted(lines_told("cs.zone, lines 3, 14 and 15 (the name server gives something else)"))
    [3, 14, 15]
    """
    found = _LINES.match(source or "")
    return frozenset(map(int, re.findall("[0-9]+", found[1]))) if found else frozenset()
