"""The URI that a record leads to: the service root (RFC 3986; TDD 3.4, section 3)."""

from __future__ import annotations

from harness.checks import check, require
from harness.discovery import (
    is_address,
    is_host_name,
    port_of,
    root_text,
    service_root,
    spelling_flaw,
)
from harness.subjects.zone import Zone


@check("DISC-03", verifies=("discovery.root-is-https",), finds=("naptr-root-not-https",))
async def test_root_is_an_https_uri(zone: Zone) -> None:
    """The record's regexp yields an absolute HTTPS URI."""
    for record in await zone.chosen():
        root = service_root(record)
        require(
            root.scheme == "https" and root.netloc,
            "naptr-root-not-https",
            expected="https://<host>",
            seen=root_text(record),
        )


@check(
    "DISC-07",
    verifies=("discovery.root-is-a-base",),
    finds=("naptr-root-userinfo", "naptr-root-query", "naptr-root-fragment"),
)
async def test_root_has_no_userinfo_query_or_fragment(zone: Zone) -> None:
    """The service root carries neither credentials nor a query nor a fragment."""
    for record in await zone.chosen():
        text, root = root_text(record), service_root(record)
        require("@" not in root.netloc, "naptr-root-userinfo", expected="no userinfo", seen=text)
        require("#" not in text, "naptr-root-fragment", expected="no fragment", seen=text)
        require("?" not in text, "naptr-root-query", expected="no query", seen=text)


@check(
    "DISC-08",
    verifies=("discovery.root-without-search-path",),
    finds=("naptr-root-search-path",),
)
async def test_root_ends_before_the_path_of_a_query(zone: Zone) -> None:
    """The service root leaves out /rest/search, which clients append."""
    for record in await zone.chosen():
        root = service_root(record)
        require(
            "/rest/search" not in root.path.lower(),
            "naptr-root-search-path",
            expected="a path without /rest/search",
            seen=root.path,
        )


@check(
    "DISC-09",
    verifies=("discovery.root-names-its-host",),
    finds=("naptr-root-ip-literal", "naptr-root-host-malformed", "naptr-root-port"),
)
async def test_root_names_its_host(zone: Zone) -> None:
    """The service root names its host by a DNS name, and a port that exists."""
    for record in await zone.chosen():
        root = service_root(record)
        host = root.hostname or ""
        require(
            not is_address(host), "naptr-root-ip-literal", expected="a DNS name", seen=root.netloc
        )
        require(
            is_host_name(host),
            "naptr-root-host-malformed",
            expected="a DNS name of letters, digits and hyphens",
            seen=root.netloc,
        )
        require(port_of(root), "naptr-root-port", expected="a port to 65535", seen=root.netloc)


@check(
    "DISC-10",
    verifies=("discovery.root-is-spelled-soundly",),
    finds=("naptr-root-character", "naptr-root-not-ascii", "naptr-root-percent-encoding"),
)
async def test_root_is_spelled_as_a_uri_may_be(zone: Zone) -> None:
    """The service root consists of the characters of a URI, soundly encoded."""
    for record in await zone.chosen():
        text = root_text(record)
        flaw = spelling_flaw(text)
        tag, part = flaw or ("naptr-root-character", "")
        require(not flaw, tag, expected="a URI (RFC 3986)", seen=f"{part!r} in {text}")


@check("DISC-28", verifies=("discovery.host-has-an-address",), finds=("root-host-without-address",))
async def test_host_of_the_root_has_an_address(zone: Zone) -> None:
    """The host that the service root names has an address."""
    for host in await zone.hosts():
        require(
            await zone.addresses(host),
            "root-host-without-address",
            expected=f"an A or AAAA record of {host}",
            seen="none",
        )


@check(
    "DISC-57",
    verifies=("discovery.root-joins-the-path",),
    finds=("naptr-root-slashes",),
    reading="trailing-slash",
)
async def test_the_path_can_be_appended_to_the_root(zone: Zone) -> None:
    """The path of the service root has no slash twice in a row, so that appending is plain."""
    wanted = zone.reading("trailing-slash")
    for record in await zone.chosen():
        root = service_root(record)
        fitting = wanted == "either" or root.path.endswith("/") == (wanted == "with")
        require(
            "//" not in root.path and fitting,
            "naptr-root-slashes",
            expected=f"no slash doubled, and a slash at the end: {wanted}",
            seen=root.geturl(),
        )
