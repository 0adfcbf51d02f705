"""Calibrated commands by hand, and swing heights of motions that are known."""

import numpy as np
import torch
from torch import nn

from canter.control.gait.observation import GAIT_TERMS, observation_layout
from canter.control.robot import GO2
from canter.rl.locomotion.command_calibration import (
    GAIN_SHARE,
    CalibratedActor,
    Calibration,
    _line,
    swing_heights,
)
from canter.sim.locomotion.locomotion_commands import WHOLE, command_fields, sample_commands
from canter.sim.physics.batched_sim import CONTROL_PERIOD

LAYOUT = observation_layout(GAIT_TERMS)
ACTOR = CalibratedActor(
    nn.Identity(), GAIT_TERMS, Calibration((0.8, 0.9, 1.1, 1.0), (0.1, 0.0, -0.05, -0.01))
)


def seen(moving: float) -> torch.Tensor:
    """Return an observation of a command, (1, size)."""
    observation = torch.randn(1, LAYOUT.size, generator=torch.Generator().manual_seed(0))
    observation[:, LAYOUT["velocity_command"]] = torch.tensor([0.6, -0.18, 0.6])
    observation[:, LAYOUT["swing_height_command"]] = 5.0 * 0.08  # scale 5
    observation[:, LAYOUT["foot_clock"].stop - 1] = moving
    return observation


def test_a_robot_that_steps_is_told_what_makes_it_reach_what_is_asked() -> None:
    told = ACTOR(seen(1.0))
    expected = [(0.6 - 0.1) / 0.8, -0.18 / 0.9, (0.6 + 0.05) / 1.1]
    np.testing.assert_allclose(told[0, LAYOUT["velocity_command"]], expected, rtol=1e-6)
    np.testing.assert_allclose(told[0, LAYOUT["swing_height_command"]], [5.0 * 0.09], rtol=1e-6)
    changed = (told != seen(1.0))[0]
    assert int(changed.sum()) == 4  # and nothing else


def test_a_robot_that_stands_is_told_what_was_asked() -> None:
    torch.testing.assert_close(ACTOR(seen(0.0)), seen(0.0))


def test_lines_are_found_again_and_mended_in_part() -> None:
    commands = sample_commands(WHOLE, 400, np.random.default_rng(0))
    f = command_fields(commands)
    reached = np.stack(
        [0.8 * f["vx"] + 0.1, 0.9 * f["vy"], 1.1 * f["wz"], f["swing_height"] - 0.02], axis=-1
    ).astype(float)
    found = _line(commands, reached, np.ones(400, bool))
    np.testing.assert_allclose(found.gain, [*np.power([0.8, 0.9, 1.1], GAIN_SHARE), 1.0], rtol=1e-5)
    np.testing.assert_allclose(found.offset, [0.1, 0.0, 0.0, -0.006], atol=1e-5)


def test_swings_peak_at_half_a_sine_whatever_their_frequency() -> None:
    time = CONTROL_PERIOD * np.arange(200)
    rates = np.array([1.6, 2.0, 3.3])
    phase = rates[None, :, None] * time[:, None, None] + np.zeros((1, 1, len(GO2.foot_names)))
    peaks = swing_heights(0.06 * np.maximum(np.sin(2 * np.pi * phase), 0.0), rates)
    np.testing.assert_allclose(peaks, 0.06, rtol=0.03)
