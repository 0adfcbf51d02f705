"""Joint targets corrected by the robot's dynamics, between policy and motors."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from canter.control.dynamics.body import nominal_body
from canter.control.dynamics.dynamics import GRAVITY, LegDynamics
from canter.control.dynamics.feet import Feet, feet_of
from canter.control.dynamics.load import Load, LoadEstimator
from canter.control.dynamics.tree import Float
from canter.control.gait.arguments import with_batch
from canter.control.robot import RobotSpec
from canter.control.types import Array, JointCommand, RobotState

LEAST_KP = 1.0
"""Stiffness below which a target cannot stand for a torque, Nm/rad."""


@dataclass(frozen=True, slots=True)
class CorrectionSettings:
    """What is corrected, and how often.

    Attributes:
        legs: part of the torque that the links' own gravity and motion take.
        load: part of the torque that weight beyond the robot's own takes.
        ignored: weight beyond the robot's own that is left alone, kg.
        period_s: time between two evaluations of the dynamics, s.
    """

    legs: float = 1.0
    load: float = 1.0
    ignored: float = 1.0
    period_s: float = 0.01


class DynamicsCorrection:
    """Shifts joint targets so that the stiffness gives the torques which the dynamics ask for.

    q* + (legs' gravity, Coriolis and centrifugal torques + torques of the weight beyond the robot's
    own) / kp; a `canter.control.adaptation.adapter.GainAdapter`.

    Args:
        spec: the robot.
        robots: N.
        settings: what is corrected.
    """

    def __init__(
        self,
        spec: RobotSpec,
        robots: int = 1,
        settings: CorrectionSettings | None = None,
    ) -> None:
        self._settings = settings or CorrectionSettings()
        self._spec, self._robots = spec, robots
        self._dynamics = LegDynamics(spec)
        body = nominal_body(self._dynamics)
        self._mass, self._place = body.mass, body.com[:2]
        self._load = LoadEstimator(self._mass, self._place, robots)
        self._torque: Float = np.zeros((robots, len(spec.joint_names)))
        self._since = np.inf

    def reset(self, mask: NDArray[np.bool_] | None = None) -> None:
        """Forget the load of the masked robots, (N,), or of all."""
        chosen = np.ones(self._robots, bool) if mask is None else mask
        self._load.reset(chosen)
        self._torque[chosen] = 0.0
        self._since = np.inf

    def adapt(self, state: RobotState, command: JointCommand, dt: float) -> JointCommand:
        """Return the command with other targets, within the joint limits.

        Args:
            state: the newest measurement, fields (N, ...) or those of one robot.
            command: the newest command of the policy, fields (N, 12) or (12,).
            dt: time since the last tick, s.
        """
        self._since += dt
        if self._since >= self._settings.period_s:
            self._evaluate(
                with_batch(state, self._robots), min(self._since, self._settings.period_s)
            )
            self._since = 0.0
        shift = self._torque.reshape(command.kp.shape) / np.maximum(command.kp, LEAST_KP)
        target = np.clip(command.q_target + shift, self._spec.q_min, self._spec.q_max)
        return replace(command, q_target=target)

    def _evaluate(self, state: RobotState, elapsed: float) -> None:
        """Take the dynamics anew from the measured state."""
        feet = feet_of(state, self._dynamics)
        load = self._load.update(feet, state.tau, state.foot_contact, elapsed)
        extra = feet.joint_torque(self._extra_force(feet, load, state.foot_contact))
        self._torque = self._settings.legs * feet.leg_torque + self._settings.load * extra

    def _extra_force(self, feet: Feet, load: Load, contact: Array) -> Array:
        """Return what the ground must give beyond the robot's weight, base frame, N, (N, 4, 3).

        Vertical forces at the feet that stand, the smallest that give the extra weight and its
        moment about the base; where two feet stand, the nearest to it.
        """
        mass = load.mass - self._mass
        heavy = np.abs(mass) > self._settings.ignored
        lever = load.mass[:, None] * load.place - self._mass * self._place
        wanted = GRAVITY * np.concatenate([mass[:, None], lever], axis=-1) * heavy[:, None]
        rows = np.stack([np.ones(contact.shape), *np.moveaxis(feet.point[..., :2], -1, 0)], -2)
        share = np.linalg.pinv(rows * contact[:, None, :]) @ wanted[..., None]
        return np.asarray(share * feet.turn[:, -1:, :])


def load_correction(spec: RobotSpec, robots: int) -> DynamicsCorrection:
    """Return the correction by the load's weight alone, without that of the legs' own."""
    return DynamicsCorrection(spec, robots, settings=CorrectionSettings(legs=0.0))
