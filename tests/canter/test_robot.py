import importlib.util
import inspect
import json
import shutil
from pathlib import Path

import pytest

from canter.cli import main
from canter.commands import COMMANDS
from canter.control.robot import read_robot
from canter.sim.robots.registry import robot_file


def test_robots_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["robot"]) == 0
    listed = capsys.readouterr().out
    assert all(name in listed for name in ("go2", "a1", "anymal_c"))


def test_a_robot_stands_and_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "a1.json"
    assert main(["robot", "a1", "--seconds", "0.5", "--json", str(out)]) == 0
    assert "stands: after 0.5 s" in " ".join(capsys.readouterr().out.split())
    assert read_robot(out).name == "a1"


def test_a_robot_that_is_too_weak_does_not_stand(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for file in robot_file("a1").path.parent.iterdir():
        shutil.copy(file, tmp_path)
    weak = tmp_path / "robot.yaml"
    weak.write_text(weak.read_text(encoding="utf-8").replace("torque: 33.5 Nm", "torque: 2 Nm"))
    assert main(["robot", str(weak)]) == 1
    assert "does not stand" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["robot", "gp2"], "no robot 'gp2'; did you mean 'go2'?"),
        (["robot", "--json", "x.json"], "name it: canter robot NAME --json FILE"),
        (["robot", "a1", "--seconds", "0"], "--seconds is above 0"),
        (["tune", "plan", "plan.csv", "--robot", "a2"], "no robot 'a2'"),
    ],
)
def test_bad_input_is_refused(
    words: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"schema": "canter.robot/2"}, "this version reads 'canter.robot/1'"),
        ({"kp": [60.0]}, "kp must be 12 numbers"),
        ({"mas": 3.0}, "unknown field 'mas'"),
        ({"joint_names": ["x"]}, "joint_names must be FL_hip_joint"),
        ({"qd_max": [0.0] * 12}, "qd_max of FL_hip_joint, 0, is not above 0"),
        ({"mass": -1.0}, "mass must be above 0"),
    ],
)
def test_a_json_that_is_no_robot_is_refused(
    tmp_path: Path, change: dict[str, object], message: str
) -> None:
    out = tmp_path / "a1.json"
    assert main(["robot", "a1", "--seconds", "0.1", "--json", str(out)]) == 0
    out.write_text(json.dumps(json.loads(out.read_text()) | change))
    with pytest.raises(ValueError, match=message):
        read_robot(out)
    with pytest.raises(ValueError, match="cannot be read"):
        read_robot(tmp_path / "none.json")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["run", "go to the red ball", "--robot", "a1"], "'robot': got 'go2', expected 'a1'"),
        (
            ["run", "go to the red ball", "--policy", "expert", "--robot", "a1"],
            "no policy 'gait' is shipped for robot 'a1', only for go2",
        ),
        (["eval", "locomotion", "--robot", "anymal_c"], "no policy 'trot' is shipped for robot"),
        (["collect", "--robot", "anymal"], "no robot 'anymal'; did you mean 'anymal_c'?"),
        (["demo", "--robot", "a1", "--policy", "expert"], "no policy 'gait' is shipped for robot"),
        (["eval", "transfer", "--robot", "a1"], "no policy 'trot' is shipped for robot 'a1'"),
        (["eval", "adaptation", "--robot", "a1"], "no policy 'trot' is shipped for robot 'a1'"),
        (["eval", "mpc", "--robot", "a1"], "no policy 'trot' is shipped for robot 'a1'"),
        (["eval", "risk", "--robot", "a1"], "no policy 'trot' is shipped for robot 'a1'"),
        (["bench", "safety", "--robot", "a1"], "no policy 'trot' is shipped for robot 'a1'"),
        (["bench", "collect", "--robot", "a1"], "no policy 'gait' is shipped for robot 'a1'"),
    ],
)
def test_policies_of_another_robot_are_refused(
    words: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    assert message in capsys.readouterr().err


@pytest.mark.skipif(importlib.util.find_spec("viser") is None, reason="needs the extra web")
def test_play_refuses_a_robot_without_a_gait(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["play", "go_to", "--robot", "a1"]) == 2
    assert "no policy 'gait' is shipped for robot 'a1'" in capsys.readouterr().err


def of_a_file(folder: Path, name: str) -> Path:
    """Return the robot.yaml of a copy of a robot, outside the package."""
    for file in robot_file(name).path.parent.iterdir():
        shutil.copy(file, folder)
    return folder / "robot.yaml"


@pytest.mark.parametrize(
    "words",
    [
        ["bench", "sim", "--envs", "2", "--steps", "1"],
        ["bench", "adaptation", "--controllers", "torque", "--ticks", "5"],
    ],
)
def test_what_needs_no_gait_takes_any_robot(words: list[str], tmp_path: Path) -> None:
    file, out = of_a_file(tmp_path, "a1"), tmp_path / "out.json"
    assert main([*words, "--robot", str(file), "--json", str(out)]) == 0
    assert f"--robot {file}" in json.loads(out.read_text())["command"]


NO_ROBOT = {
    *("sheet", "eval words", "train words", "train vla", "train vla-rl", "train hf", "train risk"),
    *("train offline", "eval offline", "bench offline"),
    *("compare", "vla compare", "vla latency", "bench fuzz", "doctor"),
    *("ros say", "ros reset", "ros check", "ros bag", "ros go", "ros drive", "ros foxglove"),
}
"""Commands that no robot takes part in, or whose data, trained files or running graph say which."""


def test_every_door_where_a_robot_matters_takes_one() -> None:
    without = {
        name
        for name, command in COMMANDS.items()
        if "robot" not in inspect.signature(command.options).parameters
    }
    others = {n for n in without if n.startswith(("dataset ", "unitree ", "isaacgym", "tune "))}
    assert without - others == NO_ROBOT
