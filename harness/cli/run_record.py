"""A run as it is carried out and written down."""

from __future__ import annotations

import argparse
import asyncio
import secrets
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from harness.cli.run_order import Order, nothing_to_ask
from harness.cli.subjects import reference

if TYPE_CHECKING:
    from harness.course import Plan
    from harness.model import CheckResult, Control, Exchange, Finding, Target
    from harness.record import RecordWriter
    from harness.reports.summary import Progress
    from harness.waivers import Waiver


def recorded(arguments: argparse.Namespace, order: Order, target: Target) -> Path:
    """Run, and record; answers the folder. What Ctrl-C leaves behind is whole and says so."""
    from harness.course import conduct
    from harness.execution import now
    from harness.provenance import run_id
    from harness.record import FILE, RecordWriter
    from harness.reports.summary import Progress

    begun, shares = now(), order.shares(target)
    total = sum(shares.values())
    if not total:
        raise nothing_to_ask(order)
    ident = run_id(begun, secrets.token_hex(3))
    out: Path = arguments.out or Path("oots-report") / ident
    with RecordWriter(out / FILE, now, overwrite=arguments.overwrite) as writer:
        planned = {"results": total, "member_states": shares}
        facts = _header(ident, begun, order, target, planned=planned)
        writer.header(facts)
        with Progress(total, quiet=arguments.quiet) as progress, reference() as start:
            witness = _Witness(writer, progress, order.waivers, begun.date())
            plan = _course(order, target, start, examined=not arguments.no_doctor)
            try:
                asyncio.run(conduct(plan, witness))
            except KeyboardInterrupt:
                writer.close(complete=False, reason="interrupted")
            else:
                writer.close(complete=True, reason=witness.hopeless)
    return out


def _course(order: Order, target: Target, start: Callable[[], Target], *, examined: bool) -> Plan:
    from harness.course import Plan

    checks = order.checks(target)
    plan = Plan(
        target,
        checks,
        order.keys(target),
        order.selection.profile,
        reference=start,
        pairs=order.pairs,
    )
    if order.about.embedded:
        return plan
    from harness.consultation import findings
    from harness.learning import learned

    doctor = partial(findings, target, profile=order.selection.profile)
    return replace(
        plan,
        examine=doctor if examined else None,
        learn=learned if any(check.subject != "zone" for check in checks) else None,
    )


def _header(
    ident: str,
    begun: datetime,
    order: Order,
    target: Target,
    *,
    planned: dict[str, object],
) -> dict[str, object]:
    from harness.extensions import checks
    from harness.provenance import header_facts, target_facts
    from harness.record_lines import waiver_facts
    from harness.repetition import repeats_facts

    facts = header_facts(
        ident,
        begun,
        target=target_facts(target),
        selection=asdict(order.selection),
        checks=checks(),
        fault=target.fault,
        planned=planned,
    )
    file, zone = order.about.file, order.about.zone_file
    return facts | {
        "target_file": None if file is None else str(file),
        "zone_file": None if zone is None else str(zone),
        "waivers": [waiver_facts(waiver) for waiver in order.waivers],
        "repeats": None if order.repeats is None else repeats_facts(order.repeats),
    }


class _Witness:
    """Writes everything down as it comes, with the waivers heeded, and shows how far it is."""

    def __init__(
        self, writer: RecordWriter, progress: Progress, waivers: Sequence[Waiver], today: date
    ) -> None:
        self._writer = writer
        self._progress = progress
        self._waivers = waivers
        self._today = today
        self.hopeless: str | None = None

    def exchange(self, exchange: Exchange) -> None:
        """One message and its answer."""
        self._writer.exchange(exchange)

    def finding(self, finding: Finding) -> None:
        """What a probe of the doctor found out."""
        self._writer.finding(finding)
        if finding.fatal:
            self.hopeless = f"nothing can be judged: {finding.title}: {finding.seen}"

    def result(self, result: CheckResult) -> None:
        """How a check ended."""
        from harness.waivers import waived

        judged = waived(result, self._waivers, self._today)
        self._writer.result(judged)
        self._progress.step(judged)

    def control(self, control: Control) -> None:
        """How a check that had failed ended elsewhere."""
        self._writer.control(control)
