"""The model looks only back; its loss has the expectile as its least; methods differ as told."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from canter.control.errors import CanterError
from canter.rl.offline.offline_settings import MethodName, SequenceSizes
from canter.rl.offline.sequence_agent import SequenceAgent
from canter.rl.offline.sequence_learner import SequenceLearner
from canter.rl.offline.sequence_model import (
    SequenceConfig,
    SequenceModel,
    expectile_loss,
    load_sequence_model,
    save_sequence_model,
    sequence_terms,
)
from canter.rl.offline.trajectories import Scale, TrajectoryData, Windows
from canter.vla.learner import LearnConfig
from tests.rl.offline.mixed_sets import two_ways

UNIT = Scale((0.0,), (1.0,))
SIZES = SequenceSizes(context=4, d_model=16, layers=1, heads=2, dropout=0.0)


def made(method: MethodName) -> SequenceModel:
    torch.manual_seed(0)
    return SequenceModel(SequenceConfig(method, SIZES, UNIT, UNIT, UNIT, 1.0, "")).eval()


def test_the_expectile_is_where_the_loss_is_least() -> None:
    # Of 2/3 zeros and 1/3 ones: t p (1 - e) = (1 - t) (1 - p) e.
    share, expectile = 1 / 3, 0.99
    least = expectile * share / (expectile * share + (1 - expectile) * (1 - share))
    guess = torch.tensor(least, dtype=torch.float64, requires_grad=True)
    loss = expectile_loss(torch.tensor([0.0, 0.0, 1.0], dtype=torch.float64) - guess, expectile)
    torch.autograd.backward(loss)
    assert guess.grad is not None
    assert float(guess.grad) == pytest.approx(0.0, abs=1e-8)  # the weights are float32
    assert least > 0.98


@torch.no_grad()
def test_it_looks_back_only() -> None:
    model = made("reinformer")
    seen, left, done = torch.randn(3, 4, 1), torch.randn(3, 4), torch.randn(3, 4, 1)
    told = model(seen, left, done)

    def changed(position: int, *, of: str) -> tuple[list[bool], list[bool]]:
        parts = {"seen": seen.clone(), "left": left.clone(), "done": done.clone()}
        parts[of][:, position] += 1.0
        now = model(*parts.values())
        returns, actions = (
            [not torch.equal(a[:, i], b[:, i]) for i in range(4)]
            for a, b in ((told.returns, now.returns), (told.actions, now.actions))
        )
        return returns, actions

    assert changed(2, of="seen") == ([False, False, True, True], [False, False, True, True])
    assert changed(2, of="left") == ([False, False, False, True], [False, False, True, True])
    assert changed(2, of="done") == ([False, False, False, True], [False, False, False, True])


@torch.no_grad()
def test_cloning_is_shown_no_return() -> None:
    model = made("bc")
    seen, done = torch.randn(3, 4, 1), torch.randn(3, 4, 1)
    one, other = (model(seen, torch.full((3, 4), value), done).actions for value in (0.0, 9.0))
    assert torch.equal(one, other)
    windows = TrajectoryData(two_ways(), "").draw(8, 4, (0, 0))
    assert set(sequence_terms(model, windows, 0.99)) == {"action"}
    assert set(sequence_terms(made("reinformer"), windows, 0.99)) == {"action", "return"}


@torch.no_grad()
def test_an_agent_says_what_the_whole_window_says() -> None:
    model = made("dt")
    agent = SequenceAgent(model, robots=2, target=5.0)
    rng = np.random.default_rng(0)
    seen = rng.normal(size=(6, 2, 1)).astype(np.float32)
    rewards = rng.normal(size=(6, 2)).astype(np.float32)
    acted, promised = [], []
    for now, reward in zip(seen, rewards, strict=True):
        promised.append(agent.returns.copy())
        acted.append(agent.act(now))
        agent.earn(reward)
    np.testing.assert_allclose(promised, 5.0 - np.cumsum(rewards, 0) + rewards, rtol=1e-5)
    past = slice(2, 6)  # the four steps that its context holds at the end
    parts = (seen[past], np.stack(promised)[past], np.stack(acted)[past])
    whole = model(*(torch.from_numpy(part.swapaxes(0, 1)) for part in parts))
    np.testing.assert_allclose(acted[-1], whole.actions[:, -1].numpy(), atol=1e-5)
    with pytest.raises(CanterError, match="observations have shape"):
        agent.act(np.zeros((3, 1), np.float32))


@pytest.mark.parametrize(("method", "wanted"), [("bc", -1 / 3), ("dt", 1.0), ("reinformer", 1.0)])
def test_of_two_ways_the_better_is_taken_where_returns_are_known(
    method: MethodName, wanted: float, tmp_path: Path
) -> None:
    data = TrajectoryData(two_ways(), "")
    scales = Scale.of(data.observations), Scale.of(data.actions), Scale.of(data.returns[:, None])
    sizes = replace(SIZES, context=1)
    config = SequenceConfig(method, sizes, *scales, target=data.best, world="")
    torch.manual_seed(0)
    learner = SequenceLearner(SequenceModel(config), LearnConfig(steps=150, learning_rate=1e-2))
    learner.learn(data, batch=32, expectile=0.99, seed=0)
    save_sequence_model(learner.model, tmp_path / "m.pt")
    agent = SequenceAgent(load_sequence_model(tmp_path / "m.pt"), robots=1)
    assert agent.act(np.zeros((1, 1), np.float32)).item() == pytest.approx(wanted, abs=0.2)


class CutOff(TrajectoryData):
    """Data of a training that is cut off before its third step."""

    def draw(self, size: int, length: int, seed: tuple[int, int]) -> Windows:
        if seed[1] == 2:
            raise KeyboardInterrupt
        return super().draw(size, length, seed)


def test_a_training_that_was_cut_off_ends_as_one_that_was_not(tmp_path: Path) -> None:
    def learn(data: TrajectoryData, name: str) -> dict[str, torch.Tensor]:
        config = LearnConfig(steps=4, warmup=1, save_every=1, checkpoint=tmp_path / name)
        learner = SequenceLearner(made("reinformer"), config)
        return learner.learn(data, batch=4, expectile=0.9, seed=3).state_dict()

    whole = learn(TrajectoryData(two_ways(), ""), "whole.pt")
    with pytest.raises(KeyboardInterrupt):
        learn(CutOff(two_ways(), ""), "cut.pt")
    for name, value in learn(TrajectoryData(two_ways(), ""), "cut.pt").items():
        assert torch.equal(value, whole[name]), name
    with pytest.raises(CanterError, match="is of no training like this one"):
        SequenceLearner(made("bc"), LearnConfig(checkpoint=tmp_path / "cut.pt"))


def test_files_that_are_no_sequence_model_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CanterError, match="train one: canter train offline"):
        load_sequence_model(tmp_path / "none.pt")
    torch.save({"average": {}}, tmp_path / "other.pt")
    with pytest.raises(CanterError, match="holds no sequence model"):
        load_sequence_model(tmp_path / "other.pt")
