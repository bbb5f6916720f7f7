"""`oots show`: one run again, out of its record, whether it came to its end or not."""

from __future__ import annotations

import argparse

from harness.cli.words import existing_name

EPILOG = """\
Nothing is asked of anybody: all of it is in the record, also where the run was
killed before it wrote its reports. The exit code says whether the record could be
shown, not how the run ended.

examples:
  oots show oots-report/20260901T083000Z-3f9a
  oots show run.jsonl --out reports
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which run, in which form."""
    parser.epilog = EPILOG
    parser.add_argument(
        "run", metavar="RUN", type=existing_name, help="a run's folder, or its run.jsonl"
    )
    parser.add_argument(
        "--out",
        metavar="DIR",
        type=existing_name,
        help="also write report.html, junit.xml and allure-results there, in place of earlier ones",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object instead")


def run(arguments: argparse.Namespace) -> int:
    """Do it; answers the exit code."""
    import os
    import sys

    from harness.record import read
    from harness.reports import json_report, summary
    from harness.reports.files import REPORTS, write_reports

    record = read(arguments.run)
    if arguments.out:
        write_reports(record, arguments.out)
    if arguments.json:
        print(json_report.render(record))
        return 0
    summary.show(record, sys.stdout, environ=os.environ)
    if arguments.out:
        print(f"Written to {arguments.out}: {', '.join(REPORTS)}")
    return 0
