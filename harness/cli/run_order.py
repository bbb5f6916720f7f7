"""What a run is to ask of whom, read and found to be in order before anything is sent."""

from __future__ import annotations

import argparse
import shlex
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harness.errors import UsageFault

if TYPE_CHECKING:
    from harness.checks import Check
    from harness.cli.subjects import Whom
    from harness.execution import Selection
    from harness.model import ServiceKey, Target
    from harness.record import Record
    from harness.waivers import Waiver


@dataclass(frozen=True, slots=True)
class Order:
    """What was asked for, read and found to be in order before anything is sent."""

    about: Whom
    selection: Selection
    waivers: tuple[Waiver, ...]
    repeats: Record | None

    @property
    def pairs(self) -> frozenset[tuple[str, ServiceKey]] | None:
        """The checks and subjects that are repeated; None: all."""
        from harness.repetition import failed_selection

        return None if self.repeats is None else failed_selection(self.repeats)

    def checks(self, target: Target) -> tuple[Check, ...]:
        """The checks that are put to the target."""
        from harness.extensions import checks

        repeated = None if self.pairs is None else {check for check, _ in self.pairs}
        asked = self.selection.questions(checks(), target)
        return tuple(c for c in asked if repeated is None or c.id in repeated)

    def shares(self, target: Target) -> dict[str, int]:
        """How many results the run will have, by Member State."""
        from harness.execution import planned

        asked, keys = self.checks(target), self.keys(target)
        if self.pairs is None:
            return planned(asked, keys, target=target)
        services = {check.id: check.services for check in asked}
        return dict(
            Counter(
                key.member_state
                for ident, key in self.pairs
                if key in keys and key.service in services.get(ident, ())
            )
        )

    def keys(self, target: Target) -> tuple[ServiceKey, ...]:
        """The subjects of the target that are judged."""
        repeated = None if self.pairs is None else {key for _, key in self.pairs}
        keys = self.selection.keys(target)
        return tuple(key for key in keys if repeated is None or key in repeated)


def order_of(arguments: argparse.Namespace, about: Whom, chosen: Selection) -> Order:
    """What the options ask for; raises `UsageFault` for a file that cannot be used."""
    from harness.record import read
    from harness.waiver_file import load

    waivers = () if arguments.waivers is None else load(arguments.waivers)
    before = None if arguments.failed is None else read(arguments.failed, exchanges=False)
    if before is not None:
        _refuse_another(before.header, about)
    return Order(about, chosen, waivers, before)


def _refuse_another(header: Mapping[str, Any], about: Whom) -> None:
    """Raise `UsageFault` where a run would be repeated on a system of another kind than its own."""
    from harness.reproduction import target_file, zone_file

    of_target, of_zone = target_file(header), zone_file(header)
    kind, option = (
        ("a zone file", f"--zone-file {shlex.quote(of_zone)}")
        if of_zone
        else ("a target file", f"--target {shlex.quote(of_target)}")
        if of_target
        else (_EMBEDDED, "")
    )
    given = "a target file" if about.file else _EMBEDDED if about.embedded else "a zone file"
    if kind != given:
        raise UsageFault(
            "--failed",
            expected=f"the system that run {header['run']} was of, {kind}",
            seen=given,
            remedy=f"give {option}" if option else "leave out --target and --zone-file",
        )


_EMBEDDED = "the embedded landscape"


def nothing_to_ask(order: Order) -> UsageFault:
    """The refusal of a run without a question in it."""
    if order.repeats is not None:
        return UsageFault(
            "--failed",
            expected="a run in which something failed, was blocked or broke, on these subjects",
            seen=f"nothing of that in run {order.repeats.header['run']}",
            remedy="name another run; `oots runs` lists them",
        )
    return UsageFault(
        "oots run",
        expected="a selection with something in it",
        seen="no check for these subjects",
        remedy="widen --check, --chapter, --service, --member-state or --profile",
    )
