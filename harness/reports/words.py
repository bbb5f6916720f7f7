"""The words that every report uses for a verdict, an exit code and a Member State."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from harness.model import Verdict
from harness.verdicts import Exit

SYMBOL: Mapping[Verdict, str] = MappingProxyType(
    {
        Verdict.FAILED: "✕",
        Verdict.BROKEN: "?",
        Verdict.BLOCKED: "■",
        Verdict.WARNED: "!",
        Verdict.WAIVED: "~",
        Verdict.PASSED: "✓",
        Verdict.NOT_APPLICABLE: "–",  # noqa: RUF001 -- a dash is meant
    }
)
"""Beside the word, never instead of it; the order is the worst first."""

MEANING: Mapping[Verdict, str] = MappingProxyType(
    {
        Verdict.FAILED: "a shall is violated",
        Verdict.WARNED: "a should is not followed",
        Verdict.BLOCKED: "the subject could not be reached or observed",
        Verdict.BROKEN: "the harness itself failed",
        Verdict.WAIVED: "failed, and a valid waiver covers it",
        Verdict.PASSED: "observed, and as required",
        Verdict.NOT_APPLICABLE: "nothing to judge on this subject",
    }
)

LONGEST = 4_000
"""Characters of any one text in a report for other tools."""

EXIT: Mapping[int, str] = MappingProxyType(
    {
        Exit.CONFORMANT: "conformant",
        Exit.FAILED: "at least one failure",
        Exit.USAGE: "the options or files given cannot be used",
        Exit.BLOCKED: "something could not be reached and was not judged",
        Exit.BROKEN: "the harness itself broke",
        Exit.INTERRUPTED: "the run was broken off",
    }
)

MEMBER_STATES: Mapping[str, str] = MappingProxyType(
    {
        "AT": "Austria",
        "BE": "Belgium",
        "BG": "Bulgaria",
        "CY": "Cyprus",
        "CZ": "Czechia",
        "DE": "Germany",
        "DK": "Denmark",
        "EE": "Estonia",
        "ES": "Spain",
        "FI": "Finland",
        "FR": "France",
        "GR": "Greece",
        "HR": "Croatia",
        "HU": "Hungary",
        "IE": "Ireland",
        "IT": "Italy",
        "LT": "Lithuania",
        "LU": "Luxembourg",
        "LV": "Latvia",
        "MT": "Malta",
        "NL": "Netherlands",
        "PL": "Poland",
        "PT": "Portugal",
        "RO": "Romania",
        "SE": "Sweden",
        "SI": "Slovenia",
        "SK": "Slovakia",
    }
)
"""English names by ISO 3166-1 alpha-2 code, as used in DNS names."""

IN_DATA: Mapping[str, str] = MappingProxyType({"GR": "EL"})
"""Where the code used in data differs from the one in DNS names."""

_RFC = re.compile(r"\bRFC ([1-9][0-9]{0,4})\b")

CAPTURED = "-"
"""What stands for Member State, service or environment of an answer that was captured."""


def code(member_state: str) -> str:
    """The code, with the one used in data where that is another.

    >>> code("GR"), code("FI")
    ('GR/EL', 'FI')
    """
    other = IN_DATA.get(member_state)
    return f"{member_state}/{other}" if other else member_state


def name(member_state: str) -> str:
    """The English name, or the code where there is none."""
    if member_state == CAPTURED:
        return "Captured answer"
    return MEMBER_STATES.get(member_state, member_state)


def number(count: int, one: str, many: str | None = None) -> str:
    """A count and its noun.

    >>> number(1, "failure"), number(4210, "check"), number(2, "Member State is", "are")
    ('1 failure', '4,210 checks', '2 are')
    """
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def listed(words: Sequence[str]) -> str:
    """Several words as a sentence has them.

    >>> listed(["DE"]), listed(["DE", "FI"]), listed(["DE", "FI", "SE"])
    ('DE', 'DE and FI', 'DE, FI and SE')
    """
    *most, last = words or ("nobody",)
    return f"{', '.join(most)} and {last}" if most else last


def links(source: str) -> tuple[tuple[str, str], ...]:
    """Name and URL of each public document that the source of a requirement names.

    Only RFCs have an address that follows from their name; none is guessed for the others.

    >>> links("RFC 9110, section 8.8.3; TDD 3.4")
    (('RFC 9110', 'https://www.rfc-editor.org/rfc/rfc9110'),)
    """
    numbers = dict.fromkeys(_RFC.findall(source))
    return tuple((f"RFC {n}", f"https://www.rfc-editor.org/rfc/rfc{n}") for n in numbers)


def shortened(text: str, most: int = LONGEST) -> str:
    """The text, or its beginning and its end where it is longer than a person reads.

    >>> shortened("abcdefgh", 4)
    'ab… (8 characters) …gh'
    """
    if len(text) <= most:
        return text
    half = most // 2
    return f"{text[:half]}… ({len(text)} characters) …{text[-half:]}"


def plain(text: str, keep: str = "") -> str:
    r"""The text with everything unprintable shown, not obeyed: terminals and browsers obey.

    >>> plain("a\x1b[31mb")
    'a\\x1b[31mb'
    >>> plain("a\nb", keep="\n") == "a\nb"
    True
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c in keep else repr(c)[1:-1] for c in text)


def cut(text: str, longest: int) -> str:
    """The text, or its beginning and how long it is.

    >>> cut("abcdef", 3)
    'abc... (6 characters)'
    """
    return text if len(text) <= longest else f"{text[:longest]}... ({len(text):,} characters)"
