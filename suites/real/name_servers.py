"""BIND 9, NSD and Unbound, each with a configuration of its own; none is shared or remembered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import dns.exception
import dns.message
import dns.query

from suites.real.servers import LOOPBACK, Plan, Server, running
from suites.real.zones import APEXES

_PATIENCE = 0.5
"""How long the first answer is waited for at a time, in seconds."""

_BIND = """\
options {{
  directory "{folder}";
  pid-file "{folder}/named.pid";
  session-keyfile none;
  listen-on port {port} {{ {address}; }};
  listen-on-v6 {{ none; }};
  recursion {recursion};
  allow-recursion {{ {recursive}; }};
  query-source address {address};
  forward only;
  forwarders {{ {address} port 9; }};
  notify no;
  dnssec-validation no;
  empty-zones-enable no;
  reuseport no;
  {options}
}};
controls {{ }};
{zones}
"""

_NSD = """\
server:
  server-count: 1
  ip-address: {address}
  port: {port}
  do-ip6: no
  username: ""
  chroot: ""
  zonesdir: "{folder}"
  zonelistfile: "{folder}/zone.list"
  xfrdfile: "{folder}/xfrd.state"
  xfrdir: "{folder}"
  pidfile: "{folder}/nsd.pid"
  database: ""
  {options}
remote-control:
  control-enable: no
{zones}
"""

_UNBOUND = """\
server:
  interface: {address}
  port: {port}
  access-control: {address}/32 allow
  outgoing-interface: {address}
  do-ip6: no
  do-not-query-localhost: no
  so-reuseport: no
  num-threads: 1
  username: ""
  chroot: ""
  directory: "{folder}"
  pidfile: "{folder}/unbound.pid"
  use-syslog: no
  logfile: ""
  verbosity: 1
  val-log-level: 2
  module-config: "validator iterator"
  local-zone: "." refuse
  {options}
  {anchors}
remote-control:
  control-enable: no
{stubs}
"""
"""Of what it has no authority for it refuses to speak, and its queries leave from loopback."""

_STUB = """\
server:
  local-zone: "{apex}" transparent
stub-zone:
  name: "{apex}"
  stub-addr: {address}@{port}
"""


@contextmanager
def bind(
    zones: Mapping[str, str], folder: Path, options: str = "", *, recursion: bool = False
) -> Iterator[Server]:
    """BIND 9 as the authority for some zones, by apex; `options` are lines of its `options`."""

    def command(port: int) -> Sequence[str]:
        each = (
            f'zone "{apex}" {{ type primary; file "{_written(folder, apex, text)}"; }};'
            for apex, text in zones.items()
        )
        conf = _BIND.format(
            folder=folder,
            port=port,
            address=LOOPBACK,
            recursion="yes" if recursion else "no",
            recursive="any" if recursion else "none",
            options=options,
            zones="\n".join(each),
        )
        return "-g", "-n", "1", "-c", _saved(folder / "named.conf", conf)

    with running(Plan("named", "bind9", command, _replies, " running\n"), folder) as server:
        yield server


@contextmanager
def nsd(zones: Mapping[str, str], folder: Path, options: str = "") -> Iterator[Server]:
    """NSD as the authority for some zones, by apex; `options` are lines of its `server`."""

    def command(port: int) -> Sequence[str]:
        each = (
            f'zone:\n  name: "{apex}"\n  zonefile: "{_written(folder, apex, text)}"'
            for apex, text in zones.items()
        )
        conf = _NSD.format(
            folder=folder, port=port, address=LOOPBACK, options=options, zones="\n".join(each)
        )
        return "-d", "-c", _saved(folder / "nsd.conf", conf)

    with running(Plan("nsd", "nsd", command, _replies, "nsd started"), folder) as server:
        yield server


@contextmanager
def unbound(
    authority: tuple[str, int], anchors: Sequence[str], folder: Path, options: str = ""
) -> Iterator[Server]:
    """Unbound as a validating resolver that knows one authority and some DS records."""

    def command(port: int) -> Sequence[str]:
        conf = _UNBOUND.format(
            folder=folder,
            port=port,
            address=LOOPBACK,
            options=options,
            anchors="\n  ".join(f'trust-anchor: "{each}"' for each in anchors),
            stubs="".join(
                _STUB.format(apex=apex, address=authority[0], port=authority[1]) for apex in APEXES
            ),
        )
        return "-d", "-p", "-c", _saved(folder / "unbound.conf", conf)

    plan = Plan("unbound", "unbound", command, _replies, "start of service")
    with running(plan, folder) as server:
        yield server


def _replies(port: int) -> bool:
    """Whether a server replies to anything; what none of them has, none needs to look for."""
    query = dns.message.make_query(".", "SOA")
    try:
        dns.query.udp(query, LOOPBACK, _PATIENCE, port)
    except (OSError, dns.exception.DNSException):
        return False
    return True


def _written(folder: Path, apex: str, text: str) -> str:
    return _saved(folder / f"{apex}zone", text)


def _saved(path: Path, text: str) -> str:
    path.write_text(text, "utf-8")
    return str(path)
