"""A landscape as plain data: what is published, who serves it, how it is signed and cached.

A fault is a function from `World` to `World`. Data faults replace a field; faults of the wire add
a hook. The servers and the in-process mount read a `World` and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from harness.model import (
    Environment,
    Headers,
    HttpRequest,
    HttpResponse,
    OverviewRow,
    Service,
)

if TYPE_CHECKING:
    from mock_services.landscape import Landscape
    from mock_services.pki import Credential, Pki

TEMPLATE = "{country}.{service}.v{major}.cs.{environment}.oots.tech.ec.europa.eu"
"""The published name template (TDD 2.0.1, section 3.4), lower case."""

HTTPS_PORT = 443
"""The port that a URL leaves out (RFC 9110, section 4.2.2)."""

COMMISSION = "EC"
"""The owner of the instance that Member States use unless they run their own."""


@dataclass(frozen=True, slots=True)
class Instance:
    """One server of one Common Service in one environment.

    `owner` is `EC` or a Member State's ISO code; `serves` are the ISO codes whose data it holds;
    `path` starts and ends with a slash and is the base path of the service root.
    """

    owner: str
    service: Service
    environment: Environment
    host: str
    path: str
    serves: tuple[str, ...]

    def root(self, port: int) -> str:
        """The service root that DNS publishes; the default port is left out of it."""
        return f"https://{self.host}{f':{port}' * (port != HTTPS_PORT)}{self.path}"


@dataclass(frozen=True, slots=True)
class SigningPolicy:
    """How answers are signed; each field is something a server can get wrong.

    `members` are put into the protected header last and replace what is there (None removes).
    `chain` is how many certificates `x5c` carries, leaf first. `credential` chooses what an
    instance signs with; it is asked once for each instance, and None leaves it to the PKI.
    """

    algorithm: str = "ES256"
    digest_algorithm: str = "SHA-256"
    parameters: tuple[str, ...] = ("digest",)
    chain: int = 3
    members: tuple[tuple[str, object], ...] = ()
    age: int = 0
    credential: Callable[[Pki, Instance], Credential] | None = None


@dataclass(frozen=True, slots=True)
class CachingPolicy:
    """The caching fields of a response; None leaves a field out. Times are in seconds."""

    cache_control: str | None = "public, max-age=3600, stale-if-error=86400, no-transform"
    refusal_cache_control: str | None = "public, max-age=60, no-transform"
    vary: str | None = "Accept, Accept-Version"
    etag: bool = True
    last_modified: bool = True
    date: bool = True
    conditional: bool = True


@dataclass(frozen=True, slots=True)
class ZoneSigning:
    """How the zones are signed (DNSSEC); times are in days from the present one, `until` excluded.

    `stranger` has another key sign than the one that the anchor vouches for; `unasked` sends
    signatures to those too who did not ask for them.
    """

    since: int = -1
    until: int = 14
    stranger: bool = False
    unasked: bool = False


@dataclass(frozen=True, slots=True)
class TlsPolicy:
    """What the servers speak and show in TLS; times are in days from the making of the PKI.

    `newest` is `TLSv1.3` or `TLSv1.2`; `outdated` has them take TLS 1.1 as well. `named` False
    leaves the hosts out of the names, None leaves out the names. `purposes` are the names that
    `cryptography` gives to extended key usages; `key` is a curve or `rsa1024`.
    """

    newest: str = "TLSv1.3"
    outdated: bool = False
    since: int = -1
    until: int = 396
    named: bool | None = True
    usages: tuple[str, ...] = ("digital_signature",)
    purposes: tuple[str, ...] = ("SERVER_AUTH",)
    key: str = "secp256r1"


@dataclass(frozen=True, slots=True)
class Delivery:
    """A response on its way: pieces, each after a pause in seconds, and what the server then does.

    `then` is `keep` (the connection), `close` it, or `reset` it.
    """

    pieces: tuple[tuple[float, bytes], ...]
    then: str = "keep"

    @property
    def octets(self) -> bytes:
        """All of it."""
        return b"".join(piece for _, piece in self.pieces)


ContentHook = Callable[[HttpRequest, bytes], bytes]
"""Changes a body before it is signed: the content is wrong, its signature is sound."""

WireHook = Callable[[HttpRequest, HttpResponse], HttpResponse]
"""Changes a response after it is signed: what a broken server, or a proxy, does to it."""

DeliveryHook = Callable[[HttpRequest, Delivery], Delivery]
"""Changes the octets of a response, or their pace: what a broken server does on the connection."""

DnsHook = Callable[[bytes, bytes, bool], bytes | None]
"""Changes a reply: (query, reply, over TCP) -> reply, or None to stay silent."""


@dataclass(frozen=True, slots=True)
class World:
    """Everything that a landscape is. `zone` is master-file text (RFC 1035, section 5).

    `secondary` is what the second name server holds, None: the same. `zone_signing` is None where
    the zones are not signed. `overview` is what the Commission's table says, whatever DNS does.
    """

    landscape: Landscape
    instances: tuple[Instance, ...]
    zone: str
    pki: Pki
    port: int
    signing: SigningPolicy = SigningPolicy()
    caching: CachingPolicy = CachingPolicy()
    content: tuple[ContentHook, ...] = ()
    wire: tuple[WireHook, ...] = ()
    delivery: tuple[DeliveryHook, ...] = ()
    tls: TlsPolicy = TlsPolicy()
    dns: tuple[DnsHook, ...] = ()
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    secondary: str | None = None
    zone_signing: ZoneSigning | None = None
    overview: tuple[OverviewRow, ...] = ()

    def with_content(self, hook: ContentHook) -> World:
        """This world, with bodies changed before they are signed."""
        return replace(self, content=(*self.content, hook))

    def with_wire(self, hook: WireHook) -> World:
        """This world, with responses changed after they are signed."""
        return replace(self, wire=(*self.wire, hook))

    def with_delivery(self, hook: DeliveryHook) -> World:
        """This world, with responses delivered otherwise."""
        return replace(self, delivery=(*self.delivery, hook))

    def with_dns(self, hook: DnsHook) -> World:
        """This world, with DNS replies changed on their way."""
        return replace(self, dns=(*self.dns, hook))


def set_header(headers: Headers, name: str, value: str | None) -> Headers:
    """The header fields with one of them replaced, added, or (None) left out."""
    kept = tuple((field, old) for field, old in headers if field.lower() != name.lower())
    return kept if value is None else (*kept, (name, value))
