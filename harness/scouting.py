"""How far a way leads: one attempt to reach a server, step by step, and what was met on it.

A client says that it got no answer; whoever looks for the reason wants to know at which step: the
address, the connection, the proxy, TLS, or the answer itself. Nothing here raises: a way that ends
is what was looked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from warnings import catch_warnings

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.utils import CryptographyDeprecationWarning

from harness.model import HttpRequest, HttpResponse
from harness.observatory import request_bytes, response_bytes

_UNUSABLE = (
    ValueError,
    TypeError,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
)
_KEPT = 64 * 1024
"""Octets of an answer that are kept as evidence: its header, and where its body begins."""


class Step(StrEnum):
    """The steps of a way, in their order."""

    ADDRESS = "address"
    CONNECTION = "connection"
    PROXY = "proxy"
    TLS = "tls"
    ANSWER = "answer"


class End(StrEnum):
    """How a step ends that leads no further."""

    UNKNOWN = "unknown"
    SILENT = "silent"
    REFUSED = "refused"
    CUT = "cut"
    DECLINED = "declined"
    MISTRUSTED = "mistrusted"
    FOREIGN = "foreign"
    UNUSABLE = "unusable"


@dataclass(frozen=True, slots=True)
class Errand:
    """One way to be gone. `address` None: the proxy finds it, or else the machine's resolver.

    `around` leaves the proxy aside. `name` is said to be looked for in TLS in place of the host.
    `trusting` goes on whatever certificate is shown, and then says nothing that is confidential.
    `request` is put once TLS is up; None: nothing is asked.
    """

    host: str = ""
    port: int = 0
    address: str | None = None
    around: bool = False
    name: str | None = None
    trusting: bool = False
    request: HttpRequest | None = None


@dataclass(frozen=True, slots=True)
class Trace:
    """How far an errand came.

    `failed` is the step at which it ended, None where all were gone; `end` and `why` say how.
    `proxy` is what the proxy said; `certificate` is the server's, as DER, where one was seen
    in the handshake; `answer` is what came for the request, as far as it came, and `at` when.
    """

    errand: Errand
    failed: Step | None = None
    end: End | None = None
    why: str | None = None
    proxy: HttpResponse | None = None
    certificate: bytes | None = None
    version: str | None = None
    answer: HttpResponse | None = None
    at: datetime | None = None

    @property
    def protocol(self) -> str:
        """What it is recorded as."""
        return "https" if self.answer or self.failed is Step.ANSWER else "tls"

    @property
    def peer(self) -> str:
        """Whom it was to reach."""
        way = " around the proxy" if self.errand.around else ""
        return f"{self.errand.host}:{self.errand.port}{way}"

    @property
    def sent(self) -> bytes:
        """What was said last, without what the target adds to every request."""
        errand = self.errand
        if self.protocol == "https" and errand.request:
            return request_bytes(errand.request)
        heed = "any certificate" if errand.trusting else "a certificate that verifies"
        name = errand.name or errand.host
        return f"ClientHello to {self.peer}: server name {name}, {heed}".encode()

    @property
    def received(self) -> bytes | None:
        """What came, None where nothing did."""
        if self.answer:
            return response_bytes(self.answer)[:_KEPT]
        if self.proxy and self.failed is Step.PROXY:
            return response_bytes(self.proxy)[:_KEPT]
        if self.failed:
            return None
        shown = (self.certificate or b"").hex()
        return f"{self.version}\n{shown}".strip().encode()

    @property
    def error(self) -> str | None:
        """Why it led no further."""
        return f"{self.peer}: {self.why}" if self.failed else None

    @property
    def shown(self) -> x509.Certificate | None:
        """The server's certificate, None where none was seen or it cannot be read."""
        if self.certificate is None:
            return None
        try:
            with catch_warnings(action="ignore", category=CryptographyDeprecationWarning):
                found = x509.load_der_x509_certificate(self.certificate)
            _ = found.extensions, found.public_key(), found.subject, found.issuer
            _ = found.not_valid_before_utc, found.not_valid_after_utc
        except _UNUSABLE:
            return None
        return found


class Scout(Protocol):
    """Goes a way and says how far it came."""

    async def go(self, errand: Errand) -> Trace:
        """The trace, within the time-outs of the target; it never raises."""
        ...
