"""Whether what is the same looks the same to a cache, and what differs looks different."""

from __future__ import annotations

import re

from harness.checks import check, require
from harness.errors import NotApplicable
from harness.freshness import etag, judged, names
from harness.lookup import CURRENT, Query
from harness.subjects.directory import Directory
from suites.caching.asking import ask, first, query, settled, spelled_out

ALIKE = ("Content-Type", "digest", "Cache-Control", "ETag", "Last-Modified", "Vary")
"""What HEAD must say like GET; a signature may be made anew, and so may a date."""

V1 = "oots-cs:v1.0"

SELECTING = (
    ("Accept-Encoding", "gzip, deflate", "vary-without-accept-encoding"),
    ("Accept-Language", "mt, ga;q=0.5", "vary-without-accept-language"),
)
"""Request fields by which servers are wont to choose; the first is sent by most clients."""

_MADE_ANEW = re.compile(rb"RegistryObject\s[^>]*")
"""The attributes of a registry object; servers may make its id anew for each answer."""


@check("CACHE-21", verifies=("caching.head-is-like-get",), finds=("head-unlike-get",))
async def test_head_says_what_get_says(directory: Directory) -> None:
    """HEAD is answered with the header fields of GET."""
    before = await first(directory)
    head = await ask(directory, method="HEAD")
    told = {name: head.header(name) for name in ALIKE}
    wanted = {name: before.header(name) for name in ALIKE}
    if told != wanted:
        await settled(directory, before)
    expected, seen = f"{before.status}", f"{head.status}"
    require(head.status == before.status, "head-unlike-get", expected=expected, seen=seen)
    for name in ALIKE:
        require(
            told[name] == wanted[name],
            "head-unlike-get",
            expected=f"{name}: {wanted[name]}",
            seen=f"{name}: {told[name]}",
        )


@check("CACHE-22", verifies=("caching.order-does-not-matter",), finds=("order-matters",))
async def test_the_order_of_parameters_changes_nothing(directory: Directory) -> None:
    """The same parameters in another order get the same answer, but for the ids of its objects."""
    before = await first(directory)
    asked = query(directory)
    turned = Query(asked.query_id, tuple(reversed(asked.parameters)))
    after = (await directory.ask(turned)).response
    same = _MADE_ANEW.sub(b"", after.body) == _MADE_ANEW.sub(b"", before.body)
    if not same:
        await settled(directory, before)
    require(
        same and after.status == before.status,
        "order-matters",
        expected=f"status {before.status} and the same bytes ({len(before.body)})",
        seen=f"status {after.status} and other bytes ({len(after.body)})",
    )


@check(
    "CACHE-23",
    verifies=("caching.same-answer-same-tag",),
    finds=("answer-unstable", "etag-unstable"),
)
async def test_the_same_question_gets_the_same_answer_and_tag(directory: Directory) -> None:
    """The same question asked twice gets the same bytes and the same ETag."""
    before = await first(directory)
    after = judged(await ask(directory, fresh=True))
    require(
        after.body == before.body,
        "answer-unstable",
        expected="the same bytes as a moment before",
        seen=f"other bytes ({len(before.body)}, then {len(after.body)})",
    )
    require(
        after.header("etag") == before.header("etag"),
        "etag-unstable",
        expected=before.header("etag"),
        seen=after.header("etag"),
    )


@check("CACHE-24", verifies=("caching.other-answer-other-tag",), finds=("etag-shared",))
async def test_different_answers_have_different_tags(directory: Directory) -> None:
    """The answers of two interface versions do not share a strong ETag."""
    new = judged(await ask(directory, version=CURRENT))
    old = judged(await ask(directory, version=V1))
    if new.body == old.body or etag(new).weak:
        raise NotApplicable("no two different answers with a strong ETag")
    require(
        etag(old) != etag(new),
        "etag-shared",
        expected=f"another ETag than {new.header('etag')}",
        seen=old.header("etag"),
    )


@check("CACHE-28", verifies=("caching.encoding-does-not-matter",), finds=("encoding-matters",))
async def test_the_encoding_of_parameters_changes_nothing(directory: Directory) -> None:
    """The same parameters, percent-encoded throughout, get the same answer."""
    before = await first(directory)
    request = await directory.request(query(directory))
    after = (await directory.send(spelled_out(request))).response
    same = _MADE_ANEW.sub(b"", after.body) == _MADE_ANEW.sub(b"", before.body)
    if not same:
        await settled(directory, before)
    require(
        same and after.status == before.status,
        "encoding-matters",
        expected=f"status {before.status} and the same bytes ({len(before.body)})",
        seen=f"status {after.status} and other bytes ({len(after.body)})",
    )


@check(
    "CACHE-29",
    verifies=("caching.vary-names-what-selects",),
    finds=("vary-without-accept-encoding", "vary-without-accept-language"),
)
async def test_caches_learn_what_selects_the_answer(directory: Directory) -> None:
    """Vary names Accept-Encoding and Accept-Language where they change the answer."""
    before = await first(directory)
    for name, value, tag in SELECTING:
        after = await ask(directory, headers=((name, value),))
        if _MADE_ANEW.sub(b"", after.body) == _MADE_ANEW.sub(b"", before.body):
            continue
        await settled(directory, before)
        require(
            all({name.lower(), "*"} & {*names(one.header("vary"))} for one in (before, after)),
            tag,
            expected=f"Vary: {name}",
            seen=f"Vary: {before.header('vary')}, then {after.header('vary')}",
        )
