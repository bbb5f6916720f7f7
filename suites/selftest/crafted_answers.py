"""Answers signed with keys made for the test: sound, or with one flaw. No mock takes part.

`sealed()` gives a sound answer; `FLAWS` names every tag of the chapter with an answer that has it.
"""

from __future__ import annotations

import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256, sha512

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from harness.model import HttpResponse
from harness.subjects.answer import Answer

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
BODY = b"""<?xml version="1.0" encoding="UTF-8"?>
<query:QueryResponse xmlns:query="urn:oasis:names:tc:ebxml-regrep:xsd:query:4.0"
  xmlns:rim="urn:oasis:names:tc:ebxml-regrep:xsd:rim:4.0"
  xmlns:rs="urn:oasis:names:tc:ebxml-regrep:xsd:rs:4.0"
  status="urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Failure">
 <rim:Slot name="SpecificationIdentifier">
  <rim:SlotValue xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
    xsi:type="rim:StringValueType"><rim:Value>oots-cs:v2.0</rim:Value></rim:SlotValue>
 </rim:Slot>
 <rs:Exception xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
   xsi:type="rs:ObjectNotFoundExceptionType" code="DSD:ERR:0001" detail="DS_NOT_FOUND"
   message="No Data Services were found based on the given parameters"
   severity="urn:oasis:names:tc:ebxml-regrep:ErrorSeverityType:Error"/>
</query:QueryResponse>
"""

Key = EllipticCurvePrivateKey | Ed25519PrivateKey
Flawed = tuple[str, HttpResponse]


@dataclass(frozen=True, slots=True)
class Holder:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: Key


@dataclass(frozen=True, slots=True)
class Recipe:
    """How an answer is made; each field can be got wrong. `members` None removes a member."""

    path: tuple[Holder, ...]
    body: bytes = BODY
    digest: str | None = None
    members: Mapping[str, object] = field(default_factory=dict)
    signed: tuple[str, ...] = ("digest",)
    header: bytes | None = None


def holder(  # noqa: PLR0913 -- each is something a certificate can get wrong
    name: str,
    issuer: Holder | None = None,
    *,
    key: Key | None = None,
    authority: bool = True,
    usage: bool | None = True,
    validity: tuple[datetime, datetime] = (NOW - timedelta(100), NOW + timedelta(100)),
) -> Holder:
    """A new certificate, its own issuer where none is given; `usage` None leaves key usage out."""
    key = key or generate_private_key(SECP256R1())
    signer = issuer.key if issuer else key
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(validity[0])
        .not_valid_after(validity[1])
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
        )
    )
    if authority:
        identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
        builder = builder.add_extension(
            x509.BasicConstraints(ca=True, path_length=None), critical=True
        )
        builder = builder.add_extension(identifier, critical=False)
    if usage is not None:
        builder = builder.add_extension(_usage(signing=usage, authority=authority), critical=True)
    hashed = SHA256() if isinstance(signer, EllipticCurvePrivateKey) else None
    return Holder(builder.sign(signer, hashed), key)


def _usage(*, signing: bool, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=signing and not authority,
        content_commitment=not authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )


@cache
def root(name: str) -> Holder:
    """A root, made once for each name."""
    return holder(name)


@cache
def issuer(name: str) -> Holder:
    """An issuer below a root."""
    return holder(f"issuer below {name}", root(name))


@cache
def signer(name: str = "test root") -> tuple[Holder, ...]:
    """A path from a signer up to a root, as `x5c` has it."""
    return (holder("signer", issuer(name), authority=False), issuer(name), root(name))


def anchors(name: str = "test root") -> bytes:
    """A root as PEM."""
    return root(name).certificate.public_bytes(Encoding.PEM)


def encoded(octets: bytes) -> str:
    """Base64url without padding."""
    return urlsafe_b64encode(octets).rstrip(b"=").decode()


def _der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)


def members(path: tuple[Holder, ...]) -> dict[str, object]:
    """The members of a sound protected header."""
    thumbprint = encoded(sha512(_der(path[0].certificate)).digest())
    return {
        "alg": "ES256" if isinstance(path[0].key, EllipticCurvePrivateKey) else "EdDSA",
        "x5t#o": {"digAlg": "S512", "digVal": thumbprint},
        "x5c": [b64encode(_der(holder.certificate)).decode() for holder in path],
        "typ": "jose",
        "b64": False,
        "iat": int(NOW.timestamp()) - 3600,
        "sigD": {"mId": "http://uri.etsi.org/19182/HttpHeaders", "pars": ["digest"]},
        "crit": ["b64", "sigD"],
    }


def sealed(recipe: Recipe | None = None) -> HttpResponse:
    """The answer that a recipe makes; a sound one where none is given."""
    recipe = recipe or Recipe(signer())
    digest = recipe.digest or f"SHA-256={b64encode(sha256(recipe.body).digest()).decode()}"
    stated = {**members(recipe.path), **recipe.members}
    kept = {name: value for name, value in stated.items() if value is not None}
    raw = json.dumps(kept).encode() if recipe.header is None else recipe.header
    header = encoded(raw)
    fields = (("content-type", "application/x-ebrs+xml"), ("digest", digest))
    lines = "\n".join(f"{name}: {dict(fields)[name]}" for name in recipe.signed)
    signature = signature_by(recipe.path[0].key, f"{header}.{lines}".encode())
    sealing = ("oots-response-sig", f"{header}..{encoded(signature)}")
    return HttpResponse(200, (*fields, sealing), recipe.body)


def signature_by(key: Key, octets: bytes) -> bytes:
    """A signature as JWS has it."""
    if isinstance(key, Ed25519PrivateKey):
        return key.sign(octets)
    r, s = decode_dss_signature(key.sign(octets, ECDSA(SHA256())))
    return r.to_bytes(32) + s.to_bytes(32)


def answer(response: HttpResponse, *, roots: bytes | None = None) -> Answer:
    """An answer under judgement, received at `NOW`."""
    return Answer(None, None, None, response, anchors() if roots is None else roots, NOW)


def field_of(response: HttpResponse, name: str, *values: str) -> HttpResponse:
    """The response with other values, or none, of one field."""
    kept = tuple(pair for pair in response.headers if pair[0] != name)
    return replace(response, headers=(*kept, *((name, value) for value in values)))


def rewritten(change: Callable[[str], str]) -> HttpResponse:
    """A sound answer whose signature field was changed afterwards."""
    sound = sealed()
    return field_of(sound, "oots-response-sig", change(sound.values("oots-response-sig")[0]))


def with_members(**changed: object) -> HttpResponse:
    """An answer signed over changed members."""
    return sealed(Recipe(signer(), members=changed))


def with_header(raw: bytes) -> HttpResponse:
    """An answer signed over any octets in place of the protected header."""
    return sealed(Recipe(signer(), header=raw))


def with_leaf(**how: object) -> HttpResponse:
    """An answer of a signer whose certificate is made otherwise."""
    odd = holder("odd signer", signer()[1], authority=False, **how)  # type: ignore[arg-type]
    return sealed(Recipe((odd, *signer()[1:])))


def _sigd(**changed: object) -> dict[str, object]:
    stated = {"mId": "http://uri.etsi.org/19182/HttpHeaders", "pars": ["digest"], **changed}
    return {name: value for name, value in stated.items() if value is not None}


def flawed() -> Iterator[Flawed]:
    """Every tag that one answer can show, with answers that have no other flaw."""
    yield from _fields()
    yield from _segments()
    yield from _mechanisms()
    yield from _keys()
    yield from _paths()
    yield from _signatures()


def _fields() -> Iterator[Flawed]:
    sound = sealed()
    digest = sound.values("digest")[0]
    yield "digest-missing", field_of(sound, "digest")
    yield "digest-repeated", field_of(sound, "digest", digest, digest)
    yield "digest-other-algorithm", sealed(Recipe(signer(), digest="MD5=1B2M2Y8AsgTpgAmY7PhCfg=="))
    yield "digest-malformed", sealed(Recipe(signer(), digest=digest.rstrip("=")))
    yield "digest-malformed", sealed(Recipe(signer(), digest=f"{digest},SHA-512=abc="))
    yield "digest-malformed", sealed(Recipe(signer(), digest="SHA-256"))
    yield "body-not-covered", replace(sound, body=BODY.replace(b"based on", b"based_on"))
    yield "signature-missing", field_of(sound, "oots-response-sig")
    yield "signature-repeated", replace(sound, headers=(*sound.headers, sound.headers[-1]))


def _segments() -> Iterator[Flawed]:
    yield "signature-not-compact", rewritten(lambda text: text.replace("..", "."))
    yield "signature-not-compact", rewritten(lambda text: f"{text}.more")
    yield "signature-not-detached", rewritten(lambda text: text.replace("..", ".eyJ9."))
    yield "segment-not-base64url", rewritten(lambda text: f"{text}=")
    yield "segment-not-base64url", rewritten(lambda text: text.replace("..", "..+/"))
    yield "header-not-json", with_header(b"{")
    yield "header-not-json", with_header(b"[" * 5_000)
    yield "header-not-json", with_header(b'{"iat":NaN}')
    yield "header-not-an-object", with_header(b'["alg"]')
    yield "header-member-repeated", with_header(b'{"alg":"ES256","alg":"ES256"}')


def _mechanisms() -> Iterator[Flawed]:
    for named in (None, "none", "HS256", "ES384", "Ed25519", 256):
        yield "algorithm-not-allowed", with_members(alg=named)
    yield "b64-missing", with_members(b64=None, crit=["sigD"])
    for value in (True, "false", 0):
        yield "b64-not-false", with_members(b64=value)
    yield "crit-missing", with_members(crit=None)
    for listed in ([], "b64", ["b64", 1], {"b64": 1}):
        yield "crit-malformed", with_members(crit=listed)
    yield "crit-repeated", with_members(crit=["b64", "sigD", "b64"])
    yield "crit-names-absent", with_members(crit=["b64", "sigD", "exp"])
    yield "crit-not-understood", with_members(crit=["b64", "sigD", "typ"])
    yield "crit-incomplete", with_members(crit=["b64"])
    yield "sigd-missing", with_members(sigD=None, crit=["b64"])
    yield "sigd-other-mechanism", with_members(sigD=_sigd(mId="ObjectIdByURI"))
    yield "sigd-other-mechanism", with_members(sigD=_sigd(mId=None))
    yield "sigd-foreign-member", with_members(sigD=_sigd(hashM="S256"))
    for pars in (None, "digest", [1]):
        yield "pars-malformed", with_members(sigD=_sigd(pars=pars))
    yield "pars-not-lower-case", with_members(sigD=_sigd(pars=["Digest"]))
    yield "pars-repeated", with_members(sigD=_sigd(pars=["digest", "digest"]))
    yield "pars-without-digest", with_members(sigD=_sigd(pars=["content-type"]))
    yield "pars-without-digest", with_members(sigD=_sigd(pars=[]))
    yield "pars-names-absent", with_members(sigD=_sigd(pars=["digest", "date"]))


def _keys() -> Iterator[Flawed]:
    for name in ("jwk", "jku", "x5u"):
        yield "key-from-elsewhere", with_members(**{name: "https://keys.example/"})
    yield "x5c-missing", with_members(x5c=None)
    for certificates in ([], "MII", [1], ["MII"] * 9):
        yield "x5c-malformed", with_members(x5c=certificates)
    yield "certificate-unreadable", with_members(x5c=["MIIB"])
    yield "certificate-unreadable", with_members(x5c=["\ud800"])
    yield "key-does-not-fit", with_members(alg="EdDSA")
    print_of = {"digAlg": "S256", "digVal": "AAAA"}
    yield "thumbprint-mismatch", with_members(**{"x5t#o": print_of})
    yield "thumbprint-mismatch", with_members(**{"x5t#S256": "AAAA"})
    yield "thumbprint-malformed", with_members(**{"x5t#o": {"digAlg": "MD5", "digVal": "AAAA"}})
    yield "thumbprint-malformed", with_members(**{"x5t#S256": 256})
    yield "thumbprint-sha1", with_members(x5t="AAAA")


def _paths() -> Iterator[Flawed]:
    early, late = NOW - timedelta(50), NOW + timedelta(50)
    leaf, middle, top = signer()
    yield "chain-out-of-order", sealed(Recipe((leaf, top, middle)))
    yield "chain-out-of-order", sealed(Recipe((leaf, middle, root("another"))))
    yield "chain-not-trusted", sealed(Recipe((leaf,)))
    yield "chain-not-trusted", sealed(Recipe(signer("another")))
    yield "chain-not-trusted", sealed(Recipe((holder("alone", authority=False),)))
    below_leaf = holder("below a signer", leaf, authority=False)
    yield "chain-not-trusted", sealed(Recipe((below_leaf, *signer())))
    yield "certificate-expired", with_leaf(validity=(early, NOW - timedelta(days=0.5)))
    yield "key-usage-missing", with_leaf(usage=None)
    yield "key-usage-not-signature", with_leaf(usage=False)
    yield "certificate-not-yet-valid", with_leaf(validity=(late, NOW + timedelta(90)))


def _signatures() -> Iterator[Flawed]:
    sound = sealed()
    yield "signature-length", rewritten(lambda text: text[:-86] + encoded(b"\1" * 63))
    yield "signature-length", rewritten(lambda text: f"{text.partition('..')[0]}..")
    yield "iat-missing", with_members(iat=None)
    for stated in (True, "1784715996", [1]):
        yield "iat-malformed", with_members(iat=stated)
    yield "iat-in-the-future", with_members(iat=int(NOW.timestamp()) + 61)
    yield "iat-in-the-future", with_members(iat=10**400)
    yield "iat-before-certificate", with_members(iat=int((NOW - timedelta(101)).timestamp()))
    yield "signature-wrong", rewritten(lambda text: text[:-86] + encoded(b"\1" * 64))
    yield "signature-wrong", rewritten(lambda text: text[:-86] + encoded(bytes(64)))
    longer = sha256(BODY + b"\n").digest()
    other = field_of(sound, "digest", f"SHA-256={b64encode(longer).decode()}")
    yield "signature-wrong", replace(other, body=BODY + b"\n")
    yield "signature-too-long", with_members(typ="jose" * 4096)
