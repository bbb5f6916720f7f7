"""The kill matrix to read and to ship: a table for people, JSON with one fault a line for files."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from harness.proof import Outcome, Proof, by_requirement
from harness.requirements import PROFILES

_COLUMNS = ("checks", "tags", "tags killed", "faults", *map(str, Outcome))


def render(proof: Proof) -> str:
    """Every check, every requirement, every profile, and at the end what is wrong."""
    lines = (*_checks(proof), "", *_requirements(proof), "", *_profiles(proof), "", *_end(proof))
    return "\n".join(lines)


def written(matrix: Mapping[str, object]) -> str:
    """The JSON text of a matrix, such as `fixtures/kill-matrix.json`: one line a fault."""
    parts = (f" {json.dumps(name)}: {_value(value)}" for name, value in matrix.items())
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _value(value: object) -> str:
    if not isinstance(value, Mapping):
        return json.dumps(value)
    rows = (f"  {json.dumps(name)}: {json.dumps(row)}" for name, row in value.items())
    return "{\n" + ",\n".join(rows) + "\n }"


def _checks(proof: Proof) -> Iterator[str]:
    killed = proof.killed()
    said = {check.id: dict.fromkeys(Outcome, 0) for check in proof.checks}
    for _, cell, became in proof.outcomes():
        said[cell.check][became] += 1
    yield f"{'check':10}{'tags killed':>13}" + "".join(f"{each:>12}" for each in Outcome)
    for check in proof.checks:
        tags = f"{sum((check.id, tag) in killed for tag in check.finds)} of {len(check.finds)}"
        figures = "".join(f"{said[check.id][each]:>12}" for each in Outcome)
        yield f"{check.id:10}{tags:>13}{figures}"


def _requirements(proof: Proof) -> Iterator[str]:
    yield f"{'requirement':60}{'tags killed':>13}"
    for slug, (done, tags) in by_requirement(proof).items():
        figures = f"{done} of {tags}"
        yield f"{slug:60}{figures:>13}"


def _profiles(proof: Proof) -> Iterator[str]:
    yield f"{'profile':10}" + "".join(f"{each:>12}" for each in _COLUMNS)
    rows = {**{each: proof.of_profile(each) for each in PROFILES}, "all": proof}
    for name, part in rows.items():
        counts = part.counts()
        yield f"{name:10}" + "".join(f"{counts[each]:>12}" for each in _COLUMNS)


def _end(proof: Proof) -> Iterator[str]:
    problems = proof.problems()
    yield from map(str, problems)
    if problems:
        yield f"The proof fails: {len(problems)} problems."
    else:
        counts = proof.counts()
        yield (
            f"The proof holds: {counts['tags killed']} tags of {counts['checks']} checks are killed"
            f" by {counts['faults']} faults; nothing else moves, and without a fault all is green."
        )
