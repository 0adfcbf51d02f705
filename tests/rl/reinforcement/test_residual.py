"""The correction is nothing at first, stays within its bound, learns alone, and is exported."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from canter.control.errors import CanterError
from canter.datasets.language.understanding import understand
from canter.rl.reinforcement.loop import loop_terms
from canter.rl.reinforcement.reinforcement_settings import ClippedLearning, ResidualLearning
from canter.rl.reinforcement.residual import corrected
from canter.rl.train_vla import export_trained
from canter.vla.config import IMAGE_SHAPE
from canter.vla.heads import ResidualHead
from canter.vla.instruction import InstructionCode
from canter.vla.learner import load_model, save_model
from canter.vla.model import VlaModel
from canter.vla.proprio import PROPRIO
from canter.vla.runtime import VlaRuntime
from tests.rl.reinforcement.bandit import improve, play, spoken, turn, turning

HOW = ResidualLearning(ClippedLearning(updates=6, rate=1e-2, kl=0.0), width=8, bound=0.15)


def residual_of(model: VlaModel) -> ResidualHead:
    residual = model.head.residual
    assert isinstance(residual, ResidualHead)
    return residual


def shaken(model: VlaModel, size: float) -> VlaModel:
    """Return the model with a correction of random weights."""
    torch.manual_seed(1)
    with torch.no_grad():
        for parameter in residual_of(model).parameters():
            parameter.normal_(std=size)
    return model


def test_it_is_exactly_nothing_at_first(model: VlaModel) -> None:
    with_one = corrected(model, HOW)
    assert with_one.config == replace(model.config, residual=8, residual_bound=0.15)
    np.testing.assert_array_equal(spoken(with_one).values, spoken(model).values)


def test_it_stays_within_its_bound(model: VlaModel) -> None:
    before, after = spoken(model).values, spoken(shaken(corrected(model, HOW), 100.0)).values
    moved = np.abs(after - before).reshape(-1, len(model.config.active_fields))
    stop = model.config.active_fields.index("terminate")
    others = np.delete(moved, stop, axis=1)
    assert 0.14 < others.max() <= 0.15 + 1e-6
    # a probability of a half moves by 15 % of its half range, to 0.575
    logit = math.log(0.575 / 0.425)
    assert 0.9 * logit < moved[:, stop].max() <= logit + 1e-5


def test_it_learns_alone(model: VlaModel, tmp_path: Path) -> None:
    start = turning(model, 0.2)
    learnt = corrected(start, HOW)
    begun = {name: value.clone() for name, value in learnt.state_dict().items()}
    for number in range(4):
        samples = play(learnt, tmp_path, number).samples()
        learnt = corrected(
            improve(learnt, start, samples, HOW.policy, loop_terms), HOW
        )  # as a round does
    assert turn(learnt) - turn(start) > 0.05
    for name, value in learnt.state_dict().items():
        assert torch.equal(value, begun[name]) or name.startswith("head.residual.")


def test_model_and_correction_are_exported_as_one(model: VlaModel, tmp_path: Path) -> None:
    both, path = shaken(corrected(model, HOW), 0.5), tmp_path / "policy.onnx"
    export_trained(both, 0, path)
    runtime, text = VlaRuntime(path), "go to the red ball"
    runtime.reset(text)
    rng = np.random.default_rng(0)
    image = rng.integers(0, 256, (1, *IMAGE_SHAPE)).astype(np.uint8)
    proprio = rng.normal(size=(1, PROPRIO.size)).astype(np.float32)
    said = torch.from_numpy(InstructionCode(both.config.tasks).encode(understand(text)))[None]
    told = torch.from_numpy(image), torch.from_numpy(proprio), said
    with torch.no_grad():
        expected = both.step(*told, both.initial_state(1)).chunk.numpy()
        plain = model.step(*told, model.initial_state(1)).chunk.numpy()
    low, high = np.array(list(runtime.contract.command_ranges.values())).T
    got = runtime.step(image, proprio).chunk
    np.testing.assert_allclose(got, expected.clip(low, high), atol=1e-4)
    assert np.abs(got - plain.clip(low, high)).max() > 1e-2
    back = load_model(path)
    assert back.config == both.config
    assert all(torch.equal(v, back.state_dict()[n]) for n, v in both.state_dict().items())


def test_a_correction_of_another_size_is_refused(model: VlaModel, tmp_path: Path) -> None:
    with_one = corrected(model, HOW)
    assert corrected(with_one, HOW) is with_one
    with pytest.raises(CanterError, match=r"residual of width 8, bounded by 0\.15, not 16"):
        corrected(with_one, replace(HOW, width=16))
    save_model(with_one, tmp_path / "with.pt")
    assert load_model(tmp_path / "with.pt").config.residual == 8


@pytest.mark.parametrize("wrong", [{"width": 0}, {"bound": 0.0}, {"bound": 1.0}])
def test_what_corrects_nothing_or_has_no_bound_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(CanterError, match="give a width of 1 or more, and a bound between"):
        replace(HOW, **wrong).check()  # type: ignore[arg-type]
