"""The quadratic programme of a trunk carried by forces at its feet.

After Di Carlo et al., "Dynamic locomotion in the MIT Cheetah 3 through convex model-predictive
control" (IROS 2018): one rigid body, small roll and pitch, forces constant within a step. All
vectors stand in the level frame at the heading of now, whose origin is the centre of mass of now.
"""

from dataclasses import dataclass

import numpy as np

from canter.control.dynamics.dynamics import GRAVITY
from canter.control.dynamics.rotations import skew
from canter.control.dynamics.tree import Float
from canter.control.mpc.settings import MpcSettings
from canter.control.robot import LEGS
from canter.control.types import Array

AXES = 3
FORCES = AXES * len(LEGS)
"""Numbers of one step: force of each foot, xyz."""


@dataclass(frozen=True, slots=True)
class Trunk:
    """The rigid body that is to be carried; arrays over N robots.

    Attributes:
        mass: kg, (N,).
        inertia: about the centre of mass, level frame, kg m^2, (N, 3, 3).
        angles: roll, pitch and yaw, rad, (N, 3).
        height: of the centre of mass over the ground, m, (N,).
        rate: angular velocity, rad/s, (N, 3).
        velocity: of the centre of mass, m/s, (N, 3).
    """

    mass: Array
    inertia: Array
    angles: Array
    height: Array
    rate: Array
    velocity: Array


@dataclass(frozen=True, slots=True)
class Goal:
    """Where the body shall be after each step; arrays over N robots and h steps.

    Attributes:
        angles: rad, (N, h, 3).
        place: from the centre of mass of now, its height over the ground, m, (N, h, 3).
        rate: rad/s, (N, h, 3).
        velocity: m/s, (N, h, 3).
    """

    angles: Array
    place: Array
    rate: Array
    velocity: Array


@dataclass(frozen=True, slots=True)
class Programme:
    """Minimise u'Pu/2 + q'u, each foot's force within its limit and its :func:`friction_cone`.

    The unknowns u are the forces of each step and foot, in units of the robot's weight.

    Attributes:
        hessian: P, (N, n, n).
        gradient: q, (N, n).
        limit: largest vertical force of each step and foot, (N, n / 3); 0 for no force at all.
    """

    hessian: Array
    gradient: Array
    limit: Array


class ProblemBuilder:
    """Writes the programme of N robots at once.

    Args:
        settings: horizon and weights.
    """

    def __init__(self, settings: MpcSettings) -> None:
        self.settings = settings
        h, dt = settings.horizon, settings.step_s
        after = np.arange(1, h + 1)
        since = after[:, None] - np.arange(h)
        acted = since > 0
        self._of_rate: Float = dt * acted
        self._of_place: Float = dt * dt * (since - 0.5) * acted
        self._time: Float = dt * after
        self._place_weight = np.array([*settings.orientation, *settings.position])
        self._rate_weight = np.array([*settings.rate, *settings.velocity])

    def programme(self, trunk: Trunk, goal: Goal, arms: Array, stance: Array) -> Programme:
        """Return the programme.

        Args:
            trunk: the body now.
            goal: where it shall be.
            arms: feet from the centre of mass in each step, m, (N, h, 4, 3).
            stance: 1 where a foot may push, (N, h, 4).
        """
        gain = _gain(trunk, arms)
        rate, place = self._free(trunk)
        rate_error = rate - np.concatenate([goal.rate, goal.velocity], axis=-1)
        place_error = place - np.concatenate([goal.angles, goal.place], axis=-1)
        hessian = self._curvature(gain, self._of_rate, self._rate_weight)
        hessian += self._curvature(gain, self._of_place, self._place_weight)
        hessian[..., range(hessian.shape[-1]), range(hessian.shape[-1])] += self.settings.effort
        slope = self._slope(gain, self._of_rate, self._rate_weight * rate_error)
        slope += self._slope(gain, self._of_place, self._place_weight * place_error)
        limit = self.settings.force_max * stance.reshape(len(stance), -1)
        return Programme(hessian, slope, limit)

    def _free(self, trunk: Trunk) -> tuple[Array, Array]:
        """Return rates and places after each step without forces, (N, h, 6) each."""
        count, time = len(trunk.mass), self._time[:, None]
        fall = np.array([0.0, 0.0, 0.0, 0.0, 0.0, -GRAVITY])
        start_rate = np.concatenate([trunk.rate, trunk.velocity], axis=-1)[:, None]
        here = np.zeros((count, AXES))
        here[:, -1] = trunk.height
        start = np.concatenate([trunk.angles, here], axis=-1)[:, None]
        return start_rate + time * fall, start + time * start_rate + 0.5 * time**2 * fall

    def _curvature(self, gain: Array, effect: Float, weight: Float) -> Array:
        """Return sum_k B_k' W B_k, (N, n, n), B_k = effect[k, i] gain_i."""
        inner = np.swapaxes(gain * weight[:, None], -1, -2) @ gain
        return inner * np.kron(effect.T @ effect, np.ones((FORCES, FORCES)))

    def _slope(self, gain: Array, effect: Float, weighted: Array) -> Array:
        """Return sum_k B_k' W error_k, (N, n)."""
        summed = np.repeat(effect.T @ weighted, FORCES, axis=-2)
        return np.asarray((np.swapaxes(gain, -1, -2) * summed).sum(axis=-1))


def friction_cone(settings: MpcSettings) -> Float:
    """Return what must not be negative of one foot's force, as rows, (5, 3).

    With mu: fz, mu fz - fx, mu fz + fx, mu fz - fy, mu fz + fy.
    """
    mu = settings.friction
    return np.array([[0, 0, 1], [-1, 0, mu], [1, 0, mu], [0, -1, mu], [0, 1, mu]])


def _gain(trunk: Trunk, arms: Array) -> Array:
    """Return the accelerations of the body per unit of each force, (N, 6, h * 12)."""
    weight = trunk.mass * GRAVITY
    turn = np.linalg.inv(trunk.inertia)[:, None, None] @ skew(arms)
    push = np.broadcast_to(np.eye(AXES) / trunk.mass[:, None, None, None, None], turn.shape)
    both = np.concatenate([turn, push], axis=-2) * weight[:, None, None, None, None]
    count = len(both)
    return np.asarray(np.moveaxis(both, -2, 1).reshape(count, 2 * AXES, -1))
