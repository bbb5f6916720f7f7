"""A folder with a sound target file that says nearly all it can, and with what it names."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)

from harness.cli.main import main
from suites.selftest.crafted_certificates import Holder, holder

ENVIRONMENT = {
    "OOTS_TOKEN": "token-Zq81-secret",
    "OOTS_PROXY": "proxy-Vw37-secret",
    "OOTS_KEY": "keyword-Rt59-secret",
}
"""What the variables of the file hold."""

MINIMAL = """\
participant = "Example Agency"
member_states = ["FI"]

[dns]
server = "192.0.2.1"

[trust]
acc = "acc.pem"
"""

GOOD = """\
participant = "Example Agency"
member_states = ["FI", "GR"]
services = ["eb", "dsd"]
environments = ["acc", "testing"]
roles = ["zone", "directory"]
profile = "tdd-2.0"
majors = [1, 2]
overview = "overview.csv"

[dns]
server = "192.0.2.1:5300"
others = ["[2001:db8::1]:53", "192.0.2.2"]
zone_file = "zone"
template = "{country}.{service}.v{major}.cs.{environment}.example"
anchors = ["example. DS 1 13 2 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"]
addresses = "server"

[base_urls]
eb = "https://eb.example/eb/"
FI-dsd-acc = "https://dsd.example:8443/dsd"

[trust]
acc = "acc.pem"
prod = "prod.pem"

[tls]
ca = "ca.pem"
certificate = "client.pem"
key = "client.key"
key_password = { env = "OOTS_KEY" }

[proxy]
url = "http://proxy.example:3128"
user = "me"
password = { env = "OOTS_PROXY" }

[headers]
X-Api-Token = { env = "OOTS_TOKEN" }

[limits]
rate = 7.5
give_up_after = 3
dns_timeout = 1.0
connect_timeout = 2.0
total_timeout = 9

[[questions]]
procedure = "T3"

[[questions]]
member_state = "GR"
environment = "acc"
procedure = "T1"
evidence_type = "https://sr.acc.oots.tech.ec.europa.eu/evidencetypeclassifications/EL/x"
concepts = { "d93667bc-2bfe-5b76-a92b-8947fc0b5443" = "true" }
"""


@cache
def of(name: str, *, days: int = 300, issuer: str | None = None) -> Holder:
    """A certificate that ends so many days from now."""
    now = datetime.now(UTC)
    span = (now - timedelta(days=1000), now + timedelta(days=days))
    return holder(name, of(issuer) if issuer else None, validity=span)


def pem(*holders: Holder) -> bytes:
    return b"".join(each.certificate.public_bytes(Encoding.PEM) for each in holders)


def key_pem(of_whom: Holder, password: str | None = ENVIRONMENT["OOTS_KEY"]) -> bytes:
    sealed: KeySerializationEncryption = NoEncryption()
    if password is not None:
        sealed = BestAvailableEncryption(password.encode())
    return of_whom.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, sealed)


@cache
def contents() -> dict[str, bytes]:
    """The files that a target file names, by name; beside them some that cannot be used."""
    client = of("client", issuer="gateway")
    stranger = Ed25519PrivateKey.generate()
    return {
        "acc.pem": b"# a note beside it\n" + pem(of("acc root")),
        "prod.pem": pem(of("prod root")),
        "ca.pem": pem(of("old CA", days=-3), of("CA")),
        "client.pem": pem(client, of("gateway")),
        "client.key": key_pem(client),
        "both.pem": pem(client) + key_pem(client, None),
        "other-zone": b"$ORIGIN example.\n@ 300 IN SOA ns hostmaster 2 2 3 4 5\n",
        "including": b"$INCLUDE other\n",
        "zone": b"$ORIGIN example.\n@ 300 IN SOA ns hostmaster 1 2 3 4 5\n",
        "overview.csv": b"member_state,service,environment,major,uri,operator\n"
        b"FI,eb,acc,1,https://eb.example/eb/,FI\n",
        "open.key": key_pem(client, None),
        "other.key": key_pem(Holder(client.certificate, stranger)),
        "expired.pem": pem(of("expired root", days=-1)),
        "expired-client.pem": pem(of("expired client", days=-1)),
        "expired-client.key": key_pem(of("expired client", days=-1)),
        "der.pem": of("acc root").certificate.public_bytes(Encoding.DER),
        "torn.pem": pem(of("acc root"))[:200] + b"\n-----END CERTIFICATE-----\n",
        "empty": b"",
        "words": b"not what you think\n",
        "latin": "Zürich".encode("latin-1"),
    }


def folder(place: Path, text: str | bytes = GOOD) -> Path:
    """Write it all; answers the target file."""
    for name, content in contents().items():
        (place / name).write_bytes(content)
    file = place / "oots.toml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def told(words: Sequence[str], capture: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    """A command in this process: its exit code, what it printed, and what it complained of."""
    capture.readouterr()
    code = main(list(words))
    out, err = capture.readouterr()
    return code, out, err
