"""The doctor: what lies between the harness and its target, settled before any verdict.

Most of what goes wrong for a stranger is configuration, not conformance. Each probe says whose a
trouble is, what was expected and seen, and how to mend it; what it cannot see, it says too. All
probes are made at once and told in their order, and the whole ends in time even where all hangs.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from time import monotonic

from harness.doctor import (
    arrival,
    clock,
    credentials,
    fitting,
    interception,
    names,
    service,
    settings,
    truth,
    way,
)
from harness.doctor.case import Case, chosen
from harness.doctor.told import Skipped, Told
from harness.errors import NotApplicable, Unreachable
from harness.model import Blame, Finding
from harness.observatory import Watch
from harness.runner import Session
from harness.scouting import Scout

__all__ = ["PATIENCE", "PROBES", "Probe", "examined"]

PATIENCE = 9.0
"""Seconds for all of it."""


@dataclass(frozen=True, slots=True)
class Probe:
    """One thing that is looked at; `look` tells what was seen, or raises `Skipped`."""

    slug: str
    title: str
    look: Callable[[Case], Awaitable[tuple[Told, ...]]]


PROBES = (
    Probe("settings", "Settings of the file", settings.settings),
    Probe("anchors", "Trust anchors of the file", credentials.anchors),
    Probe("client-certificate", "Client certificate", credentials.client_certificate),
    Probe("clock", "Clock", clock.right),
    Probe("dns-udp", "DNS over UDP", names.over_udp),
    Probe("dns-tcp", "DNS over TCP", names.over_tcp),
    Probe("dns-naptr", "NAPTR over DNS", names.carries_naptr),
    Probe("dns-size", "Long replies over DNS", names.long_replies),
    Probe("dns-truth", "Truth of DNS replies", truth.tells_the_truth),
    Probe("proxy", "HTTP proxy", way.proxy),
    Probe("connection", "TCP connection", way.connection),
    Probe("tls", "TLS", way.tls),
    Probe("interception", "Interception of TLS", interception.intercepted),
    Probe("service", "OOTS service", service.is_oots),
    Probe("long-header", "Long header", arrival.long_header),
    Probe("unchanged", "Answers as sent", arrival.unchanged),
    Probe("anchors-fit", "Trust anchors and signatures", fitting.anchors_fit),
)
"""What is looked at, in the order in which it is told."""


async def examined(
    session: Session,
    scout: Scout | None,
    *,
    patience: float = PATIENCE,
    probes: Sequence[Probe] = PROBES,
) -> AsyncGenerator[Finding, None]:
    """The findings, as they come, in the order of the probes; `patience` is in seconds, for all.

    Every probe has at least one finding, whether all is well, something is not, or it was not made.
    """
    case = Case(session, scout, chosen(session.target.keys), truth.is_forged)
    end = monotonic() + patience
    looks = [asyncio.ensure_future(_looked(probe, case)) for probe in probes]
    try:
        for probe, look in zip(probes, looks, strict=True):
            done, _ = await asyncio.wait({look}, timeout=max(0.0, end - monotonic()))
            if not done:
                skipped = f"no time was left for it: {patience:g} s are over"
                yield Finding(probe.slug, probe.title, skipped=skipped)
                continue
            for finding in look.result():
                yield finding
    finally:
        for look in looks:
            look.cancel()
        await asyncio.gather(*looks, return_exceptions=True)


async def _looked(probe: Probe, case: Case) -> tuple[Finding, ...]:
    """What a probe found; what it gets wrong itself is a finding about the harness."""
    if not case.keys:
        return (Finding(probe.slug, probe.title, skipped="the target has no services"),)
    try:
        return tuple(_finding(probe, told) for told in await probe.look(case))
    except (Skipped, NotApplicable, Unreachable) as reason:
        return (Finding(probe.slug, probe.title, skipped=str(reason)),)
    except Exception as flaw:  # noqa: BLE001 -- one probe that errs must not hide the others
        seen = f"{type(flaw).__name__}: {flaw}"
        fix = "report this: a probe is to say what it sees, whatever that is"
        return (Finding(probe.slug, probe.title, Blame.HARNESS, "a finding", seen, fix),)


def _finding(probe: Probe, told: Told) -> Finding:
    return Finding(
        probe=probe.slug,
        title=f"{probe.title}: {told.about}" if told.about else probe.title,
        whose=told.whose,
        expected=told.expected,
        seen=told.seen,
        fix=told.fix,
        explains=told.explains,
        fatal=told.fatal,
        evidence=tuple((told.watch or Watch()).evidence),
        subjects=told.subjects,
    )
