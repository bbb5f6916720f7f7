"""Seeded faults of the seam: the digest field, and what else states a digest."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from dataclasses import replace

from harness.model import HttpRequest, HttpResponse
from mock_services.faults import fault
from mock_services.faults.sealing import DIGEST, UNSIGNABLE, rewritten, sent_twice, without
from mock_services.world import World, set_header

_UNSPELLED = ("SIG-03", *UNSIGNABLE)
_UNKNOWN = ("SIG-26", *_UNSPELLED)
_EMPTY = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
_MD5 = "MD5=1B2M2Y8AsgTpgAmY7PhCfg=="
_SHA_512 = f"SHA-512={'A' * 86}=="


@fault(caught_by={"SIG-01": "digest-missing"}, blocks=("SIG-02", *_UNKNOWN))
def digest_left_out(world: World) -> World:
    """Answers are signed, but the digest that was signed is not sent."""
    return without(world, DIGEST)


@fault(caught_by={"SIG-01": "digest-repeated"}, blocks=("SIG-02", *_UNKNOWN))
def digest_sent_twice(world: World) -> World:
    """The digest is sent in two fields."""
    return sent_twice(world, DIGEST)


@fault(caught_by={"SIG-02": "digest-other-algorithm"}, blocks=_UNKNOWN)
def digest_by_sha_512(world: World) -> World:
    """The digest is a SHA-512."""
    return replace(world, signing=replace(world.signing, digest_algorithm="SHA-512"))


@fault(caught_by={"SIG-02": "digest-other-algorithm"}, blocks=_UNKNOWN)
def digest_by_md5(world: World) -> World:
    """The digest is an MD5."""
    return replace(world, signing=replace(world.signing, digest_algorithm="MD5"))


@fault(caught_by={"SIG-02": "digest-malformed"}, blocks=_UNKNOWN)
def digest_without_value(world: World) -> World:
    """The digest names its algorithm and gives no value."""
    return rewritten(world, DIGEST, lambda _: "SHA-256")


@fault(caught_by={"SIG-02": "digest-weak-beside"}, blocks=_UNKNOWN)
def digest_with_md5_beside(world: World) -> World:
    """The digest is a list with an MD5, and some clients take the one they know."""
    return rewritten(world, DIGEST, lambda value: f"{_MD5},{value}")


@fault(caught_by={"SIG-02": "digest-list"}, blocks=_UNKNOWN)
def digest_with_sha_512_beside(world: World) -> World:
    """The digest is a list that ends with a SHA-512."""
    return rewritten(world, DIGEST, lambda value: f"{value}, {_SHA_512}")


@fault(caught_by={"SIG-26": "digest-unpadded"}, blocks=_UNSPELLED)
def digest_without_padding(world: World) -> World:
    """The digest's base64 lacks its padding."""
    return rewritten(world, DIGEST, lambda value: value.rstrip("="))


@fault(caught_by={"SIG-26": "digest-length"}, blocks=_UNSPELLED)
def digest_in_hexadecimal(world: World) -> World:
    """The digest is written in hexadecimal digits."""
    return rewritten(world, DIGEST, lambda value: f"SHA-256={value.encode().hex()[:64]}")


@fault(caught_by={"SIG-26": "digest-length"}, blocks=_UNSPELLED)
def digest_cut_off(world: World) -> World:
    """The digest lacks its last two octets."""
    return rewritten(world, DIGEST, lambda value: value[:-4])


@fault(caught_by={"SIG-26": "digest-base64url"}, blocks=_UNSPELLED)
def digest_in_base64url(world: World) -> World:
    """The digest is in the alphabet for URLs, though padded."""
    letters = str.maketrans("+/", "-_")

    def spelled(value: str) -> str:
        name, _, text = value.partition("=")
        return f"{name}=-{text.translate(letters)[1:]}"

    return rewritten(world, DIGEST, spelled)


@fault(caught_by={"SIG-26": "digest-whitespace"}, blocks=_UNSPELLED)
def digest_after_a_space(world: World) -> World:
    """A space stands between the equals sign and the digest."""
    return rewritten(world, DIGEST, lambda value: value.replace("=", "= ", 1))


@fault(caught_by={"SIG-26": "digest-not-base64"}, blocks=_UNSPELLED)
def digest_between_colons(world: World) -> World:
    """The digest is between colons, as in the fields of RFC 9530."""
    return rewritten(world, DIGEST, lambda value: f"{value.replace('=', '=:', 1)}:")


@fault(caught_by={"SIG-27": "other-digest-wrong"})
def content_digest_of_nothing(world: World) -> World:
    """A Content-Digest is sent as well, and it is that of no octets."""
    return _with(world, "Content-Digest", f"sha-256=:{_EMPTY}:")


@fault(caught_by={"SIG-27": "other-digest-wrong"})
def representation_digest_of_another_answer(world: World) -> World:
    """A Repr-Digest is sent as well, and it is that of another answer."""
    return _with(world, "Repr-Digest", f"sha-512=:{'A' * 86}==:")


def _with(world: World, name: str, value: str) -> World:
    def hook(_: HttpRequest, response: HttpResponse) -> HttpResponse:
        return replace(response, headers=set_header(response.headers, name, value))

    return world.with_wire(hook)


@fault(caught_by={"SIG-28": "digest-of-other-octets"})
def digest_of_the_compressed_body(world: World) -> World:
    """Where the client takes gzip, the body is compressed first, and that is what is signed."""

    def compressed(request: HttpRequest, body: bytes) -> bytes:
        return gzip.compress(body, mtime=0) if takes_gzip(request) else body

    return _coded(world.with_content(compressed), change=lambda body: body)


@fault(caught_by={"SIG-28": "digest-of-other-octets"})
def proxy_that_tidies_before_compressing(world: World) -> World:
    """A proxy that compresses ends the body with a line feed first."""
    return _coded(world, change=lambda body: gzip.compress(body + b"\n", mtime=0))


@fault(caught_by={"SIG-28": "coding-not-undone"})
def coding_in_name_only(world: World) -> World:
    """Where the client takes gzip, the answer says that it is, and is not."""
    return _coded(world, change=lambda body: body)


@fault(caught_by={"SIG-28": "coding-not-undone"})
def coding_cut_off(world: World) -> World:
    """The compressed body ends before its end."""
    return _coded(world, change=lambda body: gzip.compress(body, mtime=0)[:-12])


def _coded(world: World, *, change: Callable[[bytes], bytes]) -> World:
    """A world that answers those who take gzip with another body, and says so in Vary."""

    def hook(request: HttpRequest, response: HttpResponse) -> HttpResponse:
        vary = f"{response.header('Vary')}, Accept-Encoding"
        headers = set_header(response.headers, "Vary", vary)
        if not takes_gzip(request) or not response.body:
            return replace(response, headers=headers)
        coded = set_header(headers, "Content-Encoding", "gzip")
        return replace(response, headers=coded, body=change(response.body))

    return world.with_wire(hook)


def takes_gzip(request: HttpRequest) -> bool:
    """Whether the client offers to take a compressed answer."""
    offered = (value for name, value in request.headers if name.lower() == "accept-encoding")
    return any("gzip" in value for value in offered)
