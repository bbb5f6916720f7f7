"""What the mocks speak and show in TLS: one authority, one certificate for all their hosts.

A `TlsPolicy` says what of it is wrong; what a careful client makes of that is told here as well,
for the landscape in process, where no handshake takes place.
"""

from __future__ import annotations

import ssl
import warnings
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID

from harness.model import TlsGreeting, TlsSeen
from mock_services.certificates import (
    Credential,
    SigningKey,
    certified,
    distinguished_name,
    identifiers,
    usage,
)
from mock_services.world import TlsPolicy

_KEYS: Mapping[str, Callable[[], SigningKey]] = MappingProxyType(
    {
        "secp256r1": lambda: ec.generate_private_key(ec.SECP256R1()),
        "rsa1024": lambda: rsa.generate_private_key(65537, _WEAK),
    }
)
_VERSIONS = MappingProxyType({"TLSv1.2": ssl.TLSVersion.TLSv1_2, "TLSv1.3": ssl.TLSVersion.TLSv1_3})
_CIPHERS = MappingProxyType(
    {"TLSv1.2": "ECDHE-ECDSA-AES256-GCM-SHA384", "TLSv1.3": "TLS_AES_256_GCM_SHA384"}
)


_WEAK = 1024
"""Bits of an RSA key that no client takes any more."""


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


def server_credential(
    hosts: tuple[str, ...], authority: Credential, made: datetime, *, policy: TlsPolicy
) -> Credential:
    """Digital signature and server authentication only, at most 398 days (TDD 3.7), unless told."""
    key = _KEYS[policy.key]()
    named = dict.fromkeys((*hosts, "localhost")) if policy.named else ("elsewhere.localhost",)
    names = (
        *(x509.DNSName(host) for host in named),
        *(x509.IPAddress(ip_address(address)) for address in ("127.0.0.1", "::1")),
    )
    purposes = [getattr(ExtendedKeyUsageOID, name) for name in policy.purposes]
    certificate = certified(
        distinguished_name(organisation="OOTS conformance", common_name="mock landscape"),
        key,
        issuer=(authority.certificates[0].subject, authority.key),
        validity=(made + timedelta(days=policy.since), made + timedelta(days=policy.until)),
        extensions=(
            *identifiers(key, authority.key),
            *(((usage(*policy.usages), True),) if policy.usages else ()),
            *(((x509.ExtendedKeyUsage(purposes), False),) if purposes else ()),
            *(() if policy.named is None else ((x509.SubjectAlternativeName(names), False),)),
        ),
    )
    return Credential("ES256", key, (certificate, *authority.certificates))


def server_context(credential: Credential, policy: TlsPolicy) -> ssl.SSLContext:
    """TLS 1.2 or better; `ssl` reads files only: they are there, for our eyes, for that long."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.maximum_version = _VERSIONS[policy.newest]
    if policy.outdated or policy.key == "rsa1024":
        context.set_ciphers("DEFAULT:@SECLEVEL=0")
    if policy.outdated:
        with warnings.catch_warnings():  # that it is outdated is the point
            warnings.simplefilter("ignore", DeprecationWarning)
            context.minimum_version = ssl.TLSVersion.TLSv1_1
    context.set_alpn_protocols(["http/1.1"])
    with TemporaryDirectory(prefix="oots-mock-") as folder:
        file = Path(folder, "server.pem")
        file.write_bytes(
            credential.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            + credential.certificates[0].public_bytes(Encoding.PEM)
        )
        context.load_cert_chain(file)
    return context


def greeted(credential: Credential, policy: TlsPolicy, greeting: TlsGreeting) -> TlsSeen | None:
    """What a greeting meets; None: it is declined."""
    if greeting.outdated:
        return TlsSeen("TLSv1.1", "", b"") if policy.outdated else None
    shown = credential.certificates[0].public_bytes(Encoding.DER)
    return TlsSeen(policy.newest, _CIPHERS[policy.newest], shown)


def mistrust(credential: Credential, host: str, now: datetime) -> str | None:
    """Why a client that verifies would not go on with a server at a host; None: it would."""
    certificate = credential.certificates[0]
    if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
        return "certificate does not verify: certificate has expired"
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        names = x509.SubjectAlternativeName([])
    if host not in names.get_values_for_type(x509.DNSName):
        return "certificate does not verify: Hostname mismatch"
    key = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey) and key.key_size <= _WEAK:
        return "certificate does not verify: EE certificate key too weak"
    try:
        purposes = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return None
    served = ExtendedKeyUsageOID.SERVER_AUTH in purposes
    return None if served else "certificate does not verify: unsuitable certificate purpose"
