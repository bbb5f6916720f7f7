"""The verdict of a run in words, and what they leave out."""

from __future__ import annotations

from harness.attribution import key
from harness.model import Verdict
from harness.record import Record
from harness.reports.context import (
    acquits,
    attributed,
    blames,
    checks_by_blame,
    repeat_told,
    stale_told,
    stopped,
    stops,
    troubles,
)
from harness.reports.views import JUDGED, counts, of_verdict, planned, subject, worst
from harness.reports.words import EXIT, listed, number
from harness.verdicts import Exit

STALE = "Stale waivers"
REPEATED = "Passed on repeat"


def headline(record: Record) -> tuple[str, str]:
    """The verdict in a word or two, and what it rests on."""
    match record.exit:
        case Exit.FAILED:
            return _failed(record)
        case Exit.CONFORMANT:
            return _green(record)
        case Exit.BROKEN:
            basis = "the harness itself broke."
        case Exit.BLOCKED if of_verdict(record, Verdict.BLOCKED):
            basis = _blocked(record)
        case Exit.BLOCKED if stopped(record):
            basis = f"{early(record)}."
        case Exit.BLOCKED:
            basis = "nothing was there to judge."
        case _:
            basis = f"the run was broken off before its end {_recorded(record)}."
    return "No verdict", basis


def _failed(record: Record) -> tuple[str, str]:
    """What fails, and whose it is where that was looked at; a stale waiver fails a run by itself.

    Where nothing fails because of the subject, nothing was learned about its conformance.
    """
    failed = of_verdict(record, Verdict.FAILED)
    if not failed:
        return STALE, f"{stale_told(record.stale)}, and nothing else fails."
    checks = number(len({r.check for r in failed}), "check fails", "checks fail")
    whom = number(len({subject(r) for r in failed}), "subject")
    whose = _shares(record, len(failed))
    if acquits(blames(record)):
        return "No verdict", f"{checks} on {whom}, but none because of the subject{whose}."
    return "Not conformant", f"{checks} on {whom}{whose}."


def _shares(record: Record, failed: int) -> str:
    """How much of it is whose: by check, or by result where one check is several people's."""
    by_check = checks_by_blame(record)
    shares = blames(record) if by_check is None else by_check
    if not shares:
        return ""
    of = "" if by_check else f", {number(failed, 'result')}"
    return f"{of}: {', '.join(f'{count:,} {blame}' for blame, count in shares.items())}"


def _green(record: Record) -> tuple[str, str]:
    """A second try never makes a run conformant that was not; what the doctor found is said."""
    found = list(dict.fromkeys(finding.probe for finding in troubles(record)))
    counted = number(len(troubles(record)), "trouble")
    beside = f"; the doctor found {counted}: {', '.join(found)}." if found else "."
    if repeat_told(record):
        return REPEATED, f"nothing that was repeated violates a binding requirement now{beside}"
    return "Conformant", f"nothing that was judged violates a binding requirement{beside}"


def early(record: Record) -> str:
    """How early the doctor stopped a run."""
    plan = planned(record)
    return f"stopped by the doctor before {number(plan, 'result') if plan else 'any result'}"


def _blocked(record: Record) -> str:
    results = of_verdict(record, Verdict.BLOCKED)
    found = attributed(record)
    whose = [str(blame) for blame in blames(record, Verdict.BLOCKED)]
    whose += [] if all(key(result) in found for result in results) else ["not known whose"]
    told = f" ({listed(whose)})" if found else ""
    blocked = number(len(results), "result is", "results are")
    return f"{blocked} blocked, because something could not be reached{told}."


def mark(record: Record) -> Verdict:
    """The verdict whose colour and symbol the headline has."""
    word, _ = headline(record)
    if word in _MARKS:
        return _MARKS[word]
    found = worst(counts(record.results)) or Verdict.NOT_APPLICABLE
    return Verdict.BLOCKED if word == "No verdict" and found in JUDGED else found


_MARKS = {
    "Conformant": Verdict.PASSED,
    REPEATED: Verdict.WARNED,
    STALE: Verdict.FAILED,
}


def exit_words(record: Record) -> str:
    """What the exit code means in this run."""
    if record.exit is Exit.FAILED and not of_verdict(record, Verdict.FAILED):
        return "a waiver is stale"
    return EXIT[record.exit]


def reservations(record: Record) -> str:
    """What the headline leaves out: other verdicts, and an end that came too early."""
    found = counts(record.results)
    others = [Verdict.BROKEN, Verdict.BLOCKED, Verdict.WARNED, Verdict.WAIVED]
    if record.exit is Exit.BLOCKED:
        others.remove(Verdict.BLOCKED)  # the headline counts them
    told = ", ".join(f"{found[verdict]:,} {verdict}" for verdict in others if found[verdict])
    parts = [f"Also: {told}."] if told else []
    if record.stale and of_verdict(record, Verdict.FAILED):  # the headline says it otherwise
        parts.append(f"{stale_told(record.stale)}.".capitalize())
    repeated = repeat_told(record)
    parts += [f"This run {repeated}."] if repeated else []
    parts += _stopped_by(record)
    if not record.complete and record.exit is not Exit.INTERRUPTED:  # the headline says it then
        parts.append(f"The run was broken off before its end {_recorded(record)}.")
    return " ".join(parts)


def _stopped_by(record: Record) -> list[str]:
    """What the doctor found that keeps something from being judged: all of it, or some."""
    fatal = [(finding, stops(record, finding)) for finding in troubles(record) if finding.fatal]
    if not fatal:
        return []
    named = [f"{finding.probe} ({finding.whose})" for finding, _ in fatal]
    if not any(result.verdict in JUDGED for result in record.results):
        return [
            f"The doctor says that nothing can be judged before this is mended: {listed(named)}."
        ]
    told = [
        f"{name}{f': {what}' if what else ''}" for name, (_, what) in zip(named, fatal, strict=True)
    ]
    return [f"The doctor found what keeps a part from being judged: {'; '.join(told)}."]


def _recorded(record: Record) -> str:
    reason = (record.footer or {}).get("reason") or "no footer was written"
    return f"({reason}), with {amount(record)} recorded"


def amount(record: Record) -> str:
    """How many results there are, and of how many where some are lacking.

    Such as `1,104 of 6,345 results`.
    """
    done, plan = len(record.results), planned(record)
    if record.complete or not plan:
        return number(done, "result")
    return f"{done:,} of {number(plan, 'result')}"


def sentence(record: Record) -> str:
    """The verdict in words: what was found, and what it does not say."""
    word, basis = headline(record)
    return f"{word}: {basis} {reservations(record)}".rstrip()
