"""How the harness behaves towards a target: how fast and how long it asks, what it keeps secret."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import urlsplit

from harness.breaker import Breaker
from harness.model import Headers, HttpRequest, Reach
from harness.pace import Pace
from harness.redaction import MASK, Scrubber, secrets_of

_HTTPS = 443


@lru_cache(maxsize=256)
def origin_of(url: str) -> tuple[str, int] | None:
    """The host and the port that a URL leads to; None where it names none.

    >>> origin_of("https://EB.example/a"), origin_of("https://eb.example:8443")
    (('eb.example', 443), ('eb.example', 8443))
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    return (host, port or _HTTPS) if host else None


class Own:
    """The hosts that are the target's own: only they are shown what the target file adds.

    They are those of its base URLs, and those that its zone leads to.
    """

    def __init__(self, *roots: str) -> None:
        self._origins = {origin_of(root) for root in roots} - {None}

    def add(self, root: str) -> None:
        """Take a base URL for one of the target's own."""
        self._origins.add(origin_of(root))

    def __contains__(self, url: object) -> bool:
        """Whether a URL leads to one of its hosts."""
        origin = origin_of(url) if isinstance(url, str) else None
        return origin is not None and origin in self._origins


@dataclass(frozen=True, slots=True)
class Conduct:
    """`headers` go to the hosts in `own`; they are written down without their values.

    `served` tells whether names are asked of a server: to look into a file needs no turn.
    """

    pace: Pace
    breaker: Breaker
    scrubber: Scrubber
    headers: Headers = ()
    own: Own = field(default_factory=Own)
    served: bool = True

    @classmethod
    def of(cls, reach: Reach, own: Own | None = None, *, served: bool = True) -> Conduct:
        """The conduct that a target asks for."""
        return cls(
            pace=Pace(reach.rate),
            breaker=Breaker(reach.give_up_after),
            scrubber=Scrubber(secrets_of(reach)),
            headers=reach.headers,
            own=own or Own(),
            served=served,
        )

    def shown(self, request: HttpRequest) -> HttpRequest:
        """A request as it is sent, for the record."""
        if not self.headers or request.url not in self.own:
            return request
        added = tuple((name, MASK) for name, _ in self.headers)
        return HttpRequest(request.method, request.url, request.headers + added)
