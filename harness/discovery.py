"""From a name template to a service root: what DNS says about one Common Service.

RFC 3403 (NAPTR), RFC 4848 (terminal `U` records with a restricted regexp) and TDD 3.4, section 3.
Pure: a record's own flaw is a `Violation`, and nothing that a record holds raises anything else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from harness.dns_message import DnsReply, ResourceRecord
from harness.errors import Violation
from harness.model import NaptrRecord, ServiceKey

RESTRICTED_FORM = "!.*!<URI>!"
"""What RFC 4848, section 2.2 leaves of the substitution expressions of RFC 3402."""

MOST_ALIASES = 8
"""How many aliases of aliases are followed; no RFC gives a limit, resolvers have one each."""

LONGEST_STRING = 255
"""The longest regexp, in octets: it is one character-string (RFC 3403, section 4.1)."""

_ODD_OCTET = re.compile(r"\\x[0-9a-f]{2}")
"""How `harness.adapters.dns` shows an octet that is not UTF-8."""

_NOT_ASCII = re.compile(r"[^\x00-\x7f]|\\x[0-9a-f]{2}")
_NOT_IN_A_URI = re.compile(r"[^A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]")
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2}).{0,2}")
_REGEXP_FLAWS = (
    (
        "naptr-regexp-empty",
        f"{RESTRICTED_FORM}, since the flag says that it yields a URI",
        re.compile(""),
    ),
    (
        "naptr-regexp-delimiter",
        "exclamation marks as delimiters",
        re.compile(r"([^!\\])\^?\.\*\$?\1.*\1i?", re.DOTALL),
    ),
    (
        "naptr-regexp-anchored",
        "the pattern .* without ^ and $",
        re.compile(r"!(\^\.\*\$?|\.\*\$)![^!]*!"),
    ),
    (
        "naptr-regexp-back-reference",
        "a URI in which nothing is to be filled in",
        re.compile(r"![^!]*![^!]*\\[0-9][^!]*!i?"),
    ),
    (
        "naptr-regexp-escape",
        "a URI without backslashes; an exclamation mark in it is written %21",
        re.compile(r"!\.\*!.*\\.*!", re.DOTALL),
    ),
    (
        "naptr-regexp-flag",
        "nothing after the last delimiter",
        re.compile(r"!\.\*![^!]*!i"),
    ),
)
"""What full substitution expressions (RFC 3402, section 3.2) have and restricted ones have not."""

_NAMING = frozenset({"CNAME", "DNAME", "NS"})
"""Types whose RDATA is a name: compressed with the question, it comes in the question's case."""

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
    return filled_in(
        template,
        country=key.member_state,
        service=key.service,
        major=major,
        environment=key.environment,
    )


def filled_in(template: str, *, country: str, service: str, major: int, environment: str) -> str:
    """The template with any labels, which may stand for nothing."""
    return template.format(
        country=country, service=service, major=major, environment=environment
    ).lower()


def entry(reply: DnsReply) -> tuple[ResourceRecord, ...]:
    """The NAPTR records of a reply that belong to the name asked for, aliases followed.

    Whatever else the answer section carries is not the entry's (RFC 2181, section 5.4.1), and
    what stands in another section is not looked at (RFC 3403, section 4.2.2).
    """
    name = trail(reply)[-1]
    return tuple(r for r in reply.answer if r.naptr and same_name(r.name) == name)


def trail(reply: DnsReply) -> tuple[str, ...]:
    """The names that a reply leads along, from the one asked for to the last alias of an alias.

    Where aliases go in a circle, or on for too long, it ends with the first name too many.
    """
    names = [same_name(reply.query.name)]
    aliases = {same_name(r.name): r.rdata for r in reversed(reply.answer) if r.rdtype == "CNAME"}
    while names[-1] in aliases and not endless(names):
        names.append(same_name(aliases[names[-1]]))
    return tuple(names)


def endless(names: Sequence[str]) -> bool:
    """Whether a trail has come back to where it was, or is longer than we follow."""
    return len(set(names)) < len(names) or len(names) - 1 > MOST_ALIASES


def substitution(reply: DnsReply, dname: ResourceRecord) -> tuple[str, str | None] | None:
    """What a DNAME record makes of a name on the trail: what its CNAME has to say, and says.

    None where no name of the trail lies below it (RFC 6672, sections 2.2 and 3.1).
    """
    owner = same_name(dname.name)
    for name in trail(reply):
        if name.endswith(f".{owner}"):
            expected = f"{name.removesuffix(owner)}{same_name(dname.rdata)}"
            aliases = (r.rdata for r in reply.answer if _alias(r, name))
            said = next(aliases, None)
            return expected, None if said is None else same_name(said)
    return None


def _alias(record: ResourceRecord, name: str) -> bool:
    return record.rdtype == "CNAME" and same_name(record.name) == name


def same_name(name: str) -> str:
    """A domain name in the one form in which equal names are equal texts (RFC 4343).

    >>> same_name("Query.CS.example.")
    'query.cs.example'
    """
    return name.lower().removesuffix(".")


def is_terminal(record: NaptrRecord, flags: str = "uU") -> bool:
    """Whether the flag says that the regexp yields a URI; its case is free (RFC 3403, 4.1)."""
    return record.flags in tuple(flags)


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


def rank(record: NaptrRecord) -> tuple[int, int]:
    """What records are sorted by: order, then preference (RFC 3403, section 4.1)."""
    return record.order, record.preference


def _rank(record: NaptrRecord) -> tuple[int, int, str]:
    """The same, with equal ranks told apart: the order of the answer must mean nothing."""
    return *rank(record), record.regexp


def root_text(record: NaptrRecord) -> str:
    """The URI in a record's regexp, spelled as it stands there; raises `Violation`."""
    match record.regexp.split("!"):
        case ["", ".*", uri, ""] if "\\" not in _ODD_OCTET.sub("", uri):
            return uri
    tag, expected = _regexp_flaw(record.regexp)
    raise Violation(tag, expected=expected, seen=record.regexp)


def _regexp_flaw(regexp: str) -> tuple[str, str]:
    """The name of what keeps a regexp from the restricted form, and what it should be.

    >>> _regexp_flaw("#.*#https://a.example#")
    ('naptr-regexp-delimiter', 'exclamation marks as delimiters')
    >>> _regexp_flaw("!.*!https://a.example!i")
    ('naptr-regexp-flag', 'nothing after the last delimiter')
    """
    for tag, expected, pattern in _REGEXP_FLAWS:
        if pattern.fullmatch(regexp):
            return tag, expected
    if len(regexp.encode("utf-8", "replace")) == LONGEST_STRING and not regexp.endswith("!"):
        return "naptr-regexp-cut-off", f"a whole URI within {LONGEST_STRING} octets"
    return "naptr-regexp-malformed", RESTRICTED_FORM


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


def root_of(uri: str) -> SplitResult | None:
    """A URI with a scheme and a host, as it leads somewhere; None for any other text.

    >>> root_of("https://a.example/eb/") and root_of("https://[::1") is None
    True
    """
    try:
        root = urlsplit(uri)
    except ValueError:
        return None
    return root if root.scheme and root.netloc else None


def spelling_flaw(uri: str) -> tuple[str, str] | None:
    """What RFC 3986 forbids in a URI, as a tag and the text in question; None when sound.

    >>> spelling_flaw("https://a.example/100%")
    ('naptr-root-percent-encoding', '%')
    >>> spelling_flaw("https://a.example/a b")
    ('naptr-root-character', ' ')
    """
    for tag, pattern in (
        ("naptr-root-not-ascii", _NOT_ASCII),
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
    records = ((same_name(r.name), r.rdtype, _plain(r)) for r in reply.answer)
    return reply.rcode, tuple(sorted(records))


def _plain(record: ResourceRecord) -> str:
    return record.rdata.lower() if record.rdtype in _NAMING else record.rdata


def serial(soa: ResourceRecord) -> str:
    """The SERIAL field of an SOA record: the version of the zone (RFC 1035, section 3.3.13).

    >>> serial(ResourceRecord("example.", 300, "SOA", "ns. host. 7 7200 900 86400 600"))
    '7'
    """
    return soa.rdata.split()[2]


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
