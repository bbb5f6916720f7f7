"""The overview of all instances as the Commission would keep it (TDD 3.4, section 3).

It is made from the instances, not from the zone, so that each can be held against the other.
"""

from __future__ import annotations

from collections.abc import Iterable

from harness.model import OverviewRow, ServiceKey
from mock_services.world import Instance
from mock_services.zone_text import MAJORS


def overview(instances: tuple[Instance, ...], *, port: int) -> tuple[OverviewRow, ...]:
    """One row for each Member State, service, environment and interface major, sorted."""
    rows = (
        OverviewRow(
            key=ServiceKey(code, instance.service, instance.environment),
            major=major,
            uri=instance.root(port),
            operator=instance.owner,
        )
        for instance in instances
        for code in instance.serves
        for major in MAJORS
    )
    return tuple(sorted(rows, key=lambda row: (row.key, row.major)))


def csv_text(rows: Iterable[OverviewRow]) -> str:
    """The table as the file that `fixtures/overview` holds; no value has a comma in it."""
    lines = (
        f"{row.key.member_state},{row.key.service},{row.key.environment},"
        f"{row.major},{row.uri},{row.operator or ''}"
        for row in rows
    )
    return "\n".join(("member_state,service,environment,major,uri,operator", *lines, ""))
