"""The name servers of the zone: who they are, and that they say the same (RFC 1034, RFC 2181)."""

from __future__ import annotations

from harness.checks import check, require
from harness.discovery import content, same_name, serial
from harness.errors import NotApplicable, Unreachable
from harness.subjects.zone import Zone

ENOUGH = 2
"""Name servers (RFC 1034, section 4.1)."""


@check(
    "DISC-41",
    verifies=("discovery.servers-agree",),
    finds=("name-servers-disagree",),
    of_server=True,
)
async def test_all_name_servers_give_one_answer(zone: Zone) -> None:
    """All name servers give the same entry."""
    servers = zone.servers()
    name = (await zone.held()).query.name
    first, *others = [await zone.look_up(name, server=server) for server in servers]
    for other in others:
        require(
            content(other) == content(first),
            "name-servers-disagree",
            expected=content(first),
            seen=content(other),
        )


@check(
    "DISC-42", verifies=("discovery.servers-answer",), finds=("name-server-lame",), of_server=True
)
async def test_every_name_server_knows_the_zone(zone: Zone) -> None:
    """Every name server answers for the zone."""
    servers = zone.servers()
    name = (await zone.held()).query.name
    for server in servers:
        reply = await zone.ask(name, server=server, edns=None)
        require(
            reply.rcode in ("NOERROR", "NXDOMAIN"),
            "name-server-lame",
            expected="NOERROR",
            seen=f"{reply.rcode} from name server {server + 1}",
        )


@check(
    "DISC-43", verifies=("discovery.serials-agree",), finds=("soa-serials-differ",), of_server=True
)
async def test_all_name_servers_have_one_version_of_the_zone(zone: Zone) -> None:
    """All name servers hold the zone in the same version."""
    servers = zone.servers()
    apex = await zone.apex_of((await zone.held()).query.name)
    serials = []
    for server in servers:
        reply = await zone.look_up(apex, "SOA", server=server)
        serials += [serial(record) for record in reply.answer if record.rdtype == "SOA"]
    if len(serials) != len(servers):
        raise Unreachable(apex, why="a name server shows no SOA record")
    require(
        len(set(serials)) == 1,
        "soa-serials-differ",
        expected="one serial number",
        seen=", ".join(serials),
    )


@check(
    "DISC-44",
    verifies=("discovery.two-servers",),
    finds=("name-servers-missing", "name-server-alone"),
)
async def test_the_zone_names_two_servers(zone: Zone) -> None:
    """The zone names at least two name servers."""
    apex = await zone.apex_of((await zone.held()).query.name)
    names = await zone.server_names(apex)
    require(names, "name-servers-missing", expected=f"NS records of {apex}", seen="none")
    require(
        len(names) >= ENOUGH,
        "name-server-alone",
        expected=f"at least {ENOUGH} name servers",
        seen=", ".join(names),
    )


@check(
    "DISC-45",
    verifies=("discovery.servers-have-addresses",),
    finds=("name-server-without-address", "name-server-is-an-alias"),
)
async def test_the_name_servers_have_addresses(zone: Zone) -> None:
    """The name servers within the zone have addresses, and under their own names."""
    apex = await zone.apex_of((await zone.held()).query.name)
    within = [
        name for name in await zone.server_names(apex) if name.endswith(f".{same_name(apex)}")
    ]
    if not within:
        raise NotApplicable("no name server is named within the zone")
    for name in within:
        replies = [await zone.look_up(name, rdtype) for rdtype in ("A", "AAAA")]
        found = [record for reply in replies for record in reply.answer]
        aliases = [record.rdata for record in found if record.rdtype == "CNAME"]
        require(
            not aliases,
            "name-server-is-an-alias",
            expected=f"addresses at {name} itself",
            seen=f"an alias of {', '.join(dict.fromkeys(aliases))}",
        )
        require(
            found,
            "name-server-without-address",
            expected=f"an A or AAAA record of {name}",
            seen="none",
        )
