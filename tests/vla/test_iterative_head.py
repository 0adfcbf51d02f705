"""Heads that answer in passes: what passes must say is by hand, and a learnt head says it."""

from itertools import product

import pytest
import torch

from canter.control.types import CHUNK_STEPS, GAIT_LAYOUT, GaitCommand
from canter.vla.config import VlaConfig
from canter.vla.iterative_head import LOGIT_SCALE, SECOND, IterativeHead
from canter.vla.losses import iterative_loss

FIELDS = ("vx", "wz", "terminate")
WIDTH = 32
TOKENS = torch.eye(2, WIDTH)


def head(kind: str, **changes: int) -> IterativeHead:
    torch.manual_seed(0)
    return IterativeHead(VlaConfig(d_model=WIDTH, active_fields=FIELDS, head=kind, **changes))  # type: ignore[arg-type]


def commands() -> torch.Tensor:
    """Of two frames: one that walks, one that is done."""
    walks, done = GaitCommand(vx=0.75, wz=-0.5).to_array(), GaitCommand(terminate=1.0).to_array()
    rows = torch.stack([torch.from_numpy(walks), torch.from_numpy(done)])
    return rows[:, None].repeat(1, CHUNK_STEPS, 1)


def test_points_by_hand() -> None:
    points = head("flow").points(commands()).unflatten(1, (CHUNK_STEPS, len(FIELDS)))
    assert points.shape == (2, CHUNK_STEPS, 3)
    assert points[0, 0].tolist() == pytest.approx([0.75 / 1.5, -0.5 / 1.5, -1.0])
    assert points[1, 3].tolist() == pytest.approx([0.0, 0.0, 1.0])


@pytest.mark.parametrize(("kind", "horizon"), list(product(["two_pass", "flow"], [2, CHUNK_STEPS])))
def test_a_head_that_has_learnt_says_what_it_was_taught(kind: str, horizon: int) -> None:
    made = head(kind, horizon=horizon)
    optimiser = torch.optim.Adam(made.parameters(), lr=3e-3)
    for _ in range(300):
        context = made(TOKENS, torch.zeros(2, 6)).repeat(16, 1)
        asked = commands()[:, :horizon].repeat(16, 1, 1)
        (loss,) = iterative_loss(context, asked, made).values()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    with torch.no_grad():
        said = made.codec.decode(made.values(made(TOKENS, torch.zeros(2, 6))))
    assert said.shape == (2, CHUNK_STEPS, 12)
    for name, tolerance in {"vx": 0.2, "wz": 0.2, "terminate": 0.2}.items():
        apart = (said - commands())[..., GAIT_LAYOUT[name]].abs()
        assert apart.max().item() < tolerance


def test_a_flow_follows_its_velocity() -> None:
    """A velocity that is the time, t: after two steps of a half the point is (0 + .5) / 2."""
    made = head("flow", flow_steps=2)
    made.refined = lambda context, points, time: time.expand_as(points)  # type: ignore[method-assign]
    values = made.values(torch.zeros(1, 2 * WIDTH))
    assert values[0, :, 0].tolist() == pytest.approx([0.25] * CHUNK_STEPS)
    assert values[0, :, 2].tolist() == pytest.approx([0.25 * LOGIT_SCALE] * CHUNK_STEPS)


def test_the_second_pass_sees_the_first_answer() -> None:
    made = head("two_pass")
    made.refined = lambda context, points, time: points + 1.0  # type: ignore[method-assign]
    assert made.values(torch.zeros(1, 2 * WIDTH))[0, 0, 0].item() == pytest.approx(SECOND + 1.0)


def test_no_miss_where_passes_say_what_they_should() -> None:
    made, target = head("two_pass"), head("two_pass").points(commands())
    made.refined = lambda context, points, time: target  # type: ignore[method-assign]
    assert not made.misses(torch.zeros(2, 2 * WIDTH), commands()).any()
