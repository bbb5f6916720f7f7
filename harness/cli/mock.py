"""`oots mock`: the embedded landscape in the foreground, for a client that is being developed."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from harness.cli.words import chosen, existing_name
from harness.errors import Unreachable, UsageFault, Violation

if TYPE_CHECKING:
    from harness.model import ServiceKey, Target

HIGHEST_PORT = 65_535
LARGEST_ZONE = 16_000_000
EXAMPLE = ("FI",)

EPILOG = """\
example:
  oots mock --dns-port 5300 --https-port 8443
  dig @127.0.0.1 -p 5300 NAPTR fi.eb.v1.cs.acc.oots.tech.ec.europa.eu

Keys are made fresh at each start: the CA file and the trust anchors are written anew.
DNS listens on 127.0.0.1, HTTPS on 127.0.0.1 and ::1; nothing else can reach them.
The file `ready` is in the folder of the files while the landscape answers. Stop with Ctrl-C.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Ports, files, fault."""
    parser.epilog = EPILOG
    parser.add_argument(
        "--dns-port", type=int, default=0, metavar="PORT", help="UDP and TCP (default: any free)"
    )
    parser.add_argument(
        "--https-port", type=int, default=0, metavar="PORT", help="default: any free"
    )
    parser.add_argument(
        "--files",
        type=existing_name,
        default=Path("oots-mock"),
        metavar="DIR",
        help="where the CA file and the trust anchors go (default: oots-mock)",
    )
    parser.add_argument(
        "--fault", metavar="NAME", help="seed this fault, see `oots run --list-faults`"
    )
    parser.add_argument(
        "--zone",
        type=existing_name,
        metavar="FILE",
        help="serve this master file (RFC 1035) instead of the landscape's own zone",
    )
    parser.add_argument(
        "--member-state",
        metavar="XX",
        action="append",
        default=[],
        help="whom oots.toml, which is written beside the files, is about (default: FI)",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of text")


def run(arguments: argparse.Namespace) -> int:
    """Serve until told to stop; what one that was killed left behind is taken away first."""
    from harness.cli.subjects import started
    from harness.extensions import landscape

    ready = arguments.files / "ready"
    with suppress(OSError):  # what keeps the folder from being used is told when it is written
        ready.unlink(missing_ok=True)
    about = chosen("--member-state", arguments.member_state, landscape().members(), upper=True)
    subjects, target = started(
        arguments.fault,
        dns_port=_port(arguments.dns_port),
        https_port=_port(arguments.https_port),
        zone=_zone(arguments.zone) if arguments.zone else None,
    )
    try:
        manual = _manual(target, _files(arguments.files, target, about or EXAMPLE))
        print(json.dumps(manual, indent=2) if arguments.json else _text(manual), flush=True)
        ready.touch()
        threading.Event().wait()
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
    finally:
        ready.unlink(missing_ok=True)
        subjects.stop()
    return 0


def _port(port: int) -> int:
    if not 0 <= port <= HIGHEST_PORT:
        raise UsageFault(
            "oots mock", expected="a port from 0 to 65535", seen=str(port), remedy="choose another"
        )
    return port


def _zone(file: Path) -> str:
    try:
        with file.open(encoding="utf-8") as source:
            text = source.read(LARGEST_ZONE)  # what is cut off there is refused as a zone
    except (OSError, ValueError) as error:
        raise UsageFault(
            "--zone",
            expected="a master file in UTF-8",
            seen=f"{file}: {getattr(error, 'strerror', None) or error}",
            remedy="start from the file `zone` that `oots mock` writes",
        ) from None
    return text


def _files(folder: Path, target: Target, about: tuple[str, ...]) -> dict[str, str]:
    """Write the files a client needs, and a target file; answers their paths by purpose."""
    from harness.target_text import of_landscape, overview_table

    contents = {"tls-ca.pem": target.tls_roots or b""} | {
        f"trust-{environment}.pem": pem for environment, pem in target.trust_anchors.items()
    }
    contents["zone"] = (target.zone or "").encode()
    contents["overview.csv"] = overview_table(target.overview or ()).encode()
    contents["oots.toml"] = of_landscape(target, about).encode()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in contents.items():
            (folder / name).write_bytes(content)
    except OSError as error:
        raise UsageFault(
            "--files",
            expected="a folder that can be written",
            seen=f"{folder}: {error.strerror}",
            remedy="choose another folder",
        ) from error
    return {name.removesuffix(".pem"): str(folder / name) for name in contents}


def _manual(target: Target, files: dict[str, str]) -> dict[str, object]:
    """How to use it, as data."""
    roots = asyncio.run(_roots(target))
    assert target.nameserver  # the landscape serves its zone
    address, port = target.nameserver
    return {
        "dns": {"address": address, "port": port, "template": target.template},
        "tls_ca": files["tls-ca"],
        "trust_anchors": {str(e): files[f"trust-{e}"] for e in target.trust_anchors},
        "zone": files["zone"],
        "target": files["oots.toml"],
        "semantic_repositories": {str(e): url for e, url in target.repositories.items()},
        "fault": target.fault,
        "services": [
            {
                "member_state": key.member_state,
                "service": key.service,
                "environment": key.environment,
                "name": name,
                "root": root,
            }
            for key, (name, root) in roots.items()
        ],
    }


async def _roots(target: Target) -> dict[ServiceKey, tuple[str, str | None]]:
    """Where each service is found, asked of the name server that was just started."""
    from harness.discovery import service_root
    from harness.execution import open_session
    from harness.observatory import Watch
    from harness.subjects.zone import Zone

    found: dict[ServiceKey, tuple[str, str | None]] = {}
    async with open_session(target, lambda _exchange: None) as session:
        for key in target.keys:
            zone = Zone(key, target, session.observatory, Watch())
            try:
                root = service_root(await zone.naptr()).geturl()
            except (Unreachable, Violation):
                root = None
            found[key] = (zone.name(), root)
    return found


def _text(manual: dict[str, object]) -> str:
    from harness.lookup import REQUIREMENTS_QUERY, Query, search_url

    dns, services = manual["dns"], manual["services"]
    assert isinstance(dns, dict)
    assert isinstance(services, list)
    anchors, repositories = manual["trust_anchors"], manual["semantic_repositories"]
    assert isinstance(repositories, dict)
    assert isinstance(anchors, dict)
    example = next(
        s
        for s in services
        if (s["member_state"], s["service"], s["environment"]) == ("FI", "eb", "acc")
    )
    roots = sorted({(s["environment"], s["root"]) for s in services if s["root"]})
    query = Query(REQUIREMENTS_QUERY, (("procedure-id", "00"), ("country-code", "FI")))
    url = search_url(example["root"] or "", query)
    lines = [
        "The embedded landscape is running. Stop it with Ctrl-C.",
        "",
        f"name server     {dns['address']} port {dns['port']}, UDP and TCP",
        f"names           {dns['template']}",
        f"zone file       {manual['zone']}",
        f"target file     {manual['target']}",
        f"TLS CA          {manual['tls_ca']}",
        *(f"trust anchor    {path}  ({name})" for name, path in anchors.items()),
        *([f"seeded fault    {manual['fault']}"] if manual["fault"] else []),
        "",
        "service roots (which Member State uses which: ask DNS, or use --json)",
        *(f"  {environment:8} {root}" for environment, root in roots),
        "",
        "Semantic Repository (identifiers in answers have the real form: never fetch them)",
        *(f"  {environment:8} {url}" for environment, url in repositories.items()),
        "",
        "try",
        f"  dig @{dns['address']} -p {dns['port']} +short NAPTR {example['name']}",
        f"  curl --cacert {manual['tls_ca']} -H 'Accept: application/x-ebrs+xml' \\",
        "    -H 'Accept-Version: oots-cs:v2.0' \\",
        f"    '{url}'",
    ]
    return "\n".join(lines)
