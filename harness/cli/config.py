"""`oots config`: a target file in its resolved form, and two hashes to compare tests by."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from harness.cli.words import existing_name
from harness.verdicts import Exit

EPILOG = """\
examples:
  oots config                                   ./oots.toml, resolved
  oots config --target oots.toml --json         the same for a machine
  oots config --schema > oots.schema.json       the JSON Schema, for editors

A secret is shown by the name of its environment variable. Two teams that see the same two hashes
run the same test: what is asked (suite, rules, profile), and of whom (all the rest; files count by
their contents, secrets do not count).
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which file, and in which form."""
    parser.epilog = EPILOG
    parser.add_argument(
        "--target",
        metavar="FILE",
        type=existing_name,
        default=Path("oots.toml"),
        help="the target file, see `oots init` (default: oots.toml)",
    )
    forms = parser.add_mutually_exclusive_group()
    forms.add_argument("--json", action="store_true", help="print one JSON object")
    forms.add_argument(
        "--schema", action="store_true", help="print the JSON Schema of target files and stop"
    )


def run(arguments: argparse.Namespace) -> int:
    """Show it; answers the exit code."""
    if arguments.schema:
        from harness.target_model import schema

        print(json.dumps(schema(), indent=2, ensure_ascii=False))
        return Exit.CONFORMANT
    from harness.target_file import read
    from harness.target_shown import hashes, lines, resolved

    file = read(arguments.target)
    if file.target.zone is not None:
        from harness.adapters.zone_file import zones_of

        zones_of(file.target)
    facts, digests = resolved(file), hashes(file)
    if arguments.json:
        print(json.dumps({**facts, "hashes": digests}, indent=2, ensure_ascii=False))
        return Exit.CONFORMANT
    told = {"what is asked": digests["asked"], "of whom": digests["of_whom"]}
    print("\n".join((*lines(facts), "", *lines(told))))
    return Exit.CONFORMANT
