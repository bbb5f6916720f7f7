"""The nouns that judge and judged share: frozen values, no protocol rules, no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

Headers = tuple[tuple[str, str], ...]
"""Header fields in wire order, names in the case they were sent in, values decoded as latin-1."""


class Service(StrEnum):
    """The two Common Services that are discovered through DNS (TDD 3.4, section 3)."""

    EB = "eb"
    DSD = "dsd"


class Environment(StrEnum):
    """The environment label of the published name template."""

    PROD = "prod"
    ACC = "acc"
    TESTING = "testing"


class Specimen(StrEnum):
    """The answers that a check of one answer is shown: one question each, see `harness.lookup`."""

    CATALOGUE = "catalogue"
    REQUIREMENTS = "requirements"
    EVIDENCE_TYPES = "evidence-types"
    DATA_SERVICES = "data-services"
    ADDITIONAL_INPUT = "additional-input"
    EMPTY = "empty"
    UNKNOWN_QUERY = "unknown-query"


class Verdict(StrEnum):
    """How a check ended; `harness.verdicts` ranks them."""

    PASSED = "passed"
    FAILED = "failed"
    WARNED = "warned"
    BLOCKED = "blocked"
    BROKEN = "broken"
    NOT_APPLICABLE = "not applicable"
    WAIVED = "waived"


@dataclass(frozen=True, slots=True, order=True)
class ServiceKey:
    """One Common Service of one Member State in one environment: the unit that is judged.

    `member_state` is the ISO 3166-1 alpha-2 code as used in DNS names (`GR`, not `EL`).
    """

    member_state: str
    service: Service
    environment: Environment

    def __str__(self) -> str:
        return f"{self.member_state}-{self.service}-{self.environment}"


@dataclass(frozen=True, slots=True)
class OverviewRow:
    """One line of the overview of all instances (TDD 3.4, section 3): where a service is said.

    `operator` is `EC`, or the ISO code of the Member State that runs the instance; None where the
    overview does not say.
    """

    key: ServiceKey
    major: int
    uri: str
    operator: str | None = None


@dataclass(frozen=True, slots=True)
class NaptrRecord:
    """The RDATA of one NAPTR record (RFC 3403, section 4.1); character-strings as text."""

    order: int
    preference: int
    flags: str
    service: str
    regexp: str
    replacement: str = "."


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """One HTTP request; `url` is absolute and already encoded."""

    method: str
    url: str
    headers: Headers


NO_STATUS = 0
"""The status of a captured response that came without its status line."""


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """One HTTP response as received; `body` holds the bytes after transfer decoding only.

    `octets` are the whole message as it came off the connection; None where they were not kept.
    """

    status: int
    headers: Headers
    body: bytes
    octets: bytes | None = field(default=None, compare=False, repr=False)

    def values(self, name: str) -> tuple[str, ...]:
        """Every value of a header field, in order; names compare case-insensitively."""
        wanted = name.lower()
        return tuple(value for field, value in self.headers if field.lower() == wanted)

    def header(self, name: str) -> str | None:
        """The values of a header field joined as RFC 9110, section 5.3 allows; None when absent."""
        return ", ".join(self.values(name)) if self.values(name) else None


@dataclass(frozen=True, slots=True)
class TlsGreeting:
    """A TLS handshake to be tried with a server; `outdated` offers TLS 1.1 at most."""

    host: str
    port: int
    outdated: bool = False


@dataclass(frozen=True, slots=True)
class TlsSeen:
    """What a server showed in TLS: version and cipher by their names, its certificate as DER."""

    version: str
    cipher: str
    certificate: bytes


@dataclass(frozen=True, slots=True)
class Questions:
    """What to ask a directory so that each specimen can be seen; None: it is not known what.

    `country` is the code used in data (`EL`); `empty` and `additional_input` are evidence type
    classifications (DSD) or, for the EB, `empty_procedure` a procedure without any requirement.
    `concepts` pairs the UUID of each user-requested concept with a value that satisfies it.
    `unlearned` is why what is not known could not be learned, where that is known.
    """

    country: str
    procedure: str | None
    requirement: str | None
    evidence_type: str | None
    empty_procedure: str | None
    empty_evidence_type: str | None
    additional_input: str | None
    concepts: tuple[tuple[str, str], ...]
    unlearned: str | None = None


@dataclass(frozen=True, slots=True)
class Reach:
    """How a target is reached, and how gently. Times are in seconds.

    `rate` is how many exchanges a second are begun at most, None: as many as it takes. After
    `give_up_after` unanswered exchanges in a row with a peer it is asked no more, and after
    several such peers in a row nobody is, see `harness.breaker`; None: never. `proxy` is the URL of
    an HTTP proxy (CONNECT) without credentials, those are in `proxy_credentials` as
    `user:password`. `client_certificate` is PEM, chain first, then its key, which
    `client_key_password` may protect. `headers` are added to every HTTP request to the directories'
    own hosts, and to no other. `secrets` are texts that no record, report, ticket or log may show.
    Addresses of hosts are asked of the name server under test, or with `addresses_by_system` of the
    machine's resolver.
    """

    dns_timeout: float = 3.0
    connect_timeout: float = 5.0
    total_timeout: float = 30.0
    rate: float | None = None
    give_up_after: int | None = None
    proxy: str | None = None
    proxy_credentials: str | None = field(default=None, repr=False)
    client_certificate: bytes | None = field(default=None, repr=False)
    client_key_password: str | None = field(default=None, repr=False)
    headers: Headers = field(default=(), repr=False)
    addresses_by_system: bool = False
    secrets: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Target:
    """Of whom it is asked: everything a run needs to reach its subjects.

    `nameserver` is an address and a port; `tls_roots` and `trust_anchors` hold PEM bytes, the
    latter by environment, because no environment may trust the root of another. `roots` gives a
    base URL where the service is not to be discovered. `other_nameservers` serve the same zone;
    `overview` is the Commission's table of instances, None where it was not given; `zone_anchors`
    are DS records as text (`example. DS 1 13 2 ab...`) that the keys of the zone must answer to.
    `zone` is the zone that is served, as a master file, and `repositories` are the base URLs of the
    Semantic Repository, both where the landscape can tell. `nameserver` None has the zone judged
    from that text, before it is published; `zone_file` is then the file's name. `roles` are the
    parts that are under test: `zone`, `directory`, or both. `by_resolver`: the name server is a
    resolver on the way to the zone, and `other_nameservers` are the zone's own. `source` is the
    target file that it was read from; None for a landscape, whose ports and keys are made anew each
    time.
    """

    name: str
    template: str
    nameserver: tuple[str, int] | None
    keys: tuple[ServiceKey, ...]
    questions: Mapping[ServiceKey, Questions]
    roots: Mapping[ServiceKey, str]
    tls_roots: bytes | None
    trust_anchors: Mapping[Environment, bytes]
    majors: tuple[int, ...] = (1, 2)
    fault: str | None = None
    other_nameservers: tuple[tuple[str, int], ...] = ()
    overview: tuple[OverviewRow, ...] | None = None
    zone_anchors: tuple[str, ...] = ()
    zone: str | None = None
    repositories: Mapping[Environment, str] = field(default_factory=lambda: MappingProxyType({}))
    zone_file: str | None = None
    roles: tuple[str, ...] = ("zone", "directory")
    by_resolver: bool = False
    reach: Reach = Reach()
    source: str | None = None


class Blame(StrEnum):
    """Whose a trouble is."""

    SUBJECT = "subject"
    CONFIGURATION = "configuration"
    NETWORK = "network"
    HARNESS = "harness"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one probe of the doctor found out; `whose` is None where all is well.

    `probe` is a stable slug such as `dns-tcp`; `title` says in one line what was looked at.
    `expected`, `seen` and `fix` are texts. `explains` are patterns (`fnmatch`) of the ids of checks
    whose failing or being blocked it accounts for, or tags of theirs. `fatal`: with this, nothing
    of that can be judged. `evidence` are exchange ids. `skipped` says why a probe was not made.
    `subjects` are patterns of the services that it is about, such as `FI-dsd-acc` or `FI-*`; none:
    all.
    """

    probe: str
    title: str
    whose: Blame | None = None
    expected: str | None = None
    seen: str | None = None
    fix: str | None = None
    explains: tuple[str, ...] = ()
    fatal: bool = False
    evidence: tuple[str, ...] = ()
    skipped: str | None = None
    subjects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FaultNote:
    """What a landscape tells about one of its seeded faults.

    `caught_by` maps check ids to tags; `blocks` are patterns of ids of checks that it blinds.
    """

    name: str
    title: str
    caught_by: Mapping[str, str]
    blocks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Exchange:
    """One message and its answer, as bytes; `response` is None when none came, `error` says why.

    `protocol` is `dns/udp`, `dns/tcp`, `https`, `tls` or `file`; `elapsed` is in seconds.
    """

    id: str
    protocol: str
    peer: str
    at: datetime
    elapsed: float
    request: bytes
    response: bytes | None
    error: str | None


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One check on one subject. `expected` and `seen` are texts; `evidence` are exchange ids.

    `clause` says where the requirement is written; `detail` gives the reason of every verdict
    that is neither passed nor failed. `readings` pairs each reading of an ambiguous clause with
    the verdict under it, the one that was judged by first; empty where nothing is ambiguous.
    `source` is the line of a file that it is about, such as `cs.zone, line 12`.
    """

    check: str
    title: str
    chapter: str
    requirement: str
    requirements: tuple[str, ...]
    keyword: str
    clause: str
    member_state: str
    service: str
    environment: str
    verdict: Verdict
    tag: str | None
    expected: str | None
    seen: str | None
    detail: str | None
    evidence: tuple[str, ...]
    readings: tuple[tuple[str, Verdict], ...] = ()
    source: str | None = None


REFERENCE = "reference"
"""The path of a control that leads to the embedded reference, where the check must be green."""

WITHOUT_PROXY = "without the HTTP proxy"
"""The path of a control that goes around the proxy of the target."""

NAME_SERVER = "name server"
"""How the path of a control begins that asks a name server of the zone in a resolver's place."""


@dataclass(frozen=True, slots=True)
class Control:
    """The same check asked again elsewhere, to learn whose a failure is.

    `path` is `REFERENCE`, or names a second way to the same subject: `WITHOUT_PROXY`, or such as
    `name server 192.0.2.7 port 53`.
    """

    path: str
    result: CheckResult
