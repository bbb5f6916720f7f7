"""Priorities and the targets that belong to them: published figures, and whose they are."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from harness.desk.calendar import calendar
from harness.desk.clock import Target
from harness.desk.priority import (
    PRIORITIES,
    SAME_CAUSE_STATES,
    Impact,
    Priority,
    Urgency,
    major,
    priority,
)
from harness.desk.state import TicketState
from harness.desk.targets import FILE, preset, presets
from harness.errors import UsageFault

HOUR = 3600
PRESET = preset()


def test_priority_is_impact_times_urgency() -> None:
    table = [priority(*pair).value for pair in product(Impact, Urgency)]

    assert table == [
        *("Critical", "Urgent", "Normal"),
        *("Urgent", "Normal", "Low"),
        *("Normal", "Low", "Low"),
    ]
    assert len(PRIORITIES) == 9


def test_a_major_incident_has_a_rule_of_its_own() -> None:
    down = major(environment="prod", of_the_commission=True, down=True, states=1)

    assert down == "a service of the Commission is down in production"
    assert major(environment="acc", of_the_commission=True, down=True, states=1) is None
    assert major(environment="prod", of_the_commission=True, down=False, states=1) is None
    assert major(environment="prod", of_the_commission=False, down=True, states=1) is None
    many = {"environment": "acc", "of_the_commission": False, "down": False}
    assert major(**many, states=SAME_CAUSE_STATES)  # type: ignore[arg-type]
    assert major(**many, states=SAME_CAUSE_STATES - 1) is None  # type: ignore[arg-type]


def test_the_shipped_preset_is_the_public_one_and_says_that_it_is_not_the_desks_own() -> None:
    hours = {
        level: (figures.response // HOUR, figures.resolution // HOUR)
        for level, figures in PRESET.targets.items()
    }

    assert hours == {
        Priority.CRITICAL: (2, 4),
        Priority.URGENT: (4, 6),
        Priority.NORMAL: (10, 20),
        Priority.LOW: (20, 40),
    }
    assert "not OOTS's own" in PRESET.note
    assert PRESET.goal == 0.8


def test_a_preset_of_ones_own_replaces_it(tmp_path: Path) -> None:
    path = tmp_path / "targets.toml"
    text = FILE.read_text("utf-8")
    path.write_text(text.replace("digit", "mine").replace("resolution = 4 ", "resolution = 3 "))

    mine = preset("mine", path)

    assert mine.targets[Priority.CRITICAL].resolution == 3 * HOUR
    assert list(presets(path)) == ["mine"]


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ('default = "digit"', 'default = "none"'),
        ("warn = 0.75", "warn = 75"),
        ("resolution = 4 ", "resolution = 0 "),
        ("Critical =", "Grave ="),
        ('note = "', 'notes = "'),
        ("[[preset]]", "[preset"),
    ],
)
def test_a_file_that_has_no_presets_is_refused(tmp_path: Path, was: str, becomes: str) -> None:
    path = tmp_path / "targets.toml"
    path.write_text(FILE.read_text("utf-8").replace(was, becomes))

    with pytest.raises(UsageFault, match="take the shipped file"):
        preset(path=path)


def test_a_preset_that_is_none_is_told_with_those_that_are() -> None:
    with pytest.raises(UsageFault, match="expected one of digit"):
        preset("weather")


def test_a_target_says_what_is_left_of_it() -> None:
    target = Target(calendar(), allowed=10, used=12, met=None, end=None, warn=0.75)

    assert (target.left, target.breached, target.at_risk, target.due) == (-2, True, False, None)
    assert TicketState(1).marks == ()
