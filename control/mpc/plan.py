"""What the horizon holds: when feet stand, where they stand, and where the body shall be."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from canter.control.dynamics.rotations import about_z
from canter.control.dynamics.tree import Float
from canter.control.gait.gait_clock import STANCE_FRACTION, Flags, desired_stance, foot_phases
from canter.control.mpc.footsteps import Stride
from canter.control.mpc.problem import Goal
from canter.control.mpc.settings import MpcSettings
from canter.control.types import Array

LARGEST_LAG = 0.1
"""Bound on the places that were missed and are made up for, m and rad."""


class Lag:
    """Where the robot would be, had it followed its commands, less where it is.

    Without it a constant force, as of a load off the centre, is never made up for.

    Args:
        robots: N.
    """

    def __init__(self, robots: int) -> None:
        self.value: Float = np.zeros((robots, 3))
        """Ahead, left, and heading, m, m, rad, (N, 3)."""

    def reset(self, mask: NDArray[np.bool_]) -> None:
        """Forget what the masked robots, (N,), missed."""
        self.value[mask] = 0.0

    def update(self, missed: Array, moving: Flags, dt: float) -> None:
        """Add what the velocities miss, m/s and rad/s, (N, 3); robots at rest are let be."""
        total = np.clip(self.value + missed * dt, -LARGEST_LAG, LARGEST_LAG)
        self.value = np.where(moving[:, None], total, 0.0)


@dataclass(frozen=True, slots=True)
class Horizon:
    """Times of the steps, s, (h,): their beginnings and ends."""

    begin: Float
    end: Float


def horizon_of(settings: MpcSettings) -> Horizon:
    """Return the times of the steps from now."""
    begin = settings.step_s * np.arange(settings.horizon)
    return Horizon(begin, begin + settings.step_s)


def goal_of(command: Mapping[str, Array], lag: Array, height: Array, horizon: Horizon) -> Goal:
    """Return where the body shall be.

    Args:
        command: GaitCommand fields by name, (N,).
        lag: what to make up for, (N, 3).
        height: wanted height of the centre of mass, m, (N,).
        horizon: times.
    """
    time = horizon.end
    robots, steps = len(height), len(time)
    turn = command["wz"][:, None] * time
    velocity = np.zeros((robots, steps, 3))
    ahead = np.stack([command["vx"], command["vy"]], axis=-1)
    velocity[..., :2] = (about_z(turn)[..., :2, :2] @ ahead[:, None, :, None])[..., 0]
    place = np.cumsum(velocity, axis=1) * (time[0])
    place[..., :2] += lag[:, None, :2]
    place[..., 2] = height[:, None]
    angles = np.zeros((robots, steps, 3))
    angles[..., 1] = command["body_pitch"][:, None]
    angles[..., 2] = turn + lag[:, None, 2]
    rate = np.zeros((robots, steps, 3))
    rate[..., 2] = command["wz"][:, None]
    return Goal(angles, place, rate, velocity)


def stance_table(stride: Stride, moving: Flags, standing: Flags, horizon: Horizon) -> Flags:
    """Return which feet may push in each step, (N, h, 4).

    Args:
        stride: phases and frequency.
        moving: which robots step, (N,).
        standing: which feet stand now, (N, 4), whatever the clock says.
        horizon: times.
    """
    ahead = (stride.frequency[:, None] * horizon.begin)[..., None]
    phases = foot_phases(np.zeros(ahead.shape[:2]), -(stride.phases[:, None] + ahead))
    table = desired_stance(phases, np.broadcast_to(moving[:, None], phases.shape[:2]))
    table[:, 0] = standing
    return table


def places(stride: Stride, here: Array, landing: Array, standing: Flags, horizon: Horizon) -> Array:
    """Return where each foot stands in each step, level frame of now, m, (N, h, 4, 3).

    Args:
        stride: phases and frequency.
        here: where the feet touch the ground now, m, (N, 4, 3).
        landing: where they touch it next, m, (N, 4, 3).
        standing: which feet stand now, (N, 4).
        horizon: times.
    """
    ahead = (stride.frequency[:, None] * horizon.begin)[..., None]
    still = (stride.phases[:, None] + ahead < STANCE_FRACTION) | (ahead == 0)
    stays = still & standing[:, None]
    return np.where(stays[..., None], here[:, None], landing[:, None])
