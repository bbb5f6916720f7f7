"""From a name template to a service root: what DNS says about one Common Service.

RFC 3403 (NAPTR), RFC 4848 (terminal `U` records with a restricted regexp) and TDD 3.4, section 3.
Pure: a record's own flaw is a `Violation`, and nothing that a record holds raises anything else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from harness.dns_message import DnsReply, ResourceRecord
from harness.errors import Violation
from harness.model import NaptrRecord, ServiceKey

RESTRICTED_FORM = "!.*!<URI>!"
"""What RFC 4848, section 2.2 leaves of the substitution expressions of RFC 3402."""

_LONGEST_ALIAS_CHAIN = 8
_NOT_IN_A_URI = re.compile(r"[^A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]")
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2}).{0,2}")
_HOST_LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
_HTTPS = 443
_LONGEST_NAME = 254


@dataclass(frozen=True, slots=True)
class Instance:
    """Where a service root leads, apart from how it is spelled: two equal ones are one server."""

    host: str
    port: int
    path: str


def query_name(template: str, key: ServiceKey, major: int) -> str:
    """The name of a service's entry: the template with its four placeholders filled in.

    >>> from harness.model import Environment, Service
    >>> query_name("{country}.{service}.v{major}.cs.{environment}.example",
    ...            ServiceKey("GR", Service.EB, Environment.ACC), 1)
    'gr.eb.v1.cs.acc.example'
    """
    return template.format(
        country=key.member_state,
        service=key.service,
        major=major,
        environment=key.environment,
    ).lower()


def entry(reply: DnsReply) -> tuple[ResourceRecord, ...]:
    """The NAPTR records of a reply that belong to the name asked for, aliases followed.

    Whatever else the answer section carries is not the entry's (RFC 2181, section 5.4.1).
    """
    name = same_name(reply.query.name)
    for _ in range(_LONGEST_ALIAS_CHAIN):
        target = next((r.rdata for r in reply.answer if _alias(r, name)), None)
        if target is None:
            break
        name = same_name(target)
    return tuple(r for r in reply.answer if r.naptr and same_name(r.name) == name)


def _alias(record: ResourceRecord, name: str) -> bool:
    return record.rdtype == "CNAME" and same_name(record.name) == name


def same_name(name: str) -> str:
    """A domain name in the one form in which equal names are equal texts (RFC 4343).

    >>> same_name("Query.CS.example.")
    'query.cs.example'
    """
    return name.lower().removesuffix(".")


def is_terminal(record: NaptrRecord) -> bool:
    """Whether the flag says that the regexp yields a URI; its case is free (RFC 3403, 4.1)."""
    return record.flags in ("u", "U")


def is_usable(record: NaptrRecord) -> bool:
    """Whether a client of the Common Services may use a record; others are ignored."""
    return is_terminal(record) and not record.service


def select(records: Iterable[NaptrRecord]) -> NaptrRecord | None:
    """The record a client uses: the first by order, then preference, that is usable.

    >>> first = NaptrRecord(100, 10, "u", "", "!.*!https://a.example!")
    >>> select([NaptrRecord(100, 20, "U", "", ""), first, NaptrRecord(1, 1, "S", "", "")]) == first
    True
    """
    return min(filter(is_usable, records), key=_rank, default=None)


def usable_roots(records: Iterable[NaptrRecord]) -> tuple[SplitResult, ...]:
    """Where the usable records lead, in the order in which a client tries them; unread ones not."""
    roots = []
    for record in sorted(filter(is_usable, records), key=_rank):
        try:
            roots.append(service_root(record))
        except Violation:
            continue
    return tuple(roots)


def _rank(record: NaptrRecord) -> tuple[int, int]:
    return record.order, record.preference


def root_text(record: NaptrRecord) -> str:
    """The URI in a record's regexp, spelled as it stands there; raises `Violation`."""
    match record.regexp.split("!"):
        case ["", ".*", uri, ""]:
            return uri
    raise Violation("naptr-regexp-malformed", expected=RESTRICTED_FORM, seen=record.regexp)


def service_root(record: NaptrRecord) -> SplitResult:
    """Read the URI out of the restricted regexp of RFC 4848, section 2.2; raises `Violation`.

    >>> service_root(NaptrRecord(100, 10, "U", "", "!.*!https://dsd.example/!")).netloc
    'dsd.example'
    """
    text = root_text(record)
    try:
        return urlsplit(text)
    except ValueError:
        seen = record.regexp
    raise Violation("naptr-regexp-malformed", expected=f"a URI in {RESTRICTED_FORM}", seen=seen)


def spelling_flaw(uri: str) -> tuple[str, str] | None:
    """What RFC 3986 forbids in a URI, as a tag and the text in question; None when sound.

    >>> spelling_flaw("https://a.example/100%")
    ('naptr-root-percent-encoding', '%')
    >>> spelling_flaw("https://a.example/a b")
    ('naptr-root-character', ' ')
    """
    for tag, pattern in (
        ("naptr-root-character", _NOT_IN_A_URI),
        ("naptr-root-percent-encoding", _BAD_ESCAPE),
    ):
        found = pattern.search(uri)
        if found:
            return tag, found[0]
    return None


def is_address(host: str) -> bool:
    """Whether a host is an IP literal.

    >>> is_address("192.0.2.1"), is_address("2001:db8::1"), is_address("eb.example")
    (True, True, False)
    """
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def is_host_name(host: str) -> bool:
    """Whether a host is spelled as a DNS host name (RFC 1123, section 2.1); no IP literal.

    >>> is_host_name("query.cs.example"), is_host_name("query_cs.example"), is_host_name("")
    (True, False, False)
    """
    labels = same_name(host).split(".")
    sound = len(host) <= _LONGEST_NAME and all(map(_HOST_LABEL.fullmatch, labels))
    return sound and not labels[-1].isdecimal()


def port_of(root: SplitResult) -> int | None:
    """The port a root names, 443 where it names none; None where it is no port.

    >>> port_of(urlsplit("https://a.example")), port_of(urlsplit("https://a.example:99999"))
    (443, None)
    """
    try:
        return _HTTPS if root.port is None else root.port or None
    except ValueError:
        return None


def instance(root: SplitResult) -> Instance:
    """The server that a root leads to; a closing slash makes no other one."""
    return Instance(same_name(root.hostname or ""), port_of(root) or 0, root.path.rstrip("/"))


def content(reply: DnsReply) -> tuple[str, tuple[tuple[str, str, str], ...]]:
    """What a reply says, apart from how it was carried: two equal ones agree. TTLs count down."""
    records = ((same_name(r.name), r.rdtype, r.rdata) for r in reply.answer)
    return reply.rcode, tuple(sorted(records))


def minimum(soa: ResourceRecord) -> int:
    """The MINIMUM field of an SOA record, in seconds (RFC 2308, section 4).

    >>> minimum(ResourceRecord("example.", 300, "SOA", "ns. host. 1 7200 900 86400 600"))
    600
    """
    return int(soa.rdata.split()[-1])


def mixed_case(name: str) -> str:
    """A name with every second letter raised, to see whether case matters.

    >>> mixed_case("fi.eb.v1")
    'fI.eB.v1'
    """
    letters = 0
    mixed = []
    for char in name:
        letters += char.isalpha()
        mixed.append(char.upper() if char.isalpha() and letters % 2 == 0 else char)
    return "".join(mixed)
