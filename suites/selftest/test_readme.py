"""Every command of the README is run, in order, in one folder, and ends as the README says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text("utf-8")
BLOCK = re.compile(r"(?:<!-- exit: (\d+) -->\n)?```sh\n(.*?)```", re.DOTALL)
SET_UP = "python3 -m venv"


@dataclass(frozen=True, slots=True)
class Block:
    """The commands of one block, and the exit code of the last of them."""

    commands: str
    exit: int


BLOCKS = [Block(commands, int(code or 0)) for code, commands in BLOCK.findall(README)]


def run(commands: str, cwd: Path, *, timeout: int = 300) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-c", f"set -eu\n{commands}"],
        cwd=cwd,
        env={
            **os.environ,
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "OOTS_DESK": str(cwd / "desk.sqlite3"),
        },
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("readme")
    (place / "suites").symlink_to(ROOT / "suites")
    (place / "pyproject.toml").symlink_to(ROOT / "pyproject.toml")
    return place


def test_the_first_command_gives_a_summary_on_a_fresh_clone(tmp_path: Path) -> None:
    first = BLOCKS[0].commands
    clone = subprocess.run(
        ["git", "clone", "--quiet", str(ROOT), str(tmp_path / "clone")], check=False, timeout=60
    )

    told = run(f"{first}", tmp_path / "clone")

    assert clone.returncode == 0
    assert first.startswith(SET_UP)
    assert told.returncode == 0, told.stdout + told.stderr
    assert "conformant" in told.stdout


def test_the_second_command_is_what_the_gate_runs() -> None:
    second = BLOCKS[1].commands.strip()

    assert second.startswith(SET_UP)
    assert second in (ROOT / ".ci" / "run").read_text("utf-8")


@pytest.mark.parametrize("block", BLOCKS[2:], ids=lambda b: b.commands.split("\n")[0][:40])
def test_a_command_does_what_the_readme_says(block: Block, folder: Path) -> None:
    told = run(block.commands, folder)

    assert told.returncode == block.exit, told.stdout + told.stderr
    assert "Traceback" not in told.stderr


def test_the_output_shown_is_the_output_given(folder: Path) -> None:
    shown = re.search(r"<!-- output -->\n```text\n(.*?)```", README, re.DOTALL)
    assert shown

    told = run(BLOCKS[2].commands.replace("--out finland", "--out again"), folder)

    for line in filter(lambda text: text.strip(" ."), shown[1].splitlines()):
        assert normal(line) in normal(told.stdout)


def normal(text: str) -> str:
    """Without what changes from run to run: ports, run ids, white space."""
    text = re.sub(r"localhost:\d+", "localhost:PORT", text)
    text = re.sub(r"\d{8}T\d{6}Z-[0-9a-f]+", "RUN", text)
    return re.sub(r"\s+", " ", text).strip()
