"""Whom a command is about: the embedded landscape, a target file, or a zone file."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from harness.cli.words import Once, chosen, existing_name, unknown
from harness.errors import UsageFault
from harness.model import Environment, Service
from harness.requirements import CURRENT_PROFILE, PROFILES

if TYPE_CHECKING:
    from harness.checks import Check
    from harness.execution import Selection
    from harness.model import Target
    from harness.ports import Landscape


def add_whom(parser: argparse.ArgumentParser) -> argparse._ArgumentGroup:
    """The options that say of whom it is asked."""
    whom = parser.add_argument_group("of whom")
    whom.add_argument(
        "--target",
        metavar="FILE",
        type=existing_name,
        action=Once,
        help="your own system, described in this file (see `oots init`); without it: the embedded"
        " landscape",
    )
    whom.add_argument(
        "--zone-file",
        metavar="FILE",
        type=existing_name,
        action=Once,
        help="the entries in this master file, before it is published; no directory is asked",
    )
    whom.add_argument(
        "--member-state",
        metavar="XX",
        action="append",
        default=[],
        help="only this Member State (ISO 3166-1 alpha-2; repeat or separate by commas)",
    )
    whom.add_argument(
        "--service", metavar="SERVICE", action="append", default=[], help="only eb or dsd"
    )
    whom.add_argument(
        "--environment",
        metavar="ENV",
        action="append",
        default=[],
        help="prod, acc or testing (default: acc; with a file: all that it names)",
    )
    whom.add_argument(
        "--fault",
        metavar="NAME",
        action=Once,
        help="seed this fault in the embedded landscape, to see it caught",
    )
    return whom


@dataclass(frozen=True, slots=True)
class Whom:
    """Whom a command is about, before anything is started.

    `members` are the Member States that can be chosen and `environments` those that are judged
    unless others are named, () meaning all. `profile` is the one that a file asks for.
    `embedded`: the landscape is, which is started for it; `file` is the target file, and
    `zone_file` what was given in place of one.
    """

    members: tuple[str, ...]
    environments: tuple[str, ...]
    profile: str | None
    target: Target | None
    file: Path | None = None
    zone_file: Path | None = None

    @property
    def embedded(self) -> bool:
        """Whether it is the landscape of the harness."""
        return self.target is None


def whom(arguments: argparse.Namespace, subjects: Landscape) -> Whom:
    """Whom the options name; raises `UsageFault` for what cannot be read."""
    given = [name for name in _EXCLUSIVE if getattr(arguments, name) is not None]
    if len(given) > 1:
        first, second = (f"--{name.replace('_', '-')}" for name in given[:2])
        raise UsageFault(
            second, expected=f"no {first} beside it", seen="both", remedy="leave one of them out"
        )
    if arguments.target is not None:
        return _of_file(arguments.target)
    if arguments.zone_file is not None:
        return _of_zone_file(arguments)
    return Whom(subjects.members(), (Environment.ACC,), None, None)


def _of_file(path: Path) -> Whom:
    from harness.target_file import read

    described = read(path)
    target = described.target
    members = tuple(dict.fromkeys(key.member_state for key in target.keys))
    return Whom(members, (), described.profile, target, path)


def _of_zone_file(arguments: argparse.Namespace) -> Whom:
    from harness.adapters.zone_file import target_of
    from harness.target_words import countries

    named = chosen("--member-state", arguments.member_state, countries(), upper=True)
    target = target_of(
        arguments.zone_file,
        member_states=named,
        services=[Service(each) for each in chosen("--service", arguments.service, tuple(Service))],
        environments=[
            Environment(each)
            for each in chosen("--environment", arguments.environment, tuple(Environment))
        ],
        profile=arguments.profile or CURRENT_PROFILE,
    )
    members = tuple(dict.fromkeys(key.member_state for key in target.keys))
    return Whom(members, (), None, target, zone_file=arguments.zone_file)


_EXCLUSIVE = ("target", "zone_file", "fault")


@contextmanager
def reached(about: Whom, fault: str | None) -> Iterator[Target]:
    """The target, with the landscape serving while that is what is judged."""
    if about.target is not None:
        yield about.target
        return
    subjects, target = started(fault)
    try:
        yield target
    finally:
        subjects.stop()


def started(
    fault: str | None, *, dns_port: int = 0, https_port: int = 0, zone: str | None = None
) -> tuple[Landscape, Target]:
    """The landscape, serving; port 0 is any free one."""
    from harness.extensions import landscape

    subjects = landscape()
    known = [note.name for note in subjects.faults()]
    if fault is not None and fault not in known:
        raise unknown("--fault", fault, known, "oots run --list-faults shows them all")
    try:
        return subjects, subjects.start(
            members=(), fault=fault, dns_port=dns_port, https_port=https_port, zone=zone
        )
    except ValueError as error:
        raise UsageFault(
            "--zone",
            expected="a master file (RFC 1035)",
            seen=str(error),
            remedy="mend that line, or start from the file `zone` that `oots mock` writes",
        ) from None
    except OSError as error:
        raise UsageFault(
            "the landscape",
            expected="a port that is free",
            seen=str(error),
            remedy="choose other ports, or leave the choice to the kernel",
        ) from error


@contextmanager
def reference() -> Iterator[Callable[[], Target]]:
    """The embedded reference, started when a control asks for it."""
    with ExitStack() as ending:

        def start() -> Target:
            subjects, target = started(None)
            ending.callback(subjects.stop)
            return target

        yield start


def selection(arguments: argparse.Namespace, known: Sequence[Check], about: Whom) -> Selection:
    """What is asked of whom; raises `UsageFault` for a word that is not known."""
    from harness.checks import CHAPTERS
    from harness.execution import Selection

    environments = arguments.environment or about.environments
    return Selection(
        member_states=chosen("--member-state", arguments.member_state, about.members, upper=True),
        services=tuple(map(Service, chosen("--service", arguments.service, tuple(Service)))),
        environments=tuple(
            map(Environment, chosen("--environment", environments, tuple(Environment)))
        ),
        checks=chosen("--check", arguments.check, tuple(check.id for check in known), upper=True),
        chapters=chosen("--chapter", arguments.chapter, CHAPTERS),
        profile=_profile(arguments.profile or about.profile or CURRENT_PROFILE),
    )


def _profile(word: str) -> str:
    if word not in PROFILES:
        raise unknown("--profile", word, PROFILES, f"known are {', '.join(PROFILES)}")
    return word
