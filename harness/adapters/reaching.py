"""From a target to the adapters that reach it: which resolver, which client, how gently."""

from __future__ import annotations

from harness.adapters.dns import DnsResolver, socket_transport
from harness.adapters.https import HttpsFetcher
from harness.adapters.locating import resolver_locator, system_locator
from harness.adapters.zone_file import resolver_of_file
from harness.conduct import Own
from harness.model import Target
from harness.ports import Resolver


def resolver_of(target: Target) -> Resolver:
    """What answers for the zone of a target; raises `UsageFault` where its zone file is flawed."""
    if target.nameserver is None:
        return resolver_of_file(target)
    patience = target.reach.dns_timeout
    others = [socket_transport(each, patience) for each in target.other_nameservers]
    return DnsResolver(socket_transport(target.nameserver, patience), others=others)


def fetcher_of(target: Target, resolver: Resolver) -> HttpsFetcher:
    """What asks the directories of a target; to be closed in its event loop.

    Its own hosts are those of the base URLs; who discovers others adds them to `fetcher.own`.
    """
    by_system = target.reach.addresses_by_system
    return HttpsFetcher(
        locate=system_locator() if by_system else resolver_locator(resolver),
        roots=target.tls_roots,
        reach=target.reach,
        own=Own(*target.roots.values()),
    )
