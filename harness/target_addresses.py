"""How a target file says where something is: name servers, URLs, names in DNS, their anchors.

Pure; each function takes a text or raises `Unfit`.
"""

from __future__ import annotations

import re
from ipaddress import ip_address
from string import Formatter
from urllib.parse import SplitResult, urlsplit

from harness.target_words import Unfit, shown

SYSTEM = "system"
"""The name server that the machine is set to."""

_DNS_PORT = 53
_HIGHEST_PORT = 65_535
_LONGEST_NAME = 253
_PLACEHOLDERS = ("country", "service", "major", "environment")
_FILLED = {"country": "fi", "service": "dsd", "major": "1", "environment": "testing"}
_LABEL = re.compile("[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
_HOST_LABEL = re.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_BRACKETED = re.compile(r"\[([^\[\]]+)\](?::(\w*))?")
_PORT_LIKE = re.compile("53|[0-9]{4,5}")
_DS = re.compile(
    r"(\S+)\s+(?:[0-9]+\s+)?(?:IN\s+)?DS\s+([0-9]{1,5})\s+([0-9]{1,3})\s+([124])\s+([0-9A-Fa-f\s]+)"
)
_DIGEST_LENGTHS = {"1": 40, "2": 64, "4": 96}
_MOST_TAGS, _MOST_ALGORITHMS = 1 << 16, 1 << 8


def name_server(text: str) -> tuple[str, int] | None:
    """An address and a port; None for `system`.

    >>> name_server("192.0.2.1"), name_server("[2001:db8::1]:5300"), name_server("system")
    (('192.0.2.1', 53), ('2001:db8::1', 5300), None)
    """
    if text == SYSTEM:
        return None
    bracketed = _BRACKETED.fullmatch(text)
    if bracketed:
        host, port = bracketed[1], bracketed[2]
    elif text.count(":") == 1:
        host, _, port = text.partition(":")
    else:
        host, port = text, None
    address = _address(host)
    before, _, last = text.rpartition(":")
    if port is None and not bracketed and _PORT_LIKE.fullmatch(last) and _address(before):
        raise Unfit(
            expected=f"[{before}]:{last}, or [{text}]:{_DNS_PORT}",
            seen=f"{shown(text)}, which may mean either",
            remedy="put the address into brackets",
        )
    if address is None or (bracketed and ":" not in host):
        raise Unfit(
            expected="an IP address such as 192.0.2.1, 192.0.2.1:5300 or [2001:db8::1]:53,"
            f" or {SYSTEM}",
            seen=shown(text),
            remedy="a name server is given by its address: dig +short finds it",
        )
    return address, _DNS_PORT if port is None else port_number(port, text)


def base_url(text: str) -> str:
    """The absolute https URL of a directory, to which `/rest/search` is appended."""
    parts = _url(text, "https", "https://eb.example/eb/")
    if parts.query or "?" in text:
        remedy = "leave out what follows the ?; queries are appended by the harness"
        raise Unfit(expected="a base URL without a query", seen=_public(text), remedy=remedy)
    return text


def proxy_url(text: str) -> str:
    """The URL of an HTTP proxy: a host and a port, nothing more."""
    parts = _url(text, "http", "http://proxy.example:3128")
    if parts.path.strip("/") or parts.query or "?" in text:
        remedy = "write http://proxy.example:3128"
        raise Unfit(expected="a proxy's host and port", seen=_public(text), remedy=remedy)
    return f"http://{parts.netloc}"


def port_number(port: str, whole: str) -> int:
    """The number of a port, as it stands at the end of `whole`."""
    if not re.fullmatch("[0-9]{1,5}", port) or not 1 <= int(port) <= _HIGHEST_PORT:
        expected = f"a port from 1 to {_HIGHEST_PORT}"
        raise Unfit(expected=expected, seen=_public(whole), remedy="correct the number")
    return int(port)


def _url(text: str, scheme: str, example: str) -> SplitResult:
    expected = f"an absolute {scheme} URL such as {example}"
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        remedy = f"write it like {example}" if "@" in text else f"correct it: {error}"
        raise Unfit(expected=expected, seen=_public(text), remedy=remedy) from None
    if "@" in parts.netloc:
        raise Unfit(
            expected="a URL without a user name and a password",
            seen="one that has them",
            remedy='take them out; the proxy has user and password = { env = "NAME" } for them',
        )
    if "#" in text:
        raise Unfit(
            expected="a URL without a fragment", seen=_public(text), remedy="cut it at the #"
        )
    is_askable = re.fullmatch("[!-~]+", text) is not None and "\\" not in text
    if parts.scheme != scheme or not is_askable or not _is_host(parts.hostname or ""):
        remedy = f"write it like {example}"
        raise Unfit(expected=expected, seen=_public(text), remedy=remedy)
    if port == 0 or parts.netloc.endswith(":"):
        port_number("", text)
    return parts


def _public(url: str) -> str:
    """A URL as it is told: without what may be a secret in it.

    >>> print(_public("https://me:secret@eb.example/?token=x"))
    'https://…@eb.example/?…'
    """
    told = re.sub("//[^/?#]*@", "//…@", url)
    before, mark, _ = told.partition("?")
    return shown(f"{before}?…" if mark else told)


def template(text: str) -> str:
    """The pattern of the names in DNS, with each of the four placeholders.

    >>> template("{country}.{service}.v{major}.cs.{environment}.example")
    '{country}.{service}.v{major}.cs.{environment}.example'
    """
    expected = f"a name with {', '.join(f'{{{each}}}' for each in _PLACEHOLDERS)} in it"
    remedy = "start from {country}.{service}.v{major}.cs.{environment}.oots.tech.ec.europa.eu"
    try:
        parsed = list(Formatter().parse(text))
    except ValueError as error:
        raise Unfit(expected=expected, seen=f"{shown(text)} ({error})", remedy=remedy) from None
    for _, name, form, conversion in parsed:
        if name is not None and (name not in _PLACEHOLDERS or form or conversion):
            raise Unfit(expected=expected, seen=f"{{{name}}} in {shown(text)}", remedy=remedy)
    missing = [each for each in _PLACEHOLDERS if each not in {name for _, name, _, _ in parsed}]
    if missing:
        seen = f"{shown(text)}, without {{{missing[0]}}}"
        raise Unfit(expected=expected, seen=seen, remedy=remedy)
    if not _is_name(text.format(**_FILLED)):
        raise Unfit(expected="a name that DNS can have", seen=shown(text), remedy=remedy)
    return text


def zone_anchor(text: str) -> str:
    """A DS record (RFC 4034, section 5.3) with its owner.

    >>> zone_anchor("example. DS 1 13 2 " + "0" * 64)[:20]
    'example. DS 1 13 2 0'
    """
    read = _DS.fullmatch(text.strip())
    digest = "" if read is None else "".join(read[5].split())
    if (
        read is None
        or len(digest) != _DIGEST_LENGTHS[read[4]]
        or int(read[2]) >= _MOST_TAGS
        or int(read[3]) >= _MOST_ALGORITHMS
        or not _is_name(read[1])
    ):
        raise Unfit(
            expected="a DS record such as: example. DS 20326 8 2 <64 hexadecimal digits>",
            seen=shown(text),
            remedy="dnssec-dsfromkey writes it, and dig DS shows it",
        )
    return " ".join((read[1], "DS", *read.group(2, 3, 4), digest))


def _is_name(text: str) -> bool:
    name = text.lower().removesuffix(".")
    return len(name) <= _LONGEST_NAME and all(map(_LABEL.fullmatch, name.split(".")))


def _is_host(host: str) -> bool:
    if _address(host) is not None:
        return True
    labels = host.removesuffix(".").split(".")
    return len(host) <= _LONGEST_NAME and all(map(_HOST_LABEL.fullmatch, labels))


def _address(host: str) -> str | None:
    try:
        return str(ip_address(host))
    except ValueError:
        return None
