"""`oots readings`: the clauses that can be read several ways, and how we read them."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import asdict
from json import dumps

from harness.cli.listing import known, labelled, say
from harness.extensions import checks
from harness.readings import Reading, readings
from harness.requirements import requirements


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """One entry, or all."""
    parser.add_argument("slug", nargs="?", metavar="ENTRY", help="show this entry in full")
    parser.add_argument("--json", action="store_true", help="print one JSON array")


def run(arguments: argparse.Namespace) -> int:
    """List the register, or show one of its entries."""
    register = readings()
    if arguments.slug is not None:
        remedy = "`oots readings` lists them all"
        slug = known("ENTRY", arguments.slug, tuple(register), remedy=remedy)
        register = {slug: register[slug]}
    if arguments.json:
        print(dumps([asdict(entry) | used(entry) for entry in register.values()], indent=1))
    elif arguments.slug is not None:
        say(line for entry in register.values() for line in _whole(entry))
    else:
        say(line for entry in register.values() for line in _brief(entry))
    return 0


def used(entry: Reading) -> dict[str, object]:
    """Which checks and requirements depend on an entry."""
    return {
        "checks": [check.id for check in checks() if check.register is entry],
        "requirements": [r.slug for r in requirements().values() if r.register == entry.slug],
    }


def _brief(entry: Reading) -> Iterator[str]:
    yield from labelled(f"{entry.slug}  ", entry.question, indent=4)
    others = ", ".join(entry.names[1:])
    yield from labelled("    ", f"ours: {entry.choice}; or {others}", indent=4)


def _whole(entry: Reading) -> Iterator[str]:
    yield entry.slug
    yield from labelled("question", entry.question)
    yield from labelled("clause", entry.clause)
    for name, text in entry.readings:
        ours = " (our choice)" if name == entry.choice else ""
        yield from labelled("reading", f"{name}{ours}: {text}")
    yield from labelled("why", entry.why)
    for kind, names in used(entry).items():
        if isinstance(names, list) and names:
            yield from labelled(kind, ", ".join(names))
    if entry.used_by:
        yield from labelled("used by", entry.used_by)
