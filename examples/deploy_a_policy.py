"""Runs a locomotion policy as a robot's own computer would: numpy and onnxruntime alone.

The file refuses a robot that it was not trained for, before the first command. In place of `read`
and `send` stand the robot's own.
"""

import numpy as np

from canter.control.impedance import damping_command
from canter.control.locomotion import GAIT, LocomotionPolicy
from canter.control.robot import DEFAULT_ROBOT, RobotSpec
from canter.control.safety.safety_monitor import SafetyMonitor
from canter.control.session import OnnxSession
from canter.control.types import GaitCommand, JointCommand, RobotState

PERIOD_S, STEPS = 0.02, 50


def read(robot: RobotSpec, time: float) -> RobotState:
    """Stand in for a robot's sensors: one that stands still."""
    zero, feet = np.zeros(len(robot.joint_names)), np.ones(len(robot.foot_names))
    upright, up = np.array([1.0, 0.0, 0.0, 0.0]), np.array([0.0, 0.0, 9.81])
    return RobotState(time, robot.default_q, zero, zero, upright, np.zeros(3), up, feet)


def send(command: JointCommand) -> None:
    """Stand in for a robot's motors."""
    assert np.isfinite(command.q_target).all()


def main() -> bool:
    """Walk on the spot for a second; returns whether the monitor was content."""
    policy, monitor = LocomotionPolicy(OnnxSession(GAIT)), SafetyMonitor(DEFAULT_ROBOT)
    for step in range(STEPS):
        time = step * PERIOD_S
        state = read(DEFAULT_ROBOT, time)
        wanted = policy.step(state, GaitCommand(vx=0.3).to_array())
        send(monitor.check(state, wanted, time))
    send(damping_command(DEFAULT_ROBOT, STEPS * PERIOD_S))
    print(f"{STEPS} commands; fault: {monitor.fault}")
    return monitor.fault is None


if __name__ == "__main__":
    raise SystemExit(0 if main() else 1)
