"""How replies reach their question: identifiers, EDNS, truncation, aliases, times to live."""

from __future__ import annotations

from harness.checks import check, require
from harness.discovery import MOST_ALIASES, entry
from harness.errors import NotApplicable
from harness.subjects.zone import Zone

PLAIN_UDP = 512
"""The room for a reply over UDP without EDNS, in octets (RFC 1035, section 4.2.1)."""

MISMATCHES = {
    "id": "reply-id-differs",
    "question": "reply-question-differs",
    "flag qr": "reply-not-a-reply",
}


@check(
    "DISC-46",
    verifies=("discovery.aliases-lead-to-the-entry",),
    finds=(
        "alias-loop",
        "alias-chain-too-long",
        "alias-leads-nowhere",
        "dname-without-cname",
        "dname-cname-differs",
    ),
)
async def test_aliases_lead_to_the_entry(zone: Zone) -> None:
    """Where an entry is an alias, its aliases end, soon, at the records."""
    for major in zone.target.majors:
        found = await zone.followed(major)
        for record, expected, said in found.dnames:
            made = f"{expected}, as DNAME {record.rdata} has it"
            require(said, "dname-without-cname", expected=f"a CNAME to {made}", seen="none")
            require(said == expected, "dname-cname-differs", expected=made, seen=said)
        names = found.names
        seen = " -> ".join(names)
        require(len(set(names)) == len(names), "alias-loop", expected="an end", seen=seen)
        require(
            len(names) - 1 <= MOST_ALIASES,
            "alias-chain-too-long",
            expected=f"at most {MOST_ALIASES} aliases",
            seen=seen,
        )
        require(
            found.records or len(names) == 1,
            "alias-leads-nowhere",
            expected=f"NAPTR records at {names[-1]}",
            seen=seen,
        )


@check(
    "DISC-47",
    verifies=("discovery.replies-match",),
    finds=tuple(MISMATCHES.values()),
    of_server=True,
)
async def test_a_reply_carries_the_identifier_and_the_question(zone: Zone) -> None:
    """A reply is marked as one and carries the identifier and the question of its query."""
    for major in zone.target.majors:
        reply = await zone.hear(zone.name(major))
        require(
            reply.mismatch is None,
            MISMATCHES[reply.mismatch or "id"],
            expected=f"a reply to {zone.name(major)}, by its identifier",
            seen=f"another {reply.mismatch}: {reply.wire[:2].hex()} for {reply.request[:2].hex()}",
        )


@check(
    "DISC-48",
    verifies=("discovery.edns-known",),
    finds=("edns-refused", "edns-dropped"),
    of_server=True,
)
async def test_the_name_server_knows_edns(zone: Zone) -> None:
    """The name server knows EDNS, without which there is no DNSSEC."""
    reply = await zone.ask(zone.name(zone.target.majors[0]))
    require(
        reply.rcode not in ("FORMERR", "NOTIMP"),
        "edns-refused",
        expected="an answer to a query with EDNS",
        seen=reply.rcode,
    )
    require(reply.edns is not None, "edns-dropped", expected="an OPT record", seen="none")


@check(
    "DISC-49",
    verifies=("discovery.truncation",),
    finds=("tcp-truncated", "truncated-needlessly"),
    of_server=True,
)
async def test_an_answer_is_cut_off_only_where_it_does_not_fit(zone: Zone) -> None:
    """An answer is cut off over UDP only, and only where it does not fit.

    What a client offers is no promise of the server's, which may keep to what every path carries.
    """
    asked = (await zone.held()).query
    datagram = await zone.ask(asked.name, edns=asked.edns)
    stream = await zone.ask(asked.name, edns=asked.edns, transport="tcp")
    require(
        "tc" not in stream.flags,
        "tcp-truncated",
        expected="the whole answer over TCP",
        seen=f"the flag tc and {len(stream.answer)} records",
    )
    needless = "tc" in datagram.flags and len(stream.wire) <= PLAIN_UDP
    if needless and not datagram.answer:
        raise NotApplicable("an empty reply sends to TCP, as servers do that limit their rate")
    require(
        not needless,
        "truncated-needlessly",
        expected=f"the whole answer: {len(stream.wire)} of {PLAIN_UDP} octets",
        seen=f"the flag tc and {len(datagram.answer)} records",
    )


@check("DISC-50", verifies=("discovery.one-ttl",), finds=("naptr-ttls-differ",))
async def test_the_records_of_an_entry_live_equally_long(zone: Zone) -> None:
    """All records of an entry have the same time to live."""
    times = sorted({record.ttl for record in entry(await zone.kept())})
    require(
        len(times) == 1,
        "naptr-ttls-differ",
        expected="one TTL",
        seen=", ".join(f"{ttl} s" for ttl in times),
    )
