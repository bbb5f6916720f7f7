"""`oots init`: asks a few questions, or takes options, and writes a target file."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.cli.words import Once, existing_name
from harness.errors import UsageFault
from harness.verdicts import Exit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.target_answers import Option
    from harness.target_words import Unfit

MOST_TRIES = 10
"""How often one question is asked."""

EPILOG = """\
examples:
  oots init                                     asks, on a terminal
  oots init --participant "Example Agency" --member-state FI --trust-anchor acc-root.pem
  oots init --participant "Example Agency" --member-state FI --zone-file zone.db
                                                a zone that is not yet published
  oots init --participant "Example Agency" --member-state FI --service eb \\
    --eb https://eb.example/eb/                 one service, without any zone

Every other key is in the file as a comment that explains it. Nothing is sent to anybody.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """One option for each question, and some for what is seldom needed."""
    parser.epilog = EPILOG
    once: dict[str, Any] = {"action": Once}
    many: dict[str, Any] = {"action": "append"}
    add = parser.add_argument_group("whom to judge").add_argument
    add("--participant", metavar="NAME", **once, help="whose system it is")
    add("--member-state", metavar="XX", **many, help="ISO 3166-1 alpha-2; repeat or use commas")
    add("--service", metavar="SERVICE", **many, help="eb or dsd (default: both)")
    add("--environment", metavar="ENV", **many, help="prod, acc or testing (default: acc)")
    add("--profile", metavar="PROFILE", **once, help="the rule profile to judge by")
    add = parser.add_argument_group("where it is").add_argument
    add("--nameserver", metavar="ADDRESS", **once, help="system (default), or an address and port")
    add("--zone-file", metavar="FILE", **once, help="a zone that is not yet published")
    add("--eb", metavar="URL", **once, help="its base URL, where it is not discovered")
    add("--dsd", metavar="URL", **once, help="its base URL, where it is not discovered")
    add("--proxy", metavar="URL", **once, help="an HTTP proxy on the way")
    add = parser.add_argument_group("what is trusted").add_argument
    add(
        "--trust-anchor",
        metavar="[ENV=]PEM",
        **many,
        help="root certificates of signatures, for one environment or all that are named",
    )
    add("--tls-ca", metavar="PEM", **once, help="certificates that verify TLS")
    add = parser.add_argument_group("what comes out").add_argument
    add(
        "--out",
        metavar="FILE",
        type=existing_name,
        default=Path("oots.toml"),
        help="the file to write (default: oots.toml)",
    )
    add("--force", action="store_true", help="replace a file that is there")


def run(arguments: argparse.Namespace) -> int:
    """Ask, write, and say what to do next; answers the exit code."""
    from harness.files import write
    from harness.target_answers import values
    from harness.target_file import read
    from harness.target_text import written

    out: Path = arguments.out
    _judge_place(out, force=arguments.force)
    text = written(values(_answers(arguments), Path(os.path.realpath(out.parent))))
    target = read(out, text=text).target  # before it is written: what is written can be used
    write(out, text)
    print(f"Written: {out}, about {', '.join(map(str, target.keys))}.")
    print("Every other key is in it as a comment.")
    print(f"Next: oots doctor --target {out}")
    return Exit.CONFORMANT


def _judge_place(out: Path, *, force: bool) -> None:
    """Raise `UsageFault` where nothing can be written, or something would be lost."""
    if out.is_dir():
        unfit = ("the name of a file", "a folder", "name a file in it")
    elif not out.parent.is_dir():
        unfit = ("a folder that is there", f"none called {out.parent}", "make it before")
    elif os.path.lexists(out) and not force:
        unfit = ("no such file yet", "one", "choose another name, or replace it with --force")
    else:
        return
    expected, seen, remedy = unfit
    raise UsageFault(f"--out {out}", expected=expected, seen=seen, remedy=remedy)


def _answers(arguments: argparse.Namespace) -> dict[str, tuple[str, ...]]:
    """What the options say; the rest is asked where something is missing and somebody is there."""
    from harness.target_answers import A_FILE, NEEDED, OPTIONS

    told = {option.name: _told(option, getattr(arguments, option.name)) for option in OPTIONS}
    missing = [f"--{name.replace('_', '-')}" for name in NEEDED if not told[name]]
    if missing and not (sys.stdin and sys.stdin.isatty()):
        raise UsageFault(
            "oots init",
            expected=" and ".join(missing),
            seen="neither this nor a terminal to ask on",
            remedy="give the options; `oots init --help` shows examples",
        )
    for option in OPTIONS if missing else ():
        is_needless = option.name == "zone_file" and told["nameserver"] != (A_FILE,)
        if told[option.name] is None and option.question and not is_needless:
            told[option.name] = _chosen(option, told["environment"] or ())
    _judge_anchors(told)
    return {name: words for name, words in told.items() if words}


def _chosen(option: Option, environments: Sequence[str]) -> tuple[str, ...]:
    """What somebody answers; roots are asked for one environment at a time beside production."""
    if option.name != "trust_anchor" or len(environments) == 1 or "prod" not in environments:
        return _asked(option)
    return tuple(
        f"{each}={word}" for each in environments for word in _asked(option, f" For {each}.")
    )


def _judge_anchors(told: Mapping[str, Sequence[str] | None]) -> None:
    """Raise `UsageFault` unless it is clear whose roots are which."""
    from harness.target_answers import judge_anchors
    from harness.target_words import Unfit

    try:
        judge_anchors(told["trust_anchor"] or (), told["environment"] or ("acc",))
    except Unfit as unfit:
        raise _fault("--trust-anchor", unfit) from None


def _fault(where: str, unfit: Unfit) -> UsageFault:
    told = {"expected": unfit.expected, "seen": unfit.seen, "remedy": unfit.remedy}
    return UsageFault(where, **told)


def _told(option: Option, given: str | list[str] | None) -> tuple[str, ...] | None:
    """What an option says; raises `UsageFault`."""
    from harness.target_words import Unfit

    if given is None:
        return None
    try:
        words = [given] if isinstance(given, str) else given
        return tuple(dict.fromkeys(word for each in words for word in option.read(each)))
    except Unfit as unfit:
        raise _fault(f"--{option.name.replace('_', '-')}", unfit) from None


def _asked(option: Option, about: str = "") -> tuple[str, ...]:
    """What somebody answers, asked again until it can be used."""
    from harness.target_words import Unfit

    hint = f" [{option.usual}]" if option.usual else ""
    for _ in range(MOST_TRIES):
        try:
            return option.read(input(f"{option.question}{about}{hint}: ").strip() or option.usual)
        except Unfit as unfit:
            print(f"  {unfit}")
        except (EOFError, UnicodeDecodeError):
            print()
            break
        except KeyboardInterrupt:
            print()
            raise
    raise UsageFault(
        f"--{option.name.replace('_', '-')}",
        expected="an answer",
        seen="none that can be used",
        remedy="give it as an option",
    )
