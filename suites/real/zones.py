"""The zones of a landscape as name servers of the world read them: a file each, signed or not."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType

import dns.dnssec
import dns.name
import dns.zone
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from dns.dnssectypes import Algorithm

from mock_services.zone_text import APEX, HOST_APEX
from suites.real.servers import executable

APEXES = (APEX, HOST_APEX)

PrivateKey = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey

ALGORITHMS: Mapping[Algorithm, Callable[[], PrivateKey]] = MappingProxyType(
    {
        Algorithm.ECDSAP256SHA256: lambda: ec.generate_private_key(ec.SECP256R1()),
        Algorithm.ECDSAP384SHA384: lambda: ec.generate_private_key(ec.SECP384R1()),
        Algorithm.ED25519: ed25519.Ed25519PrivateKey.generate,
        Algorithm.RSASHA256: lambda: rsa.generate_private_key(65537, 2048),
    }
)
"""The algorithms that RFC 8624 has signers use, and what makes a key for each."""

_KEY_TTL = 3600
"""In seconds."""

_SECURE_ENTRY_POINT = 257
_FORTNIGHT = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class SignedZone:
    """A signed zone as a master file, and the DS record that its parent would hold."""

    text: str
    anchor: str


def zone_files(text: str) -> Mapping[str, str]:
    r"""The file of each zone, by its apex: the lines of the others are blank, so that none moves.

    >>> zone_files("$TTL 9\na.oots.tech.ec.europa.eu. A 192.0.2.1\nb.localhost. A 127.0.0.1")[
    ...     "localhost."
    ... ]
    '$TTL 9\n\nb.localhost. A 127.0.0.1\n'
    """
    return {
        apex: "".join(f"{line * _is_of(line, apex)}\n" for line in text.splitlines())
        for apex in APEXES
    }


def _is_of(line: str, apex: str) -> bool:
    owner = line.split(maxsplit=1)[0].lower() if line else ""
    return owner.startswith("$") or owner == apex or owner.endswith(f".{apex}")


def signed(
    text: str,
    *,
    since: timedelta = -timedelta(days=1),
    until: timedelta = _FORTNIGHT,
    algorithm: Algorithm = Algorithm.ECDSAP256SHA256,
) -> SignedZone:
    """The discovery zone signed by a fresh key, with NSEC; times count from now."""
    private = ALGORITHMS[algorithm]()
    key = dns.dnssec.make_dnskey(private.public_key(), algorithm, flags=_SECURE_ENTRY_POINT)
    zone = dns.zone.from_text(text, origin=APEX, relativize=False)
    now = datetime.now(UTC)
    with zone.writer() as transaction:
        dns.dnssec.sign_zone(
            zone,
            transaction,
            keys=[(private, key)],
            dnskey_ttl=_KEY_TTL,
            inception=now + since,
            expiration=now + until,
        )
    anchor = dns.dnssec.make_ds(dns.name.from_text(APEX), key, "SHA256").to_text()
    return SignedZone(zone.to_text(relativize=False), f"{APEX} DS {anchor}")


def signed_with_hashes(text: str, folder: Path) -> SignedZone:
    """The discovery zone signed by BIND's own tools, with NSEC3."""
    keygen, signzone, dsfromkey = (
        executable(f"dnssec-{each}", "bind9-utils") for each in ("keygen", "signzone", "dsfromkey")
    )
    (folder / "zone").write_text(text, "utf-8")

    def told(*command: str) -> str:
        return subprocess.run(
            command, cwd=folder, check=True, capture_output=True, text=True, timeout=60
        ).stdout

    key = told(keygen, "-q", "-a", "ECDSAP256SHA256", "-f", "KSK", APEX).strip()
    told(signzone, "-q", "-3", "-", "-z", "-S", "-K", ".", "-o", APEX, "-f", "signed", "zone")
    anchor = " ".join(re.sub(r"\bIN\b", "", told(dsfromkey, "-2", f"{key}.key")).split())
    return SignedZone((folder / "signed").read_text("utf-8"), anchor)
