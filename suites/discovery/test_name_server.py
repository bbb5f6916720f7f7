"""How the name server answers for an entry, whatever the entry says."""

from __future__ import annotations

from harness.checks import check, require
from harness.discovery import content, entry, mixed_case
from harness.errors import NotApplicable
from harness.subjects.zone import Zone

PLAIN_UDP = 512
"""The longest answer over UDP to a question without EDNS, in octets (RFC 1035, section 4.2.1)."""

A_DAY = 86400
"""In seconds."""


@check(
    "DISC-18",
    verifies=("discovery.names-without-case",),
    finds=("name-case-matters",),
    of_server=True,
)
async def test_case_of_the_name_does_not_matter(zone: Zone) -> None:
    """The entry is found whatever the case of the letters in its name."""
    plain = await zone.held()
    mixed = await zone.look_up(mixed_case(plain.query.name))
    require(
        content(mixed) == content(plain),
        "name-case-matters",
        expected=content(plain),
        seen=content(mixed),
    )


@check("DISC-19", verifies=("discovery.tcp-agrees",), finds=("tcp-answer-differs",), of_server=True)
async def test_tcp_gives_the_same_answer(zone: Zone) -> None:
    """The name server gives the same answer over TCP as over UDP."""
    datagram = await zone.held()
    asked = datagram.query
    stream = await zone.ask(asked.name, edns=asked.edns, transport="tcp")
    require(
        content(stream) == content(datagram),
        "tcp-answer-differs",
        expected=content(datagram),
        seen=content(stream),
    )


@check(
    "DISC-20",
    verifies=("discovery.edns-agrees",),
    finds=("edns-answer-differs", "edns-unasked"),
    of_server=True,
)
async def test_edns_makes_no_other_answer(zone: Zone) -> None:
    """A query without EDNS gets the same answer, and no EDNS in it."""
    extended = await zone.held()
    plain = await zone.look_up(extended.query.name, edns=None)
    require(
        content(plain) == content(extended),
        "edns-answer-differs",
        expected=content(extended),
        seen=content(plain),
    )
    require(
        plain.edns is None,
        "edns-unasked",
        expected="no OPT record",
        seen=f"one that offers {plain.edns} octets",
    )


@check("DISC-21", verifies=("discovery.udp-size",), finds=("udp-answer-too-long",), of_server=True)
async def test_udp_answer_keeps_to_its_size(zone: Zone) -> None:
    """An answer over UDP is no longer than the query allows."""
    name = (await zone.held()).query.name
    for edns, room in ((None, PLAIN_UDP), (1232, 1232)):
        reply = await zone.ask(name, edns=edns)
        require(
            len(reply.wire) <= room,
            "udp-answer-too-long",
            expected=f"at most {room} octets",
            seen=f"{len(reply.wire)} octets",
        )


@check(
    "DISC-26",
    verifies=("discovery.authoritative",),
    finds=("answer-not-authoritative",),
    of_server=True,
)
async def test_answer_is_authoritative(zone: Zone) -> None:
    """A name server of the zone answers with authority."""
    reply = await zone.held()
    if reply.is_second_hand:
        raise NotApplicable("a resolver was asked, which answers from what others told it")
    require(
        "aa" in reply.flags,
        "answer-not-authoritative",
        expected="the flag aa",
        seen=" ".join(sorted(reply.flags)),
    )


@check(
    "DISC-27",
    verifies=("discovery.sensible-ttl",),
    finds=("naptr-ttl-zero", "naptr-ttl-too-long"),
)
async def test_records_may_be_kept_for_a_sensible_time(zone: Zone) -> None:
    """The records of the entry may be kept for more than no time and at most a day."""
    for record in entry(await zone.kept()):
        require(record.ttl > 0, "naptr-ttl-zero", expected="a TTL of at least 1 s", seen="0 s")
        require(
            record.ttl <= A_DAY,
            "naptr-ttl-too-long",
            expected=f"a TTL of at most {A_DAY} s",
            seen=f"{record.ttl} s",
        )


@check(
    "DISC-29",
    verifies=("discovery.answer-to-the-point",),
    finds=("answer-for-another-name",),
    of_server=True,
)
async def test_answer_holds_no_record_of_another_name(zone: Zone) -> None:
    """The answer holds NAPTR records of the name that was asked for and of no other."""
    reply = await zone.held()
    own = entry(reply)
    foreign = [record.name for record in reply.answer if record.naptr and record not in own]
    require(
        not foreign,
        "answer-for-another-name",
        expected=f"NAPTR records of {reply.query.name}",
        seen=", ".join(foreign),
    )


@check(
    "DISC-30",
    verifies=("discovery.question-echoed",),
    finds=("question-case-changed",),
    of_server=True,
)
async def test_question_is_repeated_letter_by_letter(zone: Zone) -> None:
    """The reply repeats the name that was asked for in the case it was asked in."""
    asked = mixed_case((await zone.held()).query.name)
    reply = await zone.look_up(asked)
    require(
        reply.question.removesuffix(".") == asked.removesuffix("."),
        "question-case-changed",
        expected=asked,
        seen=reply.question,
    )
