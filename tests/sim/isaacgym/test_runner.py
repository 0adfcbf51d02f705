import dataclasses
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from canter.sim.isaacgym import numpy_names, options, runner
from canter.sim.isaacgym.options import Options

SCRIPT = """
import json, sys
from importlib.metadata import version
import beside_the_script
import isaacgym
from isaacgym import gymapi, gymutil, terrain_utils
from isaacgym.torch_utils import *
import isaacgym.gymapi as again
import canter.sim.isaacgym.gymapi as ours
from canter.sim.isaacgym.options import current

try:
    import isaacgym.rlgpu
except ModuleNotFoundError as error:
    missing = str(error)
result = {
    "same": again is gymapi is ours and ours.__spec__.name == "canter.sim.isaacgym.gymapi",
    "version": version("isaacgym"),
    "argv": sys.argv[1:],
    "main": __name__,
    "threads": current().threads,
    "device": torch.zeros(np.int(1), device="cuda:0").device.type,
    "missing": missing,
}
json.dump(result, open("result.json", "w"))
if "--stop" in sys.argv:
    raise KeyboardInterrupt
sys.exit(3)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "train.py").write_text(SCRIPT)
    (tmp_path / "code" / "beside_the_script.py").touch()
    return tmp_path


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "canter.sim.isaacgym", *arguments]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )


def test_a_script_runs_as_with_isaac_gym(folder: Path) -> None:
    done = run(folder, "--threads", "3", "code/train.py", "--threads", "7", "--help", "-m")
    assert done.returncode == 3, done.stderr
    result = json.loads((folder / "result.json").read_text())
    assert result.pop("missing").startswith("No module named 'isaacgym.rlgpu'")
    assert result == {
        "same": True,
        "version": "1.0rc4",
        "argv": ["--threads", "7", "--help", "-m"],
        "main": "__main__",
        "threads": 3,
        "device": "cpu",
    }
    assert "np.int is gone from NumPy" in done.stderr


def test_a_module_runs_and_ctrl_c_is_quiet(folder: Path) -> None:
    done = run(folder / "code", "-m", "train", "--stop")
    assert done.returncode == runner.INTERRUPTED
    assert done.stderr.endswith("\ncanter: stopped\n")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere.py", "--task=a1"], "canter: no script nowhere.py; options of the script come"),
        (["--threads", "-2", __file__], "canter: --threads -2; give 0 for all cores"),
    ],
)
def test_what_the_user_can_mend_is_one_line(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert runner.main(arguments) == 2
    error = capsys.readouterr().err
    assert error.startswith(message)
    assert error.count("\n") == 1


def test_no_script_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        runner.main([])
    assert "give a SCRIPT" in capsys.readouterr().err


def test_a_missing_torch_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert runner.main([__file__]) == 2
    told = capsys.readouterr().err
    assert "code for Isaac Gym needs PyTorch; " in told and "pip install" in told


def test_every_option_can_be_chosen(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        runner.main(["--help"])
    text = capsys.readouterr().out
    for field in dataclasses.fields(Options):
        assert f"--{field.name.replace('_', '-')}" in text
    assert options.current() == Options()


def test_removed_numpy_names_come_back_one_by_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(vars(np), "__getattr__", vars(np)["__getattr__"])
    numpy_names.restore()
    for name, value in {"float": float, "NINF": -np.inf, "Inf": np.inf}.items():
        assert getattr(np, name) == value
        monkeypatch.delitem(vars(np), name)
    assert capsys.readouterr().err.count("\n") == 3
    assert not hasattr(np, "no_such_name")
