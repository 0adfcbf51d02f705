"""What the model-predictive controller makes of one reading: clock, feet, base and load."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from canter.control.dynamics.base_estimator import BaseEstimator, Motion
from canter.control.dynamics.body import Body
from canter.control.dynamics.dynamics import LegDynamics
from canter.control.dynamics.feet import Feet, feet_of
from canter.control.dynamics.load import Load, LoadEstimator
from canter.control.dynamics.tree import Float
from canter.control.gait.gait_clock import (
    STANCE_FRACTION,
    Flags,
    advance,
    foot_phases,
    gait_offsets,
    is_moving,
)
from canter.control.gait.observation import VELOCITY_FIELDS
from canter.control.mpc.footsteps import Stride
from canter.control.robot import LEGS
from canter.control.types import Array, RobotState

LANDED = 0.5
"""Part of the swing after which a foot that touches the ground stands."""


@dataclass(frozen=True, slots=True)
class ControlStep:
    """What one control period works with; arrays over N robots.

    Attributes:
        state: measured.
        command: GaitCommand fields by name.
        moving: which robots step, (N,).
        stride: phases and commanded steps.
        feet: the feet, base frame.
        motion: of the base.
        load: carried; None where it is not estimated.
        standing: which feet stand, (N, 4).
    """

    state: RobotState
    command: dict[str, Array]
    moving: Flags
    stride: Stride
    feet: Feet
    motion: Motion
    load: Load | None
    standing: Flags


class Perception:
    """Gait clock and estimates of N robots.

    Args:
        dynamics: the robot.
        body: the same as one body, in the nominal stance.
        robots: N.
        dt: control period, s.
        estimate_load: whether mass and its place are taken from the joint torques.

    Attributes:
        phase: of the gait clock, cycles in [0, 1), (N,).
        standing: which feet carried load in the last step, (N, 4).
    """

    def __init__(
        self, dynamics: LegDynamics, body: Body, robots: int, dt: float, *, estimate_load: bool
    ) -> None:
        self._dynamics, self._dt = dynamics, dt
        self._base = BaseEstimator(dynamics.legs.spec.standing_height, robots, dt)
        self._load = LoadEstimator(body.mass, body.com[:2], robots) if estimate_load else None
        self.phase: Float = np.zeros(robots)
        self.standing: Flags = np.ones((robots, len(LEGS)), bool)

    def reset(self, mask: NDArray[np.bool_]) -> None:
        """Put clock and estimates of the masked robots, (N,), back to rest."""
        self.phase[mask] = 0.0
        self.standing[mask] = True
        self._base.reset(mask)
        if self._load is not None:
            self._load.reset(mask)

    def perceive(self, state: RobotState, command: dict[str, Array]) -> ControlStep:
        """Advance the clock and the estimates.

        Args:
            state: measured, (N, ...).
            command: GaitCommand fields by name, (N,).
        """
        moving = is_moving(*(command[name] for name in VELOCITY_FIELDS))
        self.phase = advance(self.phase, moving, command["step_freq_hz"], self._dt)
        phases = foot_phases(self.phase, gait_offsets(command)) * moving[:, None]
        feet = feet_of(state, self._dynamics)
        landed = phases > STANCE_FRACTION + LANDED * (1 - STANCE_FRACTION)
        contact = state.foot_contact > 0
        self.standing = (phases < STANCE_FRACTION) | (landed & contact)
        motion = self._base.update(feet, (contact & self.standing).astype(float))
        load = None
        if self._load is not None:
            load = self._load.update(feet, state.tau, state.foot_contact, self._dt)
        stride = _stride(phases, command)
        return ControlStep(state, command, moving, stride, feet, motion, load, self.standing)


def _stride(phases: Array, command: dict[str, Array]) -> Stride:
    return Stride(
        phases=phases,
        frequency=command["step_freq_hz"],
        velocity=np.stack([command["vx"], command["vy"]], axis=-1),
        yaw_rate=command["wz"],
        width=command["stance_width"],
        clearance=command["swing_height"],
    )
