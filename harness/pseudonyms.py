"""Names taken out of texts: each host, address and participant has one stand-in within a run.

What is a host is learnt from where hosts stand, and told by its form. Hosts of namespaces and of
standards say nothing about anybody and stay. What is encoded in base64 or hexadecimal is looked
into, and gives way to a note where it holds a name, or is long enough to hold a certificate.
"""

from __future__ import annotations

import hashlib
import re
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Iterable, Iterator
from enum import StrEnum
from functools import lru_cache
from ipaddress import ip_address


class Redaction(StrEnum):
    """What is taken out."""

    HOSTS = "hosts"
    PARTICIPANTS = "participants"


PUBLIC = frozenset(
    {
        "data.europa.eu",
        "docs.oasis-open.org",
        "publications.europa.eu",
        "uri.etsi.org",
        "www.rfc-editor.org",
        "www.w3.org",
    }
)
"""Hosts of namespaces, code lists and standards."""

NOBODY = frozenset(
    {"data service directory", "european commission", "evidence broker", "oots", "test"}
)
"""Names in certificates and answers that are no participant's."""

LONGEST_BASE64 = 96
LONGEST_HEX = 130
"""Characters that the digests of these rules do not reach: more may be a certificate."""

SOMEBODY = "a participant"
"""Whose name is spelled in letters that fold in their own way."""

SHORTEST_NAME = 3
_CERTAIN = 3
"""Labels of which a word with dots is taken for a host, wherever it stands."""

_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?|_[\w-]{1,62}"
_HOST = re.compile(rf"(?<![\w-])(?<!\w\.)(?:(?:{_LABEL})\.)+(?:{_LABEL})(?![\w-])")
_URL_HOST = re.compile(r"(?<=://)(?:[^\s/@\"'<>]*@)?(\[[^\]\s]*\]|[^\s/:\"'<>\\!?#,;)\]\[]+)")
_HOST_FIELD = re.compile(r"(?im)^(host:[ \t]*)([^\s:]+)")
_PORTED = re.compile(r"(?<![\w.-])[\w-]+(?=:\d{1,5}(?!\d))")
_IPV4 = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?!\w|\.\w)")
_IPV6 = re.compile(
    r"(?<![\w:.])(?=[0-9A-Fa-f]*:[0-9A-Fa-f:.]*:)[0-9A-Fa-f:.]{2,45}(?<!\.)(?![\w:])"
)
_BASE64 = re.compile(r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{16,}={0,2}")
_HEX = re.compile(r"(?<!\w)[0-9a-fA-F]{32,}(?!\w)")


def note_of(what: str, octets: bytes) -> str:
    """What stands for octets that are withheld: their length and digest tell copies apart."""
    digest = hashlib.sha256(octets).hexdigest()
    return f"[{what} withheld: {len(octets):,} bytes, SHA-256 {digest}]"


class Pseudonyms:
    """The stand-ins of one run, given out in the order in which names are met."""

    def __init__(self, redactions: Iterable[Redaction]) -> None:
        self.redactions = frozenset(redactions)
        self._known: set[str] = set()
        self._domains: set[str] = set()
        self._people: dict[str, str] = {}
        self._folded: dict[str, str] = {}
        self._hosts: dict[str, str] = {}
        self._addresses: dict[str, str] = {}

    @property
    def hosts(self) -> bool:
        """Whether hosts are taken out."""
        return Redaction.HOSTS in self.redactions

    @property
    def counts(self) -> dict[str, int]:
        """How many names have a stand-in."""
        found = {"hosts": self._hosts, "addresses": self._addresses, "participants": self._people}
        return {what: len(names) for what, names in found.items()}

    def learn_host(self, name: str) -> None:
        """Take a word for a host, and the domains that it lies in."""
        labels = name.strip(".").lower().split(".")
        for start in range(max(1, len(labels) - 1)):
            self._known.add(".".join(labels[start:]))
        if len(labels) > 1:
            self._domains.add(".".join(labels[-2:]))

    def learn_participant(self, name: str) -> None:
        """Take a text for somebody's name."""
        plain = " ".join(name.split())
        if len(plain) >= SHORTEST_NAME and plain.lower() not in NOBODY:
            self._people.setdefault(plain, f"participant-{len(self._people) + 1}")
            self._folded[plain] = plain.lower()

    def learn_text(self, text: str) -> None:
        """Learn the hosts that stand in a text."""
        for found in _URL_HOST.finditer(text):
            self.learn_host(found[1])
        for found in _HOST.finditer(text):
            if found[0].count(".") >= _CERTAIN - 1 and _is_host(found[0]):
                self.learn_host(found[0])

    def text(self, text: str) -> str:
        """The text with stand-ins for names."""
        text = self._without_codes(text)
        if Redaction.PARTICIPANTS in self.redactions:
            text = self._without_people(text)
        return self._without_hosts(text) if self.hosts else text

    def holds_name(self, octets: bytes) -> bool:
        """Whether a name that is known stands in octets, in letters of whichever case.

        Every host that is known lies in a domain that is.
        """
        text = octets.decode("latin-1").lower()
        if self.hosts and any(name in text for name in self._domains):
            return True
        people = self._folded.values() if Redaction.PARTICIPANTS in self.redactions else ()
        return any(name in text for name in people)

    def _without_codes(self, text: str) -> str:
        text = _HEX.sub(lambda f: self._code(f[0], _of_hex(f[0]), LONGEST_HEX), text)
        return _BASE64.sub(lambda f: self._code(f[0], _of_base64(f[0]), LONGEST_BASE64), text)

    def _code(self, text: str, octets: bytes | None, longest: int) -> str:
        if len(text) < longest and not (octets and self.holds_name(octets)):
            return text
        return note_of("code", text.encode())

    def _without_people(self, text: str) -> str:
        folded = text.lower()
        met = [name for name, low in self._folded.items() if low.partition(" ")[0] in folded]
        if not met:
            return text
        stand_ins = {self._folded[name]: self._people[name] for name in met}
        pattern = _pattern(tuple(sorted(met, key=len, reverse=True)))
        return pattern.sub(lambda f: stand_ins.get(" ".join(f[0].split()).lower(), SOMEBODY), text)

    def _without_hosts(self, text: str) -> str:
        text = _URL_HOST.sub(lambda found: self._host(found[1]), text)
        text = _HOST_FIELD.sub(lambda found: f"{found[1]}{self._host(found[2])}", text)
        text = _PORTED.sub(lambda found: self._ported(found[0]), text)
        text = _IPV4.sub(lambda found: self._address(found[0]), text)
        text = _IPV6.sub(lambda found: self._address(found[0]), text)
        return _HOST.sub(lambda found: self._word(text, found), text)

    def _word(self, text: str, found: re.Match[str]) -> str:
        """A word with dots: a host by its form, or because it was learnt."""
        word, start = found[0], found.start()
        escape = word[:2] if start and text[start - 1] == "%" else ""
        name = word[len(escape) :]
        certain = name.count(".") >= _CERTAIN - 1 and _is_host(name)
        return f"{escape}{self._host(name)}" if certain or name.lower() in self._known else word

    def _ported(self, word: str) -> str:
        """A word before a port: a host where it was learnt, also of one label."""
        return self._host(word) if word.lower() in self._known else word

    def _host(self, name: str) -> str:
        bare = name.strip("[]").rstrip(".").lower()
        if bare in PUBLIC or bare in self._hosts.values() or bare in self._addresses.values():
            return name
        if _is_address(bare):
            return self._address(bare)
        return self._hosts.setdefault(bare, f"host-{len(self._hosts) + 1}.example")

    def _address(self, text: str) -> str:
        if not _is_address(text):
            return text
        number = len(self._addresses) + 1
        return self._addresses.setdefault(str(ip_address(text)), f"address-{number}.example")


@lru_cache(maxsize=256)
def _pattern(names: tuple[str, ...]) -> re.Pattern[str]:
    """Any of several names, the longest first, however its words are spaced."""
    spaced = (r"\s+".join(map(re.escape, name.split())) for name in names)
    return re.compile(rf"(?<!\w)(?:{'|'.join(spaced)})(?!\w)", re.IGNORECASE)


def _is_host(word: str) -> bool:
    """Whether a word with dots can be a host: its last label is no number."""
    return not word.rpartition(".")[2].isdecimal()


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _of_base64(text: str) -> bytes | None:
    try:
        padded = text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4)
        return b64decode(padded.replace("-", "+").replace("_", "/"), validate=True)
    except (NotBase64, ValueError):
        return None


def _of_hex(text: str) -> bytes | None:
    return bytes.fromhex(text) if len(text) % 2 == 0 else None


def codes(text: str) -> Iterator[bytes]:
    """The octets of what is encoded in a text and long."""
    for pattern, decoded in ((_HEX, _of_hex), (_BASE64, _of_base64)):
        for found in pattern.finditer(text):
            octets = decoded(found[0]) if len(found[0]) >= LONGEST_BASE64 else None
            if octets:
                yield octets
