"""Seeded faults of the seam: roots. The URI that a record leads to is not what it should be."""

from __future__ import annotations

from mock_services.faults import fault
from mock_services.faults.zone_changes import each_root
from mock_services.world import World


@fault(caught_by={"DISC-03": "naptr-root-not-https"})
def root_without_tls(world: World) -> World:
    """The record leads to an http root; all else about it is sound."""
    return each_root(world, lambda root: root.replace("https://", "http://"))


@fault(caught_by={"DISC-07": "naptr-root-userinfo"})
def root_with_credentials(world: World) -> World:
    """The root carries a user name and a password."""
    return each_root(world, lambda root: root.replace("://", "://reader:secret@"))


@fault(caught_by={"DISC-07": "naptr-root-query"})
def root_with_a_query(world: World) -> World:
    """The root ends with a query."""
    return each_root(world, lambda root: f"{root}?country-code=EU")


@fault(caught_by={"DISC-07": "naptr-root-fragment"})
def root_with_a_fragment(world: World) -> World:
    """The root ends with a fragment."""
    return each_root(world, lambda root: f"{root}#top")


@fault(caught_by={"DISC-08": "naptr-root-search-path"})
def root_with_the_search_path(world: World) -> World:
    """The root includes the path that clients append."""
    return each_root(world, lambda root: f"{root.rstrip('/')}/rest/search")


@fault(caught_by={"DISC-09": "naptr-root-ip-literal"}, blocks=("DISC-28",))
def root_at_an_address(world: World) -> World:
    """The root names its host by an IP address; the path tells the instances apart."""
    return each_root(
        world, lambda root: root.replace(":", "/").replace("https///", "https://127.0.0.1/")
    )


@fault(caught_by={"DISC-09": "naptr-root-host-malformed"}, blocks=("DISC-28",))
def host_with_an_underscore(world: World) -> World:
    """The host of the root holds an underscore."""
    return each_root(world, lambda root: root.replace("://", "://_"))


@fault(caught_by={"DISC-09": "naptr-root-port"})
def root_at_a_port_that_cannot_be(world: World) -> World:
    """The port of the root is larger than ports are."""
    return each_root(world, _at_port_65536)


@fault(caught_by={"DISC-10": "naptr-root-character"})
def root_with_a_space(world: World) -> World:
    """The path of the root holds a space."""
    return each_root(world, lambda root: f"{root}common services/")


@fault(caught_by={"DISC-10": "naptr-root-not-ascii"})
def root_with_an_umlaut(world: World) -> World:
    """The path of the root holds a letter that is not ASCII."""
    return each_root(world, lambda root: f"{root}f\u00fcr/")


@fault(caught_by={"DISC-57": "naptr-root-slashes"})
def root_with_a_doubled_slash(world: World) -> World:
    """The path of the root ends with two slashes."""
    return each_root(world, lambda root: f"{root}/")


@fault(caught_by={"DISC-10": "naptr-root-percent-encoding"})
def root_with_a_stray_percent_sign(world: World) -> World:
    """The path of the root holds a percent sign that encodes nothing."""
    return each_root(world, lambda root: f"{root}100%/")


def _at_port_65536(root: str) -> str:
    scheme, _, rest = root.partition("://")
    netloc, _, path = rest.partition("/")
    return f"{scheme}://{netloc.partition(':')[0]}:65536/{path}"
