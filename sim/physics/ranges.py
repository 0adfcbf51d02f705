"""What bodies and grounds are drawn from; light to import: options of commands hold them."""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DynamicsRanges:
    """Intervals from which each robot's dynamics are drawn uniformly.

    Attributes:
        added_mass: mass added to the base, kg.
        com_shift: shift of the base's centre of mass along each axis, m.
        friction: sliding friction of the feet.
        strength: factor on all motor torques of a robot.
        kp_factor: factor on joint stiffness, per joint.
        kd_factor: factor on joint damping, per joint.
        delay_steps: physics steps by which commands reach the motors late; both ends included.
        payload_reach: how far from the base's centre of mass the added mass may lie along each
            axis, to both sides, m.
    """

    added_mass: tuple[float, float] = (-1.0, 3.0)
    com_shift: tuple[float, float] = (-0.03, 0.03)
    friction: tuple[float, float] = (0.35, 1.25)
    strength: tuple[float, float] = (0.9, 1.1)
    kp_factor: tuple[float, float] = (0.9, 1.1)
    kd_factor: tuple[float, float] = (0.9, 1.1)
    delay_steps: tuple[int, int] = (0, 4)
    payload_reach: tuple[float, float, float] = (0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class TerrainRanges:
    """What each robot's ground is drawn from; the defaults are the level plane.

    Attributes:
        slope: steepest inclination, rad.
        roughness: largest peak-to-peak height of noise, m.
        step: largest height of steps between plateaus, m.
        shares: share of robots on a slope, on noise, on steps; each is drawn by itself, and its
            size uniformly up to the largest.
    """

    slope: float = 0.0
    roughness: float = 0.0
    step: float = 0.0
    shares: tuple[float, float, float] = (0.0, 0.0, 0.0)


ROUGH = TerrainRanges(math.radians(15.0), 0.03, 0.08, (0.35, 0.25, 0.2))
"""Slopes to 15 degrees, roughness of 3 cm, steps of 8 cm."""


NOMINAL_DYNAMICS = DynamicsRanges(
    added_mass=(0.0, 0.0),
    com_shift=(0.0, 0.0),
    friction=(0.8, 0.8),
    strength=(1.0, 1.0),
    kp_factor=(1.0, 1.0),
    kd_factor=(1.0, 1.0),
    delay_steps=(2, 2),
)
"""The robot as described, its motors 8 ms late."""
