"""Faults of the body: joints, motors and encoders that break, and a robot thrown over."""

from dataclasses import replace

import numpy as np

from canter.control.impedance import impedance_torque
from canter.control.robot import RobotSpec
from canter.control.types import JointCommand, RobotState
from canter.evals.safety.injection import APART_RAD, JOINTS, Blow, Injection, no_blow

JAM = 2e3
"""Damping of a jammed joint, Nm s/rad."""


class FlippedEncoder(Injection):
    """Angle and speed of a joint change their sign, for its motor's own loop too."""

    inferred = True

    def state(self, state: RobotState, now: float) -> RobotState:
        """Return what the encoder says."""
        q, qd = state.q.copy(), state.qd.copy()
        q[self.joint] *= -1
        qd[self.joint] *= -1
        if self.zero is None and abs(q[self.joint] - state.q[self.joint]) > APART_RAD:
            self.zero = now
        return replace(state, q=q, qd=qd)

    def motors(self, command: JointCommand, state: RobotState) -> JointCommand:
        """Return the torque that the motor's own loop works out of the flipped readings."""
        return as_torque(self.robot, command, self.state(state, state.time), self.joint, +1.0)


class FlippedMotor(Injection):
    """A motor pushes the wrong way and reports the torque it believes to give."""

    inferred = True

    def state(self, state: RobotState, now: float) -> RobotState:
        """Return the torque in the motor's own frame."""
        tau = state.tau.copy()
        tau[self.joint] *= -1
        return replace(state, tau=tau)

    def motors(self, command: JointCommand, state: RobotState) -> JointCommand:
        """Return the torque of the law, the wrong way round."""
        return as_torque(self.robot, command, state, self.joint, -1.0)


class DeadMotor(Injection):
    """A motor gives no torque any more."""

    inferred = True

    def blow(self) -> Blow:
        """Switch it off."""
        blow = no_blow()
        blow.strength[self.joint] = 0.0
        return blow


class JammedJoint(Injection):
    """A joint cannot move, whatever its motor does."""

    inferred = True

    def blow(self) -> Blow:
        """Hold it fast."""
        blow = no_blow()
        blow.damping[self.joint] = JAM
        return blow


class Topple(Injection):
    """The robot is thrown over; seen once it truly leans too far."""

    def __init__(self, rng: np.random.Generator, onset: float) -> None:
        super().__init__(rng, onset)
        self.zero = None

    def blow(self) -> Blow:
        """Spin it about a level axis, in the air."""
        angle = self.rng.uniform(-np.pi, np.pi)
        spin = self.rng.uniform(9.0, 12.0) * np.array([np.cos(angle), np.sin(angle), 0.0])
        return Blow(np.ones(JOINTS), np.zeros(JOINTS), spin, 2.0)


def as_torque(
    robot: RobotSpec, command: JointCommand, state: RobotState, joint: int, sign: float
) -> JointCommand:
    """Return the command with one joint's law worked out, times a sign, as a bare torque.

    Args:
        robot: the robot.
        command: (12,).
        state: what the motor's own loop reads, fields (12,).
        joint: index of the joint.
        sign: +1 or -1.
    """
    torque = sign * impedance_torque(command, state.q, state.qd, robot.tau_max)[joint]
    fields = {name: getattr(command, name).copy() for name in ("kp", "kd", "tau_ff")}
    for values, value in zip(fields.values(), (0.0, 0.0, torque), strict=True):
        values[joint] = value
    return replace(command, **fields)
