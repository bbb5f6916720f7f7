"""The name server that this machine is set to use, read by dnspython."""

from __future__ import annotations

from pathlib import Path

from dns.exception import DNSException
from dns.resolver import Resolver

RESOLV_CONF = Path("/etc/resolv.conf")
_PORT = 53


def system_name_server(settings: Path = RESOLV_CONF) -> tuple[str, int] | None:
    """The first name server of the settings, and its port; None where they name none."""
    resolver = Resolver(configure=False)
    try:
        resolver.read_resolv_conf(str(settings))
    except (DNSException, OSError, ValueError):
        return None
    named = [str(each) for each in resolver.nameservers]
    return (named[0], _PORT) if named else None
