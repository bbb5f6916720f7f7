"""Authorities of those in between: certificates made on the spot, for whatever name."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from mock_services.certificates import (
    Credential,
    certified,
    distinguished_name,
    identifiers,
    new_key,
    usage,
)
from mock_services.tls import server_context
from mock_services.world import TlsPolicy


class Forger:
    """An authority that vouches for whatever it is asked; `age` is that of what it makes.

    `lifetime` is counted from the making; a negative one has all of it expired. `root_for` is how
    many days the authority itself is still valid.
    """

    def __init__(
        self,
        common_name: str,
        *,
        age: timedelta = timedelta(days=2),
        lifetime: timedelta = timedelta(days=90),
        root_for: int = 365,
    ) -> None:
        self._made = datetime.now(UTC).replace(microsecond=0)
        self._span = self._made - age, self._made + lifetime
        self._key = new_key("ES256")
        name = distinguished_name(common_name=common_name)
        self._root = certified(
            name,
            self._key,
            issuer=(name, self._key),
            validity=(self._made - timedelta(days=365), self._made + timedelta(days=root_for)),
            extensions=(
                (x509.BasicConstraints(ca=True, path_length=None), True),
                *identifiers(self._key, self._key),
                (usage("key_cert_sign", "crl_sign"), True),
            ),
        )
        self._contexts: dict[str, ssl.SSLContext] = {}

    @property
    def root(self) -> bytes:
        """The authority itself, as PEM."""
        return self._root.public_bytes(Encoding.PEM)

    def context(self, host: str) -> ssl.SSLContext:
        """What shows a certificate for a host; the same at each call."""
        if host not in self._contexts:
            self._contexts[host] = server_context(self.credential(host), TlsPolicy())
        return self._contexts[host]

    def credential(self, host: str, *, client: bool = False) -> Credential:
        """A key and a certificate for a host, or for a client."""
        key = new_key("ES256")
        purpose = ExtendedKeyUsageOID.CLIENT_AUTH if client else ExtendedKeyUsageOID.SERVER_AUTH
        certificate = certified(
            distinguished_name(common_name=host),
            key,
            issuer=(self._root.subject, self._key),
            validity=self._span,
            extensions=(
                *identifiers(key, self._key),
                (usage("digital_signature"), True),
                (x509.ExtendedKeyUsage([purpose]), False),
                (x509.SubjectAlternativeName([_name(host)]), False),
            ),
        )
        return Credential("ES256", key, (certificate, self._root))

    def by_name(self, otherwise: str) -> ssl.SSLContext:
        """What shows a certificate for whatever name a client looks for."""
        context = server_context(self.credential(otherwise), TlsPolicy())

        def choose(
            connection: ssl.SSLObject | ssl.SSLSocket, name: str | None, _context: object
        ) -> None:
            connection.context = self.context(name or otherwise)

        context.sni_callback = choose
        return context


def _name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def trusting(target_roots: bytes | None, *roots: bytes) -> bytes:
    """TLS roots with others beside them; those of a system that has none named are left out."""
    return b"".join((target_roots or b"", *roots))
