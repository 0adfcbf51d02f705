"""Rounds that are cut off come out to the same bits; other files are refused by name."""

import os
import signal
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import pytest
import torch

from canter.control.errors import CanterError
from canter.control.stop import Stopped
from canter.rl.reinforcement.fine_tune import method_of
from canter.rl.reinforcement.method import Reports, stage_of
from canter.rl.reinforcement.reinforcement_settings import PRESETS, MethodName, VlaReinforcement
from canter.rl.reinforcement.rollout_rounds import DrivenScene
from canter.rl.reinforcement.rollout_run import RolloutRun
from canter.vla.config import PRESETS as SIZES
from canter.vla.learner import LearnConfig, Learner, atomic_save, load_model, save_model
from canter.vla.model import VlaModel
from tests.rl.reinforcement.bandit import play, turning


@pytest.fixture
def driven(monkeypatch: pytest.MonkeyPatch) -> None:
    """Drive the bandit in place of the simulator."""

    def drive(run: RolloutRun, number: int) -> list[DrivenScene]:
        return [play(run.model(number - 1), run.settings.out / "bandit", number, count=8)]

    monkeypatch.setattr(RolloutRun, "drive", drive)


def settings_in(out: Path, method: MethodName, model: VlaModel) -> VlaReinforcement:
    settings = replace(PRESETS["debug"], method=method, frames_per_batch=4, rounds=2, out=out)
    save_model(model, stage_of(settings, 0).checkpoint)
    return settings


def improve_all(settings: VlaReinforcement) -> VlaModel:
    """Do all rounds with a fresh method, as a fresh process does."""
    method = method_of(settings)
    return [method.improve(number) for number in (1, 2)][-1]


def killed_after(step: int) -> Callable[[Reports, str], object]:
    """Return observers of learning that ask to stop at a step."""

    def observe(at: int, steps: int, scalars: dict[str, float]) -> None:
        del steps, scalars
        if at == step:
            os.kill(os.getpid(), signal.SIGTERM)

    return lambda reports, name: observe


@pytest.mark.usefixtures("driven")
@pytest.mark.parametrize("method", ["loop", "ppo", "residual"])
def test_a_run_that_was_cut_off_comes_out_to_the_same_bits(
    method: MethodName, model: VlaModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = turning(model, 0.2)
    whole = improve_all(settings_in(tmp_path / "whole", method, model))
    settings = settings_in(tmp_path / "cut", method, model)
    with monkeypatch.context() as patch, pytest.raises(Stopped):
        patch.setattr(Reports, "learning", killed_after(3))  # in the middle of round 2
        improve_all(settings)
    assert not stage_of(settings, 2).checkpoint.exists()
    resumed = improve_all(settings)
    taught = [n for n, v in load_model(stage_of(settings, 1).checkpoint).state_dict().items()
              if not torch.equal(v, whole.state_dict()[n])]  # fmt: skip
    assert taught
    assert method != "residual" or all(name.startswith("head.residual.") for name in taught)
    for name, value in whole.state_dict().items():
        assert torch.equal(value, resumed.state_dict()[name]), name


@pytest.mark.usefixtures("driven")
def test_files_of_another_architecture_are_refused_by_name(model: VlaModel, tmp_path: Path) -> None:
    settings = settings_in(tmp_path, "ppo", turning(model, 0.2))
    method_of(settings).improve(1)
    learner = tmp_path / "round1_learner.pt"
    other = VlaModel(replace(SIZES["debug"], d_model=32), model.instruct.signs)
    Learner(other, LearnConfig()).save(learner)
    with pytest.raises(CanterError, match=r"round1_learner\.pt holds a model of other sizes"):
        method_of(settings).improve(2)
    Learner(model, LearnConfig()).save(learner)  # of the same sizes, without a critic
    with pytest.raises(CanterError, match=r"round1_learner\.pt is of no training .*critic"):
        method_of(settings).improve(2)
    saved = {"config": asdict(other.config), "average": model.state_dict()}
    atomic_save(saved, stage_of(settings, 0).checkpoint)
    with pytest.raises(CanterError, match=r"start\.pt holds no model of this version"):
        method_of(settings)
