"""What makes failures in several Member States one failure: all of the fingerprint but the State.

Nothing that changes from run to run is in it. Both keys carry a version and can say in words why
two failures belong together, or in what they differ.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from harness.desk.fingerprint import Fingerprint

VERSION = 1
"""Counts up when the parts change, so that no two ways of finding masters are mixed."""

_PARTS = (
    ("environment", "environment"),
    ("member_state", "Member State"),
    ("component", "component"),
    ("check", "check"),
    ("tag", "tag"),
)


@dataclass(frozen=True, slots=True)
class CauseKey:
    """The parts; `version` pairs the version of this key with that of the fingerprint."""

    version: tuple[int, int]
    environment: str
    component: str
    check: str
    tag: str

    @property
    def text(self) -> str:
        """The parts as one readable key, which no other parts have.

        >>> CauseKey((1, 1), "acc", "zone", "DISC-03", "naptr-root-not-https").text
        'cause/1.1/acc/zone/DISC-03/naptr-root-not-https'
        """
        own, base = self.version
        parts = (self.environment, self.component, self.check, self.tag)
        return "/".join(["cause", f"{own}.{base}", *(quote(part, safe="") for part in parts)])

    @property
    def words(self) -> str:
        """What tickets with this key have in common, for a person.

        >>> print(CauseKey((1, 1), "acc", "zone", "DISC-03", "naptr-root-not-https").words)
        check DISC-03 fails with naptr-root-not-https at the zone in acc, whatever the Member State
        """
        failure = f"check {self.check} fails with {self.tag or 'no tag'}"
        return f"{failure} at the {self.component} in {self.environment}, whatever the Member State"


def cause_key(parts: Fingerprint) -> CauseKey:
    """The cause of a failure.

    >>> first = Fingerprint(1, "acc", "FI", "zone", "DISC-03", "t")
    >>> other = Fingerprint(1, "acc", "SE", "zone", "DISC-03", "t")
    >>> cause_key(first) == cause_key(other)
    True
    """
    version = (VERSION, parts.version)
    return CauseKey(version, parts.environment, parts.component, parts.check, parts.tag)


def comparison(one: Fingerprint, other: Fingerprint) -> str:
    """Why two failures are one failure, have one cause, or have nothing to do with each other.

    >>> first = Fingerprint(1, "acc", "FI", "zone", "DISC-03", "t")
    >>> comparison(first, Fingerprint(1, "acc", "SE", "zone", "DISC-03", "t"))
    'one cause: they differ in the Member State only (FI, SE)'
    >>> comparison(first, Fingerprint(1, "prod", "FI", "zone", "DISC-04", "t"))
    'two causes: they differ in environment (acc, prod) and check (DISC-03, DISC-04)'
    """
    if one.version != other.version:
        versions = f"{one.version} and {other.version}"
        return f"two causes: the fingerprints are of versions {versions}, which are not compared"
    differ = [
        (name, f"{getattr(one, field)}, {getattr(other, field)}")
        for field, name in _PARTS
        if getattr(one, field) != getattr(other, field)
    ]
    if not differ:
        return "one failure: environment, Member State, component, check and tag are the same"
    if [name for name, _ in differ] == ["Member State"]:
        return f"one cause: they differ in the Member State only ({differ[0][1]})"
    told = [f"{name} ({values})" for name, values in differ]
    return f"two causes: they differ in {', '.join(told[:-1])}{' and ' * (len(told) > 1)}{told[-1]}"
