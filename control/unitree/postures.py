"""Standing and lying, and the way from any posture to either."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from canter.control.impedance import JOINT_VALID_S
from canter.control.robot import GO2, RobotSpec, per_joint
from canter.control.types import Array, JointCommand

LYING_Q = per_joint(0.0, 1.36, -2.65)
"""Joint angles of a Go2 that lies on its belly with its feet under it, rad, (12,)."""
STANDING_Q = GO2.default_q
"""Joint angles of the nominal stance, rad, (12,)."""

FOLD_S, RISE_S, SINK_S = 1.0, 1.5, 1.5
"""Time to fold the legs under the body, to rise from there, and to sink back, s."""
GLIDE_KP, GLIDE_KD = 60.0, 3.0
"""Gains on the way, Nm/rad and Nm s/rad."""


@dataclass(frozen=True, slots=True)
class Glide:
    """A motion of the joints through postures, smooth in each part.

    Attributes:
        times: when each posture is reached, s after the start, ascending, (K,).
        postures: joint angles, rad, (K, 12); the first, at time 0, is the start.
        kp: stiffness on the way, Nm/rad, (12,).
        kd: damping on the way, Nm s/rad, (12,).
    """

    times: NDArray[np.float64]
    postures: NDArray[np.float64]
    kp: Array
    kd: Array

    @classmethod
    def through(
        cls, start: Array, parts: Sequence[tuple[Array, float]], robot: RobotSpec = GO2
    ) -> Self:
        """Return a robot's motion from ``start`` through postures, each with its duration, s.

        Robots other than the one that the gains here were chosen for move with their own.
        """
        durations = [0.0, *(duration for _, duration in parts)]
        within = np.clip(start, robot.q_min, robot.q_max)
        chosen = np.full(robot.kp.shape, GLIDE_KP), np.full(robot.kd.shape, GLIDE_KD)
        kp, kd = chosen if folds(robot) else (robot.kp, robot.kd)
        postures = np.array([within, *(posture for posture, _ in parts)])
        return cls(np.cumsum(durations), postures, kp, kd)

    @property
    def duration(self) -> float:
        """Time of the whole, s."""
        return float(self.times.max())

    def at(self, elapsed: float) -> NDArray[np.float64]:
        """Return the joint angles ``elapsed`` seconds after the start, rad, (12,).

        Each part runs as 3 s^2 - 2 s^3, at rest at both its ends.
        """
        part = int(np.searchsorted(self.times, elapsed, side="right")) - 1
        if part >= len(self.times) - 1:
            return np.array(self.postures[-1])
        share = (elapsed - self.times[part]) / (self.times[part + 1] - self.times[part])
        eased = share * share * (3.0 - 2.0 * share)
        begin, end = self.postures[part], self.postures[part + 1]
        return np.asarray(begin + eased * (end - begin))

    def command(self, elapsed: float, now: float) -> JointCommand:
        """Return the joint command ``elapsed`` seconds after the start; ``now`` is monotonic, s."""
        q = self.at(elapsed)
        return JointCommand(
            q_target=q,
            kp=self.kp,
            kd=self.kd,
            tau_ff=np.zeros(q.shape),
            valid_until=now + JOINT_VALID_S,
        )


def folds(robot: RobotSpec) -> bool:
    """Tell whether `LYING_Q` is how this robot lies."""
    return robot.name == GO2.name


def stand_up(q: Array, robot: RobotSpec = GO2) -> Glide:
    """Return the way from any posture of an upright robot into its stance.

    A robot whose feet are nearly where the stance wants them goes there directly; any other first
    folds its legs under the body, so that it rises evenly, where it is known how it lies.
    """
    stance = robot.default_q
    if near_stance(q, robot):
        return Glide.through(q, [(stance, FOLD_S)], robot)
    fold = [(LYING_Q, FOLD_S)] if folds(robot) else []
    return Glide.through(q, [*fold, (stance, RISE_S)], robot)


def near_stance(q: Array, robot: RobotSpec = GO2) -> bool:
    """Tell whether a robot's joint angles, rad, (12,), are those of standing."""
    return bool(np.abs(q - robot.default_q).max() < NEAR_RAD)


def lie_down(q: Array) -> Glide:
    """Return the way from any posture of an upright robot onto its belly."""
    return Glide.through(q, [(LYING_Q, SINK_S)])


NEAR_RAD = 0.6
"""Distance of any joint from the stance within which a robot counts as standing, rad."""
