"""Where and how feet in swing go: Raibert's landing places, and the way there."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from canter.control.dynamics.base_estimator import Motion
from canter.control.dynamics.rotations import about_z
from canter.control.dynamics.tree import Float
from canter.control.gait.gait_clock import STANCE_FRACTION
from canter.control.types import Array


@dataclass(frozen=True, slots=True)
class Stride:
    """What the command says of the steps; arrays over N robots.

    Attributes:
        phases: of each foot, cycles, (N, 4).
        frequency: cycles per second, (N,).
        velocity: commanded, level frame, m/s, (N, 2).
        yaw_rate: commanded, rad/s, (N,).
        width: lateral distance of the feet, m, (N,).
        clearance: height of the swing, m, (N,).
    """

    phases: Array
    frequency: Array
    velocity: Array
    yaw_rate: Array
    width: Array
    clearance: Array


class Footsteps:
    """Swings of N robots, in the level frame about the base's origin.

    Args:
        nominal: places of the feet under the standing robot, base frame, m, (4, 3).
        feedback: landing place per error of the velocity, s.
        robots: N.
    """

    def __init__(self, nominal: Float, feedback: float, robots: int) -> None:
        self._ahead, self._side = nominal[:, 0], np.sign(nominal[:, 1])
        self._feedback = feedback
        self._left: Float = np.tile(nominal, (robots, 1, 1))

    def track(self, feet: Array, swing: NDArray[np.bool_], motion: Motion, dt: float) -> None:
        """Remember where feet left the ground; the base moves on over those places.

        Args:
            feet: centres of the feet, level frame, m, (N, 4, 3).
            swing: which feet are in swing, (N, 4).
            motion: of the base.
            dt: time since the last call, s.
        """
        kept = self._left - motion.velocity[:, None] * dt
        kept = kept @ about_z(motion.turned)
        self._left = np.where(swing[..., None], kept, feet)

    def landing(self, stride: Stride, motion: Motion, until: Array) -> Array:
        """Return where feet shall land, level frame of now, m, (N, 4, 2).

        Raibert, "Legged Robots That Balance" (1986): under the hip, half a stance ahead of it, and
        further by a share of the velocity's error.

        Args:
            stride: what is commanded.
            motion: of the base.
            until: time to the landing, s, (N, 4).
        """
        side = self._side * stride.width[:, None] / 2
        hip = np.stack([np.broadcast_to(self._ahead, side.shape), side], axis=-1)
        velocity = motion.velocity[:, None, :2]
        spin = stride.yaw_rate[:, None]
        around = np.stack([-spin * hip[..., 1], spin * hip[..., 0]], axis=-1)
        half_stance = STANCE_FRACTION / stride.frequency[:, None, None] / 2
        error = velocity - stride.velocity[:, None]
        offset = half_stance * (velocity + around) + self._feedback * error
        turn = about_z(spin * until)[..., :2, :2]
        return (turn @ (hip + offset)[..., None])[..., 0] + velocity * until[..., None]

    def swing(self, stride: Stride, motion: Motion, ahead: float, ground: Array) -> Array:
        """Return where feet in swing shall be, level frame, m, (N, 4, 3).

        Args:
            stride: what is commanded.
            motion: of the base.
            ahead: how far from now, s.
            ground: height of the feet's centres when they stand, level frame, m, (N,).
        """
        swing_part = 1 - STANCE_FRACTION
        done = (stride.phases - STANCE_FRACTION) / swing_part
        frequency = stride.frequency[:, None]
        until = np.clip(1 - done, 0.0, 1.0) * swing_part / frequency
        s = np.clip(done + ahead * frequency / swing_part, 0.0, 1.0)[..., None]
        gone = s * s * (3 - 2 * s)
        land = self.landing(stride, motion, until)
        place = self._left[..., :2] + gone * (land - self._left[..., :2])
        base = self._left[..., 2:] + gone * (ground[:, None, None] - self._left[..., 2:])
        lift = stride.clearance[:, None, None] * 16 * np.square(s * (1 - s))
        return np.concatenate([place, base + lift], axis=-1)
