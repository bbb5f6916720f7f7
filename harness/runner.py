"""One check on one subject gives one result. Every way a run can end is told here, once."""

from __future__ import annotations

import inspect
import traceback
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from harness.checks import SPECIMENS, Check
from harness.errors import NotApplicable, Unreachable, Violation
from harness.model import CheckResult, ServiceKey, Specimen, Target, Verdict
from harness.observatory import Observatory, Watch
from harness.subjects.answer import Answer
from harness.subjects.directory import Directory
from harness.subjects.zone import Zone


@dataclass(frozen=True, slots=True)
class Session:
    """A target and what has been seen of it."""

    target: Target
    observatory: Observatory


@dataclass(frozen=True, slots=True)
class _End:
    """How the function of a check ended."""

    verdict: Verdict
    tag: str | None = None
    expected: str | None = None
    seen: str | None = None
    detail: str | None = None


async def run(check: Check, session: Session, key: ServiceKey) -> CheckResult:
    """Put one check to one live subject."""
    watch = Watch()
    end = await _ended(check, lambda: _examine(check, session, key, watch), watch)
    return _result(check, (key.member_state, key.service, key.environment), end, watch)


async def run_captured(check: Check, answer: Answer, evidence: str) -> CheckResult:
    """Put one check of answers to an answer that was captured earlier."""
    watch = Watch()

    async def examine() -> None:
        watch.note(evidence)
        if check.subject != "answer":
            raise NotApplicable(f"needs a live {check.subject}, not one captured answer")
        if answer.service not in (None, *check.services):
            raise NotApplicable(f"about another service than {answer.service}")
        if answer.specimen not in (None, *check.on):
            raise NotApplicable(f"not about an answer of this kind ({answer.specimen})")
        await _call(check, answer)

    end = await _ended(check, examine, watch)
    return _result(check, ("-", answer.service or "-", "-"), end, watch)


async def _examine(check: Check, session: Session, key: ServiceKey, watch: Watch) -> None:
    if key.service not in check.services:
        raise NotApplicable(f"not about the service {key.service}")
    if check.subject == "zone":
        return await _call(check, Zone(key, session.target, session.observatory, watch))
    directory = Directory(key, session.target, session.observatory, watch)
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
        return _judged(check, found, watch)
    except Exception:  # noqa: BLE001 -- whatever else a check lets out is the harness's own fault
        return _End(Verdict.BROKEN, detail=traceback.format_exc(limit=-3).strip())
    if not watch.evidence:
        return _End(Verdict.BROKEN, detail="the check ended well without having observed anything")
    return _End(Verdict.PASSED)


def _judged(check: Check, found: Violation, watch: Watch) -> _End:
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
