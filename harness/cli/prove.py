"""`oots prove`: every check against every fault, in process; does each catch what it is for?"""

from __future__ import annotations

import argparse
import difflib
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from harness.errors import UsageFault

if TYPE_CHECKING:
    from harness.proof import Proof, Row

EPILOG = """\
examples:
  oots prove                                    all checks, all faults: the kill matrix
  oots prove --compare                          and whether it is the one of this release
  oots prove --check DISC-03                    one check, under every fault
  oots prove --fault root_without_tls           one fault, before every check

exit code 0: every tag is killed by a fault, no fault moves a check that it does not name, and
without a fault all is green in each rule profile; 1: one of these is not so.
"""

SHIPPED = "the one of this release"
LARGEST = 10_000_000
"""Bytes of a matrix that is read."""

_SIGN = 5.0
"""Seconds between two signs of progress where no terminal shows them."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What is put to what, and where the matrix goes."""
    parser.epilog = EPILOG
    add = parser.add_argument
    add("--check", metavar="ID", action="append", default=[], help="only this check")
    add("--chapter", metavar="NAME", action="append", default=[], help="only this chapter")
    add("--fault", metavar="NAME", action="append", default=[], help="only this fault")
    add(
        "--member-state",
        metavar="XX",
        action="append",
        default=[],
        help="who is judged (default: a few that together have every kind of answer)",
    )
    add("--processes", metavar="N", type=int, help="how many at a time (default: one a core)")
    add("--json", action="store_true", help="print one JSON object instead of the tables")
    add("--out", metavar="FILE", type=Path, help="write the matrix into this file")
    add(
        "--compare",
        metavar="FILE",
        nargs="?",
        const=SHIPPED,
        help="fail if the matrix differs from that of a file, or of this release",
    )
    add("--quiet", action="store_true", help="show no progress")


def run(arguments: argparse.Namespace) -> int:
    """Do it; answers the exit code."""
    from harness import __version__
    from harness.proof import differences, facts
    from harness.reports import matrix
    from harness.verdicts import Exit

    old = None if arguments.compare is None else _matrix(arguments.compare)
    proof = _proved(arguments)
    found = facts(proof, version=__version__)
    changes = () if old is None else differences(old, found)
    problems = proof.problems()
    if arguments.out:
        _write(arguments.out, matrix.written(found))
    if arguments.json:
        told = {**found, "problems": [asdict(each) for each in problems], "changes": changes}
        print(json.dumps(told, indent=1))
    else:
        print("\n".join((matrix.render(proof), *(f"changed: {line}" for line in changes))))
    return Exit.FAILED if problems or changes else Exit.CONFORMANT


def _proved(arguments: argparse.Namespace) -> Proof:
    from harness.checks import CHAPTERS
    from harness.extensions import checks, landscape
    from harness.proving import Asked, prove

    subjects, known = landscape(), checks()
    names = [note.name for note in subjects.faults()]
    faults = _words("--fault", arguments.fault, names, "oots run --list-faults")
    members = _words(
        "--member-state",
        [word.upper() for word in arguments.member_state],
        subjects.members(),
        "oots level",
    )
    ids = _words(
        "--check",
        [word.upper() for word in arguments.check],
        [check.id for check in known],
        "oots run --list-checks",
    )
    chapters = _words("--chapter", arguments.chapter, CHAPTERS, "oots prove --help")
    asked = [
        check
        for check in known
        if check.id in (ids or (check.id,)) and check.chapter in (chapters or (check.chapter,))
    ]
    if not asked:
        raise UsageFault(
            "oots prove",
            expected="a check to be proved",
            seen="none that is both in --check and in --chapter",
            remedy="leave one of them out",
        )
    if arguments.processes is not None and arguments.processes < 1:
        raise UsageFault(
            "--processes",
            expected="1 or more",
            seen=str(arguments.processes),
            remedy="leave it out for one a core",
        )
    return prove(
        subjects,
        Asked(tuple(asked), faults, members, partial=len(asked) < len(checks())),
        processes=arguments.processes,
        report=_progress(len(faults or names), quiet=arguments.quiet),
    )


def _progress(total: int, *, quiet: bool) -> Callable[[Row], None]:
    """Says on stderr how many faults are done: on a terminal in one line, else now and then."""
    terminal, done, last = sys.stderr.isatty(), 0, monotonic()

    def step(row: Row) -> None:
        nonlocal done, last
        done += 1
        late = monotonic() - last >= _SIGN
        if quiet or not (terminal or late or done == total):
            return
        last = monotonic()
        line = f"{done} of {total} faults: {row.fault}"
        ends = ("\r", "\x1b[K" + "\r\x1b[K" * (done == total)) if terminal else ("", "\n")
        print(ends[0] + line[:78], end=ends[1], file=sys.stderr, flush=True)

    return step


def _words(option: str, given: Sequence[str], known: Sequence[str], where: str) -> tuple[str, ...]:
    """Words of a closed list, repeated or separated by commas, each once; `where` lists them."""
    words = [word.strip() for text in given for word in text.split(",") if word.strip()]
    for word in words:
        if word not in known:
            near = difflib.get_close_matches(word, known, 1, 0.5)
            raise UsageFault(
                option,
                expected=f"a known word{f', such as {near[0]}' if near else ''}",
                seen=repr(word),
                remedy=f"see `{where}`",
            )
    return tuple(dict.fromkeys(words))


def _matrix(name: str) -> dict[str, Any]:
    """A matrix that was written before."""
    from harness.data import FIXTURES

    path = FIXTURES / "kill-matrix.json" if name == SHIPPED else Path(name)
    try:
        with path.open("rb") as file:
            text = file.read(LARGEST + 1)
        found = json.loads(text) if len(text) <= LARGEST else None
    except (OSError, ValueError, RecursionError) as error:
        raise _unusable(path, str(error)) from None
    if not isinstance(found, dict):
        raise _unusable(path, "something else")
    return found


def _unusable(path: Path, seen: str) -> UsageFault:
    return UsageFault(
        f"--compare {path}",
        expected="a matrix that oots prove --out has written",
        seen=seen,
        remedy="write one with `oots prove --out FILE`",
    )


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        raise UsageFault(
            f"--out {path}",
            expected="a file that can be written",
            seen=error.strerror or str(error),
            remedy="choose another",
        ) from None
