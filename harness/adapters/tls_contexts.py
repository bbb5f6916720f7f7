"""TLS as a client: whom it trusts, and with which certificate it says who it is."""

from __future__ import annotations

import os
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from tempfile import NamedTemporaryFile

from harness.errors import UsageFault

Identity = tuple[bytes, str | None]
"""A client certificate: PEM, chain first, then its key, and the password of the key."""


@cache
def trusting(roots: bytes | None, identity: Identity | None = None) -> ssl.SSLContext:
    """Verifies servers against certificates in PEM, None: those of the system.

    Kept, because to read the roots of a system takes longer than many an exchange.
    """
    try:
        context = ssl.create_default_context(cadata=roots.decode("ascii") if roots else None)
    except (ssl.SSLError, ValueError) as error:
        raise UsageFault(
            "TLS roots",
            expected="certificates in PEM",
            seen=str(error),
            remedy="give a file that begins with -----BEGIN CERTIFICATE-----",
        ) from None
    return _presenting(context, identity)


@cache
def curious(identity: Identity | None = None) -> ssl.SSLContext:
    """Speaks to anybody: for greetings only."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    context.verify_mode = ssl.CERT_NONE
    return _presenting(context, identity)


def _presenting(context: ssl.SSLContext, identity: Identity | None) -> ssl.SSLContext:
    """The context, which shows the client certificate to a server that asks for one."""
    if identity is None:
        return context
    pem, password = identity
    try:
        with _file_of(pem) as path:
            context.load_cert_chain(path, password=lambda: password or "")
    except (ssl.SSLError, ValueError) as error:
        raise UsageFault(
            "the client certificate",
            expected="PEM: a certificate, those that it was issued by, and its key",
            seen=getattr(error, "reason", None) or str(error),
            remedy="see that the key belongs to the certificate, and the password to the key",
        ) from None
    return context


@contextmanager
def _file_of(octets: bytes) -> Iterator[str]:
    """A file that only this user can read: OpenSSL takes certificates from files alone.

    Where the system has it, one that is in memory, so that no key reaches a disk.
    """
    if hasattr(os, "memfd_create"):
        with os.fdopen(os.memfd_create("oots"), "wb") as held:
            held.write(octets)
            held.flush()
            yield f"/proc/self/fd/{held.fileno()}"
        return
    with NamedTemporaryFile() as held:
        held.write(octets)
        held.flush()
        yield held.name
