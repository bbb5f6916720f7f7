"""Every tag that one answer can show, with answers that have no other flaw."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA224
from cryptography.x509.oid import ExtendedKeyUsageOID

from harness.model import HttpResponse
from suites.selftest.crafted_answers import (
    BODY,
    Recipe,
    encoded,
    field_of,
    rewritten,
    sealed,
    sigd,
    with_header,
    with_leaf,
    with_members,
)
from suites.selftest.crafted_certificates import (
    AUTHORITY,
    NOW,
    POINTS,
    Holder,
    below,
    holder,
    root,
    signer,
)

Flawed = tuple[str, HttpResponse]

_UNKNOWN = x509.UnrecognizedExtension(x509.ObjectIdentifier("2.999.1"), b"\5\0")
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def flawed() -> Iterator[Flawed]:
    """Every tag that one answer can show, with answers that have no other flaw."""
    yield from _fields()
    yield from _digests()
    yield from _segments()
    yield from _mechanisms()
    yield from _keys()
    yield from _paths()
    yield from _profiles()
    yield from _leaves()
    yield from _signatures()


def _fields() -> Iterator[Flawed]:
    sound = sealed()
    digest = sound.values("digest")[0]
    yield "digest-missing", field_of(sound, "digest")
    yield "digest-repeated", field_of(sound, "digest", digest, digest)
    yield "digest-other-algorithm", sealed(Recipe(signer(), digest="MD5=1B2M2Y8AsgTpgAmY7PhCfg=="))
    for stated in ("SHA-256", f"{digest},", "", "SHA-256:abc"):
        yield "digest-malformed", sealed(Recipe(signer(), digest=stated or ","))
    yield "body-not-covered", replace(sound, body=BODY.replace(b"based on", b"based_on"))
    yield "signature-missing", field_of(sound, "oots-response-sig")
    yield "signature-repeated", replace(sound, headers=(*sound.headers, sound.headers[-1]))


def _digests() -> Iterator[Flawed]:
    digest = sealed().values("digest")[0]
    text = digest.partition("=")[2]
    for beside in ("MD5=1B2M2Y8AsgTpgAmY7PhCfg==", "sha=2jmj7l5rSw0yVb/vlWAYkK/YBwk=", "CRC32c=1"):
        yield "digest-weak-beside", sealed(Recipe(signer(), digest=f"{beside},{digest}"))
    for several in (f"{digest},SHA-512=abc=", f"{digest}, {digest}"):
        yield "digest-list", sealed(Recipe(signer(), digest=several))
    for spaced in (f"SHA-256= {text}", f"SHA-256 ={text}", f"SHA-256={text[:20]}\t{text[20:]}"):
        yield "digest-whitespace", sealed(Recipe(signer(), digest=spaced))
    yield "digest-base64url", sealed(Recipe(signer(), digest=f"SHA-256=-_{text[2:]}"))
    yield "digest-unpadded", sealed(Recipe(signer(), digest=digest.rstrip("=")))
    for odd in (f"SHA-256=:{text}:", f"SHA-256={text}=", "SHA-256=", f"SHA-256={'!' * 44}"):
        tag = "digest-length" if odd == "SHA-256=" else "digest-not-base64"
        yield tag, sealed(Recipe(signer(), digest=odd))
    yield "digest-not-base64", sealed(Recipe(signer(), digest=f"SHA-256={text[:42]}B="))
    for length in (64, 40, 48):
        yield "digest-length", sealed(Recipe(signer(), digest=f"SHA-256={'A' * length}"))
    for name, stated in (("content-digest", "sha-256=:AAAA:"), ("repr-digest", "SHA-512=:AAAA:")):
        yield "other-digest-wrong", field_of(sealed(), name, stated)


def _segments() -> Iterator[Flawed]:
    yield "signature-not-compact", rewritten(lambda text: text.replace("..", "."))
    yield "signature-not-compact", rewritten(lambda text: f"{text}.more")
    yield "signature-not-detached", rewritten(lambda text: text.replace("..", ".eyJ9."))
    yield "segment-not-base64url", rewritten(lambda text: f"{text}=")
    yield "segment-not-base64url", rewritten(lambda text: text.replace("..", "..+/"))
    yield "header-not-json", with_header(b"{")
    yield "header-not-json", with_header(b"[" * 5_000)
    yield "header-not-json", with_header(b'{"deep":' + b"[" * 900 + b"]" * 900 + b"}")
    yield "header-not-json", with_header(b'{"typ":"jos\xe9"}')
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
    yield "sigd-other-mechanism", with_members(sigD=sigd(mId="ObjectIdByURI"))
    yield "sigd-other-mechanism", with_members(sigD=sigd(mId=None))
    for name in ("hashM", "hashV", "ctys"):
        yield "sigd-foreign-member", with_members(sigD=sigd(**{name: "S256"}))
    for pars in (None, "digest", [1]):
        yield "pars-malformed", with_members(sigD=sigd(pars=pars))
    yield "pars-not-lower-case", with_members(sigD=sigd(pars=["Digest"]))
    yield "pars-repeated", with_members(sigD=sigd(pars=["digest", "digest"]))
    yield "pars-without-digest", with_members(sigD=sigd(pars=["content-type"]))
    yield "pars-without-digest", with_members(sigD=sigd(pars=[]))
    for absent in ("date", "(status)", "(request-target)"):
        yield "pars-names-absent", with_members(sigD=sigd(pars=["digest", absent]))
    for name in ("age", "via"):
        yield "pars-volatile-field", signed_over(name)
    for stated in ("JWT", "JOSE+JSON", None, 1):
        yield "typ-other", with_header_member("typ", stated)
    yield "cty-beside-sigd", with_members(cty="xml")
    yield "signing-time-twice", with_members(sigT="2026-07-22T10:26:36Z")


def _keys() -> Iterator[Flawed]:
    for name in ("jwk", "jku", "x5u"):
        yield "key-from-elsewhere", with_members(**{name: "https://keys.example/"})
    yield "x5c-missing", with_members(x5c=None)
    yield "signer-not-identified", with_members(**{"x5c": None, "x5t#o": None})
    for kid in ("MAUwAAIBAQ==", b64encode(bytes.fromhex("3006300002020101")).decode()):
        yield "kid-of-another-certificate", with_members(kid=kid)
    for certificates in ([], "MII", [1], ["MII"] * 9):
        yield "x5c-malformed", with_members(x5c=certificates)
    yield "certificate-unreadable", with_members(x5c=["MIIB"])
    yield "certificate-unreadable", with_members(x5c=["\ud800"])
    yield "key-does-not-fit", with_members(alg="EdDSA")
    print_of = {"digAlg": "S256", "digVal": "AAAA"}
    yield "thumbprint-mismatch", with_members(**{"x5t#o": print_of})
    yield "thumbprint-mismatch", with_members(**{"x5t#S256": "AAAA"})
    yield "thumbprint-mismatch", with_members(sigX5ts=[print_of])
    yield "thumbprint-malformed", with_members(sigX5ts=[])
    yield "thumbprint-malformed", with_members(sigX5ts=print_of)
    yield "thumbprint-malformed", with_members(sigX5ts=["AAAA"])
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
    yield "issuer-not-an-authority", sealed(Recipe((below_leaf, *signer())))
    yield "certificate-repeated", sealed(Recipe((*signer(), top)))
    yield (
        "signed-too-long-ago",
        sealed(Recipe(below("young", validity=(NOW - timedelta(minutes=59), NOW + timedelta(90))))),
    )
    yield "certificate-expires-soon", with_leaf(validity=(early, NOW + timedelta(days=29.9)))
    yield "certificate-expires-soon", with_leaf(validity=(early, NOW))
    yield "certificate-expired", with_leaf(validity=(early, NOW - timedelta(days=0.5)))
    yield "key-usage-missing", with_leaf(usage=None)
    yield "key-usage-not-signature", with_leaf(usage=False)
    yield "certificate-not-yet-valid", with_leaf(validity=(late, NOW + timedelta(90)))


def _profiles() -> Iterator[Flawed]:
    yield "certificate-weak-hash", with_leaf(hashed=SHA224())
    yield "certificate-weak-hash", sealed(Recipe(below("hashed", hashed=SHA224())))
    for key in (rsa.generate_private_key(65537, 1024), ec.generate_private_key(ec.SECP224R1())):
        yield "issuer-weak-key", sealed(Recipe(below("weak", key=key)))
    no_authority = x509.BasicConstraints(ca=False, path_length=None)
    for basic in (no_authority, None):
        yield "issuer-not-an-authority", sealed(Recipe(below("none", basic=basic)))
    for usage in (False, None):
        yield "issuer-may-not-certify", sealed(Recipe(below("mute", usage=usage)))
    yield "path-too-long", sealed(Recipe(_path_below(length=0, authorities=1)))
    yield "path-too-long", sealed(Recipe(_path_below(length=1, authorities=2)))
    for limits in (
        x509.NameConstraints([_named("another")], None),
        x509.NameConstraints(None, [_named("SIGNER")]),
        x509.NameConstraints([_named("signer")], [_named("signer")]),
    ):
        yield "name-not-permitted", sealed(Recipe(below("bound", extensions=((limits, True),))))
    yield "critical-extension-unknown", with_leaf(extensions=((_UNKNOWN, True), (POINTS, False)))
    yield "critical-extension-unknown", sealed(Recipe(below("odd", extensions=((_UNKNOWN, True),))))


def _path_below(*, length: int, authorities: int) -> tuple[Holder, ...]:
    """A path with some authorities below one of a path length."""
    above = root("test root")
    limited = x509.BasicConstraints(ca=True, path_length=length)
    path = [above, holder("limited", above, basic=limited)]
    for number in range(authorities):
        path.append(holder(f"authority {number}", path[-1]))
    path.append(holder("signer", path[-1], authority=False))
    return tuple(reversed(path))


def _named(name: str) -> x509.DirectoryName:
    return x509.DirectoryName(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]))


def _leaves() -> Iterator[Flawed]:
    early = NOW - timedelta(50)
    yield "signer-is-an-authority", with_leaf(extensions=((AUTHORITY, True), (POINTS, False)))
    yield "revocation-not-named", with_leaf(extensions=())
    for purpose in (ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CODE_SIGNING):
        use = x509.ExtendedKeyUsage([purpose])
        yield (
            "certificate-for-another-purpose",
            with_leaf(extensions=((use, False), (POINTS, False))),
        )
    yield "certificate-lives-too-long", with_leaf(validity=(early, early + timedelta(1097)))


def signed_over(name: str) -> HttpResponse:
    """An answer over one more field, soundly."""
    names = ("digest", name)
    made = Recipe(signer(), members={"sigD": sigd(pars=list(names))}, signed=names)
    return sealed(replace(made, others=((name, "1"),)))


def signed_with(octets: bytes) -> HttpResponse:
    """A sound answer with these octets in the place of its signature."""
    return rewritten(lambda text: text[:-86] + encoded(octets))


def with_header_member(name: str, value: object) -> HttpResponse:
    """An answer signed over a header in which a member may also be null."""
    return sealed(Recipe(signer(), members={name: value}, nulls=value is None))


def _signatures() -> Iterator[Flawed]:
    sound = sealed()
    for length in (63, 65, 96):
        yield "signature-length", signed_with(b"\1" * length)
    yield "signature-length", rewritten(lambda text: f"{text.partition('..')[0]}..")
    yield "iat-missing", with_members(iat=None)
    for stated in (True, "1784715996", [1]):
        yield "iat-malformed", with_members(iat=stated)
    yield "iat-in-the-future", with_members(iat=int(NOW.timestamp()) + 61)
    yield "iat-in-the-future", with_members(iat=10**400)
    yield "iat-before-certificate", with_members(iat=int((NOW - timedelta(101)).timestamp()))
    yield "signature-wrong", rewritten(lambda text: text[:-86] + encoded(b"\1" * 64))
    for octets in (
        bytes(64),
        b"\1" * 32 + bytes(32),
        bytes(32) + b"\1" * 32,
        b"\1" * 32 + _ORDER.to_bytes(32),
        b"\xff" * 32 + b"\1" * 32,
    ):
        yield "signature-out-of-range", signed_with(octets)
    longer = sha256(BODY + b"\n").digest()
    other = field_of(sound, "digest", f"SHA-256={b64encode(longer).decode()}")
    yield "signature-wrong", replace(other, body=BODY + b"\n")
    yield "signature-too-long", with_members(mood="good" * 4096)
