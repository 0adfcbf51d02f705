"""Changes of style by hand, and the same policy against itself."""

import json
from pathlib import Path

import numpy as np
import pytest

from canter.cli import main
from canter.evals.locomotion import style_suite
from canter.evals.locomotion.style_suite import StyleRecord, compared
from canter.sim.locomotion.gait_style import TOLERANCES, UNITS, GaitStyle


def recorded(scale: float, fallen: list[bool]) -> StyleRecord:
    """Return four robots whose quantities are known."""
    values = scale * np.array([1.0, 2.0, 3.0, 100.0])
    style = GaitStyle(dict.fromkeys(UNITS, values), dict.fromkeys(TOLERANCES, values))
    walking = np.array([False, False, False, True])
    return StyleRecord(style, walking, np.array(fallen))


def test_changes_are_those_of_robots_that_walked_with_both() -> None:
    before = recorded(1.0, [False, False, True, True])
    found = compared(before, recorded(0.8, [False, True, True, True]), 0)
    assert (found["robots"], found["measured"]) == (4, 3)
    energy = found["rows"]["energy"]
    assert energy["before"] == pytest.approx(2.0) and energy["after"] == pytest.approx(1.6)
    assert energy["change"] == pytest.approx({"value": -0.2, "lo": -0.2, "hi": -0.2})
    falls = found["falls"]
    assert (falls["both"], falls["only_second"], falls["only_first"]) == (2, 1, 0)


def test_a_policy_is_as_it_is_to_the_bit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SETTLE_S", "MEASURE_S", "PUSHED_S"):
        monkeypatch.setattr(style_suite, name, 0.2)
    path = tmp_path / "style.json"
    assert main(["eval", "style", "--robots", "3", "--json", str(path)]) == 0
    figures = json.loads(path.read_text())
    for row in figures["rows"].values():
        assert row["change"] == {"value": 0.0, "lo": 0.0, "hi": 0.0}
    assert figures["command"] == "canter eval style --robots 3 --seed 0"
