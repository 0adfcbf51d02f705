"""Loops learn what is there to be learned, resume exactly where they stopped, and report."""

import os
import signal
from itertools import repeat
from pathlib import Path

import numpy as np
import pytest
import torch

from canter.control.errors import CanterError
from canter.control.stop import Stopped
from canter.vla.config import PRESETS
from canter.vla.data import collate, view_batches
from canter.vla.learner import LearnConfig, Learner, load_model
from canter.vla.model import VlaModel
from canter.vla.train import (
    CloneConfig,
    TensorBoardScalars,
    clone,
    episode_terms,
    pretrain_perception,
    view_terms,
)
from tests.vla.records import make_episode, make_views


def test_schedule_warms_up_and_ends_low() -> None:
    config = LearnConfig(steps=100, learning_rate=1.0, warmup=10, final_fraction=0.1)
    assert config.rate(0) == pytest.approx(0.1)
    assert config.rate(10) == pytest.approx(1.0)
    assert config.rate(55) == pytest.approx(0.1 + 0.9 * 0.5)
    assert config.rate(100) == pytest.approx(0.1)


def test_perception_learns_bright_from_dark(model: VlaModel) -> None:
    views = make_views(64)
    config = LearnConfig(steps=60, learning_rate=5e-3, warmup=5, ema=0.8, bfloat16=False)
    trained = pretrain_perception(model, view_batches(views, 16, np.random.default_rng(0)), config)
    with torch.no_grad():
        arrays = (views.images, views.referents, views.signs, views.gravity)
        percept = trained.forward_views(*map(torch.from_numpy, arrays)).percept
    assert ((percept.seen_logit > 0).numpy() == views.seen).mean() > 0.95


def test_cloning_learns_a_constant_command(model: VlaModel) -> None:
    episodes = [make_episode(n, seed=n) for n in (3, 5, 6)]
    config = LearnConfig(steps=90, learning_rate=5e-3, warmup=5, ema=0.8, bfloat16=False)
    trained = clone(model, episodes, config, cloning=CloneConfig(frames_per_batch=16))
    batch = collate(episodes)
    with torch.no_grad():
        out = trained.forward_sequence(batch.images, batch.proprio, batch.instruction, batch.mask)
    got = trained.head.codec.decode(out.values)[batch.mask]
    np.testing.assert_allclose(got.numpy(), batch.chunk[batch.mask].numpy(), atol=0.15)


def test_every_parameter_learns(model: VlaModel) -> None:
    terms = episode_terms(model, collate([make_episode(8, seed=n) for n in range(3)]))
    seen = view_terms(model, make_views(4))  # which alone teach how far it is free
    torch.stack([*terms.values(), *seen.values()]).sum().backward()
    idle = [n for n, p in model.named_parameters() if p.grad is None or not p.grad.any()]
    assert not idle


def test_resume_continues_the_same_run(model: VlaModel, tmp_path: Path) -> None:
    batch = make_views(8)
    path = tmp_path / "perception.pt"
    config = LearnConfig(steps=4, save_every=2, warmup=1, bfloat16=False, checkpoint=path)

    def run(steps: int) -> VlaModel:
        learner = Learner(model, config)
        model.eval()  # no noise, so that both runs see the same
        while learner.step < steps:
            terms = episode_terms(model, collate([make_episode(3)]))
            learner.update(torch.stack(list(terms.values())).sum())
        return learner.average

    start = {name: value.clone() for name, value in model.state_dict().items()}
    whole = run(4).state_dict()
    path.unlink()
    model.load_state_dict(start)
    run(2)
    model.load_state_dict(start)
    resumed = run(4).state_dict()
    assert Learner(model, config).step == 4
    for name, value in whole.items():
        torch.testing.assert_close(resumed[name], value)
    assert len(batch) == 8


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_ends_it_with_the_newest_step_saved(
    model: VlaModel, tmp_path: Path, number: signal.Signals
) -> None:
    config = LearnConfig(steps=9, checkpoint=tmp_path / "a.pt", report_every=1, bfloat16=False)

    def ask(step: int, steps: int, scalars: dict[str, float]) -> None:
        del steps, scalars
        if step == 4:
            os.kill(os.getpid(), number)

    batches = view_batches(make_views(16), 8, np.random.default_rng(0))
    with pytest.raises(Stopped) as stopped:
        pretrain_perception(model, batches, config, [ask])
    assert stopped.value.number == number
    assert Learner(model, config).step == 4


def test_checkpoint_of_another_size_is_refused(model: VlaModel, tmp_path: Path) -> None:
    path = tmp_path / "debug.pt"
    Learner(model, LearnConfig()).save(path)
    other = VlaModel(PRESETS["nano"], model.instruct.signs)
    with pytest.raises(CanterError, match="other sizes"):
        Learner(other, LearnConfig(checkpoint=path))


def test_parts_learn_at_rates_of_their_own(model: VlaModel) -> None:
    config = LearnConfig(learning_rate=1e-3, warmup=1, weight_decay=0.0, rate_factors={"head.": 5})
    learner = Learner(model, config)
    before = {name: p.detach().clone() for name, p in model.named_parameters()}
    learner.update(torch.stack([(3.0 * p).sum() for p in model.parameters()]).sum())
    for name, p in model.named_parameters():  # Adam's first step is the rate
        rate = torch.full_like(p, 5e-3 if name.startswith("head.") else 1e-3)
        torch.testing.assert_close(before[name] - p.detach(), rate, rtol=1e-2, atol=1e-6)


def test_loaded_model_is_the_average(model: VlaModel, tmp_path: Path) -> None:
    path = tmp_path / "debug.pt"
    learner = Learner(model, LearnConfig())
    learner.save(path)
    for name, value in load_model(path).state_dict().items():
        torch.testing.assert_close(value, learner.average.state_dict()[name])


def test_unreadable_checkpoint_is_named(tmp_path: Path) -> None:
    path = tmp_path / "broken.pt"
    path.write_bytes(b"nothing")
    with pytest.raises(CanterError, match=r"broken\.pt"):
        load_model(path)


def test_observers_hear_the_terms(model: VlaModel, tmp_path: Path) -> None:
    heard: list[tuple[int, dict[str, float]]] = []
    board = TensorBoardScalars(tmp_path, "perception")
    pretrain_perception(
        model,
        repeat(make_views(4)),
        LearnConfig(steps=3, report_every=2),
        [lambda step, _total, scalars: heard.append((step, scalars)), board],
    )
    assert [step for step, _ in heard] == [2, 3]
    assert {"seen", "bearing", "distance", "attention", "loss"} <= heard[0][1].keys()
    assert list(tmp_path.glob("events*"))


def test_not_a_number_stops_the_run(model: VlaModel) -> None:
    learner = Learner(model, LearnConfig())
    loss = next(model.parameters()).sum() * torch.nan
    with pytest.raises(CanterError, match="gradient at step 0"):
        learner.update(loss)
