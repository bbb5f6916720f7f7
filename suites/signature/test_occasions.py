"""The signature on answers that were come by in other ways than by a plain question.

The plain answer must hold; each of these then has the one tag of its occasion for whatever is
wrong with its signature, because the checks of single answers do not see it.
"""

from __future__ import annotations

from dataclasses import replace

from harness import chain, jades
from harness.checks import check, require
from harness.errors import NotApplicable
from harness.lookup import CURRENT, KNOWN_RESULT, specimen_query
from harness.model import Headers, HttpResponse, Service
from harness.signature import stays_authentic
from harness.subjects.answer import Answer
from harness.subjects.directory import Directory

FIRST_VERSION = "oots-cs:v1.0"
ANEW = (("Cache-Control", "no-cache"),)
OTHER = {Service.EB: Service.DSD, Service.DSD: Service.EB}


async def plain(directory: Directory) -> Answer:
    """The answer to the plainest question; raises `Unreachable` where its seal does not hold."""
    answer = await directory.answer(KNOWN_RESULT[directory.key.service])
    answer.seal.hold()
    return answer


async def otherwise(
    directory: Directory, *, method: str = "GET", version: str = CURRENT, headers: Headers = ()
) -> HttpResponse:
    """The answer to the same question, asked in some other way."""
    service = directory.key.service
    query = specimen_query(service, KNOWN_RESULT[service], directory.questions)
    answer = await directory.ask(query, method=method, version=version, headers=headers)
    return answer.response


@check(
    "SIG-49",
    verifies=("signature.of-not-modified",),
    finds=("signature-of-304-wrong",),
)
async def test_signature_of_a_304_verifies(directory: Directory) -> None:
    """The signature of a 304 verifies."""
    before = (await plain(directory)).response
    tag = before.header("etag")
    if tag is None:
        raise NotApplicable("there is no ETag to ask with; see CACHE-10")
    response = await otherwise(directory, headers=(("If-None-Match", tag),))
    if response.status != 304:
        raise NotApplicable(f"If-None-Match got {response.status}; see CACHE-16")
    if not response.values(jades.SIGNATURE_FIELD) or not response.values(jades.DIGEST_FIELD):
        raise NotApplicable("the 304 is not signed; see CACHE-20")
    if response.values(jades.DIGEST_FIELD) != before.values(jades.DIGEST_FIELD):
        raise NotApplicable("the 304 is about another answer; see CACHE-20")
    stays_authentic(response, "signature-of-304-wrong")


@check(
    "SIG-50",
    verifies=("signature.of-head",),
    finds=("head-unsigned", "signature-of-head-wrong"),
)
async def test_head_is_signed_like_get(directory: Directory) -> None:
    """The answer to HEAD is signed like the one to GET."""
    before = (await plain(directory)).response
    response = await otherwise(directory, method="HEAD")
    if response.status != before.status:
        raise NotApplicable(f"HEAD got {response.status}; see CACHE-21")
    signed = response.values(jades.SIGNATURE_FIELD)
    require(signed, "head-unsigned", expected=jades.SIGNATURE_FIELD, seen="none")
    stays_authentic(response, "signature-of-head-wrong")


@check(
    "SIG-51",
    verifies=("signature.of-first-version",),
    finds=("version-1-unsigned", "version-1-not-covered", "signature-of-version-1-wrong"),
)
async def test_answers_of_the_first_version_are_signed(directory: Directory) -> None:
    """Answers of the first interface version are signed as well."""
    await plain(directory)
    response = await otherwise(directory, version=FIRST_VERSION)
    signed = response.values(jades.SIGNATURE_FIELD)
    require(signed, "version-1-unsigned", expected=jades.SIGNATURE_FIELD, seen="none")
    stays_authentic(response, "signature-of-version-1-wrong")
    covered(response, "version-1-not-covered")


@check(
    "SIG-52",
    verifies=("signature.one-root",),
    finds=("services-under-different-roots",),
)
async def test_both_services_stand_under_one_root(directory: Directory) -> None:
    """Both services of a Member State sign under one root of their environment."""
    other = replace(directory.key, service=OTHER[directory.key.service])
    if other not in directory.target.keys:
        raise NotApplicable(f"{other} is not among the subjects")
    names = [await summit(one) for one in (directory, replace(directory, key=other))]
    require(
        names[0] == names[1],
        "services-under-different-roots",
        expected=names[1],
        seen=names[0],
    )


@check(
    "SIG-53",
    verifies=("signature.made-anew",),
    finds=("signature-made-anew-wrong", "answer-made-anew-not-covered"),
)
async def test_an_answer_made_anew_is_signed_anew(directory: Directory) -> None:
    """An answer that is asked for past all caches is covered by its digest and signature."""
    await plain(directory)
    response = await otherwise(directory, headers=ANEW)
    stays_authentic(response, "signature-made-anew-wrong")
    covered(response, "answer-made-anew-not-covered")


def covered(response: HttpResponse, tag: str) -> None:
    """The digest is the body's; its form is judged already."""
    digest = jades.digest_octets(jades.digest_text(jades.digest_field(response)))
    stated = response.header(jades.DIGEST_FIELD)
    seen = f"{stated} with a body of {len(response.body)} octets"
    require(jades.is_of(digest, response.body), tag, expected="the digest of the body", seen=seen)


async def summit(directory: Directory) -> str:
    """The name of the root under which a trusted signer stands."""
    answer = await directory.answer(KNOWN_RESULT[directory.key.service])
    if answer.anchors is None:
        raise NotApplicable("no trust anchor given")
    return chain.summit(answer.seal.trusted_chain(answer.anchors)).rfc4514_string()
