"""A bandit's liked command is learnt, and no more."""

from pathlib import Path

import pytest
import torch

from canter.control.errors import CanterError
from canter.rl.reinforcement.clipped_method import Reference
from canter.rl.reinforcement.loop import loop_terms
from canter.rl.reinforcement.method import learnable
from canter.rl.reinforcement.reinforcement_settings import ClippedLearning
from canter.rl.reinforcement.trajectory import Sample, collate
from canter.vla.learner import load_model, save_model
from canter.vla.model import VlaModel
from canter.vla.sight import SIGHT
from tests.rl.reinforcement.bandit import HOW, improve, play, spoken, turn, turning


@pytest.mark.parametrize(("kl", "learnt"), [(0.0, True), (100.0, False)])
def test_what_is_rewarded_is_learnt_unless_the_start_holds_it_back(
    model: VlaModel, tmp_path: Path, kl: float, learnt: bool
) -> None:
    model = turning(model, 0.2)  # near what is liked, so that some rollouts pass it
    save_model(model, tmp_path / "start.pt")
    start = load_model(tmp_path / "start.pt").requires_grad_(False)
    begun = turn(start)
    config = ClippedLearning(updates=6, rate=3e-3, kl=kl)
    for number in range(4):
        samples = play(model, tmp_path, number).samples()
        model = improve(learnable(model), start, samples, config, loop_terms)
    gained = turn(model) - begun
    assert (gained > 0.1) == learnt
    assert learnt or abs(gained) < 0.05
    kept = [model.get_submodule(name).state_dict() for name in SIGHT]
    for name, now in zip(SIGHT, kept, strict=True):
        then = start.get_submodule(name).state_dict()
        assert all(torch.equal(now[key], then[key]) for key in then)


def test_the_first_ratios_are_one(model: VlaModel) -> None:
    batch = collate([spoken(model, 3), spoken(model, 4)], [1, 0], [0.5, -0.5])
    terms, told = loop_terms(model, batch, Reference(model, HOW, ClippedLearning()))
    assert float(terms["policy"].detach()) == pytest.approx(0.0, abs=1e-3)
    assert told["clipped"] == 0.0
    assert told["kl_to_start"] == pytest.approx(0.0, abs=1e-6)
    assert told["kl_to_driver"] == pytest.approx(0.0, abs=1e-3)


def test_a_loss_that_is_no_number_is_an_error(model: VlaModel, tmp_path: Path) -> None:
    sample = play(model, tmp_path, 0, count=2).samples()[0]
    broken = [Sample(sample.path, sample.frames, 1.0, float("nan"))]
    with pytest.raises(CanterError, match="gradient at step 0 is nan"):
        improve(learnable(model), model, broken, ClippedLearning(updates=1), loop_terms)
