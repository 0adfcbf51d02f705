"""The rigid body that the model-predictive controller carries."""

import numpy as np

from canter.control.dynamics.base_estimator import Motion
from canter.control.dynamics.body import Body
from canter.control.dynamics.load import Load
from canter.control.dynamics.rotations import cross, euler_of
from canter.control.mpc.problem import Trunk
from canter.control.types import Array


def centre_of(body: Body, load: Load | None, robots: int) -> Array:
    """Return the centre of mass of N robots, base frame, m, (N, 3)."""
    com = np.tile(body.com, (robots, 1))
    if load is not None:
        com[:, :2] = load.place
    return com


def trunk_of(body: Body, motion: Motion, gyro: Array, load: Load | None) -> Trunk:
    """Return the body of N robots now; under a load the inertia grows like the mass.

    Args:
        body: the robot without load.
        motion: of the base.
        gyro: angular velocity, base frame, rad/s, (N, 3).
        load: what the feet carry; None takes the robot's own weight.
    """
    mass = np.full(len(gyro), body.mass) if load is None else load.mass
    level = motion.level
    inertia = level @ body.inertia @ np.swapaxes(level, -1, -2)
    rate = (level @ gyro[..., None])[..., 0]
    arm = (level @ centre_of(body, load, len(gyro))[..., None])[..., 0]
    return Trunk(
        mass=mass,
        inertia=inertia * (mass / body.mass)[:, None, None],
        angles=euler_of(level),
        height=motion.height + arm[:, -1],
        rate=rate,
        velocity=motion.velocity + cross(rate, arm),
    )
