"""From a host name to the address to connect to."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from socket import SOCK_STREAM

from harness.discovery import is_address
from harness.dns_message import DnsQuery
from harness.errors import Unreachable
from harness.ports import Resolver

Locate = Callable[[str], Awaitable[str]]
"""From a host name to an address; raises `Unreachable`."""


def system_locator() -> Locate:
    """The resolver of the machine."""

    async def locate(host: str) -> str:
        try:
            found = await asyncio.get_running_loop().getaddrinfo(host, None, type=SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise Unreachable(host, why=f"the system resolver knows no address ({error})") from None
        return str(found[0][4][0])

    return locate


def resolver_locator(resolver: Resolver) -> Locate:
    """The name server under test: A first, then AAAA; an address is its own answer."""

    async def locate(host: str) -> str:
        if is_address(host):
            return host
        for rdtype in ("A", "AAAA"):
            reply = await resolver.ask(DnsQuery(host, rdtype))
            for record in reply.answer:
                if record.rdtype == rdtype:
                    return record.rdata
        raise Unreachable(host, why=f"the name server gives no address for it ({reply.rcode})")

    return locate


def fixed_locator(address: str) -> Locate:
    """One address for every host."""

    async def locate(_host: str) -> str:
        return address

    return locate
