"""``canter tune``: from a recording to a result, and what is refused."""

import json
from pathlib import Path

import numpy as np
import pytest

from canter.cli import main
from canter.control.robot import GO2
from canter.sim.tune.files import read_recording
from canter.sim.tune.result import read_result


def refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    capsys.readouterr()
    assert main(["tune", *words]) == 2
    return capsys.readouterr().err


def test_from_a_recording_to_a_result(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    recording, out, truth = (tmp_path / name for name in ("r.npz", "out", "truth.json"))
    words = ["record", str(recording), "--seconds", "10", "--seed", "2", "--legs", "RL"]
    assert main(["tune", *words, "--truth", str(truth)]) == 0
    read_recording(recording, GO2)
    fit = ["fit", str(recording), "--out", str(out), "--threads", "1", "--trials", "1"]
    code = main(["tune", *fit, "--legs", "RL"])
    result = read_result(out / "result.json", GO2)
    assert code == (1 if result.unidentified else 0)
    hidden = json.loads(truth.read_text())
    chosen = [i for i, name in enumerate(GO2.joint_names) if name.startswith("RL")]
    found = result.dynamics.kp_factor[chosen]
    np.testing.assert_allclose(found, np.array(hidden["kp_factor"])[chosen], rtol=0.05)
    assert (out / "fit.png").stat().st_size > 10_000
    command = json.loads((out / "result.json").read_text())["command"]
    assert command.startswith("canter tune fit") and str(recording) in command
    assert "another seed" in refused([*fit, "--legs", "RL", "--seed", "5"], capsys)


def test_a_plan_holds_the_columns_of_a_recording(tmp_path: Path) -> None:
    path = tmp_path / "plan.csv"
    assert main(["tune", "plan", str(path), "--seconds", "10"]) == 0
    header = path.read_text().splitlines()[0].split(",")
    assert (
        header[0] == "time" and "q_target.RR_calf_joint" in header and "kd.FL_hip_joint" in header
    )


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["fit", "absent.npz"], "there is no recording 'absent.npz'"),
        (["fit", "absent.npz", "--trials", "0"], "--trials is at least 1"),
        (["fit", "absent.npz", "--timestep", "1"], "--timestep is"),
        (["fit", "absent.npz", "--legs", "FL", "FL"], "--legs names each leg once"),
        (["record", "r.txt"], "must end in .npz or .csv"),
        (["record", "r.npz", "--seconds", "2"], "at least 10 s"),
        (["record", "r.npz", "--link-error", "0.9"], "--link-error is 0 to 0.5"),
        (["record", "no/such/folder/r.npz"], "does not exist"),
    ],
)
def test_what_cannot_work_is_refused_before_the_work(
    words: list[str],
    message: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert message in refused(words, capsys)
    assert not list(tmp_path.iterdir())
