"""Where the data that travels with the package lies: beside the packages, in tree and in wheel."""

from __future__ import annotations

from pathlib import Path

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
