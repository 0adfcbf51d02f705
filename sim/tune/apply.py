"""How a fit is used: models, commands and training ranges of the robot that was recorded."""

from dataclasses import replace

import mujoco
import numpy as np

from canter.control.robot import RobotSpec
from canter.control.types import JointCommand
from canter.sim.physics.randomisation import DynamicsRanges
from canter.sim.robots.model import set_joint_dynamics
from canter.sim.robots.robot_file import JOINT_DYNAMICS
from canter.sim.tune.parameters import JointDynamics
from canter.sim.tune.result import TuneResult


def tuned_spec(spec: mujoco.MjSpec, robot: RobotSpec, dynamics: JointDynamics) -> mujoco.MjSpec:
    """Return the spec with the fitted armature, damping and dry friction of its joints; edits it.

    Args:
        spec: any world with the robot, such as `canter.sim.robots.equip.robot_model_spec` gives.
        robot: names of the joints, in the order of the dynamics.
        dynamics: fitted parameters.
    """
    fitted = {field: getattr(dynamics, field) for field in JOINT_DYNAMICS}
    set_joint_dynamics(spec, robot.joint_names, fitted)
    return spec


def tuned_command(command: JointCommand, dynamics: JointDynamics) -> JointCommand:
    """Return what the motors make of a command: its gains times the fitted factors, (..., 12).

    Give the result to :meth:`BatchedSim.step`; the policy does not see it.
    """
    return replace(command, kp=command.kp * dynamics.kp_factor, kd=command.kd * dynamics.kd_factor)


def delay_steps(dynamics: JointDynamics, timestep: float) -> int:
    """Return the fitted delay in physics steps, for ``BatchedSim(motor_delay=...)``."""
    return round(dynamics.delay / timestep)


def training_ranges(
    result: TuneResult,
    timestep: float,
    base: DynamicsRanges | None = None,
    widen: float = 0.1,
) -> DynamicsRanges:
    """Return ranges to train in, whose gain factors and delay enclose those of the fit.

    Joints draw from one range, so it reaches from the weakest joint to the stiffest; the strength
    is within the gain factors already, and is 1.

    Args:
        result: of ``canter tune fit``.
        timestep: of the training's physics, s.
        base: ranges of all else; the usual ones if left out.
        widen: by which the ranges reach further than the fit, relative.
    """
    fitted = result.dynamics
    steps = fitted.delay / timestep
    return replace(
        base or DynamicsRanges(),
        strength=(1.0, 1.0),
        kp_factor=_around(fitted.kp_factor, widen),
        kd_factor=_around(fitted.kd_factor, widen),
        delay_steps=(max(0, int(np.floor(steps - 1))), int(np.ceil(steps + 1))),
    )


def _around(
    values: np.ndarray[tuple[int, ...], np.dtype[np.float64]], widen: float
) -> tuple[float, float]:
    """Return an interval that encloses values, widened."""
    return float(values.min() * (1 - widen)), float(values.max() * (1 + widen))
