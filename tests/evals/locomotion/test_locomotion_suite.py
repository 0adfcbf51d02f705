"""Figures of the locomotion suite on motions whose errors are known."""

import numpy as np
import pytest

from canter.control.robot import GO2
from canter.evals.locomotion.locomotion_suite import (
    MEASURE_S,
    Record,
    cycle_average,
    grid_commands,
    style,
    tracking,
)
from canter.sim.locomotion.locomotion_commands import command_fields
from canter.sim.physics.batched_sim import CONTROL_PERIOD

STEPS = round(MEASURE_S / CONTROL_PERIOD)
CYCLE = 25
"""Control steps of one 2 Hz cycle."""


def moving_as_told(speed_error: float, yaw_error: float, drift: float) -> Record:
    """Robots off their commands by fixed errors, swaying sideways once a cycle."""
    fields = command_fields(grid_commands())
    count = len(fields["vx"])
    time = np.arange(STEPS) * CONTROL_PERIOD
    sway = 0.3 * np.sin(2 * np.pi * np.arange(STEPS) / CYCLE)
    velocity = np.stack([fields["vx"] + speed_error, fields["vy"]], axis=-1) * np.ones(
        (STEPS, 1, 1)
    )
    velocity[..., 1] += sway[:, None]
    position = np.zeros((STEPS, count, 2))
    position[..., 0] = drift * time[:, None] * STEPS / (STEPS - 1)
    height = GO2.standing_height + fields["body_height"] + np.zeros((STEPS, 1))
    feet = np.zeros((STEPS, count, 4))
    foot_height = feet + 0.06 * (np.arange(STEPS) % CYCLE == 7)[:, None, None]
    return Record(
        velocity=velocity,
        yaw_rate=fields["wz"] + yaw_error + np.zeros((STEPS, 1)),
        height=height,
        position=position,
        foot_height=foot_height,
        foot_speed=feet + 0.1,
        foot_force=feet + 40.0,
        stance=np.ones((STEPS, count, 4), bool),
        tau=np.full((STEPS, count, 12), 3.0),
        qd=np.full((STEPS, count, 12), -1.0),
    )


def test_the_average_over_a_cycle_removes_sway_and_keeps_ramps() -> None:
    ramp = np.arange(100.0)
    sway = np.sin(2 * np.pi * ramp / CYCLE)
    averaged = cycle_average(ramp + sway, CYCLE)
    np.testing.assert_allclose(averaged, ramp[: len(averaged)] + (CYCLE - 1) / 2, atol=1e-9)


def test_known_errors_are_found() -> None:
    figures = tracking(moving_as_told(0.05, -0.07, 0.02), grid_commands(), GO2)
    assert figures.planar == pytest.approx(0.05, abs=1e-6)
    assert figures.planar_worst == pytest.approx(0.05, abs=1e-6)
    assert figures.yaw == pytest.approx(0.07, abs=1e-6)
    assert figures.height == pytest.approx(0.0, abs=1e-6)
    assert figures.drift == pytest.approx(0.02, rel=1e-3)
    assert figures.planar_unaveraged > 0.1


def test_style_reads_feet_and_power() -> None:
    figures = style(moving_as_told(0.0, 0.0, 0.0), grid_commands())
    assert figures.swing_height == pytest.approx(0.06)
    assert figures.slip == pytest.approx(0.1)
    assert figures.schedule == 1.0
    assert figures.torque_rms == pytest.approx(3.0)
    assert figures.power == 0.0  # braking everywhere


def test_the_grid_begins_with_standing_and_spans_the_ranges() -> None:
    fields = command_fields(grid_commands())
    assert all(fields[name][0] == 0 for name in ("vx", "vy", "wz", "body_height"))
    assert (fields["vx"].min(), fields["vx"].max()) == (-0.5, 1.0)
    assert np.abs(fields["vy"]).max() == pytest.approx(0.4)
    assert np.abs(fields["wz"]).max() == 1.0
