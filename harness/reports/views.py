"""What the reports show, computed once: counts, groups, tables and the verdict in words.

Every number in every report comes from here, so that no two reports can disagree.
"""

from __future__ import annotations

import re
import shlex
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from harness.attribution import Attribution, Key, key
from harness.model import Blame, CheckResult, Service, Verdict
from harness.record import Record
from harness.reports.context import attributed
from harness.reports.words import CAPTURED, SYMBOL, code, listed
from harness.reproduction import target_file, zone_file
from harness.requirements import CURRENT_PROFILE

Counts = Mapping[Verdict, int]

GREEN = (Verdict.PASSED, Verdict.NOT_APPLICABLE)
JUDGED = (Verdict.PASSED, Verdict.FAILED, Verdict.WARNED, Verdict.WAIVED)

_CHECK = re.compile(r"\b[A-Z]+-[0-9]{2,}\b")
_ADDRESS = re.compile(
    r"https?://\S+|(?<![\w.-])(?=[\d.-]*[A-Za-z])[\w-]+(?:\.[\w-]+){2,}\.?(?::\d+)?"
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One check and tag, with everyone on whom it was found; `varied`: they differ in what.

    All of one finding are whose the first is, where that was looked at.
    """

    first: CheckResult
    results: tuple[CheckResult, ...]
    varied: bool


@dataclass(frozen=True, slots=True)
class Share:
    """How much of what was planned for a Member State was done; `planned` None: not recorded."""

    done: int
    planned: int | None

    def __str__(self) -> str:
        return f"{self.done:,} of {self.planned:,}" if self.planned else f"{self.done:,} so far"

    @property
    def short(self) -> str:
        """Where there is little room."""
        return f"{self.done:,}/{self.planned:,}" if self.planned else f"{self.done:,}"


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason why results are neither passed nor failed, with all of them."""

    text: str
    results: tuple[CheckResult, ...]

    @property
    def checks(self) -> tuple[str, ...]:
        """The checks that ended for this reason."""
        return tuple(dict.fromkeys(result.check for result in self.results))


def counts(results: Iterable[CheckResult]) -> Counts:
    """How many results there are of each verdict, in a reader's order; none is left out."""
    found = Counter(result.verdict for result in results)
    return {verdict: found[verdict] for verdict in SYMBOL}


def of_verdict(record: Record, verdict: Verdict) -> tuple[CheckResult, ...]:
    """The results that have a verdict, by subject: a run asks many at a time, in any order."""
    found = (result for result in record.results if result.verdict is verdict)
    return tuple(sorted(found, key=_place))


def _place(result: CheckResult) -> tuple[str, str, bool, str]:
    return result.member_state, result.environment, result.service != Service.EB, result.service


def findings(record: Record, verdict: Verdict) -> tuple[Finding, ...]:
    """The findings of a verdict, in the order of the checks."""
    whose = attributed(record)
    together: dict[tuple[str, str | None, Blame | None], list[CheckResult]] = {}
    for result in of_verdict(record, verdict):
        of = (result.check, result.tag, _blame(whose, result))
        together.setdefault(of, []).append(result)
    return tuple(
        Finding(found[0], tuple(found), len({(r.expected, r.seen) for r in found}) > 1)
        for found in sorted(together.values(), key=lambda found: _rank(record, found[0].check))
    )


def _blame(whose: Mapping[Key, Attribution], result: CheckResult) -> Blame | None:
    found = whose.get(key(result))
    return found.blame if found else None


def reasons(record: Record, verdict: Verdict) -> tuple[Reason, ...]:
    """The reasons given for a verdict, the most frequent first."""
    return grouped(of_verdict(record, verdict))


def grouped(results: Iterable[CheckResult]) -> tuple[Reason, ...]:
    """Results by the reason they give, the most frequent first; an address makes none its own."""
    together: dict[str, list[CheckResult]] = {}
    for result in results:
        together.setdefault(_ADDRESS.sub("<address>", _why(result)), []).append(result)
    found = (_reason(text, tuple(results)) for text, results in together.items())
    return tuple(sorted(found, key=lambda reason: (-len(reason.results), reason.text)))


def _reason(masked: str, results: tuple[CheckResult, ...]) -> Reason:
    texts = {_why(result) for result in results}
    return Reason(texts.pop() if len(texts) == 1 else masked, results)


def chapters(record: Record) -> dict[str, Counts]:
    """The counts by chapter, in the order of the suite."""
    asked = [entry["chapter"] for entry in record.header["catalogue"]]
    names = dict.fromkeys((*asked, *(result.chapter for result in record.results)))
    return {n: counts(r for r in record.results if r.chapter == n) for n in names}


def members(record: Record) -> dict[str, dict[str, Counts]]:
    """The counts by Member State and, within it, chapter; Member States by code."""
    cells: dict[tuple[str, str], list[CheckResult]] = {}
    for result in record.results:
        cells.setdefault((result.member_state, result.chapter), []).append(result)
    codes = sorted({member_state for member_state, _ in cells})
    names = tuple(chapters(record))
    return {c: {n: counts(cells.get((c, n), ())) for n in names} for c in codes}


def planned(record: Record) -> int | None:
    """How many results the run was to have; None where its header does not tell."""
    plan = record.header.get("planned")
    return plan["results"] if plan else None


def unfinished(record: Record) -> dict[str, Share]:
    """The Member States of which less was recorded than was planned, by code.

    Where a run that was broken off does not tell its plan, none of them is known to be finished.
    """
    if record.complete:
        return {}
    done = Counter(result.member_state for result in record.results)
    plan = record.header.get("planned")
    if not plan:
        return {who: Share(done[who], None) for who in sorted(done)}
    asked = plan["member_states"]
    shares = {who: Share(done[who], asked[who]) for who in sorted(asked)}
    return {who: share for who, share in shares.items() if share.done < asked[who]}


def total(cells: Iterable[Counts]) -> Counts:
    """The sum of several counts."""
    rows = tuple(cells)
    return {verdict: sum(row[verdict] for row in rows) for verdict in SYMBOL}


def worst(cell: Counts) -> Verdict | None:
    """The verdict that decides how a cell looks; None where it is empty."""
    return next((verdict for verdict in SYMBOL if cell[verdict]), None)


def subject(result: CheckResult) -> str:
    """Who was judged, in a few letters."""
    parts = (result.member_state, result.service, result.environment)
    return " ".join(part for part in parts if part != CAPTURED) or "captured answer"


def subjects(results: Iterable[CheckResult]) -> str:
    """Who was judged: Member States, grouped by the environment and the services they share.

    Such as `EB and DSD of DE, FI in acc`. The code that data uses stands beside the one of DNS
    where the two differ.
    """
    of: dict[tuple[str, str], dict[str, None]] = {}
    for r in results:
        of.setdefault((r.environment, r.member_state), {})[r.service] = None
    alike: dict[tuple[str, str], list[str]] = {}
    for (environment, who), services in of.items():
        named = listed([service.upper() for service in services if service != CAPTURED] or ["-"])
        alike.setdefault((named, environment), []).append(
            "captured answer" if who == CAPTURED else code(who)
        )
    return "; ".join(_phrase(*shared, ", ".join(whom)) for shared, whom in alike.items())


def _phrase(services: str, environment: str, whom: str) -> str:
    where = "" if environment == CAPTURED else f" in {environment}"
    return f"{services} of {whom}{where}".removeprefix("- of ")


def reproduction(record: Record, result: CheckResult) -> str:
    """The command that puts the same check to the same subject again."""
    return _command(record, result, result.check)


def cause(record: Record, reason: Reason) -> str:
    """The command that shows why: it asks the checks that the reason points at, else its first."""
    known = {entry["check"] for entry in record.header["catalogue"]}
    named = dict.fromkeys(_CHECK.findall(reason.text.rpartition("see ")[2]))
    first = reason.results[0]
    checks = [check for check in named if check in known] if "see " in reason.text else []
    return _command(record, first, ",".join(checks) or first.check)


def _command(record: Record, result: CheckResult, checks: str) -> str:
    fault = record.header.get("fault")
    words = ["oots", "run"]
    if result.member_state == CAPTURED:
        return shlex.join(["oots", "verify", *_options(record.header["selection"])])
    target = target_file(record.header)
    zone = zone_file(record.header)
    words += ["--target", target] if target else ["--zone-file", zone] if zone else []
    words += ["--member-state", result.member_state, "--service", result.service]
    words += ["--environment", result.environment, "--check", checks]
    profile = record.header["selection"].get("profile", CURRENT_PROFILE)
    words += ["--profile", profile] if profile != CURRENT_PROFILE else []
    return shlex.join(words + (["--fault", fault] if fault else []))


def under_readings(result: CheckResult) -> str | None:
    """The verdict under each reading of an ambiguous clause; None where nothing is ambiguous."""
    if not result.readings:
        return None
    (ours, verdict), *others = result.readings
    told = (f"{name}: {under}" for name, under in others)
    return "; ".join((f"{ours} (ours): {verdict}", *told))


def ambiguous(results: Iterable[CheckResult]) -> tuple[CheckResult, ...]:
    """The results that would end otherwise under another reading."""
    return tuple(r for r in results if any(under is not r.verdict for _, under in r.readings))


def explanation(record: Record, result: CheckResult) -> Mapping[str, object] | None:
    """The text of `oots explain` about a check; None in records of earlier releases."""
    catalogue = record.header["catalogue"]
    told = next((e.get("explanation") for e in catalogue if e["check"] == result.check), None)
    return told if isinstance(told, dict) else None


def readings(record: Record) -> tuple[tuple[CheckResult, int], ...]:
    """Each way a check ended under its readings, with how often; the checks in their order."""
    found: dict[tuple[object, ...], list[CheckResult]] = {}
    for result in record.results:
        if result.readings:
            found.setdefault((result.check, result.readings), []).append(result)
    rows = sorted(found.values(), key=lambda results: _rank(record, results[0].check))
    return tuple((results[0], len(results)) for results in rows)


def _options(selection: Mapping[str, object]) -> list[str]:
    words: list[str] = []
    for option, value in selection.items():
        if value and isinstance(value, str):
            words += [f"--{option.replace('_', '-')}", value]
    return words


def _rank(record: Record, check: str) -> tuple[int, str]:
    order = [entry["check"] for entry in record.header["catalogue"]]
    return (order.index(check) if check in order else len(order), check)


def _why(result: CheckResult) -> str:
    """The reason without whom it is about, which is told in other places."""
    last = (result.detail or "no reason was given").strip().rpartition("\n")[2]
    if result.verdict is not Verdict.BLOCKED:
        return last
    return last.partition(": ")[2] or last
