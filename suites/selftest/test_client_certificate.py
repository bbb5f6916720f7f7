"""The certificate by which the judge says who it is: shown to who asks, and to be usable."""

from __future__ import annotations

import asyncio
import socket
import ssl
from contextlib import suppress

import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from harness.adapters.https import HttpsFetcher, fixed_locator
from harness.errors import Unreachable, UsageFault
from harness.model import (
    Reach,
    TlsGreeting,
)
from mock_services.certificates import Credential
from mock_services.pki import pki
from mock_services.tls import server_context, server_credential, tls_authority
from mock_services.world import TlsPolicy
from suites.selftest.loopback import HOST, OTHER, client, get, served

_AUTHORITY = tls_authority(pki().made)


def certificate(password: str | None = None) -> bytes:
    policy = TlsPolicy(purposes=("CLIENT_AUTH",))
    shown = server_credential(("client",), _AUTHORITY, pki().made, policy=policy)
    return _pem(shown, password)


def _pem(shown: Credential, password: str | None) -> bytes:
    hidden = BestAvailableEncryption(password.encode()) if password else NoEncryption()
    key = shown.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, hidden)
    return b"".join(each.public_bytes(Encoding.PEM) for each in shown.certificates) + key


def demanding(newest: str = "TLSv1.3") -> ssl.SSLContext:
    """A server that only speaks to those who show a certificate."""
    policy = TlsPolicy(newest=newest)
    context = server_context(pki().server_credential((HOST, OTHER), policy), policy)
    root = _AUTHORITY.certificates[0].public_bytes(Encoding.PEM)
    context.load_verify_locations(cadata=root.decode())
    context.verify_mode = ssl.CERT_REQUIRED
    return context


@pytest.mark.parametrize("newest", ["TLSv1.2", "TLSv1.3"])
@pytest.mark.parametrize("password", [None, "a password"])
async def test_the_certificate_is_shown_to_who_asks(newest: str, password: str | None) -> None:
    reach = Reach(client_certificate=certificate(password), client_key_password=password)
    async with served(tls=demanding(newest)) as here, client(reach=reach) as fetcher:
        response = await fetcher.fetch(get(here.port))
        seen = await fetcher.greet(TlsGreeting(HOST, here.port))

    assert response.status == 200
    assert seen
    assert seen.version == newest


@pytest.mark.parametrize("newest", ["TLSv1.2", "TLSv1.3"])
async def test_a_server_that_wants_a_certificate_is_told_as_such(newest: str) -> None:
    def decline(listening: socket.socket) -> None:
        connection, _ = listening.accept()
        way = demanding(newest)
        with way.wrap_socket(connection, server_side=True, do_handshake_on_connect=False) as safe:
            with pytest.raises(ssl.SSLError):
                safe.do_handshake()
            socket.socket.shutdown(safe, socket.SHUT_WR)
            with suppress(OSError):  # what is not read would have the alert thrown away
                while socket.socket.recv(safe, 4096):
                    pass

    with socket.create_server(("127.0.0.1", 0)) as listening:
        declined = asyncio.create_task(asyncio.to_thread(decline, listening))
        async with client() as fetcher:
            with pytest.raises(Unreachable, match="it may want a client certificate"):
                await fetcher.fetch(get(listening.getsockname()[1]))
        await declined


async def test_a_server_that_wants_none_gets_none() -> None:
    async with served() as here, client(reach=Reach(client_certificate=certificate())) as fetcher:
        assert (await fetcher.fetch(get(here.port))).status == 200


UNUSABLE = {
    "nothing": (b"", None),
    "no PEM": (b"nonsense", None),
    "no key": (b"".join(c.public_bytes(Encoding.PEM) for c in _AUTHORITY.certificates), None),
    "a wrong password": (certificate("right"), "wrong"),
    "a password that was not given": (certificate("right"), None),
    "the key of another": (
        certificate().partition(b"-----BEGIN PRIVATE")[0]
        + b"-----BEGIN PRIVATE"
        + certificate().partition(b"-----BEGIN PRIVATE")[2],
        None,
    ),
}


@pytest.mark.parametrize(("pem", "password"), UNUSABLE.values(), ids=UNUSABLE)
def test_a_certificate_that_cannot_be_used_is_the_users_to_mend(
    pem: bytes, password: str | None
) -> None:
    reach = Reach(client_certificate=pem, client_key_password=password)
    with pytest.raises(UsageFault, match="the client certificate: expected PEM") as seen:
        HttpsFetcher(locate=fixed_locator("127.0.0.1"), roots=None, reach=reach)

    assert "right" not in str(seen.value)
