import argparse
from collections.abc import Callable
from typing import Any

import pytest

from canter.sim.isaacgym import gymutil
from canter.sim.isaacgym.enums import ContactCollection, SimType, UpAxis
from canter.sim.isaacgym.errors import GymError, UnsupportedError
from canter.sim.isaacgym.structs import SimParams, Vec3

Run = Callable[..., argparse.Namespace]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Parse a command line as on a machine without CUDA."""

    def parse(*words: str, **options: Any) -> argparse.Namespace:  # noqa: ANN401  as it takes
        monkeypatch.setattr("sys.argv", ["train.py", *words])
        monkeypatch.setattr("torch.cuda.is_available", lambda: False)
        return gymutil.parse_arguments(**options)

    return parse


@pytest.mark.parametrize(
    ("text", "device"),
    [
        ("cpu", ("cpu", 0)),
        ("cpu:0", ("cpu", 0)),
        ("cuda", ("cuda", 0)),
        ("cuda:3", ("cuda", 3)),
        ("GPU", ("cuda", 0)),
    ],
)
def test_devices(text: str, device: tuple[str, int]) -> None:
    assert gymutil.parse_device_str(text) == device


@pytest.mark.parametrize("text", ["", "tpu", "cuda:", "cuda:x", "0"])
def test_no_device(text: str) -> None:
    with pytest.raises(GymError, match="choose cpu"):
        gymutil.parse_device_str(text)


def test_defaults_are_read_for_the_cpu(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    custom = [{"name": "--rl_device", "type": str, "default": "cuda:0"}]
    args = run(custom_parameters=custom)
    fields = {
        "sim_device": "cpu",
        "sim_device_type": "cpu",
        "compute_device_id": 0,
        "pipeline": "cpu",
        "use_gpu_pipeline": False,
        "use_gpu": False,
        "physics_engine": SimType.SIM_PHYSX,
        "num_threads": 0,
        "subscenes": 0,
        "slices": 0,
        "graphics_device_id": 0,
        "rl_device": "cpu",
    }
    assert {name: getattr(args, name) for name in fields} == fields
    printed = capsys.readouterr().out
    assert printed.count("\n") == 1
    assert "--sim_device cuda:0, --rl_device cuda:0" in printed


def test_the_learner_keeps_its_gpu(
    run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(gymutil, "_cuda_available", lambda: True)
    args = run(custom_parameters=[{"name": "--rl_device", "default": "cuda:1"}])
    assert (args.sim_device, args.rl_device) == ("cpu", "cuda:1")
    assert "rl_device" not in capsys.readouterr().out


def test_a_cpu_asked_for_prints_nothing(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    run("--sim_device", "cpu", "--pipeline", "cpu")
    assert not capsys.readouterr().out


def test_own_parameters(run: Run) -> None:
    custom = [
        {"name": "--task", "type": str, "default": "go2", "help": "what to learn"},
        {"name": "--resume", "action": "store_true", "default": False},
        {"name": "--num_envs", "type": int},
        {"name": "--hold", "type": gymutil.parse_bool, "const": True, "default": False},
        {"name": "--mode", "choices": ["a", "b"], "default": "a"},
    ]
    args = run(
        "--resume", "--num_envs", "8", "--hold", "--subscenes", "3", custom_parameters=custom
    )
    assert (args.task, args.resume, args.num_envs, args.hold) == ("go2", True, 8, True)
    assert (args.subscenes, args.slices) == (3, 3)
    assert not run("--hold", "no", custom_parameters=custom).hold
    assert not run(custom_parameters=custom).hold


def test_headless(run: Run) -> None:
    assert run("--headless", headless=True).headless
    assert run("--nographics", headless=True, no_graphics=True).headless
    assert not hasattr(run(), "headless")


@pytest.mark.parametrize("words", [["--sim_device", "tpu"], ["--unknown"], ["--flex", "--physx"]])
def test_a_wrong_command_line_ends_with_its_usage(
    run: Run, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        run(*words)
    assert words[0] in capsys.readouterr().err


def test_what_is_refused(run: Run) -> None:
    with pytest.raises(UnsupportedError, match="--flex"):
        run("--flex")
    with pytest.raises(GymError, match="no 'name'"):
        run(custom_parameters=[{"type": int}])
    with pytest.warns(UserWarning, match="--task has no typ;"):
        run(custom_parameters=[{"name": "--task", "typ": int}])


def test_truth_values() -> None:
    assert [gymutil.parse_bool(word) for word in ("True", "1", "YES", True)] == [True] * 4
    assert [gymutil.parse_bool(word) for word in ("False", "0", "off", False)] == [False] * 4
    with pytest.raises(argparse.ArgumentTypeError, match="maybe"):
        gymutil.parse_bool("maybe")


def test_configuration() -> None:
    params = SimParams()
    config = {
        "dt": 0.005,
        "substeps": 1,
        "gravity": [0.0, 0.0, -9.81],
        "up_axis": 1,
        "physx": {"num_threads": 10, "contact_collection": 2, "rest_offset": 0.0},
    }
    gymutil.parse_sim_config(config, params)
    assert params.dt == pytest.approx(0.005)
    assert params.substeps == 1
    assert params.gravity == Vec3(0, 0, -9.81)
    assert params.up_axis is UpAxis.UP_AXIS_Z
    assert params.physx.num_threads == 10
    assert params.physx.contact_collection is ContactCollection.CC_ALL_SUBSTEPS
    assert params.physx.rest_offset == 0


def test_a_wrong_configuration() -> None:
    with pytest.warns(UserWarning, match="PhysXParams has no num_thread; it has"):
        gymutil.parse_sim_config({"physx": {"num_thread": 10}}, SimParams())
    with pytest.raises(GymError, match="physx"):
        gymutil.parse_sim_config({"physx": 3}, SimParams())
    with pytest.raises(GymError, match="UpAxis"):
        gymutil.parse_sim_config({"up_axis": 7}, SimParams())
