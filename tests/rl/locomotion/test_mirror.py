"""The mirror against geometry: mirrored commands, states and actions of the open-loop gait."""

import numpy as np
import pytest
import torch
from torch import nn

from canter.control.gait.observation import GAIT_TERMS, LOCOMOTION_TERMS, observation_layout
from canter.control.robot import GO2
from canter.rl.locomotion.gait_prior import GaitPrior
from canter.rl.locomotion.mirror import Mirror, MirroredActor, mirror_observation

TERMS = observation_layout(GAIT_TERMS)
MIRROR = Mirror(GAIT_TERMS, GO2)
PRIOR = GaitPrior(GO2)


def views(n: int = 32) -> torch.Tensor:
    """Return random observations whose commands can be walked, (n, size)."""
    seen = torch.randn(n, TERMS.size, generator=torch.Generator().manual_seed(0))
    for name in ("velocity_command", "foot_clock"):
        seen[:, TERMS[name]] = torch.clamp(0.5 * seen[:, TERMS[name]], -1.0, 1.0)
    for name, low, high in (
        ("step_freq_command", 0.4, 1.0),
        ("stance_width_command", 0.8, 1.8),
        ("swing_height_command", 0.2, 0.7),
        ("body_height_command", -0.5, 0.2),
        ("body_pitch_command", -0.6, 0.6),
    ):
        seen[:, TERMS[name]] = low + (high - low) * torch.rand(n, 1)
    return seen


def test_a_mirrored_mirror_is_the_thing_itself() -> None:
    seen, action = views(), torch.randn(32, 12)
    assert torch.equal(MIRROR.observation(MIRROR.observation(seen)), seen)
    assert torch.equal(MIRROR.action(MIRROR.action(action)), action)


def test_the_open_loop_gait_knows_no_side() -> None:
    """Its kinematics is symmetric by construction: an independent check of every sign and order."""
    seen = views()
    np.testing.assert_allclose(
        PRIOR(MIRROR.observation(seen)).numpy(), MIRROR.action(PRIOR(seen)).numpy(), atol=1e-4
    )


def test_a_lean_to_the_left_mirrors_to_one_to_the_right() -> None:
    seen = torch.zeros(1, TERMS.size)
    seen[:, TERMS["projected_gravity_b"]] = torch.tensor([0.1, 0.2, -0.97])
    seen[:, TERMS["base_ang_vel_b"]] = torch.tensor([1.0, 2.0, 3.0])
    there = MIRROR.observation(seen)[0]
    np.testing.assert_allclose(there[TERMS["projected_gravity_b"]], [0.1, -0.2, -0.97])
    np.testing.assert_allclose(there[TERMS["base_ang_vel_b"]], [-1.0, 2.0, -3.0])


def test_any_actor_becomes_symmetric() -> None:
    torch.manual_seed(1)
    actor = MirroredActor(
        nn.Sequential(nn.Linear(TERMS.size, 32), nn.ELU(), nn.Linear(32, 12)), MIRROR
    )
    seen = views()
    with torch.no_grad():
        here, there = actor(seen), actor(MIRROR.observation(seen))
    torch.testing.assert_close(there, MIRROR.action(here), atol=1e-5, rtol=0)


def test_terms_without_a_known_mirror_are_refused() -> None:
    with pytest.raises(ValueError, match="gait_clock"):
        mirror_observation(LOCOMOTION_TERMS, GO2)
