"""A world that is a zone and nothing else, for tests of names alone."""

from __future__ import annotations

from typing import Any

from mock_services.world import World

ZONE = """\
$ORIGIN cs.acc.oots.tech.ec.europa.eu.
$TTL 3600
@           IN SOA  ns1 hostmaster ( 2026010101 ; serial
                    7200 900 1209600 300 )
            IN NS   ns1
ns1         IN A    127.0.0.1
fi.eb.v1    300 IN NAPTR 100 10 "U" "" "!.*!https://query.cs.acc.localhost/eb/!" .
gr.eb.v1    IN 300 NAPTR 100 10 "u" "" "!.*!https://query.cs.acc.localhost/eb/!" .
alias       CNAME   fi.eb.v1
loop        CNAME   loop2
loop2       CNAME   loop
away        CNAME   www.example.
long        TXT     ( "{0}" "{0}1" "{0}2" )
$ORIGIN localhost.
@           SOA     ns1 hostmaster 1 2 3 4 60
@           NS      ns1
ns1         A       127.0.0.1
query.cs.acc AAAA   ::1
""".format("x" * 240)
"""Two apexes; an empty non-terminal (`v1.cs`); aliases that end, turn in circles, lead away."""

FI = "fi.eb.v1.cs.acc.oots.tech.ec.europa.eu"


def world_of_zone(zone: str = ZONE) -> World:
    """A world of which only DNS can be used."""
    nothing: Any = None
    return World(landscape=nothing, instances=(), zone=zone, pki=nothing, port=443)
