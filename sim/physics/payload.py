"""A load on the trunk, the same in every physics engine: a box, solid and without contacts."""

from dataclasses import dataclass

import mujoco
import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float64]

SIZE = np.array([0.24, 0.14, 0.12])
"""Edges of the box, m."""


@dataclass(frozen=True, slots=True)
class Payload:
    """A load fixed to the base.

    Attributes:
        mass: kg.
        position: of its centre in the base frame, m, (3,).
    """

    mass: float
    position: Float

    @property
    def inertia(self) -> Float:
        """Principal moments of inertia of a homogeneous box, kg m^2, (3,)."""
        squares = SIZE**2
        return np.asarray(self.mass / 12 * (squares.sum() - squares))


def add_payload(spec: mujoco.MjSpec, payload: Payload) -> None:
    """Fix a load to the body ``base`` of a spec."""
    body = spec.body("base").add_body(name="payload", pos=payload.position)
    body.mass = payload.mass
    body.inertia = payload.inertia
    body.explicitinertial = True
