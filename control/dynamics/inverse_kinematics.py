"""Joint angles that put the feet at given places, in closed form."""

import numpy as np

from canter.control.errors import CanterError
from canter.control.robot import RobotSpec
from canter.control.types import Array

_X, _Y = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0)


class LegIk:
    """Inverse kinematics of legs with a hip about x, thigh and calf about y, knees bent back.

    Args:
        spec: the robot: its bodies and its joints' limits.

    Raises:
        CanterError: a leg has another shape.
    """

    def __init__(self, spec: RobotSpec) -> None:
        legs = spec.tree.by_leg(spec.joint_names)
        _check_shape(spec)
        self._spec = spec
        self._hip = np.array([hip.origin for hip, _, _ in legs])
        self._side = np.array([thigh.origin for _, thigh, _ in legs])[:, 1]
        self._thigh = -np.array([calf.origin for _, _, calf in legs])[:, 2]
        foot_x, _, foot_z = spec.tree.foot_places(spec.foot_names).T
        self._shin, self._lean = np.hypot(foot_x, foot_z), np.arctan2(-foot_x, -foot_z)

    def __call__(self, foot: Array) -> Array:
        """Return the joint angles, rad, (..., 12), within the limits.

        Args:
            foot: wanted centres of the feet, base frame, m, (..., 4, 3); the nearest reach of
                the leg towards a place that lies beyond it is taken.
        """
        x, y, z = np.moveaxis(foot - self._hip, -1, 0)
        down = np.sqrt(np.maximum(y * y + z * z - self._side**2, 1e-8))
        hip = _wrapped(np.arctan2(z, y) - np.arctan2(-down, self._side))
        span = x * x + down * down - self._thigh**2 - self._shin**2
        bend = -np.arccos(np.clip(span / (2 * self._thigh * self._shin), -1.0, 1.0))
        behind = np.arctan2(self._shin * np.sin(bend), self._thigh + self._shin * np.cos(bend))
        thigh = np.arctan2(-x, down) - behind
        q = np.stack([hip, thigh, bend - self._lean], axis=-1).reshape(*x.shape[:-1], -1)
        return np.asarray(np.clip(q, self._spec.q_min, self._spec.q_max))


def _wrapped(angle: Array) -> Array:
    """Return the angle in [-pi, pi), rad."""
    return np.asarray(np.mod(angle + np.pi, 2 * np.pi) - np.pi)


def _check_shape(spec: RobotSpec) -> None:
    for leg, name in zip(spec.tree.by_leg(spec.joint_names), spec.foot_names, strict=True):
        _, thigh, calf = leg
        foot = spec.tree.feet[name]
        known = {
            "axes": tuple(link.axis for link in leg) == (_X, _Y, _Y),
            thigh.joint: thigh.origin[0] == thigh.origin[2] == 0.0,
            calf.joint: calf.origin[0] == calf.origin[1] == 0.0 > calf.origin[2],
            name: foot[1] == 0.0 > foot[2],
        }
        wrong = [part for part, right in known.items() if not right]
        if wrong:
            raise CanterError(
                f"the legs of robot '{spec.name}' have another shape at {', '.join(wrong)}: this "
                "inverse kinematics takes a hip about x, a thigh about y set off along y, a calf "
                "about y set off along -z, and a foot below it; give another one"
            )
