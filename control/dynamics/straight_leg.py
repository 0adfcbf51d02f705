"""Lengths of legs whose thigh, calf and foot lie in one line, and a refusal of others."""

from dataclasses import dataclass

import numpy as np

from canter.control.errors import CanterError
from canter.control.robot import RobotSpec

STRAIGHT = 0.01
"""How far thigh, calf and foot may lie beside a straight leg, m."""


@dataclass(frozen=True, slots=True)
class StraightLeg:
    """Lengths of each of four like legs, m.

    Attributes:
        hip_x: from the base's origin to the hip's axis, forwards or backwards.
        hip_y: from the base's origin to the hip's axis, sideways.
        side: from the hip's axis to the thigh's, sideways.
        thigh: from the thigh's axis to the calf's.
        calf: from the calf's axis to the foot's centre.
        foot_x: of the foot's centre before the calf's line.
    """

    hip_x: float
    hip_y: float
    side: float
    thigh: float
    calf: float
    foot_x: float


def straight_leg(spec: RobotSpec) -> StraightLeg:
    """Return the lengths of a robot's legs.

    Raises:
        CanterError: thigh, calf and foot do not lie in one line.
    """
    feet = spec.tree.foot_places(spec.foot_names)
    legs = spec.tree.by_leg(spec.joint_names)
    for (_, thigh, calf), foot in zip(legs, feet, strict=True):
        beside = {thigh.joint: thigh.origin[::2], calf.joint: calf.origin[:2], "foot": foot[:2]}
        far = [part for part, offset in beside.items() if np.abs(offset).max() > STRAIGHT]
        if far:
            raise CanterError(
                f"the legs of robot '{spec.name}' are not straight at {', '.join(far)}: this takes "
                "a thigh straight beside the hip, a calf straight below it and a foot straight "
                "below that"
            )
    (hip, thigh, calf), (foot_x, _, foot_z) = legs[0], feet[0]
    hip_x, hip_y, _ = hip.origin
    return StraightLeg(
        hip_x=abs(hip_x),
        hip_y=abs(hip_y),
        side=abs(thigh.origin[1]),
        thigh=-calf.origin[2],
        calf=-float(foot_z),
        foot_x=float(foot_x),
    )
