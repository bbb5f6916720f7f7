"""What the mocks show in TLS: one authority, one certificate for all the hosts of a landscape."""

from __future__ import annotations

import ssl
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID

from mock_services.certificates import (
    Credential,
    certified,
    distinguished_name,
    identifiers,
    usage,
)


def tls_authority(made: datetime) -> Credential:
    """The root that clients of the landscape are to trust for TLS, and for nothing else."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = distinguished_name(
        organisation="OOTS conformance", common_name="TLS root of the mock landscape"
    )
    certificate = certified(
        name,
        key,
        issuer=(name, key),
        validity=(made - timedelta(days=1), made + timedelta(days=398)),
        extensions=(
            (x509.BasicConstraints(ca=True, path_length=0), True),
            *identifiers(key, key),
            (usage("key_cert_sign", "crl_sign"), True),
        ),
    )
    return Credential("ES256", key, (certificate,))


def server_credential(hosts: tuple[str, ...], authority: Credential, made: datetime) -> Credential:
    """Digital signature and server authentication only, at most 398 days (TDD 3.7)."""
    key = ec.generate_private_key(ec.SECP256R1())
    names = (
        *(x509.DNSName(host) for host in dict.fromkeys((*hosts, "localhost"))),
        *(x509.IPAddress(ip_address(address)) for address in ("127.0.0.1", "::1")),
    )
    certificate = certified(
        distinguished_name(organisation="OOTS conformance", common_name="mock landscape"),
        key,
        issuer=(authority.certificates[0].subject, authority.key),
        validity=(made - timedelta(days=1), made + timedelta(days=396)),
        extensions=(
            *identifiers(key, authority.key),
            (usage("digital_signature"), True),
            (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False),
            (x509.SubjectAlternativeName(names), False),
        ),
    )
    return Credential("ES256", key, (certificate, *authority.certificates))


def server_context(credential: Credential) -> ssl.SSLContext:
    """TLS 1.2 or better; `ssl` reads files only: they are there, for our eyes, for that long."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    with TemporaryDirectory(prefix="oots-mock-") as folder:
        file = Path(folder, "server.pem")
        file.write_bytes(
            credential.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            + credential.certificates[0].public_bytes(Encoding.PEM)
        )
        context.load_cert_chain(file)
    return context
