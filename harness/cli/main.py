"""The `oots` command: finds the group of commands, shows one clear line for what goes wrong."""

from __future__ import annotations

import argparse
import difflib
import importlib
import os
import re
import signal
import sys
from collections.abc import Sequence
from typing import NoReturn, TextIO, cast

from harness import __version__
from harness.cli.output import Output
from harness.errors import HarnessFault, UsageFault
from harness.verdicts import Exit

COMMANDS = {
    "run": "judge the embedded landscape, or your own system, and report",
    "verify": "judge one captured answer, offline",
    "prove": "put every check to every fault: does each catch what it is for?",
    "init": "write oots.toml, the file that says whom to judge",
    "doctor": "look for what is wrong on the way to your own system, before it is judged",
    "config": "show a target file in its resolved form, with hashes to compare tests by",
    "zone": "fetch a zone from its name server, to judge it as a file or beside the server",
    "mock": "keep the embedded landscape running, to develop a client against",
    "runs": "list past runs: when, of whom, what came out",
    "show": "show one run again, and write its reports anew from its record",
    "diff": "tell what changed between two runs, and why",
    "share": "write a copy of a run without names, to be passed on",
    "level": "derive each Member State's Acceleratormeter level from a run",
    "desk": "look at the incidents that failed checks were filed as",
    "requirements": "list what is required, of whom, and by which text",
    "coverage": "show which checks verify each requirement, and what is untested",
    "readings": "list the clauses that can be read several ways, and our choices",
    "explain": "tell why a check matters and how to mend what it finds",
}
"""Each is a module of `harness.cli` with `add_arguments` and `run`."""

EPILOG = """\
exit codes:
  0  conformant (warnings may have been given)
  1  at least one check failed
  2  the command, an option or a file cannot be used
  3  blocked: something could not be reached and was not judged
  4  the harness itself broke
  A failure outranks the harness's own fault, which outranks blocked: 1, then 4, then 3.
  130  interrupted; what was recorded until then is kept
"""


_MISTYPED = re.compile(r"(?:invalid choice: '|unrecognized arguments: )([^\s']+)")


class Parser(argparse.ArgumentParser):
    """An argument parser that answers a mistake with one line."""

    def error(self, message: str) -> NoReturn:
        """One line on stderr, with the nearest known word where there is one."""
        near = _nearest(message, self.known())
        hint = f"did you mean {near}?" if near else f"see `{self.prog} --help`"
        self.exit(Exit.USAGE, f"{self.prog}: {message}; {hint}\n")

    def known(self) -> list[str]:
        """Every word of this parser and of those below it."""
        words = list(self._option_string_actions)
        for action in self._actions:
            words += map(str, action.choices or ())
            if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 -- no public name
                words += [word for parser in action.choices.values() for word in parser.known()]
        return words


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; answers its exit code."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background ignores it
    signal.signal(signal.SIGTERM, _interrupt)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # as under nohup
        signal.signal(signal.SIGHUP, _interrupt)
    output = Output(sys.stdout)
    sys.stdout, before = cast("TextIO", output), sys.stdout
    try:
        code = _run(list(sys.argv[1:] if argv is None else argv))
        output.flush()
    finally:
        sys.stdout = before
    if output.failure and not isinstance(output.failure, BrokenPipeError):
        return _say(Exit(code) or Exit.USAGE, f"standard output: {_why(output.failure)}")
    return code


def _run(words: list[str]) -> int:
    try:
        arguments = _parser(words).parse_args(words)
        code: int = importlib.import_module(f"harness.cli.{arguments.command}").run(arguments)
    except UsageFault as fault:
        return _say(Exit.USAGE, str(fault))
    except HarnessFault as fault:
        return _say(Exit.BROKEN, f"the harness itself broke: {fault}")
    except KeyboardInterrupt:
        return _say(Exit.INTERRUPTED, "interrupted")
    except SystemExit as done:
        return int(done.code or 0)
    return code


def _interrupt(_signal: int, _frame: object) -> None:
    """End as Ctrl-C does: what a pipeline stops, or a closed terminal, loses nothing either."""
    os.kill(os.getpid(), signal.SIGINT)


def _why(failure: OSError) -> str:
    return f"it cannot be written ({failure.strerror or failure}); what was printed is not whole"


def _parser(words: Sequence[str]) -> Parser:
    parser = Parser(
        prog="oots",
        description="Conformance harness for the Common Services of the EU OOTS.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"oots {__version__}")
    groups = parser.add_subparsers(
        dest="command", required=True, metavar="COMMAND", parser_class=Parser
    )
    for name, summary in COMMANDS.items():
        group = groups.add_parser(
            name,
            help=summary,
            description=f"{summary[0].upper()}{summary[1:]}.",
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        if name in words:
            importlib.import_module(f"harness.cli.{name}").add_arguments(group)
    return parser


def _nearest(message: str, known: list[str]) -> str | None:
    """The known word that a mistyped one is closest to.

    >>> _nearest("unrecognized arguments: --jsn", ["--json", "--out"])
    '--json'
    """
    mistyped = _MISTYPED.search(message)
    near = difflib.get_close_matches(mistyped[1], known, 1) if mistyped else []
    return near[0] if near else None


def _say(code: Exit, text: str) -> int:
    print(f"oots: {text}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
