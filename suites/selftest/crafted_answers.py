"""Answers signed with keys made for the test: sound, or with one flaw. No mock takes part.

`sealed()` gives a sound answer; `crafted_flaws` those that have a flaw.
"""

from __future__ import annotations

import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256, sha512

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from harness.model import HttpResponse
from harness.subjects.answer import Answer
from suites.selftest.crafted_certificates import (
    NOW,
    Holder,
    Key,
    anchors,
    holder,
    issuer_serial,
    signer,
)

__all__ = ["NOW", "Recipe", "anchors", "holder", "sealed", "signer"]

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


@dataclass(frozen=True, slots=True)
class Recipe:
    """How an answer is made; each field can be got wrong.

    `members` None removes a member, or with `nulls` gives it that value; `others` are more fields.
    """

    path: tuple[Holder, ...]
    body: bytes = BODY
    digest: str | None = None
    members: Mapping[str, object] = field(default_factory=dict)
    signed: tuple[str, ...] = ("digest",)
    header: bytes | None = None
    others: tuple[tuple[str, str], ...] = ()
    nulls: bool = False


def encoded(octets: bytes) -> str:
    """Base64url without padding."""
    return urlsafe_b64encode(octets).rstrip(b"=").decode()


def members(path: tuple[Holder, ...]) -> dict[str, object]:
    """The members of a sound protected header."""
    thumbprint = encoded(sha512(path[0].der).digest())
    return {
        "alg": "ES256" if isinstance(path[0].key, EllipticCurvePrivateKey) else "EdDSA",
        "kid": b64encode(issuer_serial(path[0].certificate)).decode(),
        "x5t#o": {"digAlg": "S512", "digVal": thumbprint},
        "x5c": [b64encode(holder.der).decode() for holder in path],
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
    kept = {name: value for name, value in stated.items() if recipe.nulls or value is not None}
    raw = json.dumps(kept).encode() if recipe.header is None else recipe.header
    header = encoded(raw)
    fields = (("content-type", "application/x-ebrs+xml"), ("digest", digest), *recipe.others)
    lines = "\n".join(f"{name}: {dict(fields)[name]}" for name in recipe.signed)
    signature = signature_by(recipe.path[0].key, f"{header}.{lines}".encode())
    sealing = ("oots-response-sig", f"{header}..{encoded(signature)}")
    return HttpResponse(200, (*fields, sealing), recipe.body)


def signature_by(key: Key, octets: bytes) -> bytes:
    """A signature as JWS has it."""
    if isinstance(key, Ed25519PrivateKey):
        return key.sign(octets)
    assert isinstance(key, EllipticCurvePrivateKey)
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


def sigd(**changed: object) -> dict[str, object]:
    """The member `sigD`, changed; None removes a member."""
    stated = {"mId": "http://uri.etsi.org/19182/HttpHeaders", "pars": ["digest"], **changed}
    return {name: value for name, value in stated.items() if value is not None}
