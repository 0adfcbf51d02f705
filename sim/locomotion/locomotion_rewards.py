"""Reward terms of velocity-commanded trotting; each is a small function, weighted by name.

After walk-these-ways (arXiv:2212.03238): contact schedule by a gait clock, swing, smoothness.
Terms are not clipped at zero: a clipped sum hides its penalties.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from canter.control.robot import RobotSpec
from canter.sim.physics.batched_sim import CONTACT_FORCE, GroundTruth

Float = NDArray[np.floating]


@dataclass(frozen=True, slots=True)
class Moment:
    """What the reward terms may look at, arrays over N robots.

    Attributes:
        velocity: base velocity along the heading, leftward, upward, m/s, (N, 3).
        ang_vel_b: base angular velocity, base frame, rad/s, (N, 3).
        gravity_b: unit gravity in the base frame, (N, 3).
        attitude_error: its forward and leftward parts minus those at the commanded pitch, (N, 2).
        width_error: mean lateral distance between the feet minus the commanded one, m, (N,).
        height_error: base height minus the commanded one, m, (N,).
        planar_command: commanded vx, vy, m/s, (N, 2).
        yaw_command: commanded wz, rad/s, (N,).
        moving: 1 where a motion is commanded, (N,).
        swing_phase: progress of each foot's swing in [0, 1), negative in stance, (N, 4).
        swing_height: commanded foot clearance, m, (N,).
        foot_height: height of the feet's lowest point over the floor, m, (N, 4).
        uneven: 1 where the ground has roughness or steps, (N,).
        foot_speed: planar speed of the feet, m/s, (N, 4).
        foot_force: contact force, N, (N, 4).
        hip_q: hip abduction angles, rad, (N, 4).
        qd: joint speeds, rad/s, (N, 12).
        tau: joint torques, Nm, (N, 12).
        action: policy output, (N, 12).
        last_action: policy output one step before, (N, 12).
        older_action: policy output two steps before, (N, 12).
    """

    velocity: Float
    ang_vel_b: Float
    gravity_b: Float
    attitude_error: Float
    width_error: Float
    height_error: Float
    planar_command: Float
    yaw_command: Float
    moving: Float
    swing_phase: Float
    swing_height: Float
    foot_height: Float
    uneven: Float
    foot_speed: Float
    foot_force: Float
    hip_q: Float
    qd: Float
    tau: Float
    action: Float
    last_action: Float
    older_action: Float


def _square(x: Float) -> Float:
    return np.asarray(np.sum(np.square(x), axis=-1))


def _kernel(squared_error: Float, width: float) -> Float:
    return np.asarray(np.exp(-squared_error / width))


def _planar_error(m: Moment) -> Float:
    return _square(m.velocity[..., :2] - m.planar_command)


def track_planar(m: Moment) -> Float:
    """Velocity tracking, wide kernel (0.5 m/s)."""
    return _kernel(_planar_error(m), 0.25)


def track_planar_fine(m: Moment) -> Float:
    """Velocity tracking, narrow kernel (0.12 m/s): pays for the last centimetres a second."""
    return _kernel(_planar_error(m), 0.015)


def _yaw_error(m: Moment) -> Float:
    return np.square(m.ang_vel_b[..., -1] - m.yaw_command)


def track_yaw(m: Moment) -> Float:
    """Yaw-rate tracking, wide kernel (0.5 rad/s)."""
    return _kernel(_yaw_error(m), 0.25)


def track_yaw_fine(m: Moment) -> Float:
    """Yaw-rate tracking, narrow kernel (0.17 rad/s)."""
    return _kernel(_yaw_error(m), 0.03)


def vertical_speed(m: Moment) -> Float:
    """Square of the base's vertical speed."""
    return np.square(m.velocity[..., -1])


def roll_pitch_rate(m: Moment) -> Float:
    """Square of the base's roll and pitch rates."""
    return _square(m.ang_vel_b[..., :2])


def attitude(m: Moment) -> Float:
    """Square of the error of gravity's component in the base's horizontal plane."""
    return _square(m.attitude_error)


def height(m: Moment) -> Float:
    """Square of the height error."""
    return np.square(m.height_error)


def contact_schedule(m: Moment) -> Float:
    """Fraction of feet whose contact is what the gait clock asks for."""
    wanted = m.swing_phase < 0
    return np.asarray(np.mean((m.foot_force > CONTACT_FORCE) == wanted, axis=-1))


def swing_clearance(m: Moment) -> Float:
    """Squared error of the swing feet's height against half a sine of the commanded clearance.

    On uneven ground only what it falls short counts, up to MOST_SHORT: it passes edges unseen.
    """
    swinging = m.swing_phase >= 0
    wanted = m.swing_height[..., None] * np.sin(np.pi * np.clip(m.swing_phase, 0.0, 1.0))
    error = m.foot_height - wanted
    blind = np.clip(error, -MOST_SHORT, 0.0)
    error = np.where(m.uneven[..., None] > 0, blind, error)
    return np.asarray(np.sum(swinging * np.square(error), axis=-1))


def foot_slip(m: Moment) -> Float:
    """Squared planar speed of the feet that carry load."""
    loaded = m.foot_force > CONTACT_FORCE
    return np.asarray(np.sum(loaded * np.square(m.foot_speed), axis=-1))


def stand_still(m: Moment) -> Float:
    """Joint motion while no motion is commanded."""
    return (1.0 - m.moving) * _square(m.qd)


def hip_spread(m: Moment) -> Float:
    """Square of the hip abduction angles."""
    return _square(m.hip_q)


def torque(m: Moment) -> Float:
    """Square of the joint torques."""
    return _square(m.tau)


def action_rate(m: Moment) -> Float:
    """Square of the action's first difference."""
    return _square(m.action - m.last_action)


def action_jerk(m: Moment) -> Float:
    """Square of the action's second difference."""
    return _square(m.action - 2 * m.last_action + m.older_action)


MOST_SHORT = 0.03
"""Largest error of the clearance that counts on uneven ground, m."""

Term = Callable[[Moment], Float]
REWARDS: dict[Term, float] = {
    track_planar: 1.0,
    track_planar_fine: 1.2,
    track_yaw: 0.5,
    track_yaw_fine: 0.9,
    vertical_speed: -1.0,
    roll_pitch_rate: -0.05,
    attitude: -3.0,
    height: -60.0,
    contact_schedule: 0.6,
    swing_clearance: -40.0,
    foot_slip: -0.15,
    stand_still: -0.004,
    hip_spread: -0.3,
    torque: -1.0e-4,
    action_rate: -0.015,
    action_jerk: -0.005,
}
"""Weight of each term of a trot, per second."""


def total_reward(
    moment: Moment, dt: float, rewards: Mapping[Term, float] = REWARDS
) -> tuple[Float, dict[str, float]]:
    """Return the weighted sum over a step of dt seconds, (N,), and each term's mean, by name."""
    total = np.zeros(moment.yaw_command.shape)
    means = {}
    for term, weight in rewards.items():
        value = term(moment)
        total += weight * dt * value
        means[term.__name__] = float(value.mean())
    return total, means


def lowest_point(foot_pos_w: Float, robot: RobotSpec) -> Float:
    """Return the height of each foot's lowest point over a flat floor, m, (..., 4)."""
    return foot_pos_w[..., -1] - robot.foot_radius


def stance_width(truth: GroundTruth, left: NDArray[np.bool_]) -> Float:
    """Return the mean lateral distance between left and right feet, m, (N,).

    Args:
        truth: of N robots.
        left: which feet are left ones, (4,).
    """
    yaw = truth.yaw()[:, None]
    x, y, _ = np.moveaxis(truth.foot_pos_w - truth.base_pos_w[:, None], -1, 0)
    leftward = np.cos(yaw) * y - np.sin(yaw) * x
    return np.asarray(leftward[:, left].mean(axis=-1) - leftward[:, ~left].mean(axis=-1))
