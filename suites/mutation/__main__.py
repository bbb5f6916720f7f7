"""Put mutants on trial, some at a time, each in a process of its own; remember every verdict."""

from __future__ import annotations

import argparse
import ast
import asyncio
import importlib
import json
import os
import pkgutil
import random
import re
import select
import signal
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path
from time import monotonic

from hypothesis import settings

import harness
from harness.checks import catalogue
from harness.proving import row
from mock_services.embedded import Embedded
from suites.mutation.mutants import Mutant, mutants
from suites.mutation.planting import Garden
from suites.mutation.trial import MOST, Witnesses, hush, verdict

ROOT = Path(__file__).resolve().parents[2]
KINDS = ("require", "raise", "compare", "bool", "not", "constant")
IN_FULL = frozenset({"require", "raise"})
"""The kinds that no sample leaves out."""

LIMIT = 0.03
"""The share of mutants that may survive."""

_NO_RULES = frozenset({"checks", "errors"})
"""Modules that speak of a `Violation` and judge nothing."""

_RULES = frozenset({"lookup", "overview"})
"""Modules that judge, and leave it to others to object."""

_PATIENCE = 120.0
_SLOW = re.compile(r"import (?:subprocess|pty)|loopback|Embedded|readme", re.ASCII)
"""What marks self-tests that start processes or servers: they are not asked."""


def main() -> int:
    """Answer 1 where more survive than may."""
    options = _options()
    modules = _modules(options.module)
    garden, everything = _planned(modules, frozenset(options.kind or KINDS))
    known = _remembered(options.results)
    again = {key for key, said in known.items() if options.again and said == "survived"}
    chosen = _sample(everything, options.limit, options.seed)
    waiting = [each for each in chosen if each.key not in known or each.key in again]
    print(f"{len(everything)} mutants, {len(chosen)} chosen, {len(waiting)} to try", flush=True)
    if waiting and not options.list:
        witnesses = _witnesses(modules)
        until = monotonic() + options.seconds
        with options.results.open("a", encoding="utf-8") as file:
            for mutant, said in _tried(waiting, garden, witnesses, jobs=options.jobs, until=until):
                known[mutant.key] = said
                print(json.dumps({"key": mutant.key, "said": said}), file=file, flush=True)
                if said == "survived":
                    print(f"survived: {mutant}", flush=True)
    return _told(chosen, known)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m suites.mutation", description=__doc__)
    add = parser.add_argument
    add("--limit", type=int, help="how many besides each `require` and `raise`; default: all")
    add("--seed", type=int, default=0, help="which those are")
    add("--seconds", type=float, default=1e9, help="begin no more after so long")
    add("--jobs", type=int, default=2, help="how many at a time")
    add("--kind", action="append", choices=KINDS, help="only mutants of this kind")
    add("--module", action="append", default=[], help="only this module, e.g. harness.chain")
    add("--again", action="store_true", help="try again what survived before")
    add("--list", action="store_true", help="try nothing; tell what is known")
    add(
        "--results",
        type=Path,
        default=ROOT / ".mutation.jsonl",
        help="where verdicts are kept, so that a later run goes on from there",
    )
    return parser.parse_args()


def _modules(only: Sequence[str]) -> tuple[str, ...]:
    """The modules of checks, and those of the judge that raise a `Violation`."""
    suites = {check.function.__module__ for check in catalogue()}
    pure = {
        f"harness.{entry.name}"
        for entry in pkgutil.iter_modules(harness.__path__)
        if not entry.ispkg and _judges(entry.name)
    }
    return tuple(each for each in sorted(pure | suites) if each in (only or (each,)))


def _judges(name: str) -> bool:
    text = (ROOT / "harness" / f"{name}.py").read_text("utf-8")
    return name not in _NO_RULES and ("Violation(" in text or name in _RULES)


def _planned(modules: Sequence[str], kinds: frozenset[str]) -> tuple[Garden, tuple[Mutant, ...]]:
    for name in modules:
        importlib.import_module(name)
    for path in sorted((ROOT / "suites/selftest").glob("test_*.py")):
        if not _SLOW.search(path.read_text("utf-8")):
            importlib.import_module(f"suites.selftest.{path.stem}")
    garden = Garden.of(tuple(modules))
    found: list[Mutant] = []
    for name, source in sorted(garden.sources.items()):
        ours = kinds if name.startswith("harness.") else kinds & {"require"}
        found += mutants(source, name, kinds=ours)
    return garden, tuple(found)


def _sample(everything: Sequence[Mutant], limit: int | None, seed: int) -> tuple[Mutant, ...]:
    others = [each for each in everything if each.kind not in IN_FULL]
    if limit is not None and limit < len(others):
        others = random.Random(seed).sample(others, limit)  # noqa: S311 -- a sample, no secret
    kept = {each.key for each in others}
    return tuple(each for each in everything if each.kind in IN_FULL or each.key in kept)


def _witnesses(modules: Sequence[str]) -> Witnesses:
    settings.register_profile(
        "mutation", derandomize=True, database=None, deadline=None, max_examples=50
    )
    settings.load_profile("mutation")
    asyncio.run(row(Embedded().rehearse((), None), catalogue()))  # the keys, once for all
    began, tests = monotonic(), {name: _tests(name) for name in modules}
    witnesses = Witnesses.of(tests)
    idle = {note.name for note in Embedded().faults()} - {note.name for note in witnesses.notes}
    red = {*chain(*tests.values())} - {*chain(*witnesses.tests.values())}
    print(f"not caught, and not used: {', '.join(sorted(idle | red)) or 'none'}")
    print(f"listened to {len(witnesses.notes)} faults in {monotonic() - began:.0f} s", flush=True)
    return witnesses


def _tests(module: str) -> tuple[str, ...]:
    """The fast self-tests that import a module."""
    texts = {p: p.read_text("utf-8") for p in sorted((ROOT / "suites/selftest").glob("test_*.py"))}
    return tuple(
        str(path)
        for path, text in texts.items()
        if module in _imported(text) and not _SLOW.search(text)
    )


@cache
def _imported(text: str) -> frozenset[str]:
    names = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    return frozenset(names)


@dataclass(frozen=True, slots=True)
class _Child:
    """A process in which a mutant is on trial, and the end of a pipe that tells the verdict."""

    pid: int
    pipe: int
    mutant: Mutant
    until: float


def _tried(
    waiting: Sequence[Mutant],
    garden: Garden,
    witnesses: Witnesses,
    *,
    jobs: int,
    until: float,
) -> Iterator[tuple[Mutant, str]]:
    queue, running = list(reversed(waiting)), dict[int, _Child]()
    try:
        while (queue and monotonic() < until) or running:
            while queue and len(running) < jobs and monotonic() < until:
                child = _begun(queue.pop(), garden, witnesses)
                running[child.pipe] = child
            ready, _, _ = select.select(list(running), [], [], 1.0)
            for pipe in ready:
                child = running.pop(pipe)
                yield child.mutant, _ended(child)
            for child in [each for each in running.values() if each.until < monotonic()]:
                del running[child.pipe]
                os.kill(child.pid, signal.SIGKILL)
                _ended(child)
                yield child.mutant, "it did not end"
    finally:
        for child in running.values():
            os.kill(child.pid, signal.SIGKILL)
            _ended(child)


def _begun(mutant: Mutant, garden: Garden, witnesses: Witnesses) -> _Child:
    read, write = os.pipe()
    pid = os.fork()
    if pid:
        os.close(write)
        return _Child(pid, read, mutant, monotonic() + _PATIENCE)
    os.close(read)
    try:
        hush()
        said = verdict(mutant, garden, witnesses)
    except BaseException as error:  # noqa: BLE001 -- whatever it is, it was noticed
        said = f"{type(error).__name__}: {error}"
    os.write(write, said.encode()[:MOST])
    os._exit(0)


def _ended(child: _Child) -> str:
    with os.fdopen(child.pipe, "rb") as pipe:
        said = pipe.read().decode("utf-8", "replace")
    os.waitpid(child.pid, 0)
    return said or "it ended without a word"


def _remembered(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    lines = map(json.loads, path.read_text("utf-8").splitlines())
    return {line["key"]: line["said"] for line in lines}


def _told(chosen: Sequence[Mutant], known: dict[str, str]) -> int:
    tried = [each for each in chosen if known.get(each.key, "not planted") != "not planted"]
    survivors = [each for each in tried if known[each.key] == "survived"]
    print("\n".join(map(str, survivors)))
    total, left = Counter(e.kind for e in tried), Counter(e.kind for e in survivors)
    for kind in KINDS:
        print(f"{kind:9} {left[kind]:4} of {total[kind]:5} survive")
    share = len(survivors) / max(len(tried), 1)
    print(
        f"all       {len(survivors):4} of {len(tried):5} survive: {share:.1%}; at most {LIMIT:.0%}"
    )
    return int(share > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
