"""Mistakes in the file of a target: wrong anchors, wrong roots, wrong base URLs, a wrong clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache, partial

from harness.model import Environment, Service, Target
from mock_services.embedded import Embedded
from mock_services.pki import Pki
from mock_services.troubles import Trouble
from mock_services.troubles.forgery import Forger
from mock_services.world import World


@contextmanager
def swapped_anchors(target: Target) -> Iterator[Target]:
    """A trouble: production and the rest have each other's trust anchors."""
    held = target.trust_anchors
    other = dict.fromkeys(Environment, Environment.PROD) | {Environment.PROD: Environment.ACC}
    yield replace(target, trust_anchors={e: held[other[e]] for e in held if other[e] in held})


@contextmanager
def anchor_of_production(target: Target) -> Iterator[Target]:
    """A trouble: every environment has the trust anchor of production, which is not its own."""
    root = target.trust_anchors[Environment.PROD]
    yield replace(target, trust_anchors=dict.fromkeys(target.trust_anchors, root))


@contextmanager
def unrelated_anchors(target: Target) -> Iterator[Target]:
    """A trouble: the trust anchors are those of somebody else."""
    roots = {each: Forger(f"Chamber of Commerce Root {each}").root for each in target.trust_anchors}
    yield replace(target, trust_anchors=roots)


@contextmanager
def outdated_anchors(target: Target) -> Iterator[Target]:
    """A trouble: the trust anchors have the right names, and keys from before."""
    old = _other_pki()
    yield replace(target, trust_anchors={e: old.anchors(e) for e in target.trust_anchors})


@cache
def _other_pki() -> Pki:
    return Pki(datetime.now(UTC), authority_bits=2048)


@contextmanager
def unreadable_anchors(target: Target) -> Iterator[Target]:
    """A trouble: the files of the trust anchors hold something else."""
    yield replace(target, trust_anchors=dict.fromkeys(target.trust_anchors, b"none\n"))


@contextmanager
def other_tls_roots(target: Target) -> Iterator[Target]:
    """A trouble: the TLS roots of the file are not those of the servers."""
    yield replace(target, tls_roots=Forger("Chamber of Commerce Root").root)


def with_template(template: str) -> Trouble:
    """A trouble: the name template of the file is this."""

    @contextmanager
    def plant(target: Target) -> Iterator[Target]:
        yield replace(target, template=template)

    return plant


def swapped_roots(roots: Callable[[Service], str]) -> Trouble:
    """A trouble: EB and DSD have each other's base URL; `roots` are the right ones."""
    other = {Service.EB: Service.DSD, Service.DSD: Service.EB}

    @contextmanager
    def plant(target: Target) -> Iterator[Target]:
        yield replace(target, roots={key: roots(other[key.service]) for key in target.keys})

    return plant


def skewed_world(ahead: timedelta) -> Embedded:
    """A landscape whose clock is ahead of this machine's, or (negative) behind."""
    return Embedded(partial(skewed, ahead))


def skewed(ahead: timedelta, world: World) -> World:
    """The same world by a clock that is ahead of this machine's, or (negative) behind."""
    return replace(world, clock=skewed_clock(ahead))


def skewed_clock(ahead: timedelta) -> Callable[[], datetime]:
    """A clock for the harness that is ahead of this machine's, or (negative) behind."""
    return lambda: datetime.now(UTC) + ahead
