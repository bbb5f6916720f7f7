"""The pytest side: a check becomes one item per subject, a verdict becomes an outcome.

A warned check passes and is shown as `w`; a blocked or a broken one does not pass, and is counted
apart from a failed one. Plain tests are left alone.
"""

from __future__ import annotations

import asyncio
import inspect
import re
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from harness.checks import Check
    from harness.model import CheckResult, Exchange, ServiceKey
    from harness.ports import Landscape
    from harness.runner import Session

LETTERS = {"failed": "F", "warned": "w", "blocked": "b", "broken": "B"}
_OPTIONS = ("--oots-member-state", "--oots-service", "--oots-environment", "--oots-fault")
_ATTACHED = 200_000
"""How many bytes of one exchange an Allure attachment holds."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """The choice of subjects, in the words of `oots run`."""
    from harness.requirements import CURRENT_PROFILE, PROFILES

    group = parser.getgroup("oots", "OOTS conformance checks")
    for option, metavar, text in (
        ("--oots-member-state", "XX", "only this Member State (repeat or separate by commas)"),
        ("--oots-service", "SERVICE", "only this service: eb or dsd"),
        ("--oots-environment", "ENV", "prod, acc or testing (default: acc)"),
    ):
        group.addoption(option, metavar=metavar, action="append", default=[], help=text)
    group.addoption(
        "--oots-profile",
        metavar="PROFILE",
        choices=PROFILES,
        default=CURRENT_PROFILE,
        help=f"the rule profile to judge by: {', '.join(PROFILES)} (default: {CURRENT_PROFILE})",
    )
    group.addoption(
        "--oots-fault", metavar="NAME", help="seed this fault in the embedded landscape"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Let `-k GR` mean Greece, not every name with a `gr` in it."""
    from harness.data import FIXTURES

    if config.option.keyword:
        codes = "|".join(sorted(p.stem for p in (FIXTURES / "member_states").glob("*.toml")))
        config.option.keyword = re.sub(
            rf"(?<![\w\[-])({codes})(?![\w\]-])", r"[\1-", config.option.keyword
        )
    if any(config.getoption(option) for option in _OPTIONS):
        _court(config)  # what is no word of ours is refused before anything is collected


def pytest_pycollect_makeitem(
    collector: pytest.Collector, name: str, obj: object
) -> list[pytest.Item] | None:
    """One item for each subject of a check."""
    check = getattr(obj, "check", None) if inspect.isfunction(obj) else None
    if check is None or not name.startswith("test_"):
        return None
    court = _court(collector.config)
    return [
        CheckItem.from_parent(collector, name=f"{name}[{key}]", check=check, key=key)
        for key in court.keys
        if key.service in check.services
        and collector.config.getoption("--oots-profile") in check.profiles
    ]


def pytest_report_teststatus(
    report: pytest.TestReport | pytest.CollectReport,
) -> tuple[str, str, tuple[str, dict[str, bool]]] | None:
    """Show the verdicts that pytest has no word for."""
    verdict = dict(getattr(report, "user_properties", ())).get("verdict")
    if getattr(report, "when", None) != "call" or verdict not in ("warned", "blocked", "broken"):
        return None
    return str(verdict), LETTERS[str(verdict)], (str(verdict).upper(), {"yellow": True})


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the landscape, if a check started it."""
    court = config.stash.get(_COURT, None)
    if court is not None:
        court.close()


class CheckItem(pytest.Item):
    """One check on one subject."""

    def __init__(self, *, check: Check, key: ServiceKey, **rest: Any) -> None:
        super().__init__(**rest)
        self.check = check
        self.key = key
        self.function = check.function
        self.funcargs: dict[str, object] = {}
        self.result: CheckResult | None = None
        if self.config.pluginmanager.hasplugin("allure_pytest"):
            for mark in _allure_marks(check):
                self.add_marker(mark)

    def runtest(self) -> None:
        """Run the check and turn its verdict into an outcome."""
        self.result, exchanges = _court(self.config).judge(self.check, self.key)
        self.user_properties.append(("verdict", str(self.result.verdict)))
        if self.config.getoption("--alluredir", None):
            _attach(exchanges)
        match self.result.verdict:
            case "passed" | "warned" | "waived":
                return
            case "not applicable":
                pytest.skip(f"not applicable: {self.result.detail}")
            case _:
                raise CheckDidNotPass(self.result, _court(self.config).fault)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The story of the result instead of a traceback through the harness."""
        if isinstance(excinfo.value, CheckDidNotPass):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Any, int, str]:
        """Where the check is written."""
        return self.path, self.check.function.__code__.co_firstlineno, self.name


class CheckDidNotPass(AssertionError):
    """Carries a result through pytest."""

    def __init__(self, result: CheckResult, fault: str | None) -> None:
        from harness.explain import explanations

        judged = result.verdict in ("failed", "warned")
        hint = explanations().get(result.check) if judged else None
        command = f"oots run --member-state {result.member_state} --service {result.service}"
        told = {
            "verdict": f"{result.verdict}{f' ({result.tag})' if result.tag else ''}",
            "expected": result.expected,
            "seen": result.seen,
            "reason": result.detail,
            "clause": f"{result.clause} [{result.requirement}]",
            "fix": None if hint is None else hint.fix,
            "more": None if hint is None else f"oots explain {result.check}",
            "reproduce": f"{command} --environment {result.environment} --check {result.check}"
            f"{f' --fault {fault}' if fault else ''}",
        }
        lines = (f"  {name:9}  {value}" for name, value in told.items() if value)
        super().__init__("\n".join((f"{result.check}  {result.title}", *lines)))


class _Court:
    """The session that all items of a pytest run share; nothing is started before it is needed."""

    def __init__(self, config: pytest.Config) -> None:
        from harness.extensions import landscape

        self._config = config
        self._landscape: Landscape = landscape()
        self._loop = asyncio.new_event_loop()
        self._opened: AbstractAsyncContextManager[Session] | None = None
        self._session: Session | None = None
        self._exchanges: dict[str, Exchange] = {}
        self.keys, self.fault = self._chosen()

    def _chosen(self) -> tuple[tuple[ServiceKey, ...], str | None]:
        """Subjects and fault; what is no word of ours ends pytest before anything is judged."""
        from harness.cli.words import chosen, unknown
        from harness.errors import UsageFault
        from harness.model import Environment, Service, ServiceKey

        option = self._config.getoption
        fault: str | None = option("--oots-fault")
        faults = [note.name for note in self._landscape.faults()]
        try:
            known = self._landscape.members()
            state = "--oots-member-state"
            members = chosen(state, option(state), known, upper=True) or known
            services = chosen("--oots-service", option("--oots-service"), tuple(Service))
            given = option("--oots-environment") or ["acc"]
            environments = chosen("--oots-environment", given, tuple(Environment))
            if fault is not None and fault not in faults:
                raise unknown("--oots-fault", fault, faults, "see `oots run --list-faults`")
        except UsageFault as refused:
            raise pytest.UsageError(str(refused)) from None
        keys = tuple(
            ServiceKey(member, Service(service), Environment(environment))
            for environment in environments
            for member in members
            for service in services or tuple(Service)
        )
        return keys, fault

    def judge(self, check: Check, key: ServiceKey) -> tuple[CheckResult, list[Exchange]]:
        """The result and what it rests on."""
        from harness.runner import run

        result = self._loop.run_until_complete(run(check, self._opened_session(), key))
        return result, [self._exchanges[ident] for ident in result.evidence]

    def _opened_session(self) -> Session:
        from harness.execution import open_session

        if self._session is None:
            target = self._landscape.start(members=(), fault=self.fault)
            profile = self._config.getoption("--oots-profile")
            self._opened = open_session(target, self._note, profile=profile)
            self._session = self._loop.run_until_complete(self._opened.__aenter__())
        return self._session

    def _note(self, exchange: Exchange) -> None:
        self._exchanges[exchange.id] = exchange

    def close(self) -> None:
        """End the session and the landscape."""
        if self._opened is not None:
            self._loop.run_until_complete(self._opened.__aexit__(None, None, None))
            self._landscape.stop()
        self._loop.close()


_COURT: pytest.StashKey[_Court] = pytest.StashKey()


def _court(config: pytest.Config) -> _Court:
    if _COURT not in config.stash:
        config.stash[_COURT] = _Court(config)
    return config.stash[_COURT]


def _allure_marks(check: Check) -> Iterator[pytest.MarkDecorator]:
    from harness.reports.words import links

    label = pytest.mark.allure_label
    severity = {"shall": "critical", "should": "normal"}.get(check.requirement.keyword, "minor")
    yield label(check.requirement.role, label_type="epic")
    yield label(check.chapter, label_type="feature")
    yield label(check.requirement.slug, label_type="story")
    yield label(severity, label_type="severity")
    yield label(check.id, label_type="tag")
    for name, url in links(check.requirement.clause):
        yield pytest.mark.allure_link(url, link_type="link", name=name)


def _attach(exchanges: list[Exchange]) -> None:
    import allure

    from harness.reports.evidence import text, title

    for exchange in exchanges:
        allure.attach(text(exchange, _ATTACHED), title(exchange), allure.attachment_type.TEXT)
