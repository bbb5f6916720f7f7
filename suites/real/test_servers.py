"""What the runs rest on: how programs are found, started, watched and ended."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from select import select

import pytest
from _pytest.outcomes import Failed, Skipped

from harness.model import CheckResult, Verdict
from mock_services.landscape import world_of
from mock_services.pki import pki
from mock_services.world import TlsPolicy
from suites.real import servers, sources
from suites.real.machine import Machine
from suites.real.name_servers import bind, nsd, unbound
from suites.real.servers import LOOPBACK, NotStarted, Plan, Server, executable, running
from suites.real.web_server import HOST, nginx
from suites.real.zones import APEXES, zone_files

ROOT = Path(__file__).resolve().parents[2]

Start = Callable[[Path], AbstractContextManager[Server]]


STARTS: dict[str, Start] = {
    "named": lambda folder: bind({}, folder),
    "nsd": lambda folder: nsd({}, folder),
    "unbound": lambda folder: unbound((LOOPBACK, 9), (), folder),
    "nginx": lambda folder: nginx({}, pki().server_credential((HOST,), TlsPolicy()), folder),
}


def living(group: int) -> list[str]:
    """The processes of a group that have not ended, by their names."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            name, _, rest = stat.read_text().partition("(")[2].rpartition(")")
            state, _, process_group, *_ = rest.split()
            if int(process_group) == group and state not in "ZX":
                found.append(name)
    return found


@pytest.mark.parametrize("program", STARTS)
def test_a_server_ends_with_its_block_and_all_that_it_started_with_it(
    program: str, tmp_path: Path
) -> None:
    with STARTS[program](tmp_path) as server:
        assert living(server.process.pid)

    assert not living(server.process.pid)
    with pytest.raises(OSError, match="refused"), socket.socket() as connecting:
        connecting.connect(server.address)


@pytest.mark.parametrize("program", STARTS)
def test_a_port_that_somebody_took_in_between_is_changed_for_another(
    program: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as stream, socket.socket(type=socket.SOCK_DGRAM) as datagrams:
        stream.bind((LOOPBACK, 0))
        stream.listen()
        taken = stream.getsockname()[1]
        datagrams.bind((LOOPBACK, taken))
        ports = iter((taken, servers.free_port()))
        monkeypatch.setattr(servers, "free_port", lambda: next(ports))

        with STARTS[program](tmp_path) as server:
            assert server.port != taken


def test_a_server_that_does_not_start_is_told_with_its_log(tmp_path: Path) -> None:
    with (
        pytest.raises(NotStarted, match=r"(?s)named ended with code 1; it told:.*no-such-option"),
        bind({}, tmp_path, "no-such-option yes;"),
    ):
        pytest.fail("it should not have started")


def test_a_server_that_never_answers_is_not_waited_for_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(servers, "_PATIENCE", 0.2)
    plan = Plan("sleep", "coreutils", lambda _port: ("60",), lambda _port: False, "")

    with (
        pytest.raises(NotStarted, match=r"sleep gave no answer in 0\.2 s"),
        running(plan, tmp_path),
    ):
        pytest.fail("it should not have started")


def test_a_program_that_is_absent_is_a_reason_to_skip(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(servers.DEMANDED, raising=False)

    with pytest.raises(Skipped, match=r"named-of-old is not installed.*apt-get install bind"):
        executable("named-of-old", "bind")


def test_a_program_that_is_absent_is_an_error_where_it_is_demanded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(servers.DEMANDED, "1")

    with pytest.raises(Failed, match="OOTS_REAL=1 demands it"):
        executable("named-of-old", "bind")


WAITING = """
import os, signal

def test_that_waits(machine):
    server = machine.bind({})
    with open(os.environ["SAID"], "w") as said:
        said.write(str(server.process.pid))
    signal.pause()
"""


@pytest.mark.parametrize(
    "how", [signal.SIGINT, signal.SIGKILL], ids=["Ctrl-C", "killed without a word"]
)
def test_servers_end_when_the_tests_are_broken_off(how: signal.Signals, tmp_path: Path) -> None:
    executable("named", "bind9")
    (tmp_path / "test_waiting.py").write_text(WAITING, "utf-8")
    os.mkfifo(tmp_path / "said")
    words = ("-p", "suites.real.conftest", "-p", "no:cacheprovider", "-c", os.devnull)
    broken_off = subprocess.Popen(
        (sys.executable, "-m", "pytest", *words, "--rootdir", tmp_path, tmp_path),
        cwd=ROOT,
        env=os.environ | {"SAID": str(tmp_path / "said"), "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    pid = int((tmp_path / "said").read_text())
    assert living(pid)
    ended = os.pidfd_open(pid)

    broken_off.send_signal(how)
    broken_off.wait(30)

    assert select([ended], (), (), 10)[0]
    os.close(ended)
    assert not living(pid)


def test_what_its_servers_told_goes_with_a_failure(tmp_path: Path) -> None:
    executable("named", "bind9")
    test = "def test_that_fails(machine):\n    machine.bind({})\n    assert False\n"
    (tmp_path / "test_failing.py").write_text(test, "utf-8")
    words = ("-p", "suites.real.conftest", "-p", "no:cacheprovider", "-c", os.devnull)

    ended = subprocess.run(
        (sys.executable, "-m", "pytest", *words, "--rootdir", tmp_path, tmp_path),
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert ended.returncode == 1
    assert "log of named, port" in ended.stdout
    assert "all zones loaded" in ended.stdout


def test_each_zone_has_its_records_in_the_lines_that_they_were_in() -> None:
    zone = world_of("NL").zone

    files = zone_files(zone)

    lines = zone.splitlines()
    shared = [n for n, line in enumerate(lines) if line.startswith("$")]
    for number, line in enumerate(lines):
        found = [apex for apex in APEXES if files[apex].splitlines()[number] == line]
        assert len(found) == (len(APEXES) if number in shared else 1)


def result(source: str | None) -> CheckResult:
    return CheckResult(
        check="DISC-04",
        title="",
        chapter="discovery",
        requirement="",
        requirements=(),
        keyword="shall",
        clause="",
        member_state="NL",
        service="eb",
        environment="acc",
        verdict=Verdict.FAILED,
        tag="naptr-flag-not-u",
        expected=None,
        seen=None,
        detail=None,
        evidence=(),
        source=source,
    )


def test_a_result_that_tells_another_line_is_seen(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = machine.landscape("NL", fault="flag_for_an_srv_lookup")
    sound = machine.landscape("NL")
    assert target.zone
    assert sound.zone
    monkeypatch.setattr(sources, "LINES_ARE_TOLD", True)
    lines = sources.lines_changed(sound.zone, target.zone)
    own = [
        number
        for number, line in enumerate(target.zone.splitlines(), 1)
        if line.startswith("nl.eb.") and ".cs.acc." in line
    ]

    ends = {n: sources.mistold(target, result(f"cs.zone, line {n}"), lines) for n in lines}

    assert {n for n, wrong in ends.items() if wrong is None} == set(own)
    assert "told is None" in str(sources.mistold(target, result(None), lines))
