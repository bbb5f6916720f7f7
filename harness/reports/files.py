"""The reports of a record as files, beside each other in a folder."""

from __future__ import annotations

from pathlib import Path

from harness.errors import UsageFault
from harness.record import Record
from harness.reports import allure, html, junit, write

REPORTS = ("report.html", "junit.xml", "allure-results")


def write_reports(record: Record, folder: Path) -> None:
    """Write them, in place of earlier ones; raises `UsageFault` where that cannot be done."""
    _, unwritten = written(record, folder)
    if unwritten:
        raise unwritten


def written(record: Record, folder: Path) -> tuple[tuple[str, ...], UsageFault | None]:
    """Write as many of them as can be; answers their names, and why others could not be."""
    names, trouble = [], None
    for name, put in zip(REPORTS, (_html, _junit, _allure), strict=True):
        try:
            put(record, folder / name)
        except UsageFault as fault:
            trouble = trouble or fault
        else:
            names.append(name)
    return tuple(names), trouble


def _html(record: Record, path: Path) -> None:
    write(path, html.render(record))


def _junit(record: Record, path: Path) -> None:
    write(path, junit.render(record))


def _allure(record: Record, path: Path) -> None:
    allure.write(record, path)
