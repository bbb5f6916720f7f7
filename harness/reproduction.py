"""The command by which a person makes one recorded exchange again: `dig` for DNS, `curl` for HTTPS.

It puts the same question to the same place in the same way, and never holds a secret: what only the
user has (certificates, credentials) stands in it as a name to be replaced.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any

import dns.exception
import dns.flags
import dns.message
import dns.rdatatype

from harness.model import Exchange
from harness.record_lines import readable

AUTHORITY = "YOUR-CA.pem"
CLIENT = "YOUR-CLIENT-CERTIFICATE.pem"
WITHHELD = "..."
"""What stands for the CA that `tls.ca` names, a client certificate, and a credential."""

_CREDENTIALS = frozenset({"authorization", "proxy-authorization", "cookie", "x-api-key"})
_PLACE = re.compile(r"(?:^|\bat |\bname server )(?P<address>[0-9A-Fa-f:.]+) port (?P<port>\d{1,5})")
_LONGEST = 8_000


@dataclass(frozen=True, slots=True)
class Way:
    """How a target is reached: its name server, the addresses of its hosts, and what else it takes.

    `private_ca` and `client_certificate` say that curl has to be given one; `proxy` is a URL.
    """

    nameserver: tuple[str, int] | None
    addresses: Mapping[str, str]
    private_ca: bool = False
    client_certificate: bool = False
    proxy: str | None = None


def target_file(header: Mapping[str, Any]) -> str | None:
    """The target file as it was given; None where a landscape was started for the run."""
    reached = header["target"].get("reached") or {}
    given = header.get("target_file") or reached.get("file")
    return str(given) if given else None


def zone_file(header: Mapping[str, Any]) -> str | None:
    """The zone file as it was given in place of a target; None where there was none."""
    given = header.get("zone_file")
    return str(given) if given else None


def way_of(header: Mapping[str, Any], exchanges: Iterable[Exchange]) -> Way:
    """The way that a record tells: by its header, and by the addresses that were looked up."""
    reached = header["target"].get("reached") or {}
    reach = reached.get("reach") or {}
    proxy = reach.get("proxy")
    by_system = bool(reach.get("addresses_by_system"))
    return Way(
        nameserver=_place(str(reached.get("nameserver") or "")),
        addresses={} if by_system else dict(_looked_up(exchanges)),
        private_ca=bool(reached.get("tls_roots")),
        client_certificate=bool(reach.get("client_certificate")),
        proxy=proxy if isinstance(proxy, str) else None,
    )


def command(exchange: Exchange, way: Way) -> str | None:
    """The command, quoted for a shell; None where there is none for such an exchange."""
    match exchange.protocol:
        case "dns/udp" | "dns/tcp":
            words = _dig(exchange, way)
        case "https":
            words = _curl(exchange, way)
        case _:
            words = None
    if words is None or not all(word.isprintable() for word in words):
        return None
    line = shlex.join(words)
    return line if len(line) <= _LONGEST else None


def _dig(exchange: Exchange, way: Way) -> list[str] | None:
    place = _place(exchange.peer) or _place(exchange.error or "") or way.nameserver
    if place is None:
        return None
    address, port = place
    asked = _question(exchange.request)
    if asked is None:
        return None
    name, rdtype, options = asked
    words = ["dig", f"@{address}", "-p", str(port), "-t", rdtype, "-q", name]
    if exchange.protocol == "dns/tcp":
        words.append("+tcp")
    elif exchange.response is None or _cut_short(exchange.response):
        words.append("+ignore")  # else dig asks again over TCP, and hides what was seen
    return words + options


def _question(request: bytes) -> tuple[str, str, list[str]] | None:
    """Name, type and options of a query: from its wire form, or from the words noted without it."""
    try:
        query = dns.message.from_wire(request)
    except (dns.exception.DNSException, ValueError):
        words = (readable(request) or "").split(" ")
        return (words[0], words[1], []) if len(words) == 2 and all(words) else None  # noqa: PLR2004 -- name and type
    if not query.question:
        return None
    asked = query.question[0]
    options = [] if query.flags & dns.flags.RD else ["+norecurse"]
    options += [] if query.flags & dns.flags.AD else ["+noadflag"]  # which dig sets by itself
    if query.edns < 0:
        options.append("+noedns")
    else:
        options += [f"+bufsize={query.payload}", "+nocookie"]
        options += ["+dnssec"] if query.ednsflags & dns.flags.DO else []
    return asked.name.to_text(), dns.rdatatype.to_text(asked.rdtype), options


def _cut_short(response: bytes) -> bool:
    return len(response) > 2 and bool(response[2] & 0x02)  # noqa: PLR2004 -- TC: RFC 1035, section 4.1.1


def _curl(exchange: Exchange, way: Way) -> list[str] | None:
    text = readable(exchange.request)
    if text is None:
        return None
    head, _, body = text.partition("\r\n\r\n")
    first, *lines = head.split("\r\n")
    line = re.fullmatch(r"([A-Z]{1,20}) (/\S*) HTTP/1\.1", first)
    fields = [(name, value) for name, _, value in (field.partition(": ") for field in lines)]
    hosts = [value for name, value in fields if name.lower() == "host"]
    if line is None or body or len(hosts) != 1:
        return None
    netloc = hosts[0].rpartition("@")[2]
    url = f"https://{netloc}{line[2]}"
    return [
        *("curl", "-sSi", "--http1.1", *_method(line[1])),
        *_reach(netloc, way),
        *_taken_literally(url),
        *_fields([field for field in fields if field[0].lower() != "host"]),
        url,
    ]


def _method(method: str) -> Iterator[str]:
    if method == "HEAD":
        yield "--head"
    elif method != "GET":
        yield from ("--request", method)


def _reach(netloc: str, way: Way) -> Iterator[str]:
    """Where to connect, and whom to trust."""
    host, _, port = netloc.rpartition(":") if re.search(r":\d+$", netloc) else (netloc, "", "443")
    address = way.addresses.get(host.lower())
    if way.proxy:
        yield from ("--proxy", way.proxy.rpartition("@")[2] if "@" in way.proxy else way.proxy)
    elif address:
        shown = f"[{address}]" if ":" in address else address
        yield from ("--resolve", f"{host}:{port}:{shown}")
    if way.private_ca:
        yield from ("--cacert", AUTHORITY)
    if way.client_certificate:
        yield from ("--cert", CLIENT)


def _taken_literally(url: str) -> Iterator[str]:
    if any(char in url for char in "[]{}"):
        yield "--globoff"
    if "/." in url:
        yield "--path-as-is"


def _fields(fields: list[tuple[str, str]]) -> Iterator[str]:
    """The header fields as they were sent; those that curl would add by itself are left out."""
    names = {name.lower() for name, _ in fields}
    if "user-agent" not in names:
        yield from ("--user-agent", "")
    if "accept" not in names:
        yield from ("--header", "Accept:")
    for name, value in fields:
        shown = WITHHELD if name.lower() in _CREDENTIALS else value
        yield from ("--header", f"{name}: {shown}" if shown else f"{name};")


def _looked_up(exchanges: Iterable[Exchange]) -> Iterator[tuple[str, str]]:
    """Hosts and the first address that was given for each."""
    known: set[str] = set()
    for exchange in exchanges:
        if exchange.response is None or not exchange.protocol.startswith("dns/"):
            continue
        host = exchange.peer.rstrip(".").lower()
        if host not in known and (address := _address(exchange.response)):
            known.add(host)
            yield host, address


def _address(wire: bytes) -> str | None:
    try:
        reply = dns.message.from_wire(wire)
    except (dns.exception.DNSException, ValueError):
        return None
    for rrset in reply.answer:
        if rrset.rdtype in (dns.rdatatype.A, dns.rdatatype.AAAA):
            return str(rrset[0].address)
    return None


def _place(text: str) -> tuple[str, int] | None:
    """An address and a port, as records name a server.

    >>> _place("192.0.2.7 port 5300"), _place("the file cs.zone")
    (('192.0.2.7', 5300), None)
    """
    found = _PLACE.search(text)
    if found is None:
        return None
    try:
        return str(ip_address(found["address"])), int(found["port"])
    except ValueError:
        return None
