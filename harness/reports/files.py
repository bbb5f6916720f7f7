"""The reports of a record as files, beside each other in a folder."""

from __future__ import annotations

from pathlib import Path

from harness.record import Record
from harness.reports import allure, html, junit, write

REPORTS = ("report.html", "junit.xml", "allure-results")


def write_reports(record: Record, folder: Path) -> None:
    """Write them, in place of earlier ones; raises `UsageFault` where that cannot be done."""
    write(folder / "junit.xml", junit.render(record))
    write(folder / "report.html", html.render(record))
    allure.write(record, folder / "allure-results")
