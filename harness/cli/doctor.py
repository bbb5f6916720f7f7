"""`oots doctor`: what lies between here and a target, settled before any verdict."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from contextlib import aclosing
from typing import TYPE_CHECKING

from harness.cli.words import existing_name

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from harness.model import Exchange, Finding, Target

EPILOG = """\
examples:
  oots doctor --target oots.toml
  oots doctor --target oots.toml --quiet        troubles only
  oots doctor --target oots.toml --json

It looks at the file, the clock, DNS, the proxy, TLS and the answers of a few
services, in less than ten seconds, and asks nobody whom the file does not name.
Of each trouble it says whose it is, what was expected and seen, how to mend it,
and which checks it accounts for.

exit codes:
  0  no trouble
  1  troubles, but a run can judge
  2  the command, an option or the file cannot be used
  3  something keeps a service, or all of them, from being judged
  4  the harness itself broke
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which target, and how it is told."""
    parser.epilog = EPILOG
    parser.add_argument(
        "--target",
        metavar="FILE",
        type=existing_name,
        default=existing_name("oots.toml"),
        help="the target file (default: %(default)s)",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object at the end")
    parser.add_argument("--quiet", action="store_true", help="print troubles only")


def run(arguments: argparse.Namespace) -> int:
    """Look, tell, and answer the exit code."""
    from harness.target_file import load  # type: ignore[import-not-found, import-untyped, unused-ignore]

    return consult(load(arguments.target), json=arguments.json, quiet=arguments.quiet)


def consult(
    target: Target,
    *,
    json: bool = False,
    quiet: bool = False,
    clock: Callable[[], datetime] | None = None,
) -> int:
    """Look at a target and tell what is found, as it is found; answers the exit code."""
    from harness.diagnosis import code

    exchanges: list[Exchange] = []
    found = asyncio.run(_told(target, exchanges, clock, show=None if json else _printed(quiet)))
    if json:
        print(_json(target, found, exchanges))
    elif not quiet or code(found):
        _say("")
        _close(found)
    return code(found)


async def _told(
    target: Target,
    exchanges: list[Exchange],
    clock: Callable[[], datetime] | None,
    *,
    show: Callable[[Finding, Target], None] | None,
) -> tuple[Finding, ...]:
    from harness.consultation import findings
    from harness.execution import now

    found = []
    async with aclosing(findings(target, exchanges.append, clock=clock or now)) as looked:
        async for finding in looked:
            found.append(finding)
            if show:
                show(finding, target)
    return tuple(found)


def _printed(quiet: bool) -> Callable[[Finding, Target], None]:  # noqa: FBT001 -- one caller
    from harness.reports.doctor_text import lines
    from harness.reports.sheet import sheet_for

    sheet = sheet_for(sys.stdout, os.environ)

    def show(finding: Finding, target: Target) -> None:
        if finding.whose or not quiet:
            _say("\n".join(lines(finding, sheet)), target)
            sys.stdout.flush()

    return show


def _close(found: tuple[Finding, ...]) -> None:
    from harness.reports.doctor_text import closing
    from harness.reports.sheet import sheet_for

    _say("\n".join(closing(found, sheet_for(sys.stdout, os.environ))))


def _json(target: Target, found: tuple[Finding, ...], exchanges: list[Exchange]) -> str:
    """All of it; of the exchanges what they were, not their bytes."""
    from json import dumps

    from harness.diagnosis import code
    from harness.record_lines import finding_facts
    from harness.reports.doctor_text import MEANING

    report = {
        "target": target.name,
        "findings": [finding_facts(finding) for finding in found],
        "exchanges": [
            {
                "id": each.id,
                "protocol": each.protocol,
                "peer": each.peer,
                "at": each.at.isoformat(),
                "elapsed": round(each.elapsed, 6),
                "error": each.error,
            }
            for each in exchanges
        ],
        "exit": int(code(found)),
        "verdict": MEANING[code(found)],
    }
    return dumps(_redacted(report, target), indent=1)


def _say(text: str, target: Target | None = None) -> None:
    encoding = sys.stdout.encoding or "ascii"
    shown = _without_secrets(text, target) if target else text
    print(shown.encode(encoding, "backslashreplace").decode(encoding))


def _redacted(value: object, target: Target) -> object:
    """The same, no text of it with a secret: in JSON one might be spelled otherwise."""
    match value:
        case str():
            return _without_secrets(value, target)
        case dict():
            return {name: _redacted(each, target) for name, each in value.items()}
        case list() | tuple():
            return [_redacted(each, target) for each in value]
    return value


def _without_secrets(text: str, target: Target) -> str:
    for secret in target.reach.secrets:
        text = text.replace(secret, "(secret)") if secret else text
    return text
