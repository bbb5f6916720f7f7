"""`oots share`: a copy of a run without names, to be passed on."""

from __future__ import annotations

import argparse

from harness.cli.words import Once, existing_name

EPILOG = """\
Each host, address and participant has one stand-in throughout the copy, such as
host-1.example, so that it can still be followed; Member States stay. DNS messages,
certificates and signatures give way to a note of their length and SHA-256. Look
into the copy before you pass it on: a free text may still tell whose it is.

examples:
  oots share oots-report/20260901T083000Z-3f9a --out for-the-desk
  oots share run.jsonl --redact hosts --out shared
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which run, without what, to where."""
    parser.epilog = EPILOG
    parser.add_argument(
        "run", metavar="RUN", type=existing_name, help="a run's folder, or its run.jsonl"
    )
    parser.add_argument(
        "--redact",
        metavar="WHAT",
        action="append",
        default=[],
        help="what to take out: hosts, participants (separated by commas; default: both)",
    )
    parser.add_argument(
        "--out",
        metavar="DIR",
        type=existing_name,
        action=Once,
        required=True,
        help="folder for the copy and its reports",
    )
    parser.add_argument(
        "--overwrite", action="store_true", help="replace the record that --out already holds"
    )


def run(arguments: argparse.Namespace) -> int:
    """Do it; answers the exit code."""
    from harness.cli.words import chosen
    from harness.pseudonyms import Redaction
    from harness.record import FILE, read
    from harness.reports.files import REPORTS, write_reports
    from harness.reports.words import listed, number
    from harness.shared_record import share

    chosen_ones = chosen("--redact", arguments.redact, tuple(Redaction)) or tuple(Redaction)
    redactions = tuple(map(Redaction, chosen_ones))
    made = share(arguments.run, arguments.out, redactions, overwrite=arguments.overwrite)
    write_reports(read(arguments.out), arguments.out)
    counts = made.names.counts
    nouns = {"hosts": "host", "addresses": "address", "participants": "participant"}
    taken = [number(counts[many], one, many) for many, one in nouns.items() if counts[many]]
    print(f"Taken out: {listed(taken or ['nothing'])}.")
    print(f"Withheld: {number(made.withheld, 'message or body', 'messages and bodies')}.")
    print(f"Written to {arguments.out}: {', '.join((FILE, *REPORTS))}")
    print("Look into it before you pass it on: a free text may still tell whose it is.")
    return 0
