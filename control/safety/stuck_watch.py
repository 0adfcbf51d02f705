"""The watch for joints that jam, seen in torque that changes and moves nothing. Own design.

It knows nothing of the robot's dynamics. A jammed joint that nobody asks to move looks like one
at rest and is not found before its torque changes.
"""

from dataclasses import dataclass

import numpy as np

from canter.control.robot import RobotSpec, Vector, per_joint
from canter.control.safety.encoder_watch import LONGEST_TICK_S
from canter.control.safety.heartbeat import Reaction
from canter.control.safety.safety_limits import Finding
from canter.control.safety.signal_history import Ring
from canter.control.types import Array, JointCommand, RobotState

EARLY_S = 1e-6


@dataclass(frozen=True, slots=True)
class Stillness:
    """A joint is stuck if its angle stays while its torque changes.

    Attributes:
        seconds: how long, s.
        still_rad: range of angle within which it stays, rad.
        change_nm: range of torque that moves any free joint in that time, Nm, (12,).
    """

    seconds: float
    still_rad: float
    change_nm: Vector


@dataclass(frozen=True, slots=True)
class StuckLimits:
    """Where `StuckWatch` trips.

    Attributes:
        windows: tests over the newest measurements; any of them trips.
        step_s: time over which measurements are averaged first, s.
        smooth: steps over which torque is averaged: the step of a policy that begins to walk lasts
            two and moves no leg that carries load.
        lag: newest steps whose torque does not count: a free joint needs time to answer.
    """

    windows: tuple[Stillness, ...]
    step_s: float = 0.01
    smooth: int = 5
    lag: int = 3


STUCK_LIMITS = StuckLimits(
    (
        Stillness(0.2, 0.008, per_joint(16, 14, 10)),
        Stillness(0.3, 0.008, per_joint(13, 12, 9)),
        Stillness(0.5, 0.009, per_joint(10, 12, 8)),
    )
)
"""For a robot of 15 kg, measured on the default one."""


class StuckWatch:
    """Torque that changes must move its joint, sooner the more it changes."""

    def __init__(self, spec: RobotSpec, limits: StuckLimits = STUCK_LIMITS) -> None:
        self.limits = limits
        self._spec = spec
        self.forget()

    def forget(self) -> None:
        """Begin anew."""
        joints, limits = len(self._spec.joint_names), self.limits
        longest = max(round(one.seconds / limits.step_s) for one in limits.windows)
        self._angles, self._torques = Ring(longest, joints), Ring(longest, joints)
        self._steps = Ring(limits.smooth, joints)
        self._sum: Array = np.zeros((2, joints))
        self._count = 0
        self._last: float | None = None
        self._begun = 0.0

    def look(self, state: RobotState, command: JointCommand, now: float) -> Finding | None:
        """Take one tick; test means over a step, which the sensors' noise hardly moves."""
        del command
        last = self._last
        if last is None or not 0 < now - last <= LONGEST_TICK_S:
            self.forget()
            self._last = self._begun = now
            return None
        self._last = now
        self._sum[0] += state.q
        self._sum[1] += state.tau
        self._count += 1
        if now - self._begun < self.limits.step_s - EARLY_S:
            return None
        q, tau = self._sum / self._count
        self._sum, self._count, self._begun = np.zeros_like(self._sum), 0, now
        return self._test(self._angles.push(q), self._torques.push(self._steps.push(tau).mean(0)))

    def _test(self, angles: Array, torques: Array) -> Finding | None:
        """Return a joint that is stuck by any window; both are (T, 12), oldest first."""
        limits = self.limits
        for one in limits.windows:
            steps = round(one.seconds / limits.step_s)
            if len(angles) < steps:
                continue
            moved = np.ptp(angles[-steps:], axis=0)
            if moved.min() >= one.still_rad:
                continue
            seen = torques[len(torques) - steps + limits.smooth - 1 : -limits.lag]
            changed = np.ptp(seen, axis=0)
            stuck = (moved < one.still_rad) & (changed > one.change_nm)
            if stuck.any():
                worst = int((stuck * changed).argmax())
                reason = (
                    f"{self._spec.joint_names[worst]} moved by {moved[worst]:.3f} rad in "
                    f"{one.seconds:g} s while its torque changed by {changed[worst]:.0f} Nm"
                )
                return Finding(Reaction.DAMP, "stuck", reason)
        return None
