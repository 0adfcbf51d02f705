"""What recap imitates, by hand; the good mark as a bias; and that marks tell good from bad."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from canter.control.types import CHUNK_STEPS
from canter.rl.reinforcement.exploration import Exploration
from canter.rl.reinforcement.method import learnable
from canter.rl.reinforcement.objectives import executed
from canter.rl.reinforcement.privileged_state import PRIVILEGED
from canter.rl.reinforcement.recap import MarkedModel, executed_chunks, recap_terms
from canter.rl.reinforcement.reinforcement_settings import RecapLearning
from canter.rl.reinforcement.trajectory import Trajectory, TrajectoryBatch, collate
from canter.vla.instruction import InstructionCode
from canter.vla.losses import total
from canter.vla.model import VlaModel
from canter.vla.proprio import PROPRIO
from canter.vla.vision import GRID

HOW = Exploration(noise=0.2)


def tried(model: VlaModel, noise: float, pictures: int = 3) -> Trajectory:
    """Return a rollout whose driver says 0, with the same noise on all commands."""
    rng = np.random.default_rng(pictures)
    active, seen = (
        len(model.config.active_fields),
        (GRID[0] * GRID[1], model.config.stem_channels[1]),
    )
    return Trajectory(
        features=rng.standard_normal((pictures, *seen)).astype(np.float16),
        proprio=np.zeros((pictures, PROPRIO.size), np.float32),
        instruction=np.zeros(InstructionCode(model.config.tasks).layout.size, np.float32),
        values=np.zeros((pictures, CHUNK_STEPS, active), np.float32),
        noise=np.full((pictures, active), noise, np.float32),
        privileged=np.zeros((pictures, PRIVILEGED.size), np.float32),
    )


def commanded(model: VlaModel, batch: TrajectoryBatch) -> float:
    """Return the mean turn rate over the first rollout's pictures."""
    with torch.no_grad():
        out = model.forward_features(batch.features, batch.proprio, batch.instruction, batch.mask)
    return float(executed(out.values)[0, :, model.config.active_fields.index("wz")].mean())


def test_what_is_imitated_is_what_was_executed_next_and_planned_behind_the_end(
    model: VlaModel,
) -> None:
    short, long = tried(model, 0.0, pictures=1), tried(model, 0.0)
    told = 100 * np.arange(3)[:, None, None] + np.arange(CHUNK_STEPS)[:, None]
    long = replace(long, values=np.broadcast_to(told, long.values.shape).astype(np.float32))
    long.noise[1] += 0.5
    batch = collate([short, long], [1.0, 0.0], [0.0, 0.0])
    chunks = executed_chunks(batch)[1, :, :, 0].tolist()
    # two commands of each picture are executed, and the third picture is the last
    last = [200.0 + k for k in range(CHUNK_STEPS)]
    assert chunks[0] == [0.0, 1.0, 100.5, 101.5, *last[:6]]
    assert chunks[1] == [100.5, 101.5, *last[:8]]
    assert chunks[2] == last


def test_the_good_mark_becomes_a_bias(model: VlaModel) -> None:
    marked = MarkedModel.of(model).eval()
    torch.nn.init.normal_(marked.marks)
    batch = collate([tried(model, 0.1), tried(model, 0.2, pictures=2)], [1.0, 0.0], [0.5, -0.5])
    told = batch.proprio, batch.instruction, batch.mask
    with torch.no_grad():
        push = marked.push(torch.ones(2), torch.ones(2, dtype=torch.bool))
        pushed = marked.forward_features(batch.features, *told, push).values
        plain = marked.good().forward_features(batch.features, *told).values
    assert not hasattr(marked.good(), "marks")
    torch.testing.assert_close(pushed[batch.mask], plain[batch.mask])


def test_marks_are_of_advantage_and_are_hidden_at_times(model: VlaModel) -> None:
    marked = MarkedModel.of(model)
    with torch.no_grad():
        marked.marks[:] = torch.tensor([[1.0], [2.0]])
    shown = torch.tensor([True, True, True, False])
    push = marked.push(torch.tensor([0.5, -0.1, 0.0, 0.5]), shown)
    assert push[:, 0].tolist() == [1.0, 2.0, 0.0, 0.0]


def test_of_good_and_bad_rollouts_alike_the_good_ones_are_driven(model: VlaModel) -> None:
    torch.manual_seed(0)
    batch = collate([tried(model, 0.5), tried(model, -0.5)], [1.0, 0.0], [0.5, -0.5])
    marked = MarkedModel.of(model)
    learnable(marked)
    optimiser = torch.optim.Adam([p for p in marked.parameters() if p.requires_grad], 3e-3)
    for _ in range(60):
        terms, _ = recap_terms(marked, batch, model, HOW, RecapLearning(unmarked=0.0))
        optimiser.zero_grad()
        total(terms).backward()
        optimiser.step()
    assert commanded(marked.good(), batch) == pytest.approx(0.5, abs=0.2)
