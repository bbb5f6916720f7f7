"""`oots zone`: a zone as its name server has it, in a file that `oots run --zone-file` judges."""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

from harness.cli.words import existing_name
from harness.errors import Unreachable, UsageFault
from harness.verdicts import Exit

HIGHEST_PORT = 65_535
DNS_PORT = 53

EPILOG = """\
example:
  oots zone fetch --nameserver 192.0.2.7:53 --zone oots.example --out oots.zone

The name server has to allow zone transfers (AXFR) to this machine. Exit code 3: it does not, or
cannot be reached; what to ask its operator for is told.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What is fetched, from whom, and where it goes."""
    parser.epilog = EPILOG
    groups = parser.add_subparsers(dest="act", required=True, metavar="ACT")
    fetch = groups.add_parser("fetch", help="transfer a zone from a name server to a file")
    fetch.add_argument(
        "--nameserver",
        metavar="ADDRESS[:PORT]",
        required=True,
        help="whom to ask; the port is 53 unless given, as in 192.0.2.7:5353 or [2001:db8::7]:5353",
    )
    fetch.add_argument("--zone", metavar="NAME", required=True, help="the name of the zone")
    fetch.add_argument(
        "--out", metavar="FILE", type=existing_name, required=True, help="the master file to write"
    )
    fetch.add_argument(
        "--overwrite", action="store_true", help="replace the file that --out already holds"
    )


def run(arguments: argparse.Namespace) -> int:
    """Fetch; answers the exit code."""
    return _fetch(arguments)


def _fetch(arguments: argparse.Namespace) -> int:
    from harness.adapters.transfer import master_text, transferred
    from harness.execution import now
    from harness.files import write

    out: Path = arguments.out
    if out.exists() and not arguments.overwrite:
        raise UsageFault(
            f"--out {out}",
            expected="a file that is not there yet",
            seen="one that is",
            remedy="choose another, or give --overwrite",
        )
    place, zone = _place(arguments.nameserver), _zone(arguments.zone)
    try:
        found = asyncio.run(transferred(place, zone))
    except Unreachable as cause:
        print(f"oots: {cause}", file=sys.stderr)
        return Exit.BLOCKED
    write(out, master_text(found, now()))
    print(f"{out}: {len(found.records)} records of {found.zone}, serial {found.serial}")
    return Exit.CONFORMANT


def _place(text: str) -> tuple[str, int]:
    """An address and a port; an IPv6 address with a port stands in brackets.

    >>> _place("192.0.2.7"), _place("192.0.2.7:5353"), _place("[::1]:5353"), _place("::1")
    (('192.0.2.7', 53), ('192.0.2.7', 5353), ('::1', 5353), ('::1', 53))
    """
    host, colon, port = text.rpartition(":")
    if not colon or (":" in host and not host.endswith("]")) or text.endswith("]"):
        host, port = text, str(DNS_PORT)
    known = port.isdecimal() and port.isascii() and 0 < int(port[:6]) <= HIGHEST_PORT
    host = host.removeprefix("[").removesuffix("]")
    if not host or not known:
        raise UsageFault(
            "--nameserver",
            expected="an address, or an address and a port from 1 to 65535",
            seen=repr(text),
            remedy="write it as 192.0.2.7:53 or [2001:db8::7]:53",
        )
    return host, int(port)


def _zone(text: str) -> str:
    import dns.exception
    import dns.name

    try:
        return str(dns.name.from_text(text))
    except (dns.exception.DNSException, ValueError) as flaw:
        raise UsageFault(
            "--zone",
            expected="the name of a zone",
            seen=f"{text!r}: {flaw}",
            remedy="name the owner of its SOA record, such as oots.example",
        ) from None
