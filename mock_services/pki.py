"""A test PKI, made fresh in each process: what signs the answers, and what TLS shows.

The signing side has the shape and the size of the real one (a root and a sub-CA with RSA-4096
keys, small leaves without extended key usage or subject alternative name, issuing points that are
named but lead nowhere). Production trusts another root than acceptance and testing do. Every name
says that it is a mock, and no key ever leaves the process.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from copy import copy
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cache, partial
from threading import RLock

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding

from harness.model import Environment
from mock_services.certificates import (
    Credential,
    Extensions,
    SigningKey,
    certified,
    distinguished_name,
    identifiers,
    new_key,
    points,
    policies,
    usage,
    weakened,
)
from mock_services.tls import server_context, server_credential, tls_authority
from mock_services.world import TlsPolicy

__all__ = ["Authority", "Credential", "Leaf", "Pki", "Trust", "pki"]


_ON_P_256 = partial(new_key, "ES256")
_ANY_AUTHORITY = x509.BasicConstraints(ca=True, path_length=None)


class Trust(StrEnum):
    """Environments that share a trust anchor share a member."""

    PROD = "prod"
    TEST = "test"

    @classmethod
    def of(cls, environment: Environment) -> Trust:
        """The trust that an environment belongs to."""
        return cls.PROD if environment is Environment.PROD else cls.TEST


@dataclass(frozen=True, slots=True)
class Leaf:
    """What a signing certificate is like; each field is something that an issuer can get wrong.

    The validity is relative to the making of the PKI. `usages` are the key usages by the names
    that `cryptography` gives them; None leaves the extension out. `common_name` None stands for
    `<owner>-OOTS-CS-<ENV> (mock)`. `extensions` are added; `points` are where its revocation would
    be told; `hashed` is `sha1` or `md5` for one that nobody should issue.
    """

    algorithm: str = "ES256"
    not_before: timedelta = timedelta(days=-30)
    not_after: timedelta = timedelta(days=700)
    usages: tuple[str, ...] | None = ("digital_signature", "content_commitment")
    self_signed: bool = False
    common_name: str | None = None
    extensions: Extensions = ()
    points: bool = True
    hashed: str = "sha256"


@dataclass(frozen=True, slots=True)
class Authority:
    """What a further sub-CA is like; each field is something that an issuer can get wrong.

    `basic` None leaves the basic constraints out. The validity is relative to the making of the
    PKI.
    """

    new_key: Callable[[], SigningKey] = _ON_P_256
    basic: x509.BasicConstraints | None = _ANY_AUTHORITY
    usages: tuple[str, ...] = ("key_cert_sign", "crl_sign")
    extensions: Extensions = ()
    not_before: timedelta = timedelta(days=-365)
    common_name: str = "CommisSign - 3 (mock)"


class Pki:
    """The keys and certificates of one landscape; made at `made`, each when first asked for.

    `authority_bits` is the size of the authorities' RSA keys; a smaller one makes an impostor
    with the same names in a moment. Safe to use from several threads.
    """

    def __init__(self, made: datetime, *, authority_bits: int = 4096) -> None:
        self.made = made.astimezone(UTC).replace(microsecond=0)
        self._bits = authority_bits
        self._lock = RLock()
        self._keys: dict[tuple[Trust, str], Future[rsa.RSAPrivateKey]] = {}
        self._authorities: dict[Trust, Credential] = {}
        self._leaves: dict[tuple[str, Environment, Leaf], Credential] = {}
        self._servers: dict[tuple[tuple[str, ...], TlsPolicy], Credential] = {}
        self._contexts: dict[tuple[tuple[str, ...], TlsPolicy], ssl.SSLContext] = {}
        self._tls = tls_authority(self.made)
        self._twin: Pki | None = None
        self.second: dict[Trust, Credential] = {}

    def anchors(self, environment: Environment) -> bytes:
        """The root that answers of an environment are anchored in, as PEM."""
        trust = Trust.of(environment)
        roots = [self.authority(trust).certificates[-1]]
        roots += [self.second[trust].certificates[0]] if trust in self.second else []
        return b"".join(root.public_bytes(Encoding.PEM) for root in roots)

    def credential(
        self, owner: str, environment: Environment, leaf: Leaf | None = None
    ) -> Credential:
        """What the owner of an instance signs with in an environment; the same at each call."""
        leaf = leaf or Leaf()
        with self._lock:
            known = self._leaves.get((owner, environment, leaf))
            if known is None:
                name = _leaf_name(owner, environment, leaf)
                known = self.issue(name, leaf, Trust.of(environment))
                self._leaves[owner, environment, leaf] = known
            return known

    def issue(self, name: x509.Name, leaf: Leaf, issuer: Trust | Credential) -> Credential:
        """A new leaf, issued by the sub-CA of a trust or by any credential; new at each call."""
        above = self.authority(issuer) if isinstance(issuer, Trust) else issuer
        key = new_key(leaf.algorithm)
        signer = (name, key) if leaf.self_signed else (above.certificates[0].subject, above.key)
        certificate = certified(
            name,
            key,
            issuer=signer,
            validity=(self.made + leaf.not_before, self.made + leaf.not_after),
            extensions=(
                *identifiers(key, signer[1]),
                (policies(), False),
                *(() if leaf.usages is None else ((usage(*leaf.usages), True),)),
                *(points("onlineCA_test", ocsp=True) if leaf.points else ()),
                *leaf.extensions,
            ),
        )
        if leaf.hashed != "sha256" and isinstance(signer[1], rsa.RSAPrivateKey):
            certificate = weakened(certificate, leaf.hashed, signer[1])
        chain = () if leaf.self_signed else above.certificates
        return Credential(leaf.algorithm, key, (certificate, *chain))

    def authority(self, trust: Trust) -> Credential:
        """The sub-CA of a trust, with its root; waits for their keys the first time."""
        with self._lock:
            if trust not in self._authorities:
                keys = self._authority_keys()
                root, sub = keys[trust, "root"].result(), keys[trust, "sub"].result()
                self._authorities[trust] = _signing_authority(trust, root, sub, made=self.made)
            return self._authorities[trust]

    def root(self, trust: Trust) -> Credential:
        """The root of a trust."""
        certificate = self.authority(trust).certificates[-1]
        return Credential("RS256", self._authority_keys()[trust, "root"].result(), (certificate,))

    def subordinate(self, above: Credential, authority: Authority) -> Credential:
        """A new authority below another; new at each call."""
        key = authority.new_key()
        name = distinguished_name(
            organisation="European Commission", common_name=authority.common_name
        )
        certificate = certified(
            name,
            key,
            issuer=(above.certificates[0].subject, above.key),
            validity=(self.made + authority.not_before, self.made + timedelta(days=2920)),
            extensions=(
                *(() if authority.basic is None else ((authority.basic, True),)),
                *identifiers(key, above.key),
                (usage(*authority.usages), True),
                *authority.extensions,
            ),
        )
        return Credential("ES256", key, (certificate, *above.certificates))

    def with_second_root(self) -> Pki:
        """This PKI, but that every environment trusts one of two second roots as well."""
        with self._lock:
            if self._twin is None:
                self._twin = copy(self)
                self._twin.second = {trust: _second_root(trust, self.made) for trust in Trust}
            return self._twin

    def crossed(self, trust: Trust, other: Trust) -> Credential:
        """The sub-CA of a trust below its root, which the root of the other trust has certified."""
        sub, above = self.authority(trust), self.authority(other).certificates[-1]
        keys = self._authority_keys()
        key, signer = keys[trust, "root"].result(), keys[other, "root"].result()
        crossing = certified(
            sub.certificates[-1].subject,
            key,
            issuer=(above.subject, signer),
            validity=(self.made - timedelta(days=730), self.made + timedelta(days=2920)),
            extensions=(
                (_ANY_AUTHORITY, True),
                *identifiers(key, signer),
                (usage("key_cert_sign", "crl_sign"), True),
            ),
        )
        return Credential(sub.algorithm, sub.key, (sub.certificates[0], crossing, above))

    def _authority_keys(self) -> dict[tuple[Trust, str], Future[rsa.RSAPrivateKey]]:
        """All four keys, searched for in parallel: each takes a third of a second or more."""
        if not self._keys:
            pool = ThreadPoolExecutor(2, thread_name_prefix="mock-pki")
            self._keys = {
                (trust, tier): pool.submit(rsa.generate_private_key, 65537, self._bits)
                for trust in (Trust.TEST, Trust.PROD)
                for tier in ("root", "sub")
            }
            pool.shutdown(wait=False)
        return self._keys

    @property
    def tls_root(self) -> bytes:
        """The authority of the server certificates, as PEM."""
        return self._tls.certificates[0].public_bytes(Encoding.PEM)

    def server_credential(self, hosts: tuple[str, ...], policy: TlsPolicy) -> Credential:
        """One certificate for all of the hosts and for loopback."""
        with self._lock:
            known = self._servers.get((hosts, policy))
            if known is None:
                known = server_credential(hosts, self._tls, self.made, policy=policy)
                self._servers[hosts, policy] = known
            return known

    def server_context(
        self, hosts: tuple[str, ...], policy: TlsPolicy | None = None
    ) -> ssl.SSLContext:
        """TLS 1.2 or better, unless the policy says otherwise."""
        policy = policy or TlsPolicy()
        with self._lock:
            known = self._contexts.get((hosts, policy))
            if known is None:
                known = server_context(self.server_credential(hosts, policy), policy)
                self._contexts[hosts, policy] = known
            return known


@cache
def pki() -> Pki:
    """The PKI of this process."""
    return Pki(datetime.now(UTC))


def _signing_authority(
    trust: Trust, root_key: rsa.RSAPrivateKey, sub_key: rsa.RSAPrivateKey, *, made: datetime
) -> Credential:
    suffix = " test" * (trust is Trust.TEST)
    root = distinguished_name(common_name=f"European Commission Root CA - 2{suffix} (mock)")
    sub = distinguished_name(
        organisation="European Commission", common_name=f"CommisSign - 2{suffix} (mock)"
    )
    root_certificate = certified(
        root,
        root_key,
        issuer=(root, root_key),
        validity=(made - timedelta(days=3650), made + timedelta(days=7300)),
        extensions=(
            (_ANY_AUTHORITY, True),
            *identifiers(root_key, root_key),
            (usage("key_cert_sign", "crl_sign"), True),
        ),
    )
    sub_certificate = certified(
        sub,
        sub_key,
        issuer=(root, root_key),
        validity=(made - timedelta(days=730), made + timedelta(days=2920)),
        extensions=(
            (x509.BasicConstraints(ca=True, path_length=0), True),
            *identifiers(sub_key, root_key),
            (policies(), False),
            (usage("key_cert_sign", "crl_sign"), True),
            *points("RootCA_test", ocsp=False),
        ),
    )
    return Credential("RS256", sub_key, (sub_certificate, root_certificate))


def _second_root(trust: Trust, made: datetime) -> Credential:
    key = new_key("ES256")
    name = distinguished_name(common_name=f"European Commission Root CA - 3 {trust} (mock)")
    certificate = certified(
        name,
        key,
        issuer=(name, key),
        validity=(made - timedelta(days=3650), made + timedelta(days=7300)),
        extensions=(
            (_ANY_AUTHORITY, True),
            *identifiers(key, key),
            (usage("key_cert_sign", "crl_sign"), True),
        ),
    )
    return Credential("ES256", key, (certificate,))


def _leaf_name(owner: str, environment: Environment, leaf: Leaf) -> x509.Name:
    commission = owner == "EC"
    return distinguished_name(
        country="BE" if commission else owner,
        unit="OOTS",
        organisation="European Commission (mock)" if commission else f"{owner} (mock)",
        common_name=leaf.common_name or f"{owner}-OOTS-CS-{environment.upper()} (mock)",
    )
