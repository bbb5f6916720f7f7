"""One check on one subject gives one result. Every way a run can end is told here, once.

A check of an ambiguous clause is judged by our choice, and again by each other reading; what was
seen is shared, so that nothing is asked twice, and only our choice counts.
"""

from __future__ import annotations

import inspect
import traceback
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from harness.checks import SPECIMENS, Check
from harness.errors import NotApplicable, Unreachable, Violation
from harness.lookup import CURRENT
from harness.model import CheckResult, ServiceKey, Specimen, Target, Verdict
from harness.observatory import Observatory, Watch
from harness.readings import Reading
from harness.subjects.answer import Answer
from harness.subjects.directory import Directory
from harness.subjects.zone import Zone


def _nowhere(_result: CheckResult) -> str | None:
    """No file was given in which there could be a line."""
    return None


@dataclass(frozen=True, slots=True)
class Session:
    """A target and what has been seen of it; `version` is the interface version to ask in.

    `source` tells which line of the user's zone file a result about the zone comes from.
    """

    target: Target
    observatory: Observatory
    version: str | None = CURRENT
    source: Callable[[CheckResult], str | None] = _nowhere


@dataclass(frozen=True, slots=True)
class _End:
    """How the function of a check ended."""

    verdict: Verdict
    tag: str | None = None
    expected: str | None = None
    seen: str | None = None
    detail: str | None = None


OF_SERVER = "a zone file does not tell how a name server makes its answers and carries them"
"""Why a check of name servers says nothing about a file."""

_Chosen = Mapping[str, str]
_OURS: _Chosen = MappingProxyType({})


async def run(check: Check, session: Session, key: ServiceKey) -> CheckResult:
    """Put one check to one live subject."""

    async def examine(watch: Watch, chosen: _Chosen) -> None:
        await _examine(check, _Subject(session, key, watch, chosen))

    found = await _judged(check, (key.member_state, key.service, key.environment), examine)
    result = session.observatory.shown(found)
    if check.role == "zone" and result.verdict in (Verdict.FAILED, Verdict.WARNED):
        return replace(result, source=session.source(result))
    return result


async def run_captured(check: Check, answer: Answer, evidence: str) -> CheckResult:
    """Put one check of answers to an answer that was captured earlier."""

    async def examine(watch: Watch, chosen: _Chosen) -> None:
        watch.note(evidence)
        if check.subject != "answer":
            raise NotApplicable(f"needs a live {check.subject}, not one captured answer")
        if answer.service not in (None, *check.services):
            raise NotApplicable(f"about another service than {answer.service}")
        if answer.specimen not in (None, *check.on):
            raise NotApplicable(f"not about an answer of this kind ({answer.specimen})")
        await _call(check, replace(answer, readings=chosen))

    return await _judged(check, ("-", answer.service or "-", "-"), examine)


async def _judged(
    check: Check,
    subject: tuple[str, str, str],
    examine: Callable[[Watch, _Chosen], Awaitable[None]],
) -> CheckResult:
    """The result by our choice, with the verdicts of every reading where there are several."""
    watch = Watch()
    end = await _ended(check, lambda: examine(watch, _OURS), watch)
    if check.register is None or end.verdict is Verdict.BROKEN:
        return _result(check, subject, end, watch)
    others = [
        (name, await _under(check, check.register, name, examine, end))
        for name in check.register.names[1:]
    ]
    verdicts = ((check.register.choice, end.verdict), *others)
    return replace(_result(check, subject, end, watch), readings=verdicts)


async def _under(
    check: Check,
    register: Reading,
    name: str,
    examine: Callable[[Watch, _Chosen], Awaitable[None]],
    ours: _End,
) -> Verdict:
    """The verdict under another reading; a check that asks for none differs in severity only."""
    if check.reading is None:
        end = ours
    else:
        watch = Watch()
        end = await _ended(check, lambda: examine(watch, {register.slug: name}), watch)
    if end.tag is None:
        return end.verdict
    return register.severity(name, check.requirement.severity)


@dataclass(frozen=True, slots=True)
class _Subject:
    """Whom one examination is about, and by which readings."""

    session: Session
    key: ServiceKey
    watch: Watch
    chosen: _Chosen

    @property
    def zone(self) -> Zone:
        """Its entry in DNS."""
        seen = self.session
        return Zone(self.key, seen.target, seen.observatory, self.watch, self.chosen)

    @property
    def directory(self) -> Directory:
        """Its instance."""
        seen = self.session
        return Directory(
            self.key, seen.target, seen.observatory, self.watch, self.chosen, seen.version
        )


async def _examine(check: Check, subject: _Subject) -> None:
    if subject.key.service not in check.services:
        raise NotApplicable(f"not about the service {subject.key.service}")
    if check.of_server and subject.session.target.nameserver is None:
        raise NotApplicable(OF_SERVER)
    if check.subject == "zone":
        return await _call(check, subject.zone)
    directory = subject.directory
    if check.subject == "directory":
        return await _call(check, directory)
    return await _each_answer(check, directory)


async def _each_answer(check: Check, directory: Directory) -> None:
    """Judge every answer that can be had; a violation outranks an answer that cannot be."""
    missing: list[NotApplicable | Unreachable] = []
    judged = 0
    for specimen in _kinds(check, directory):
        try:
            await _call(check, await directory.answer(specimen))
            judged += 1
        except (NotApplicable, Unreachable) as reason:
            missing.append(reason)
    unreached = [reason for reason in missing if isinstance(reason, Unreachable)]
    if unreached or not judged:
        raise (unreached or missing or [NotApplicable("no answer of this kind exists")])[0]


def _kinds(check: Check, directory: Directory) -> tuple[Specimen, ...]:
    return tuple(kind for kind in check.on if kind in SPECIMENS[directory.key.service])


async def _call(check: Check, subject: object) -> None:
    answer = check.function(subject)
    if inspect.isawaitable(answer):
        await answer


async def _ended(check: Check, examine: Callable[[], Awaitable[None]], watch: Watch) -> _End:
    try:
        await examine()
    except NotApplicable as reason:
        return _End(Verdict.NOT_APPLICABLE, detail=str(reason))
    except Unreachable as cause:
        return _End(Verdict.BLOCKED, detail=str(cause))
    except Violation as found:
        return _violated(check, found, watch)
    except Exception:  # noqa: BLE001 -- whatever else a check lets out is the harness's own fault
        return _End(Verdict.BROKEN, detail=traceback.format_exc(limit=-3).strip())
    if not watch.evidence:
        return _End(Verdict.BROKEN, detail="the check ended well without having observed anything")
    return _End(Verdict.PASSED)


def _violated(check: Check, found: Violation, watch: Watch) -> _End:
    if found.tag not in check.finds:
        return _End(Verdict.BROKEN, detail=f"the check reports a tag it does not declare: {found}")
    if not watch.evidence:
        return _End(Verdict.BROKEN, detail=f"the check failed without evidence: {found}")
    return _End(check.requirement.severity, found.tag, found.expected, found.seen)


def _result(check: Check, subject: tuple[str, str, str], end: _End, watch: Watch) -> CheckResult:
    member_state, service, environment = subject
    requirement = check.requirement
    return CheckResult(
        check=check.id,
        title=check.title,
        chapter=check.chapter,
        requirement=requirement.slug,
        requirements=check.verifies,
        keyword=requirement.keyword,
        clause=requirement.clause,
        member_state=member_state,
        service=service,
        environment=environment,
        verdict=end.verdict,
        tag=end.tag,
        expected=end.expected,
        seen=end.seen,
        detail=end.detail,
        evidence=tuple(watch.evidence),
    )
