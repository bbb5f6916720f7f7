"""`oots diff`: what changed between two runs, and why."""

from __future__ import annotations

import argparse

from harness.cli.words import existing_name
from harness.verdicts import Exit

EPILOG = """\
Why a result changed is one of: their system, our rules, the configuration, the
way there, the harness itself, a waiver, only a repeat; or it cannot be told.

exit codes:
  0  nothing changed, or nothing for the worse
  1  something got worse, or fails that was not asked before
  2  a record cannot be read

examples:
  oots diff oots-report/20260901T083000Z-3f9a oots-report/20260902T083000Z-77aa
  oots diff before/run.jsonl after/run.jsonl --json
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which two runs, in which form."""
    parser.epilog = EPILOG
    named = "a run's folder, or its run.jsonl"
    parser.add_argument("before", metavar="RUN", type=existing_name, help=f"the earlier: {named}")
    parser.add_argument("after", metavar="RUN", type=existing_name, help="the later, likewise")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Do it; answers the exit code."""
    from harness.comparison import comparison
    from harness.record import read

    found = comparison(read(arguments.before), read(arguments.after))
    code = Exit.FAILED if found.worse else Exit.CONFORMANT
    if arguments.json:
        import json

        from harness.comparison import facts

        print(json.dumps(facts(found), indent=1))
        return code
    import os
    import sys

    from harness.reports.difference import render
    from harness.reports.sheet import sheet_for

    text = render(found, sheet=sheet_for(sys.stdout, os.environ))
    encoding = sys.stdout.encoding or "ascii"
    print(text.encode(encoding, "backslashreplace").decode(encoding))
    print(f"Exit code {int(code)}: {'something got worse' if found.worse else 'nothing is worse'}.")
    return code
