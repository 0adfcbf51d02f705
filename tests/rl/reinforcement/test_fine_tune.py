"""The whole command in miniature: it drives, learns, resumes and exports; or says why it cannot."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from canter.cli import EXIT_BAD_INPUT, main
from canter.control.errors import CanterError
from canter.control.locomotion import GAIT
from canter.rl.reinforcement.fine_tune import METHODS
from canter.rl.reinforcement.method import stage_of
from canter.rl.reinforcement.privileged_state import PRIVILEGED
from canter.rl.reinforcement.reinforcement_settings import PRESETS, MethodName
from canter.rl.reinforcement.rollout_group import (
    RolloutJob,
    RolloutSettings,
    drive_scene,
    trajectory_path,
)
from canter.rl.reinforcement.rollout_rounds import DrivenScene, check_spread, round_scalars
from canter.rl.reinforcement.scene_choice import draw_scenes
from canter.rl.reinforcement.trajectory import SceneResult, Trajectory
from canter.vla.learner import load_model, save_model
from canter.vla.model import VlaModel
from canter.vla.runtime import VlaRuntime

DEBUG = replace(PRESETS["debug"], workers=1)


def scene(task: str, *rewards: float) -> DrivenScene:
    result = SceneResult(task, 1, 7, rewards, (3,) * len(rewards), ("",) * len(rewards))
    return DrivenScene(Path("scene"), result)


def speaking(model: VlaModel) -> VlaModel:
    """Return a model that says field after field, and has the sizes of the given one."""
    return VlaModel(replace(model.config, head="tokens", horizon=1), model.instruct.signs).eval()


def words(start: Path, out: Path, *more: str) -> list[str]:
    given = ["--preset", "debug", "--start", str(start), "--workers", "1", "--out", str(out)]
    return ["train", "vla-rl", *given, *more]


@pytest.mark.parametrize("method", METHODS)
def test_the_command_ends_in_a_policy_and_does_nothing_twice(
    method: MethodName, model: VlaModel, tmp_path: Path
) -> None:
    out, start = tmp_path / "run", tmp_path / "begin.pt"
    save_model(speaking(model) if method == "q" else model, start)
    assert main(words(start, out, "--method", method, "--dagger.eyes", "frozen")) == 0
    runtime = VlaRuntime(out / "policy.onnx")
    runtime.reset("go to the red ball")
    settings = replace(DEBUG, out=out)
    first = load_model(stage_of(settings, 1).checkpoint)
    before = dict(load_model(start).named_parameters())
    kept = {n for n, p in first.named_parameters() if n in before and torch.equal(p, before[n])}
    moved = [name for name, _ in first.named_parameters() if name not in kept]
    assert any(name.startswith("head.") for name in moved)
    assert not any(name.startswith("stem.") for name in moved)
    assert any((out / "tensorboard").iterdir())
    made = (out / "policy.onnx").read_bytes()
    assert main(["train", "vla-rl", "--resume", "--workers", "1", "--out", str(out)]) == 0
    assert len((out / "policy.onnx").read_bytes()) == len(made)
    again = load_model(stage_of(settings, 1).checkpoint)
    assert all(torch.equal(p, again.get_parameter(n)) for n, p in first.named_parameters())


def test_rollouts_of_a_scene_share_all_but_the_noise_and_are_driven_once(
    model: VlaModel, start: Path, tmp_path: Path
) -> None:
    (chosen,) = draw_scenes([("move", 2)], model.config.tasks, np.random.default_rng(0))
    how = RolloutSettings(start, GAIT, 2, DEBUG.exploration, "varied", max_seconds=0.6)
    job = RolloutJob(chosen.task, chosen.request, chosen.instruction, tmp_path / "scene", how)
    assert drive_scene(job) == 0
    one, two = (Trajectory.load(trajectory_path(job.folder, number)) for number in range(2))
    assert SceneResult.load(job.result).frames == (len(one.noise), len(two.noise)) == (3, 3)
    assert (one.features[0] == two.features[0]).all()
    assert (one.values[0] == two.values[0]).all()
    assert not (one.noise[0] == two.noise[0]).any()
    time = one.privileged[:, PRIVILEGED["time"]].ravel()
    np.testing.assert_allclose(time, [0.0, 0.2, 0.4], atol=1e-6)
    assert (one.privileged[0] == two.privileged[0]).all()
    assert not (one.privileged[2] == two.privileged[2]).all()
    stamp = job.result.stat().st_mtime_ns
    assert drive_scene(job) == 0
    assert job.result.stat().st_mtime_ns == stamp
    job.result.unlink()  # killed before the scene was done
    drive_scene(job)
    assert (Trajectory.load(trajectory_path(job.folder, 0)).values == one.values).all()


def test_a_round_whose_rollouts_went_alike_is_said_and_stops() -> None:
    alike = [scene("go_to", 1, 1), scene("crawl", 0, 0)]
    with pytest.raises(CanterError, match=r"round 3: .* \(2 of 4 succeeded\), so nothing can be"):
        check_spread(alike, 3)
    with pytest.raises(CanterError, match="choose harder"):
        check_spread(alike[:1], 3)
    check_spread([*alike, scene("go_to", 1, 0)], 3)


def test_success_is_told_by_task_and_so_is_the_share_that_teaches_nothing() -> None:
    told = round_scalars([scene("go_to", 1, 0), scene("go_to", 1, 1), scene("crawl", 0, 0)])
    assert told == pytest.approx(
        {
            "success": 0.5,
            "success/crawl": 0.0,
            "success/go_to": 0.75,
            "groups_without_gradient": 2 / 3,
        }
    )


def test_rewards_that_are_no_numbers_are_an_error(tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    path.write_text(
        '{"task": "go_to", "level": 1, "seed": 3, "rewards": [NaN], "frames": [1], "reasons": [""]}'
    )
    with pytest.raises(CanterError, match="there must be a 0 or a 1"):
        SceneResult.load(path)


@pytest.mark.parametrize(
    ("more", "answer"),
    [
        (["--rollouts", "1"], "give 2 or more"),
        (["--start", "no.pt"], "no model 'no.pt'"),
        (["--tasks", "dance"], "no task is called 'dance'"),
        (["--exploration.noise", "0"], "give noises above 0"),
        (["--method", "lop"], "invalid choice"),
    ],
)
def test_what_cannot_work_is_refused_in_one_sentence(
    more: list[str], answer: str, start: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        code = main(words(start, tmp_path / "run", *more))
    except SystemExit as stop:
        code = int(str(stop.code))
    assert code == EXIT_BAD_INPUT
    assert answer in " ".join(capsys.readouterr().err.split())


def test_other_settings_are_refused(
    start: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "run"
    (out).mkdir()
    (out / "config.yaml").write_text("preset: debug\nscenes: 3\n")
    assert main(words(start, out)) == EXIT_BAD_INPUT
    assert "scenes: 3, now 2" in " ".join(capsys.readouterr().err.split())
