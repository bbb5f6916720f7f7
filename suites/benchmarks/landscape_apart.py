"""The embedded landscape in a process of its own, so that what it costs is not counted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import cast

from harness.extensions import landscape
from harness.model import Environment, Target


def _serve(pipe: Connection) -> None:
    subjects = landscape()
    target = subjects.start(members=(), fault=None)
    pipe.send(target)
    pipe.recv()
    subjects.stop()


@contextmanager
def apart() -> Iterator[Target]:
    """How to get to all Member States of a landscape that another process serves."""
    context = get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_serve, args=(there,))
    process.start()
    try:
        assert here.poll(60), "the landscape did not start"
        yield cast("Target", here.recv())
        here.send("enough")
    finally:
        process.join(10)
        process.kill()


def only(
    target: Target,
    *members: str,
    environments: tuple[Environment, ...] = (Environment.ACC,),
) -> Target:
    """Its subjects of some Member States in some environments."""
    keys = tuple(
        key
        for key in target.keys
        if key.member_state in members and key.environment in environments
    )
    return replace(target, keys=keys)
