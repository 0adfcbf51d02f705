"""The watch for motors that do not do what they are told, seen in each joint's own motion.

It knows nothing of the robot's dynamics: what it tests holds for any joint. Own design; the limits
lie above what robots reach that walk under pushes (`canter bench safety`).
"""

from dataclasses import dataclass

import numpy as np

from canter.control.robot import RobotSpec, Vector, per_joint
from canter.control.safety.encoder_watch import LONGEST_TICK_S
from canter.control.safety.heartbeat import Reaction
from canter.control.safety.motor_delay import MotorDelay
from canter.control.safety.safety_limits import Finding
from canter.control.safety.signal_history import Ring
from canter.control.types import Array, JointCommand, RobotState

EARLY_S = 1e-4
"""How much before its time a look is taken, s."""


@dataclass(frozen=True, slots=True)
class MotorLimits:
    """Where `MotorWatch` trips; per joint, (12,).

    Attributes:
        against_s: times over which the power of a joint against its motor is averaged, s.
        against_w: the power that is allowed over each of them, W.
        missing_nm: torque asked for that the motor does not show, Nm.
        missing_s: time over which that torque is averaged, s.
        shown: share of the torque asked for below which it counts as not shown.
        period_s: time between two looks, s.
        delay_s: longest time between a command and its torque, s.
    """

    against_s: tuple[float, ...]
    against_w: tuple[Vector, ...]
    missing_nm: Vector
    missing_s: float = 0.03
    shown: float = 0.2
    period_s: float = 0.004
    delay_s: float = 0.044


MOTOR_LIMITS = MotorLimits(
    against_s=(0.03, 0.1),
    against_w=(per_joint(130, 170, 320), per_joint(70, 110, 170)),
    missing_nm=per_joint(2, 4.5, 3.5),
)
"""For a robot of 15 kg, measured on the default one."""


class MotorWatch:
    """Joints must follow their motors, and motors their commands.

    - "against its motor": -tau qd stays large: the joint runs away, as a flipped sign makes it;
    - "torque missing": the impedance law asks for torque that the motor does not show.
    """

    def __init__(self, spec: RobotSpec, limits: MotorLimits = MOTOR_LIMITS) -> None:
        self.limits = limits
        self._spec = spec
        self._allowed = np.stack(limits.against_w)
        self._slowness = np.array(limits.against_s)[:, None]
        self.forget()

    def forget(self) -> None:
        """Begin anew."""
        joints = len(self._spec.joint_names)
        self._time: float | None = None
        self._against: Array = np.zeros(self._allowed.shape)
        self._missing: Array = np.zeros(joints)
        self._kept = round(self.limits.delay_s / self.limits.period_s) + 1
        self._sent = Ring(self._kept, 3 * joints)
        self._delay = MotorDelay(self._kept)

    def rest(self) -> None:
        """Forget what the motors were told: they follow something else, or late commands.

        The delay that was learnt stays; no torque is missed before each command that may act was
        sent after this.
        """
        joints = len(self._spec.joint_names)
        self._missing = np.zeros(joints)
        self._sent = Ring(self._kept, 3 * joints)

    def look(self, state: RobotState, command: JointCommand, now: float) -> Finding | None:
        """Take one tick."""
        last = self._time
        if last is not None and 0 < now - last < self.limits.period_s - EARLY_S:
            return None
        self._time = now
        if last is None or not 0 < now - last <= LONGEST_TICK_S:
            self.forget()
            self._time = now
            return None
        dt = now - last
        return self._runs_away(state, dt) or self._lacks_torque(state, command, dt)

    def _runs_away(self, state: RobotState, dt: float) -> Finding | None:
        share = np.minimum(dt / self._slowness, 1.0)
        self._against -= (state.tau * state.qd + self._against) * share
        over = self._against > self._allowed
        if not over.any():
            return None
        which, worst = divmod(int(over.argmax()), over.shape[1])
        reason = (
            f"{self._spec.joint_names[worst]} moves against its motor with "
            f"{self._against[which, worst]:.0f} W over {1e3 * self.limits.against_s[which]:g} ms, "
            f"allowed are {self._allowed[which, worst]:.0f}; check the signs of motor and encoder"
        )
        return Finding(Reaction.DAMP, "against its motor", reason, (worst,))

    def _lacks_torque(self, state: RobotState, command: JointCommand, dt: float) -> Finding | None:
        """Compare with what each command that may act now asks for in the present state."""
        joints, most = len(state.q), self._spec.tau_max
        packed = np.concatenate(
            [command.kp * command.q_target + command.tau_ff, command.kp, command.kd]
        )
        kept = self._sent.push(packed)
        if len(kept) < self._kept:
            return None
        push, kp, kd = kept[:, :joints], kept[:, joints : 2 * joints], kept[:, 2 * joints :]
        asked = np.minimum(np.maximum(push - kp * state.q - kd * state.qd, -most), most)
        asked = asked[self._delay.look(asked, state.tau, dt)]
        low, high = asked.min(axis=0), asked.max(axis=0)
        least = np.maximum(np.maximum(low, -high), 0.0)  # positive where all had one sign
        shown = np.sign(high + low) * state.tau
        short = np.where(shown < self.limits.shown * least, least, 0.0)
        self._missing += (short - self._missing) * min(dt / self.limits.missing_s, 1.0)
        over = self._missing - self.limits.missing_nm
        worst = int(over.argmax())
        if over[worst] <= 0:
            return None
        reason = (
            f"{self._spec.joint_names[worst]} shows {state.tau[worst]:.1f} Nm where "
            f"{low[worst]:.1f}..{high[worst]:.1f} are asked for; its motor may be dead"
        )
        return Finding(Reaction.DAMP, "torque missing", reason)
