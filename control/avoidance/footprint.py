"""The room that a robot takes up on the ground, legs in motion included."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from canter.control.dynamics.legs import Legs
from canter.control.robot import RobotSpec
from canter.control.types import Array

STRIDE_M = 0.08
"""How far feet swing beyond where they stand, forwards and backwards."""
SIDE_M = 0.04
"""How far knees and feet stand out sideways beyond the feet of the nominal stance."""
NOSE_M = 0.02
"""How far the body reaches beyond its foremost camera."""
OVER_M = 0.1
"""Height of what is on the base over its origin: trunk and head."""


@dataclass(frozen=True, slots=True)
class Footprint:
    """A rectangle about the base's origin, along its heading, m.

    Attributes:
        front: reach forwards.
        back: reach backwards.
        side: reach to each side.
        top: height of the body over the base's origin.
    """

    front: float
    back: float
    side: float
    top: float

    @classmethod
    def of(cls, spec: RobotSpec) -> Self:
        """Return that of a robot, from its legs and its camera's place."""
        x, y, _ = np.moveaxis(Legs(spec).posture(spec.default_q).foot, -1, 0)
        foot = spec.foot_radius
        nose = float(spec.camera_pos_b[0]) + NOSE_M
        return cls(
            front=max(nose, float(x.max()) + foot + STRIDE_M),
            back=float(-x.min()) + foot + STRIDE_M,
            side=float(np.abs(y).max()) + foot + SIDE_M,
            top=OVER_M,
        )

    def nearest(self, points: Array) -> Array:
        """Return the places of the rectangle that are nearest to points, m, (M, 2)."""
        low, high = [-self.back, -self.side], [self.front, self.side]
        return np.clip(points, low, high)
