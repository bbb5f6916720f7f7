"""`oots level`: the Acceleratormeter level of each Member State, out of the record of a run."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING

from harness.errors import UsageFault

if TYPE_CHECKING:
    from harness.levels import LevelReport, Missing, Proof, Rules
    from harness.record import Record

WIDTH = 80
EPILOG = """\
examples:
  oots level oots-report/20260901T083000Z-3f9a
  oots level run.jsonl --member-state FI --json
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Of which run, of whom, in which form."""
    parser.epilog = EPILOG
    parser.add_argument("run", metavar="RUN", type=Path, help="a run's folder, or its run.jsonl")
    parser.add_argument(
        "--member-state",
        metavar="XX",
        action="append",
        default=[],
        help="only this Member State (ISO 3166-1 alpha-2; repeat or separate by commas)",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Do it; answers the exit code."""
    from harness.levels import entries_of, fold, read_rules
    from harness.record import read

    record = read(arguments.run, exchanges=False)
    rules = read_rules()
    everyone = fold(record.results, entries_of(record.header["catalogue"]), rules)
    reports = _selected(arguments, everyone)
    print(_json(record, reports, rules) if arguments.json else _text(record, reports, rules))
    return 0


def _selected(
    arguments: argparse.Namespace, reports: tuple[LevelReport, ...]
) -> tuple[LevelReport, ...]:
    if not reports:
        raise UsageFault(
            str(arguments.run),
            expected="results of at least one Member State",
            seen="none",
            remedy="give the record of an `oots run`",
        )
    known = sorted({report.member_state for report in reports})
    wanted = [w.strip().upper() for given in arguments.member_state for w in given.split(",")]
    for word in wanted:
        if word not in known:
            raise UsageFault(
                "--member-state",
                expected=f"a Member State of this run ({', '.join(known)})",
                seen=repr(word),
                remedy="choose one of these, or run `oots run` for the one you mean",
            )
    return tuple(r for r in reports if r.member_state in (wanted or known))


def _text(record: Record, reports: tuple[LevelReport, ...], rules: Rules) -> str:
    told = f"Acceleratormeter levels after run {record.header['run']}: {rules.note}."
    lines = wrap(told, WIDTH)
    if not record.complete:
        lines += wrap("This run was broken off; what it did not get to shows nothing.", WIDTH)
    if record.header.get("fault"):
        lines += wrap(f"A fault was seeded in the landscape: {record.header['fault']}.", WIDTH)
    lines += ["", f"{'Member State':14}{'environment':13}level"]
    for report in reports:
        level = f"{report.level.number} {report.level.name}{_caveat(record, report)}"
        lines.append(f"{report.member_state:14}{report.environment:13}{level}")
    lines += ["", "What is missing for the next level", *_missing(reports)]
    return "\n".join(lines)


def _caveat(record: Record, report: LevelReport) -> str:
    """What is to be known of a level that nothing was judged for."""
    blocked = _blocked(record, report)
    return "" if blocked is None else f"  not judged ({blocked:,} blocked)"


def _blocked(record: Record, report: LevelReport) -> int | None:
    """How many results are blocked where no check came to a verdict; None where one did."""
    from harness.model import Verdict
    from harness.reports.views import JUDGED

    of = (report.member_state, report.environment)
    verdicts = [r.verdict for r in record.results if (r.member_state, r.environment) == of]
    if any(verdict in JUDGED for verdict in verdicts):
        return None
    return verdicts.count(Verdict.BLOCKED) or None


def _missing(reports: tuple[LevelReport, ...]) -> Iterator[str]:
    """What each lacks; those who lack the same are named together."""
    alike: dict[tuple[str, ...], list[str]] = {}
    for report in reports:
        lacks = [line for proof in report.missing for line in _proof(proof)]
        above = f"for {report.next.number} {report.next.name}:" if report.next else "nothing"
        alike.setdefault((above, *lacks), []).append(_named(report))
    for (above, *lines), members in alike.items():
        yield ""
        yield from wrap(f"{', '.join(members)} {above}", WIDTH)
        yield from lines


def _named(report: LevelReport) -> str:
    return f"{report.member_state} ({report.environment})"


def _proof(proof: Proof) -> Iterator[str]:
    counts = "; ".join(
        f"{t.service}: {t.passed} of {t.counted} pass, {t.needed} have to"
        + f", and so has {', '.join(t.unmet)}" * bool(t.unmet)
        for t in proof.tallies
    )
    statement = proof.criterion.statement
    told = (
        f"{statement} ({counts})"
        if counts
        else f"not yet shown: {statement} (Somebody has to attest it, which cannot be done yet.)"
    )
    yield from wrap(told, WIDTH, initial_indent="  - ", subsequent_indent="    ")
    for (state, services), checks in _grouped(proof.missing).items():
        yield from wrap(
            f"{state} ({services}): {', '.join(checks)}",
            WIDTH,
            initial_indent="    ",
            subsequent_indent="      ",
            break_on_hyphens=False,
        )


def _grouped(missing: tuple[Missing, ...]) -> dict[tuple[str, str], list[str]]:
    """The checks that share a state and the services it has for."""
    services: dict[tuple[str, str], list[str]] = {}
    for one in missing:
        services.setdefault((one.state, one.check), []).append(one.service)
    groups: dict[tuple[str, str], list[str]] = {}
    for (state, check), of in services.items():
        groups.setdefault((state, " ".join(of)), []).append(check)
    return groups


def _json(record: Record, reports: tuple[LevelReport, ...], rules: Rules) -> str:
    import json

    facts = {
        "run": record.header["run"],
        "complete": record.complete,
        "fault": record.header.get("fault"),
        "note": rules.note,
        "levels": [
            {**_facts(report), "judged": _blocked(record, report) is None} for report in reports
        ],
    }
    return json.dumps(facts, indent=2, ensure_ascii=False)


def _facts(report: LevelReport) -> dict[str, object]:
    return {
        "member_state": report.member_state,
        "environment": report.environment,
        "level": report.level.number,
        "name": report.level.name,
        "next": report.next.number if report.next else None,
        "missing": [proof.criterion.slug for proof in report.missing],
        "criteria": [_proof_facts(proof) for proof in report.proofs],
    }


def _proof_facts(proof: Proof) -> dict[str, object]:
    from dataclasses import asdict

    return {
        "criterion": proof.criterion.slug,
        "level": proof.criterion.level,
        "statement": proof.criterion.statement,
        "kind": "checks" if proof.criterion.share else "attestation",
        "share": str(proof.criterion.share) if proof.criterion.share else None,
        "met": proof.met,
        "tallies": [asdict(tally) for tally in proof.tallies],
        "missing": [asdict(missing) for missing in proof.missing],
    }
