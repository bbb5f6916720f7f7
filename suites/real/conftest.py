"""A machine for each test that asks for one; what its servers told goes with the failure."""

from __future__ import annotations

from collections.abc import Generator, Iterator

import pytest

from suites.real.machine import Machine


@pytest.fixture
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """Servers for one test; they end with it, however it ends."""
    with Machine(lambda: tmp_path_factory.mktemp("server")) as started:
        yield started


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show the logs of the servers of a test that failed."""
    report = yield
    machine = getattr(item, "funcargs", {}).get("machine")
    if report.failed and isinstance(machine, Machine):
        for server in machine.servers:
            report.sections.append((f"log of {server.name}, port {server.port}", server.told_last))
    return report
