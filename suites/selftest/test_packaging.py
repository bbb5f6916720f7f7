"""What an installed wheel holds, and that the command works away from the tree."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TESTS_OF_THE_HARNESS = ("selftest", "real", "benchmarks", "mutation", "fuzz")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "wheel",
            "--quiet",
            "--no-deps",
            "--wheel-dir",
            str(folder),
            str(ROOT),
        ],
        check=True,
        timeout=300,
    )
    return next(folder.glob("*.whl"))


def test_the_data_travels_in_the_wheel_and_the_tests_of_the_harness_do_not(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()

    assert "fixtures/levels.toml" in names
    assert len([name for name in names if name.startswith("fixtures/member_states/")]) == 27
    assert any(name.startswith("suites/discovery/") for name in names)
    apart = tuple(f"suites/{name}" for name in TESTS_OF_THE_HARNESS)
    assert not [name for name in names if name.startswith(apart)]
    assert not [name for name in names if name.endswith((".pyc", ".key", ".sqlite3"))]


def test_the_command_works_from_an_unpacked_wheel_in_any_folder(
    wheel: Path, tmp_path: Path
) -> None:
    site = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(site)
    where = tmp_path / "elsewhere"
    where.mkdir()
    words = ["run", "--member-state", "FI", "--no-tickets", "--quiet", "--out", "out"]
    code = f"import sys; sys.path.insert(0, {str(site)!r}); import harness.cli.main as m; "
    told = subprocess.run(
        [
            sys.executable,
            "-I",
            "-c",
            f"{code}print(m.__file__); sys.exit(m.main({words!r}))",
        ],
        cwd=where,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert told.returncode == 0, told.stderr + told.stdout
    assert str(site) in told.stdout
    assert (where / "out" / "run.jsonl").stat().st_size
