"""A planted trouble or defect, and whose the failures that follow are: data, no judgement.

A case is a landscape (sound, or with a seeded fault), what stands between it and the harness, what
is wrong with the harness itself, the checks that are asked, and whose each of their failures is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from harness.model import Blame, Environment, Service, Target
from mock_services.troubles import Trouble
from mock_services.troubles.subtle import changed
from mock_services.world import World

YOURS, BETWEEN, OURS, THEIRS, TEXT = (
    Blame.CONFIGURATION,
    Blame.NETWORK,
    Blame.HARNESS,
    Blame.SUBJECT,
    Blame.TEXT,
)

Bug = Callable[[pytest.MonkeyPatch], None]
"""Makes the harness wrong."""


@dataclass(frozen=True, slots=True)
class Case:
    """What is planted and asked: no check of `checks` ends well.

    `blame` is whose that is, and `others` says it of those checks where it is somebody else's.
    `ahead` is by how much this machine's clock is. `members` are those of the landscape, the first
    is judged. `hard` says why no harness can be right about it.
    """

    name: str
    checks: tuple[str, ...]
    blame: Blame
    troubles: tuple[Trouble, ...] = ()
    fault: str | None = None
    change: Callable[[World], World] | None = None
    ahead: timedelta = timedelta()
    bug: Bug | None = None
    members: tuple[str, ...] = ("FI",)
    others: Mapping[str, Blame] = field(default_factory=dict)
    hard: str | None = None

    def whose(self, check: str) -> Blame:
        """Whose it is that a check does not end well."""
        return self.others.get(check, self.blame)


def case(name: str, checks: str, blame: Blame, *troubles: Trouble, **how: object) -> Case:
    """A case; the checks are separated by spaces."""
    return Case(name, tuple(checks.split()), blame, troubles, **how)  # type: ignore[arg-type]


def root_of(target: Target, service: Service, environment: Environment) -> str:
    """The base URL of the Commission's instance in the landscape."""
    port = urlsplit(target.repositories[environment]).port
    return f"https://query.cs.{environment}.localhost:{port}/{service}/"


def led_to(environment: Environment) -> Trouble:
    """A trouble: the base URLs in the file are those of this environment."""
    return changed(
        lambda target: replace(
            target, roots={key: root_of(target, key.service, environment) for key in target.keys}
        )
    )


def roots_swapped(target: Target) -> Target:
    """EB and DSD have each other's base URL."""
    other = {Service.EB: Service.DSD, Service.DSD: Service.EB}
    found = {key: root_of(target, other[key.service], key.environment) for key in target.keys}
    return replace(target, roots=found)


def of_another_state(target: Target) -> Target:
    """The file names another Member State."""
    other = {key: replace(key, member_state="SE") for key in target.keys}
    asked = {other[key]: target.questions[key] for key in target.keys}
    return replace(target, keys=tuple(other.values()), questions=asked)


def not_anchored(target: Target) -> Target:
    """The file has no trust anchor of the zone."""
    return replace(target, zone_anchors=())


def with_template(template: str) -> Trouble:
    """A trouble: the name template of the file is this."""
    return changed(lambda target: replace(target, template=template))


def zone(change: Callable[[str], str]) -> Callable[[World], World]:
    """A world with another zone."""
    return lambda world: replace(world, zone=change(world.zone))


def without_the_first(text: str) -> str:
    """A zone in which the first of the Member States has nothing."""
    lines = text.splitlines(keepends=True)
    return "".join(line for line in lines if not line.lower().startswith("fi."))


def moved_to_a_closed_port(world: World) -> World:
    """The records lead to a port where nothing listens."""
    return replace(world, zone=world.zone.replace(f":{world.port}/", ":1/"))


def raising(error: Exception) -> Callable[..., None]:
    """A function that does nothing else."""

    def err(*_: object, **__: object) -> None:
        raise error

    return err


def patched(name: str, value: object) -> Bug:
    """A bug: in the place of this name stands something else."""
    return lambda patch: patch.setattr(name, value)
