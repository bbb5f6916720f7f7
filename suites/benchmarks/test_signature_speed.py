"""Verifying an answer's signature against bare ECDSA verification, in one run on one machine.

Figure to reach: half the speed of bare verification by `cryptography` over a body of 20 kB, with
every rule of the signature applied and the chain of certificates known from an answer before. A
signer sends one header for a second or longer; what it costs if each is new is measured too.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from statistics import median
from time import process_time

from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.hashes import SHA256

from harness.model import HttpResponse
from harness.signature import verified
from suites.selftest import crafted_answers as crafted
from suites.selftest.crafted_answers import NOW, Recipe, anchors, sealed, signer

BODY = crafted.BODY + b"<!-- " + b"x" * 20_000 + b" -->"
ROUNDS = 60
CALLS = 50


def speed(work: Callable[[int], None], start: int) -> float:
    """Calls a second of processor time: what else runs on the machine takes no part."""
    began = process_time()
    for number in range(start, start + CALLS):
        work(number)
    return CALLS / (process_time() - began)


def speeds(*works: Callable[[int], None]) -> list[tuple[float, ...]]:
    """Rounds in which all take their turn within milliseconds, and so see the same machine."""
    return [tuple(speed(work, turn * CALLS) for work in works) for turn in range(ROUNDS)]


def real_size(number: int) -> HttpResponse:
    """An answer with a header as long as a real one and unlike the one before."""
    members = {"kid": "k" * 4000, "iat": int(NOW.timestamp()) - number}
    return sealed(Recipe(signer(), body=BODY, members=members))


def test_verification_reaches_half_the_speed_of_bare_ecdsa() -> None:
    answers = [real_size(number) for number in range(400)]
    key = generate_private_key(SECP256R1())
    signature, public = key.sign(BODY, ECDSA(SHA256())), key.public_key()
    assert isinstance(public, EllipticCurvePublicKey)
    roots, header = anchors(), len(answers[0].headers[-1][1])

    rounds = speeds(
        lambda _: public.verify(signature, BODY, ECDSA(SHA256())),
        lambda n: _verify(answers[n // 1000], roots),
        lambda n: _verify(answers[n % len(answers)], roots),
    )

    bare, ours, changing = (median(column) for column in zip(*rounds, strict=True))
    ratio = median(turn[1] / turn[0] for turn in rounds)
    figures = {
        "bare ES256 verifications/s": round(bare),
        "answers verified/s": round(ours),
        "ratio": round(ratio, 2),
        "answers with ever new headers verified/s": round(changing),
        "their ratio": round(median(turn[2] / turn[0] for turn in rounds), 2),
        "body octets": len(BODY),
        "signature field octets": header,
    }
    print(json.dumps(figures))
    assert ratio >= 0.5


def _verify(response: HttpResponse, roots: bytes) -> None:
    verified(response, anchors=roots, now=NOW)
