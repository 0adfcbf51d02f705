"""Code that knows only `isaacgym`, run as a user runs it."""

import ast
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from canter.control.robot import GO2
from canter.sim.robots.registry import robot_urdf

TASK = Path(__file__).parent / "user_code" / "stand_task.py"
URDF = robot_urdf(GO2)
ROBOTS = 16


def run(folder: Path, name: str, *words: str, threads: int = 0) -> dict[str, Any]:
    """Run the task in a process of its own and return what it measured."""
    out = folder / f"{name}.json"
    command = [sys.executable, "-m", "canter.sim.isaacgym", "--threads", str(threads), str(TASK)]
    own = ["--headless", "--asset", str(URDF), "--num_envs", str(ROBOTS), "--out", str(out)]
    done = subprocess.run(
        [*command, *own, *words], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "Warning" not in done.stderr
    measured: dict[str, Any] = json.loads(out.read_text())
    return measured


def test_the_code_imports_isaacgym_torch_and_numpy_alone() -> None:
    tree = ast.parse(TASK.read_text())
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    found = {
        name.partition(".")[0]
        for node in nodes
        for name in (
            [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else [alias.name for alias in node.names]
        )
    }
    assert found - sys.stdlib_module_names == {"isaacgym", "torch", "numpy"}


@pytest.mark.parametrize("terrain", ["plane", "trimesh"])
def test_robots_stand_and_the_seed_decides_every_number(tmp_path: Path, terrain: str) -> None:
    measured = run(tmp_path, "first", "--terrain", terrain, threads=1)
    assert measured["falls"] == 0
    ends = measured["ends"]
    # A stance that the weight bends: below the unloaded height, by less than a quarter of it.
    low, high = ends["height"]
    assert 0.75 * GO2.standing_height < low < high < GO2.standing_height
    assert ends["tracking"][1] < 0.5
    assert ends["torque"][1] <= GO2.tau_max.max()
    assert ends["reward"][1] > 0.95
    assert np.isfinite(list(ends.values())).all()
    assert np.isfinite(measured["final"]).all()
    assert len(measured["final"]) == ROBOTS * (13 + 2 * 12)

    again = run(tmp_path, "again", "--terrain", terrain, threads=2)
    assert again == measured
    other = run(tmp_path, "other", "--terrain", terrain, "--seed", "2", "--steps", "30")
    assert other["ends"]["observations"] != measured["ends"]["observations"]
