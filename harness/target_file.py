"""`oots.toml`, the file in which a user says whom to judge: read into a `Target`, or refused.

Everything that it names is read at once: what cannot be used is refused before anything is sent.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

from harness import overview
from harness.adapters.system_dns import system_name_server
from harness.model import Environment, OverviewRow, Target
from harness.target_addresses import SYSTEM, name_server, zone_anchor
from harness.target_certificates import LARGEST, authorities, trust_anchors
from harness.target_model import TargetDescription
from harness.target_reach import Secrets, reach
from harness.target_source import Source, decoded, described, octets, text_of
from harness.target_whom import keys, questions, roles, roots
from harness.target_words import Unfit
from harness.toml_lines import Path as Key

LARGEST_ZONE = 16_000_000
"""Bytes of a zone file."""

_Address = tuple[str, int]


@dataclass(frozen=True, slots=True)
class TargetFile:
    """A target file that can be used.

    `profile` is the rule profile that it asks for. `secrets` names the environment variable of
    each key that holds a secret.
    """

    path: Path
    target: Target
    profile: str
    secrets: Mapping[str, str]


def load(path: Path) -> Target:
    """The target that a file describes; raises `UsageFault`."""
    return read(path).target


def read(
    path: Path,
    *,
    text: str | None = None,
    environ: Mapping[str, str] = os.environ,
    at: datetime | None = None,
) -> TargetFile:
    """A target file with all that it names, as of `at` (now, where None); raises `UsageFault`.

    `text` is what the file will say, where it is yet to be written.
    """
    source, said = described(path, text_of(path) if text is None else text)
    secrets = Secrets(source, environ)
    target = _Reading(source, said, at or datetime.now(UTC)).target(secrets)
    return TargetFile(path, target, said.profile, MappingProxyType(secrets.named))


@dataclass(frozen=True, slots=True)
class _Reading:
    """A description that becomes a target."""

    source: Source
    said: TargetDescription
    at: datetime

    def target(self, secrets: Secrets) -> Target:
        """The target; raises `UsageFault`."""
        given = roots(self.source, self.said)
        server, others = self._name_servers()
        zone = self._zone()
        return Target(
            name=self.said.participant.strip(),
            template=self.said.dns.template,
            nameserver=server,
            keys=keys(self.said),
            questions=MappingProxyType(questions(self.source, self.said)),
            roots=MappingProxyType(given),
            tls_roots=self._authorities(),
            trust_anchors=MappingProxyType(dict(self._trust_anchors())),
            majors=tuple(self.said.majors),
            other_nameservers=others,
            by_resolver=server is not None and (self.said.dns.server or SYSTEM) == SYSTEM,
            overview=self._overview(),
            zone_anchors=tuple(map(zone_anchor, self.said.dns.anchors)),
            zone=None if zone is None else zone[1],
            zone_file=None if zone is None else zone[0],
            roles=roles(self.said, given),
            reach=reach(self.source, self.said, secrets, at=self.at),
            source=str(self.source.path),
        )

    def _name_servers(self) -> tuple[_Address | None, tuple[_Address, ...]]:
        """The name server, None where a zone file stands for it, and the others."""
        dns = self.said.dns
        if dns.server is None and dns.zone_file is not None:
            if dns.others or dns.addresses != SYSTEM:
                key = "others" if dns.others else "addresses"
                remedy = "add server to [dns], or leave this out"
                unfit = Unfit(expected="a server beside it", seen="none", remedy=remedy)
                raise self.source.fault(("dns", key), unfit)
            return None, ()
        first = self._name_server("server", dns.server or SYSTEM)
        found = [first]
        for each in (self._name_server("others", text) for text in dns.others):
            if each in found:
                seen = "{} port {} twice".format(*each)
                unfit = Unfit(
                    expected="each name server once", seen=seen, remedy="leave one of them out"
                )
                raise self.source.fault(("dns", "others"), unfit)
            found.append(each)
        return first, tuple(found[1:])

    def _name_server(self, key: str, text: str) -> _Address:
        found = name_server(text) or system_name_server()
        if found is None:
            unfit = Unfit(
                expected="a name server in /etc/resolv.conf",
                seen="none",
                remedy='give the address of one: server = "192.0.2.1" in [dns]',
            )
            raise self.source.fault(("dns", key), unfit)
        return found

    def _zone(self) -> tuple[str, str] | None:
        """The name and the text of the zone file."""
        name = self.said.dns.zone_file
        if name is None:
            return None
        file = self.source.beside(name)
        try:
            return str(file), _zone_text(octets(file, LARGEST_ZONE))
        except Unfit as unfit:
            raise self.source.fault(("dns", "zone_file"), unfit) from None

    def _trust_anchors(self) -> Iterator[tuple[Environment, bytes]]:
        for environment in Environment:
            name: str | None = getattr(self.said.trust, environment)
            if name is not None:
                yield environment, self._pem(("trust", str(environment)), name, trust_anchors)

    def _authorities(self) -> bytes | None:
        name = self.said.tls.ca
        return None if name is None else self._pem(("tls", "ca"), name, authorities)

    def _pem(self, key: Key, name: str, taken: Callable[[bytes, datetime], bytes]) -> bytes:
        try:
            return taken(octets(self.source.beside(name), LARGEST), self.at)
        except Unfit as unfit:
            raise self.source.fault(key, unfit) from None

    def _overview(self) -> tuple[OverviewRow, ...] | None:
        name = self.said.overview
        return None if name is None else overview.read(self.source.beside(name))


def _zone_text(read: bytes) -> str:
    """A zone as text; whether it is one is judged, not asked here."""
    text = decoded(read)
    if not text.strip():
        raise Unfit(expected="a zone", seen="an empty file", remedy="is it the right file?")
    return text
