"""The whole robot as one rigid body."""

from dataclasses import dataclass

import numpy as np

from canter.control.dynamics.dynamics import LegDynamics
from canter.control.dynamics.rotations import skew
from canter.control.dynamics.tree import Float


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


def nominal_body(dynamics: LegDynamics) -> Body:
    """Return the body of a robot in its nominal stance."""
    composite = dynamics.mass_matrix(dynamics.legs.spec.default_q)[:6, :6]
    mass = float(composite[-1, -1])
    arm = composite[:3, 3:] / mass
    com = np.array([arm[2, 1], arm[0, 2], arm[1, 0]])
    inertia = composite[:3, :3] + mass * (skew(com) @ skew(com))
    return Body(mass, com, inertia)
