"""The ground of a body's world: a plane, level or inclined, or kerbs round the start."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from canter.sim.physics.batched_sim import GroundTruth
from canter.sim.physics.bodies import Body

Float = NDArray[np.float64]
Box = tuple[tuple[float, float, float], tuple[float, float, float]]
"""Half sizes and centre of a box with edges along the axes, m."""

FIRST_KERB = 0.7
"""Half the edge of the flat square in which the robot starts, m."""
KERB_WIDTH = 0.6
"""Width of each raised ring, and of the ground between two, m."""
KERBS = 8
"""Raised rings: the outermost ends 9.7 m from the start."""


@dataclass(frozen=True, slots=True)
class Ground:
    """The ground under the robots; its plane contains the world's origin.

    Attributes:
        slope: inclination, rad; uphill is along x.
        kerb: height of the kerbs, m.
    """

    slope: float = 0.0
    kerb: float = 0.0

    @classmethod
    def of(cls, body: Body) -> "Ground":
        """Return the ground of a body's world."""
        return cls(body.slope, body.kerb)

    @property
    def quat(self) -> Float:
        """Orientation of the plane, wxyz, (4,)."""
        return np.array([math.cos(self.slope / 2), 0.0, -math.sin(self.slope / 2), 0.0])

    @property
    def normal(self) -> Float:
        """Upward normal of the plane, world frame, (3,)."""
        return np.array([-math.sin(self.slope), 0.0, math.cos(self.slope)])

    def boxes(self) -> list[Box]:
        """Return the kerbs as boxes that stand on the level plane."""
        if not self.kerb:
            return []
        half = self.kerb / 2
        found: list[Box] = []
        for ring in range(KERBS):
            inner = FIRST_KERB + 2 * ring * KERB_WIDTH
            middle, outer, thick = inner + KERB_WIDTH / 2, inner + KERB_WIDTH, KERB_WIDTH / 2
            for sign in (-1.0, 1.0):
                found.append(((thick, outer, half), (sign * middle, 0.0, half)))
                found.append(((inner, thick, half), (0.0, sign * middle, half)))
        return found

    def start_pose(self, yaw: float, height: float) -> tuple[Float, Float]:
        """Return position (3,), m, and orientation (4,), wxyz, of a base parallel to the plane.

        Args:
            yaw: heading in the plane, rad; 0 is uphill.
            height: of the base over the plane, m.
        """
        w, _, tilt, _ = self.quat
        cos, sin = math.cos(yaw / 2), math.sin(yaw / 2)
        return height * self.normal, np.array([w * cos, tilt * sin, tilt * cos, w * sin])

    def clearance(self, position: Float) -> Float:
        """Return the height of points, world frame, (N, 3), over the ground beneath them, m."""
        reach = np.abs(position[:, :2]).max(axis=-1) - FIRST_KERB
        ring, within = np.divmod(reach, 2 * KERB_WIDTH)
        raised = (reach >= 0) & (ring < KERBS) & (within < KERB_WIDTH)
        return np.asarray(position @ self.normal - self.kerb * raised)

    def velocity(self, truth: GroundTruth) -> Float:
        """Return the base's velocity in the plane, along the heading and leftward, m/s, (N, 2)."""
        w, x, y, z = truth.base_quat.T
        axis = np.stack(
            [1 - 2 * (y * y + z * z), 2 * (x * y + w * z), 2 * (x * z - w * y)], axis=-1
        )
        ahead = axis - (axis @ self.normal)[:, None] * self.normal
        ahead /= np.linalg.norm(ahead, axis=-1, keepdims=True)
        left = np.cross(self.normal, ahead)
        speed = truth.base_lin_vel_w
        return np.stack([(speed * ahead).sum(-1), (speed * left).sum(-1)], axis=-1)


LEVEL = Ground()
