"""The pytest side: a check becomes one item per subject, a verdict becomes an outcome.

A warned check passes and is shown as `w`; a blocked or a broken one does not pass, and is counted
apart from a failed one. Plain tests are left alone.
"""

from __future__ import annotations

import inspect
import re
import shlex
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from harness.checks import Check
    from harness.court import Court
    from harness.model import CheckResult, Exchange, ServiceKey
    from harness.target_file import TargetFile

LETTERS = {"failed": "F", "warned": "w", "blocked": "b", "broken": "B"}
_OPTIONS = (
    "--oots-member-state",
    "--oots-service",
    "--oots-environment",
    "--oots-fault",
    "--oots-target",
)
_ATTACHED = 200_000
"""How many bytes of one exchange an Allure attachment holds."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """The choice of subjects, in the words of `oots run`."""
    from harness.requirements import CURRENT_PROFILE, PROFILES

    group = parser.getgroup("oots", "OOTS conformance checks")
    for option, metavar, text in (
        ("--oots-member-state", "XX", "only this Member State (repeat or separate by commas)"),
        ("--oots-service", "SERVICE", "only this service: eb or dsd"),
        ("--oots-environment", "ENV", "prod, acc or testing (default: acc, or the target's)"),
    ):
        group.addoption(option, metavar=metavar, action="append", default=[], help=text)
    group.addoption(
        "--oots-profile",
        metavar="PROFILE",
        choices=PROFILES,
        help=f"the rule profile to judge by: {', '.join(PROFILES)} (default: {CURRENT_PROFILE},"
        " or the target's)",
    )
    group.addoption(
        "--oots-target", metavar="FILE", help="judge what this target file describes (`oots init`)"
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
        and court.profile in check.profiles
        and court.is_about(check)
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
                court = _court(self.config)
                raise CheckDidNotPass(self.result, court.fault, court.file)

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

    def __init__(
        self, result: CheckResult, fault: str | None, target: TargetFile | None = None
    ) -> None:
        from harness.explain import explanations

        judged = result.verdict in ("failed", "warned")
        hint = explanations().get(result.check) if judged else None
        whose = f"--target {shlex.quote(str(target.path))} " if target else ""
        command = f"oots run {whose}--member-state {result.member_state} --service {result.service}"
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


_COURT: pytest.StashKey[Court] = pytest.StashKey()


def _court(config: pytest.Config) -> Court:
    from harness.court import Court

    if _COURT not in config.stash:
        config.stash[_COURT] = Court(config)
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
