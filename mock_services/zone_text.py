"""The zones of a landscape as a master file (RFC 1035, section 5).

One record a line, names absolute. Two zones: the discovery zone with its NAPTR records, and
`localhost.` with the addresses of the hosts that they lead to, which cannot leave the machine
(RFC 6761, section 6.3).
"""

from __future__ import annotations

from collections.abc import Iterator

from mock_services.world import TEMPLATE, Instance

APEX = "oots.tech.ec.europa.eu."
HOST_APEX = "localhost."
TTL, NEGATIVE_TTL = 300, 60
"""In seconds; the latter is for answers that say that there is none (RFC 2308, section 5)."""

MAJORS = (1, 2)
"""Interface majors with a record of their own; both lead to the same instance."""

NAME_SERVERS = ("ns1", "ns2")
"""Two, as RFC 1034, section 4.1 asks of every zone."""

_SERIAL, _REFRESH, _RETRY, _EXPIRE = 1, 3600, 600, 86400


def zone_text(instances: tuple[Instance, ...], hosts: tuple[str, ...], *, port: int) -> str:
    """Both zones; `hosts` have addresses in them, `port` is where the instances listen."""
    lines = (
        *_apex(APEX),
        *(line for instance in instances for line in _entries(instance, port)),
        *_apex(HOST_APEX),
        *(line for host in hosts for line in _addresses(f"{host}.")),
    )
    return "\n".join((f"$TTL {TTL}", *lines, ""))


def _apex(apex: str) -> Iterator[str]:
    times = f"{_SERIAL} {_REFRESH} {_RETRY} {_EXPIRE} {NEGATIVE_TTL}"
    yield f"{apex} {TTL} IN SOA ns1.{apex} hostmaster.{apex} {times}"
    for server in NAME_SERVERS:
        yield f"{apex} {TTL} IN NS {server}.{apex}"
        yield from _addresses(f"{server}.{apex}")


def _entries(instance: Instance, port: int) -> Iterator[str]:
    rdata = f'100 10 "U" "" "!.*!{instance.root(port)}!" .'
    for code in instance.serves:
        for major in MAJORS:
            name = TEMPLATE.format(
                country=code.lower(),
                service=instance.service,
                major=major,
                environment=instance.environment,
            )
            yield f"{name}. {TTL} IN NAPTR {rdata}"


def _addresses(name: str) -> Iterator[str]:
    yield f"{name} {TTL} IN A 127.0.0.1"
    yield f"{name} {TTL} IN AAAA ::1"
