"""Seeded faults of the seam: tls. What the servers speak, and the certificate they show.

A client that verifies does not go on with some of these certificates: then all but the checks that
look at them is blocked.
"""

from __future__ import annotations

from dataclasses import replace

from mock_services.faults import fault
from mock_services.world import TlsPolicy, World

_BLOCKED = ("LOOK-*", "SIG-*", "CACHE-*")


def _showing(world: World, policy: TlsPolicy) -> World:
    return replace(world, tls=policy)


@fault(caught_by={"LOOK-88": "tls-1.3-not-spoken"})
def tls_1_2_at_most(world: World) -> World:
    """The servers speak TLS 1.2 and nothing newer."""
    return _showing(world, TlsPolicy(newest="TLSv1.2"))


@fault(caught_by={"LOOK-89": "outdated-tls-spoken"})
def tls_1_1_as_well(world: World) -> World:
    """The servers go along with clients that speak TLS 1.1."""
    return _showing(world, TlsPolicy(outdated=True))


@fault(caught_by={"LOOK-90": "tls-names-missing"}, blocks=_BLOCKED)
def certificate_without_names(world: World) -> World:
    """The server's certificate has no subjectAltName."""
    return _showing(world, TlsPolicy(named=None))


@fault(caught_by={"LOOK-90": "tls-host-not-named"}, blocks=_BLOCKED)
def certificate_of_another_host(world: World) -> World:
    """The server's certificate is for another host."""
    return _showing(world, TlsPolicy(named=False))


@fault(caught_by={"LOOK-91": "tls-digital-signature-missing"})
def certificate_without_key_usage(world: World) -> World:
    """The server's certificate does not say what its key is for."""
    return _showing(world, TlsPolicy(usages=()))


@fault(caught_by={"LOOK-91": "tls-server-auth-missing"})
def certificate_without_purpose(world: World) -> World:
    """The server's certificate does not say that it is a server's."""
    return _showing(world, TlsPolicy(purposes=()))


@fault(caught_by={"LOOK-91": "tls-client-auth-allowed"})
def certificate_for_clients_too(world: World) -> World:
    """The server's certificate may be used by a client as well."""
    return _showing(world, TlsPolicy(purposes=("SERVER_AUTH", "CLIENT_AUTH")))


@fault(caught_by={"LOOK-92": "tls-certificate-not-valid-now"}, blocks=_BLOCKED)
def server_certificate_expired(world: World) -> World:
    """The server's certificate has expired."""
    return _showing(world, TlsPolicy(since=-30, until=-1))


@fault(caught_by={"LOOK-92": "tls-certificate-long-lived"})
def certificate_for_two_years(world: World) -> World:
    """The server's certificate is valid for two years."""
    return _showing(world, TlsPolicy(until=729))


@fault(caught_by={"LOOK-92": "tls-certificate-long-lived"})
def certificate_for_a_day_too_many(world: World) -> World:
    """The server's certificate is valid for 399 days."""
    return _showing(world, TlsPolicy(until=398))


@fault(caught_by={"LOOK-93": "tls-key-weak"}, blocks=_BLOCKED)
def certificate_with_a_short_key(world: World) -> World:
    """The key of the server's certificate is an RSA key of 1,024 bits."""
    return _showing(world, TlsPolicy(key="rsa1024"))
