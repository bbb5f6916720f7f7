"""Writes `harness/desk/README.md` anew: `python -m suites.selftest.desk_page`."""

from __future__ import annotations

from pathlib import Path

from harness.desk.document import page
from suites.selftest import test_desk_closing, test_desk_raci, test_desk_steps
from suites.selftest.desk_named import named

PAGE = Path(__file__).resolve().parents[2] / "harness" / "desk" / "README.md"
NAMING = (test_desk_steps, test_desk_closing, test_desk_raci)
"""The modules whose tests are named on the page: imported, so that they are known."""


def generated() -> str:
    """The page as the tables and the tests now say it."""
    return page(named())


if __name__ == "__main__":
    PAGE.write_text(generated(), "utf-8")
