"""A record without names, to be passed on: what each line becomes.

Lines are learnt from first, so that a name is known wherever it stands; then they are rewritten.
DNS messages, certificates and bodies that are no plain text give way to a note of their length and
digest.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import dns.exception
import dns.message
from cryptography import x509
from cryptography.x509.oid import NameOID

from harness.model import Exchange
from harness.pseudonyms import Pseudonyms, Redaction, codes, note_of
from harness.record_lines import exchange_facts, exchange_of, readable

TARGET_FILE = "target.toml"
ZONE_FILE = "zone"
_KEPT = frozenset(
    {
        *("kind", "schema", "run", "started", "versions", "rules", "asked", "of_whom"),
        *("catalogue", "left_out", "readings", "not_tested", "planned", "fault", "repeats"),
    }
)
"""What of a header comes from us and not from the target."""

_SOURCE = "source"
_TOLD: Mapping[str, tuple[str, ...]] = {
    "result": ("expected", "seen", "detail", _SOURCE),
    "control": ("path", "expected", "seen", "detail", _SOURCE),
    "finding": ("title", "expected", "seen", "fix", "skipped"),
    "footer": ("reason",),
}
"""What of a line may name somebody."""

_AGENT = re.compile(
    r"<(?:[\w-]+:)?(AccessService|Publisher|EvidenceProvider|DataOwner)\b.*?</(?:[\w-]+:)?\1>",
    re.DOTALL,
)
_NAMING = re.compile(r"<(?:[\w-]+:)?(?:Identifier|Name|Description)\b[^>]*>([^<]{3,400})</")
_SUBJECT = re.compile(r"\b(?:CN|O)=((?:\\.|[^,+\n\\])+)")
_DNS_NAME = re.compile(r"[^\s\"]+\.(?=\s|$)")
_DEEPEST = 2
"""How often something encoded may hold something encoded: a seal holds certificates."""


class Disguise:
    """What takes the names out of the lines of one record."""

    def __init__(self, redactions: Iterable[Redaction]) -> None:
        self.names = Pseudonyms(redactions)
        self.withheld = 0

    def learn(self, facts: Mapping[str, Any]) -> None:
        """Learn the names that a line holds."""
        match facts.get("kind"):
            case "header":
                self._learn_header(facts)
            case "exchange":
                self._learn_exchange(exchange_of(facts))
            case kind if kind in _TOLD:
                for name in _TOLD[str(kind)]:
                    self._learn_text(facts.get(name))

    def line(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        """A line with stand-ins for names; its kind is left as it was."""
        kind = str(facts.get("kind"))
        if kind == "header":
            return self._header(facts)
        if kind == "exchange":
            return {"kind": kind, **exchange_facts(self._exchange(exchange_of(facts)))}
        told = _TOLD.get(kind, ())
        shown = {name: self._value(each) if name in told else each for name, each in facts.items()}
        return shown | ({_SOURCE: _bare(shown[_SOURCE])} if shown.get(_SOURCE) else {})

    def _learn_header(self, facts: Mapping[str, Any]) -> None:
        self.names.learn_participant(str(facts["target"]["name"]))
        for waiver in facts.get("waivers", ()):
            self.names.learn_participant(waiver["owner"])
        for name, value in facts.items():
            if name not in _KEPT:
                for text in _texts(value):
                    self._learn_text(text)

    def _learn_exchange(self, exchange: Exchange) -> None:
        self.names.learn_text(f"{exchange.peer}\n{exchange.error or ''}")
        if exchange.protocol != "file":
            self.names.learn_host(exchange.peer.rpartition(":")[0] or exchange.peer)
        for octets in (exchange.request, exchange.response or b""):
            if exchange.protocol.startswith("dns/"):
                self._learn_dns(octets)
            else:
                self._learn_text(octets.decode("utf-8", "replace"))

    def _learn_dns(self, wire: bytes) -> None:
        try:
            text = dns.message.from_wire(wire).to_text()
        except (dns.exception.DNSException, ValueError):
            return
        self.names.learn_text(text)
        for found in _DNS_NAME.findall(text):
            if found.count(".") > 1:
                self.names.learn_host(found)

    def _learn_text(self, text: str | None, depth: int = 0) -> None:
        if not text:
            return
        self.names.learn_text(text)
        for agent in _AGENT.finditer(text):
            for name in _NAMING.findall(agent[0]):
                self.names.learn_participant(name)
        for name in _SUBJECT.findall(text):
            self._learn_subject(name.replace("\\", ""))
        for octets in codes(text) if depth < _DEEPEST else ():
            self._learn_certificate(octets)
            self._learn_text(readable(octets), depth + 1)

    def _learn_certificate(self, octets: bytes) -> None:
        try:
            certificate = x509.load_der_x509_certificate(octets)
            names = [*certificate.subject, *certificate.issuer]
            hosts = _hosts(certificate)
        except ValueError:
            return
        for host in hosts:
            self.names.learn_host(host.removeprefix("*."))
        for each in names:
            if each.oid in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME):
                self._learn_subject(str(each.value))

    def _learn_subject(self, name: str) -> None:
        """The name that a certificate is made out to: somebody's, or a host's."""
        if " " not in name and "." in name:
            self.names.learn_host(name.removeprefix("*."))
        else:
            self.names.learn_participant(name)

    def _header(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        shown = {k: v if k in _KEPT else self._value(v) for k, v in facts.items()}
        reached = shown["target"].get("reached")
        if isinstance(reached, dict) and reached.get("file"):
            reached["file"] = TARGET_FILE
        if shown.get("target_file"):
            shown["target_file"] = TARGET_FILE
        if shown.get("zone_file"):
            shown["zone_file"] = ZONE_FILE
        earlier = facts.get("redacted", ())
        return {**shown, "redacted": sorted({*earlier, *map(str, self.names.redactions)})}

    def _value(self, value: Any) -> Any:
        match value:
            case str():
                return self.names.text(value)
            case list():
                return [self._value(each) for each in value]
            case dict():
                return {self.names.text(name): self._value(each) for name, each in value.items()}
        return value

    def _exchange(self, exchange: Exchange) -> Exchange:
        response = exchange.response
        return replace(
            exchange,
            peer=self._peer(exchange),
            error=exchange.error and self.names.text(exchange.error),
            request=self._octets(exchange, exchange.request),
            response=None if response is None else self._octets(exchange, response),
        )

    def _peer(self, exchange: Exchange) -> str:
        """The peer as a URL has it, so that names of one label are seen as hosts too."""
        if exchange.protocol == "file":
            return self.names.text(exchange.peer)
        return self.names.text(f"x://{exchange.peer}").removeprefix("x://")

    def _octets(self, exchange: Exchange, octets: bytes) -> bytes:
        named = self.names.hosts or self.names.holds_name(octets)
        if exchange.protocol.startswith("dns/") and named:
            return self._withheld("DNS message", octets)
        if exchange.protocol == "file" and named and octets is not exchange.request:
            return self._withheld("file", octets)
        return self._http(octets) if exchange.protocol == "https" else self._plain("data", octets)

    def _http(self, octets: bytes) -> bytes:
        """A message of HTTP; a body that is cut into chunks may hold names in halves."""
        head, gap, body = octets.partition(b"\r\n\r\n")
        shown = self._plain("head", head) + gap
        if re.search(rb"(?im)^transfer-encoding:", head) and body:
            return shown + self._withheld("body", body)
        return shown + self._plain("body", body)

    def _plain(self, what: str, octets: bytes) -> bytes:
        text = readable(octets)
        if text is None:
            return self._withheld(what, octets)
        return self.names.text(text).encode("utf-8", "surrogatepass")

    def _withheld(self, what: str, octets: bytes) -> bytes:
        self.withheld += 1
        return note_of(what, octets).encode()


def _bare(path: str) -> str:
    """The name of a file without the folders above it, which are named after people."""
    return path.rpartition("/")[2]


def _hosts(certificate: x509.Certificate) -> list[str]:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    return names.get_values_for_type(x509.DNSName)


def _texts(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case list():
            for each in value:
                yield from _texts(each)
        case dict():
            for name, each in value.items():
                yield name
                yield from _texts(each)
