"""Foot positions, Jacobians and inverse kinematics of four legs, batched: (..., 4, 3) per leg.

All vectors stand in the base frame, all points are taken from the base's origin.
"""

from dataclasses import dataclass

import numpy as np

from canter.control.dynamics.rotations import about_axis, cross
from canter.control.dynamics.tree import LINKS_PER_LEG, Float
from canter.control.robot import LEGS, RobotSpec
from canter.control.types import Array


@dataclass(frozen=True, slots=True)
class Posture:
    """Where the links are; (..., 4, 3) are leg and link, trunk outwards.

    Attributes:
        rotation: turns vectors of the link into the base frame, (..., 4, 3, 3, 3).
        origin: the links' joints, m, (..., 4, 3, 3).
        axis: unit vectors of the joints, (..., 4, 3, 3).
        foot: centres of the feet, m, (..., 4, 3).
    """

    rotation: Array
    origin: Array
    axis: Array
    foot: Array

    def jacobian(self, point: Array | None = None) -> Array:
        """Return d point / d q of each leg, m/rad, (..., 4, 3, 3): rows xyz, columns joints.

        Args:
            point: points that move with the last links, m, (..., 4, 3); the feet if left out.
        """
        arm = (self.foot if point is None else point)[..., None, :] - self.origin
        return np.swapaxes(cross(self.axis, arm), -1, -2)


class Legs:
    """Kinematics of a quadruped's legs.

    Args:
        spec: the robot.
    """

    def __init__(self, spec: RobotSpec) -> None:
        legs = spec.tree.by_leg(spec.joint_names)
        self.spec = spec
        self._origin: Float = np.array([[link.origin for link in leg] for leg in legs])
        self._axis: Float = np.array([[link.axis for link in leg] for leg in legs])
        self._foot: Float = spec.tree.foot_places(spec.foot_names)

    def posture(self, q: Array) -> Posture:
        """Return where the links are at joint angles q, rad, (..., 12)."""
        angles = q.reshape(*q.shape[:-1], len(LEGS), LINKS_PER_LEG)
        turns = about_axis(self._axis, angles)
        batch = angles.shape[:-1]
        rotation = np.empty((*batch, LINKS_PER_LEG, 3, 3))
        origin = np.empty((*batch, LINKS_PER_LEG, 3))
        frame, place = np.broadcast_to(np.eye(3), (*batch, 3, 3)), np.zeros((*batch, 3))
        for i in range(LINKS_PER_LEG):
            place = place + (frame @ self._origin[:, i, :, None])[..., 0]
            frame = frame @ turns[..., i, :, :]
            rotation[..., i, :, :], origin[..., i, :] = frame, place
        axis = (rotation @ self._axis[..., None])[..., 0]
        foot = place + (frame @ self._foot[..., None])[..., 0]
        return Posture(rotation, origin, axis, foot)
