"""What a fault of ``canter bench safety`` may touch: numbers, clock, motors, body."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from canter.control.robot import DEFAULT_ROBOT, JOINT_NAMES, RobotSpec
from canter.control.types import Array, JointCommand, RobotState

Answer = Literal["damp", "rest", "refuse"]
JOINTS = len(JOINT_NAMES)
APART_RAD = 0.1
"""A fault shows once an angle is so far from that of a healthy twin, or from its reading, rad."""


@dataclass(frozen=True, slots=True)
class Blow:
    """What a fault does to a robot's body at its onset.

    Attributes:
        strength: factor on each motor, (12,).
        damping: damping added to each joint, which stops first, Nm s/rad, (12,).
        spin: angular velocity added to the base, base frame, rad/s, (3,).
        lift: upward velocity added to the base, m/s.
    """

    strength: Array
    damping: Array
    spin: Array
    lift: float


def no_blow() -> Blow:
    """Return a blow that changes nothing."""
    return Blow(np.ones(JOINTS), np.zeros(JOINTS), np.zeros(3), 0.0)


class Injection:
    """A fault of one robot from its onset on; this one does nothing.

    Attributes:
        rng: its own source of chance.
        onset: when it begins, s; it falls on a beginning control period.
        robot: the robot.
        answer: what the stack must do.
        zero: when it could first be seen, s; None while it cannot.
        refused: how many packets or writers were turned away.
        accepted: how many were let in that should not have been.
    """

    answer: Answer = "damp"
    inferred = False
    """Whether it shows in the robot's motion alone, some time after its onset."""

    def __init__(
        self, rng: np.random.Generator, onset: float, robot: RobotSpec = DEFAULT_ROBOT
    ) -> None:
        self.rng, self.onset, self.robot = rng, onset, robot
        self.zero: float | None = onset
        self.refused = self.accepted = 0
        self.joint = int(rng.integers(JOINTS))

    def gait(self, command: Array, now: float) -> Array:
        """Return the gait command in force, (12,)."""
        del now
        return command

    def state(self, state: RobotState, now: float) -> RobotState | None:
        """Return the measurement that arrives, None if none does."""
        del now
        return state

    def command(self, command: JointCommand, now: float) -> JointCommand | None:
        """Return the joint command that arrives, None if none does."""
        del now
        return command

    def clock(self, now: float) -> float:
        """Return the time that the controller reads, s."""
        return now

    def motors(self, command: JointCommand, state: RobotState) -> JointCommand:
        """Return what the motors make of a command in the robot's true state."""
        del state
        return command

    def blow(self) -> Blow:
        """Return what happens to the robot's body at the onset."""
        return no_blow()
