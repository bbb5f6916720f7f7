"""How a target of a file is reached: limits, proxy, client certificate, and every secret.

Secrets are read from environment variables, and each is handed on to be kept out of all that is
written, in every form in which it goes over the wire.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime

from harness.model import Headers, Reach
from harness.target_addresses import SYSTEM, proxy_url
from harness.target_certificates import LARGEST, client_certificate, judge_client
from harness.target_model import Secret, TargetDescription
from harness.target_source import Source, octets
from harness.target_words import Unfit
from harness.toml_lines import Path as Key

SHORTEST = 4
"""Characters of a secret: a shorter one could not be kept out of a report without spoiling it."""


class Secrets:
    """The secrets of one file, as they are asked for; `named` has the variable of each key."""

    def __init__(self, source: Source, environ: Mapping[str, str]) -> None:
        self._source = source
        self._environ = environ
        self._found: dict[str, None] = {}
        self.named: dict[str, str] = {}

    def value(self, key: Key, secret: Secret) -> str:
        """The secret of a key; raises `UsageFault` where its variable cannot be used."""
        name = secret.env
        value = self._environ.get(name)
        try:
            usable = _usable(name, value)
        except Unfit as unfit:
            raise self._source.fault(key, unfit) from None
        self.named[".".join(map(str, key))] = name
        self._found[usable] = None
        return usable

    def also(self, *forms: str) -> None:
        """Other forms in which a secret goes out."""
        self._found |= dict.fromkeys(forms)

    def all(self) -> tuple[str, ...]:
        """Every secret in every form, the longest first, so that none hides in part of another."""
        return tuple(sorted(self._found, key=len, reverse=True))


def reach(source: Source, said: TargetDescription, secrets: Secrets, *, at: datetime) -> Reach:
    """How the target is reached; raises `UsageFault`."""
    limits = said.limits
    if limits.total_timeout < limits.connect_timeout:
        unfit = Unfit(
            expected=f"at least connect_timeout, {limits.connect_timeout:g}",
            seen=f"{limits.total_timeout:g}",
            remedy="raise it: it counts the connection in",
        )
        raise source.fault(("limits", "total_timeout"), unfit)
    certificate, password = _client(source, said, secrets, at=at)
    return Reach(
        dns_timeout=limits.dns_timeout,
        connect_timeout=limits.connect_timeout,
        total_timeout=limits.total_timeout,
        rate=limits.rate,
        give_up_after=limits.give_up_after,
        proxy=None if said.proxy is None else proxy_url(said.proxy.url),
        proxy_credentials=_credentials(source, said, secrets),
        client_certificate=certificate,
        client_key_password=password,
        headers=_headers(source, said, secrets),
        addresses_by_system=said.dns.addresses == SYSTEM,
        secrets=secrets.all(),
    )


def _usable(name: str, value: str | None) -> str:
    remedy = f"set it before: export {name}=..."
    if value is None:
        raise Unfit(expected=f"the variable {name} to be set", seen="that it is not", remedy=remedy)
    if len(value) < SHORTEST:
        raise Unfit(
            expected=f"a secret of at least {SHORTEST} characters in the variable {name}",
            seen=f"one of {len(value)}",
            remedy=remedy,
        )
    if not value.isprintable() or value != value.strip():
        raise Unfit(
            expected=f"printable characters in the variable {name}",
            seen="a line feed, a blank at an end or the like",
            remedy=remedy,
        )
    return value


def _credentials(source: Source, said: TargetDescription, secrets: Secrets) -> str | None:
    """`user:password` for the proxy."""
    proxy = said.proxy
    if proxy is None or (proxy.user is None and proxy.password is None):
        return None
    if proxy.user is None or proxy.password is None:
        given, missing = ("user", "password") if proxy.password is None else ("password", "user")
        unfit = Unfit(
            expected="a user and a password together",
            seen=f"no {missing}",
            remedy=f"add {missing} to [proxy], or leave both out",
        )
        raise source.fault(("proxy", given), unfit)
    both = f"{proxy.user}:{secrets.value(('proxy', 'password'), proxy.password)}"
    secrets.also(both, b64encode(both.encode()).decode())
    return both


def _client(
    source: Source, said: TargetDescription, secrets: Secrets, *, at: datetime
) -> tuple[bytes | None, str | None]:
    """The client certificate with its key, and the key's password."""
    tls = said.tls
    if tls.certificate is None:
        for name in ("key", "key_password"):
            if getattr(tls, name) is not None:
                remedy = "add certificate to [tls], or leave this out"
                unfit = Unfit(expected="a certificate beside it", seen="none", remedy=remedy)
                raise source.fault(("tls", name), unfit)
        return None, None
    password = None
    if tls.key_password is not None:
        password = secrets.value(("tls", "key_password"), tls.key_password)
    key: Key = ("tls", "certificate")
    try:
        pem = octets(source.beside(tls.certificate), LARGEST)
        judge_client(pem, at)
        key = key if tls.key is None else ("tls", "key")
        held = pem if tls.key is None else octets(source.beside(tls.key), LARGEST)
        return client_certificate(pem, held, password, at=at), password
    except Unfit as unfit:
        raise source.fault(key, unfit) from None


def _headers(source: Source, said: TargetDescription, secrets: Secrets) -> Headers:
    """The fields that are added to every request."""
    seen: set[str] = set()
    fields = []
    for name, secret in said.headers.items():
        value = secrets.value(("headers", name), secret)
        try:
            value.encode("latin-1")
            is_fit = name.lower() not in seen
            unfit = Unfit(
                expected="each field once",
                seen="the same name in other letters",
                remedy="join them",
            )
        except UnicodeEncodeError:
            is_fit = False
            unfit = Unfit(
                expected="characters that a header field can carry (Latin-1)",
                seen="others",
                remedy=f"encode what the variable {secret.env} holds",
            )
        if not is_fit:
            raise source.fault(("headers", name), unfit)
        seen.add(name.lower())
        fields.append((name, value))
    return tuple(fields)
