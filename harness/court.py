"""Where pytest's items are judged: the subjects that were chosen, and the session that they share.

Nothing is started before an item needs it.
"""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from pathlib import Path

import pytest

from harness.checks import Check
from harness.cli.words import chosen, unknown
from harness.errors import UsageFault
from harness.execution import open_session
from harness.extensions import landscape
from harness.learning import learned
from harness.model import CheckResult, Environment, Exchange, Service, ServiceKey, Target
from harness.ports import Landscape
from harness.requirements import CURRENT_PROFILE
from harness.runner import Session, run
from harness.target_file import TargetFile, read


class Court:
    """The session that all items of a pytest run share; nothing is started before it is needed."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._started: Landscape | None = None
        self._opened: AbstractAsyncContextManager[Session] | None = None
        self._session: Session | None = None
        self._exchanges: dict[str, Exchange] = {}
        try:
            self.file = self._target_file()
            self.keys, self.fault = self._chosen()
        except UsageFault as refused:
            raise pytest.UsageError(str(refused)) from None
        self._loop = asyncio.new_event_loop()
        self.profile: str = config.getoption("--oots-profile") or self._usual_profile()

    def is_about(self, check: Check) -> bool:
        """Whether what a check judges is under test."""
        role = "zone" if check.subject == "zone" else "directory"
        return self.file is None or role in self.file.target.roles

    def _target_file(self) -> TargetFile | None:
        given = self._config.getoption("--oots-target")
        if given is not None and self._config.getoption("--oots-fault") is not None:
            raise UsageFault(
                "--oots-fault",
                expected="the embedded landscape",
                seen="a target of your own",
                remedy="leave out --oots-target or --oots-fault",
            )
        return None if given is None else read(Path(given))

    def _usual_profile(self) -> str:
        return CURRENT_PROFILE if self.file is None else self.file.profile

    def _chosen(self) -> tuple[tuple[ServiceKey, ...], str | None]:
        """Subjects and fault; what is no word of ours ends pytest before anything is judged."""
        option = self._config.getoption
        fault: str | None = option("--oots-fault")
        subjects, known = self._subjects()
        state, usual = "--oots-member-state", ["acc"] if self.file is None else []
        members = chosen(state, option(state), known, upper=True) or known
        services = chosen("--oots-service", option("--oots-service"), tuple(Service))
        given = option("--oots-environment") or usual
        environments = chosen("--oots-environment", given, tuple(Environment))
        faults = [note.name for note in landscape().faults()] if fault is not None else []
        if fault is not None and fault not in faults:
            raise unknown("--oots-fault", fault, faults, "see `oots run --list-faults`")
        keys = tuple(
            key
            for key in subjects
            if key.member_state in members
            and key.service in (services or tuple(Service))
            and key.environment in (environments or tuple(Environment))
        )
        return keys, fault

    def _subjects(self) -> tuple[tuple[ServiceKey, ...], tuple[str, ...]]:
        """Everything that can be judged, and the Member States that this is about."""
        if self.file is not None:
            found = self.file.target.keys
            return found, tuple(dict.fromkeys(key.member_state for key in found))
        members = landscape().members()
        every = ((e, m, s) for e in Environment for m in members for s in Service)
        return tuple(ServiceKey(m, s, e) for e, m, s in every), members

    def judge(self, check: Check, key: ServiceKey) -> tuple[CheckResult, list[Exchange]]:
        """The result and what it rests on."""
        result = self._loop.run_until_complete(run(check, self._opened_session(), key))
        return result, [self._exchanges[ident] for ident in result.evidence]

    def _opened_session(self) -> Session:
        if self._session is None:
            self._opened = open_session(self._target(), self._note, profile=self.profile)
            self._session = self._loop.run_until_complete(self._taught(self._opened))
        return self._session

    def _target(self) -> Target:
        """The target of the file, or the landscape, started."""
        if self.file is not None:
            return self.file.target
        self._started = landscape()
        return self._started.start(members=(), fault=self.fault)

    async def _taught(self, opening: AbstractAsyncContextManager[Session]) -> Session:
        """The session; what a file leaves open is asked first."""
        session = await opening.__aenter__()
        return session if self.file is None else replace(session, target=await learned(session))

    def _note(self, exchange: Exchange) -> None:
        self._exchanges[exchange.id] = exchange

    def close(self) -> None:
        """End the session and the landscape."""
        if self._opened is not None:
            self._loop.run_until_complete(self._opened.__aexit__(None, None, None))
        if self._started is not None:
            self._started.stop()
        self._loop.close()
