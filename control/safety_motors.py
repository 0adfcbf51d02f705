"""The watch for motors that do not do what they are told, seen in each joint's own motion.

It knows nothing of the robot's dynamics: what it tests holds for any joint. Own design; the limits
lie above what robots reach that walk under pushes (`canter bench safety`).
"""

from dataclasses import dataclass

import numpy as np

from canter.control.heartbeat import Reaction
from canter.control.robot import RobotSpec, Vector, per_joint
from canter.control.safety_encoders import LONGEST_TICK_S
from canter.control.safety_limits import Finding
from canter.control.types import Array, JointCommand, RobotState

EARLY_S = 1e-4
"""How much before its time a look is taken, s."""
STILL_STEP_S = 0.01
"""Time over which angle and torque are averaged before they are looked at for stillness, s."""


@dataclass(frozen=True, slots=True)
class MotorLimits:
    """Where `MotorWatch` trips; per joint, (12,), or one number for all.

    Attributes:
        against_w: power with which a joint moves against its motor, W.
        period_s: time between two looks, s.
        against_s: time over which that power is averaged, s.
        missing_nm: torque asked for that the motor does not show, Nm.
        missing_s: time over which that torque is averaged, s.
        delay_s: longest time between a command and its torque, s.
        still_rad: range of angle within which a joint counts as still, rad.
        still_s: how long a joint must be still while its torque changes, s.
        still_nm: change of torque that moves any free joint, Nm.
    """

    against_w: Vector
    still_nm: Vector
    period_s: float = 0.004
    against_s: float = 0.03
    missing_nm: float = 8.0
    missing_s: float = 0.012
    delay_s: float = 0.024
    still_rad: float = 0.012
    still_s: tuple[float, ...] = (0.3, 1.0)


GO2_MOTORS = MotorLimits(against_w=per_joint(60, 100, 200), still_nm=per_joint(22, 30, 30))
"""For a robot of the Go2's size."""


class MotorWatch:
    """Joints must follow their motors, and motors their commands.

    - "against its motor": -tau qd stays large: the joint runs away, as a flipped sign makes it;
    - "torque missing": the impedance law asks for torque that the motor does not show;
    - "stuck": the torque changes and the joint does not move at all.
    """

    def __init__(self, spec: RobotSpec, limits: MotorLimits = GO2_MOTORS) -> None:
        self.limits = limits
        self._spec = spec
        self.forget()

    def forget(self) -> None:
        """Begin anew."""
        joints = len(self._spec.joint_names)
        self._time: float | None = None
        self._against: Array = np.zeros(joints)
        self._missing: Array = np.zeros(joints)
        self._sent = _Ring(2, 3 * joints)
        self._means = _Ring(2, 2 * joints)
        self._sum: Array = np.zeros(2 * joints)
        self._count = 0
        self._begun = 0.0

    def look(self, state: RobotState, command: JointCommand, now: float) -> Finding | None:
        """Take one tick."""
        last = self._time
        if last is not None and 0 < now - last < self.limits.period_s - EARLY_S:
            return None
        self._time = now
        if last is None or not 0 < now - last <= LONGEST_TICK_S:
            self.forget()
            self._time, self._begun = now, now
            return None
        dt = now - last
        return (
            self._runs_away(state, dt)
            or self._lacks_torque(state, command, dt)
            or self._is_stuck(state, now)
        )

    def _runs_away(self, state: RobotState, dt: float) -> Finding | None:
        self._against += (state.tau * state.qd + self._against) * -min(
            dt / self.limits.against_s, 1.0
        )
        over = self._against - self.limits.against_w
        worst = int(over.argmax())
        if over[worst] <= 0:
            return None
        reason = (
            f"{self._spec.joint_names[worst]} moves against its motor with "
            f"{self._against[worst]:.0f} W, allowed are {self.limits.against_w[worst]:.0f}; "
            "check the signs of motor and encoder"
        )
        return Finding(Reaction.DAMP, "against its motor", reason, (worst,))

    def _lacks_torque(self, state: RobotState, command: JointCommand, dt: float) -> Finding | None:
        """Compare with what each command within the delay asks for in the present state."""
        joints = len(state.q)
        packed = np.concatenate(
            [command.kp * command.q_target + command.tau_ff, command.kp, command.kd]
        )
        kept = self._sent.push(packed, round(self.limits.delay_s / dt))
        if kept is None:
            return None
        push, kp, kd = kept[:, :joints], kept[:, joints : 2 * joints], kept[:, 2 * joints :]
        asked = np.clip(
            push - kp * state.q - kd * state.qd, -self._spec.tau_max, self._spec.tau_max
        )
        low, high = asked.min(axis=0), asked.max(axis=0)
        least = np.maximum(low, -high)  # where it is positive, all had one sign
        short = np.where(np.sign(high + low) * state.tau < 0.3 * least, np.maximum(least, 0.0), 0.0)
        self._missing += (short - self._missing) * min(dt / self.limits.missing_s, 1.0)
        worst = int(self._missing.argmax())
        if self._missing[worst] <= self.limits.missing_nm:
            return None
        reason = (
            f"{self._spec.joint_names[worst]} shows {state.tau[worst]:.1f} Nm where "
            f"{low[worst]:.1f}..{high[worst]:.1f} are asked for; its motor may be dead"
        )
        return Finding(Reaction.DAMP, "torque missing", reason)

    def _is_stuck(self, state: RobotState, now: float) -> Finding | None:
        """Look at means over STILL_STEP_S, which the sensors' noise hardly moves."""
        self._sum += np.concatenate([state.q, state.tau])
        self._count += 1
        if now - self._begun < STILL_STEP_S - 1e-6:
            return None
        mean, self._begun = self._sum / self._count, now
        self._sum, self._count = np.zeros_like(self._sum), 0
        windows = [round(seconds / STILL_STEP_S) for seconds in self.limits.still_s]
        kept = self._means.push(mean, max(windows))
        for seconds, window in zip(self.limits.still_s, windows, strict=True):
            found = None if kept is None else self._stillness(kept[-window:], seconds)
            if found is not None:
                return found
        return None

    def _stillness(self, means: Array, seconds: float) -> Finding | None:
        """Return a joint whose torque changed and whose angle did not; means is (T, 24)."""
        moved, changed = np.split(means.max(axis=0) - means.min(axis=0), 2)
        stuck = (moved < self.limits.still_rad) & (changed > self.limits.still_nm)
        if not stuck.any():
            return None
        worst = int((stuck * changed).argmax())
        reason = (
            f"{self._spec.joint_names[worst]} moved by {moved[worst]:.3f} rad in {seconds:g} s "
            f"while its torque changed by {changed[worst]:.0f} Nm"
        )
        return Finding(Reaction.DAMP, "stuck", reason)


class _Ring:
    """The newest rows, kept twice so that they always lie side by side, oldest first."""

    __slots__ = ("_count", "_rows")

    def __init__(self, capacity: int, width: int) -> None:
        self._rows = np.zeros((2 * capacity, width))
        self._count = 0

    def push(self, row: Array, capacity: int) -> Array | None:
        """Take a row; return the newest rows, (capacity, width), once there are as many."""
        if len(self._rows) != 2 * capacity:
            self._rows, self._count = np.zeros((2 * capacity, self._rows.shape[1])), 0
        at = self._count % capacity
        self._rows[at] = self._rows[at + capacity] = row
        self._count += 1
        if self._count < capacity:
            return None
        return self._rows[at + 1 : at + 1 + capacity]
