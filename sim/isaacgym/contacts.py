"""Readings of the last step: contact forces on bodies, drive efforts, force sensors."""

import numpy as np
from numpy.typing import NDArray

from canter.sim.isaacgym.world import World

Float = NDArray[np.float64]


def contact_forces(world: World, sensordata: Float) -> Float:
    """Return the net contact force on every body, world axes, N, (N, B, 3)."""
    raise NotImplementedError


def dof_forces(world: World, sensordata: Float) -> Float:
    """Return the effort of every drive, N m or N, (N, D)."""
    raise NotImplementedError


def force_sensors(world: World, sensordata: Float) -> Float:
    """Return force and torque of every force sensor, N and N m, (N, sensors, 6)."""
    raise NotImplementedError
