"""A greeting over a socket of this machine."""

from __future__ import annotations

from dataclasses import replace

from cryptography.hazmat.primitives.serialization import Encoding

from harness.model import TlsGreeting
from harness.tls import told
from mock_services.pki import pki
from mock_services.world import TlsPolicy
from suites.selftest.loopback import HOST, client, served

GREETING = TlsGreeting(HOST, 443)


async def test_a_server_is_greeted_over_a_socket() -> None:
    async with served() as here, client() as fetcher:
        greeting = replace(GREETING, port=here.port)
        seen = await fetcher.greet(greeting)
        declined = await fetcher.greet(replace(greeting, outdated=True))

    assert seen is not None
    assert seen.version == "TLSv1.3"
    credential = pki().server_credential((HOST, "dsd.localhost"), TlsPolicy())
    assert seen.certificate == credential.certificates[0].public_bytes(Encoding.DER)
    assert declined is None
    assert list(told(declined)) == ["declined"]
    assert next(told(seen)) == "TLSv1.3"
