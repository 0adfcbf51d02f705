"""The whole robot as one rigid body, as the model-predictive controller sees it."""

from dataclasses import dataclass

import numpy as np

from canter.control.dynamics.dynamics import LegDynamics
from canter.control.dynamics.load import Load
from canter.control.dynamics.rotations import cross, euler_of, skew
from canter.control.dynamics.tree import Float
from canter.control.mpc.estimator import Motion
from canter.control.mpc.problem import Trunk
from canter.control.types import Array


@dataclass(frozen=True, slots=True)
class Body:
    """Mass, place of it and inertia in the nominal stance.

    Attributes:
        mass: kg.
        com: centre of mass, base frame, m, (3,).
        inertia: about the centre of mass, base axes, kg m^2, (3, 3).
    """

    mass: float
    com: Float
    inertia: Float

    def centre(self, load: Load | None, robots: int) -> Array:
        """Return the centre of mass of N robots, base frame, m, (N, 3)."""
        com = np.tile(self.com, (robots, 1))
        if load is not None:
            com[:, :2] = load.place
        return com

    def trunk(self, motion: Motion, gyro: Array, load: Load | None) -> Trunk:
        """Return the body of N robots now; under a load the inertia grows like the mass."""
        robots = len(gyro)
        mass = np.full(robots, self.mass) if load is None else load.mass
        com = self.centre(load, robots)
        level = motion.level
        inertia = level @ self.inertia @ np.swapaxes(level, -1, -2)
        rate = (level @ gyro[..., None])[..., 0]
        arm = (level @ com[..., None])[..., 0]
        return Trunk(
            mass=mass,
            inertia=inertia * (mass / self.mass)[:, None, None],
            angles=euler_of(level),
            height=motion.height + arm[:, -1],
            rate=rate,
            velocity=motion.velocity + cross(rate, arm),
        )


def nominal_body(dynamics: LegDynamics) -> Body:
    """Return the body of a robot in its nominal stance."""
    composite = dynamics.mass_matrix(dynamics.legs.spec.default_q)[:6, :6]
    mass = float(composite[-1, -1])
    arm = composite[:3, 3:] / mass
    com = np.array([arm[2, 1], arm[0, 2], arm[1, 0]])
    inertia = composite[:3, :3] + mass * (skew(com) @ skew(com))
    return Body(mass, com, inertia)
