"""How near the fitted robot's motion and torque come to the recorded ones, by kind of joint."""

from collections.abc import Sequence

import numpy as np

from canter.control.robot import LEG_JOINTS, RobotSpec
from canter.sim.tune.bench_mount import kind_of, leg_of
from canter.sim.tune.recording import Recording
from canter.sim.tune.shooting import Shooting
from canter.sim.tune.windows import Float


def _members(robot: RobotSpec, legs: Sequence[str]) -> dict[str, list[int]]:
    """Return the chosen joints of each kind."""
    kinds, joint_legs = kind_of(robot), leg_of(robot)
    members = {
        kind: [i for i, k in enumerate(kinds) if k == kind and joint_legs[i] in legs]
        for kind in LEG_JOINTS
    }
    return {kind: joints for kind, joints in members.items() if joints}


def rms(errors: Float, robot: RobotSpec, legs: Sequence[str]) -> dict[str, dict[str, float]]:
    """Return the root mean squares of errors (S, J, 2) by kind."""
    square = np.square(errors).mean(axis=0)
    members = _members(robot, legs)
    return {
        name: {kind: float(np.sqrt(square[m, k].mean())) for kind, m in members.items()}
        for k, name in enumerate(("q_rms", "qd_rms"))
    }


def strength(
    recording: Recording, shooting: Shooting, simulated: Float, legs: Sequence[str]
) -> dict[str, float]:
    """Return simulated over reported torque by kind: the inverse slope of reported on simulated.

    Least squares through zero, the noise being in what is reported.
    """
    if recording.tau is None:
        return {}
    reported = recording.tau[shooting.windows.sample]
    members = _members(shooting.robot, legs)
    return {
        kind: float(np.square(simulated[:, m]).sum() / (simulated[:, m] * reported[:, m]).sum())
        for kind, m in members.items()
        if np.any(reported[:, m])
    }
