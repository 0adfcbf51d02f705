"""Reward terms of commanded walking; each is a small function, weighted by name.

After walk-these-ways (arXiv:2212.03238): contact schedule by a gait clock, swing, smoothness.
Terms are not clipped at zero: a clipped sum hides its penalties. Height and attitude have narrow
kernels beside their squares: a square alone hardly pays for the last two centimetres.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from canter.sim.locomotion.reward_inputs import RewardInputs
from canter.sim.locomotion.reward_weights import TRACKING_TERMS, RewardWeights
from canter.sim.physics.batched_sim import CONTACT_FORCE

Float = NDArray[np.floating]

MOST_SHORT = 0.03
"""Largest error of the clearance that counts on uneven ground, m."""
HEIGHT_WIDTH = 6.0e-4
"""Square of 2.4 cm, m^2."""
ATTITUDE_WIDTH = 4.0e-3
"""Square of 3.6 degrees."""


def _square(x: Float) -> Float:
    return np.asarray(np.sum(np.square(x), axis=-1))


def _kernel(squared_error: Float, width: float) -> Float:
    return np.asarray(np.exp(-squared_error / width))


def _planar_error(m: RewardInputs) -> Float:
    return _square(m.velocity[..., :2] - m.planar_command)


def track_planar(m: RewardInputs) -> Float:
    """Velocity tracking, wide kernel (0.5 m/s)."""
    return _kernel(_planar_error(m), 0.25)


def track_planar_fine(m: RewardInputs) -> Float:
    """Velocity tracking, narrow kernel (0.12 m/s): pays for the last centimetres a second."""
    return _kernel(_planar_error(m), 0.015)


def _yaw_error(m: RewardInputs) -> Float:
    return np.square(m.ang_vel_b[..., -1] - m.yaw_command)


def track_yaw(m: RewardInputs) -> Float:
    """Yaw-rate tracking, wide kernel (0.5 rad/s)."""
    return _kernel(_yaw_error(m), 0.25)


def track_yaw_fine(m: RewardInputs) -> Float:
    """Yaw-rate tracking, narrow kernel (0.17 rad/s)."""
    return _kernel(_yaw_error(m), 0.03)


def vertical_speed(m: RewardInputs) -> Float:
    """Square of the base's vertical speed."""
    return np.square(m.velocity[..., -1])


def roll_pitch_rate(m: RewardInputs) -> Float:
    """Square of the base's roll and pitch rates."""
    return _square(m.ang_vel_b[..., :2])


def attitude(m: RewardInputs) -> Float:
    """Square of the error of gravity's component in the base's horizontal plane."""
    return _square(m.attitude_error)


def height(m: RewardInputs) -> Float:
    """Square of the height error."""
    return np.square(m.height_error)


def attitude_fine(m: RewardInputs) -> Float:
    """Tracking of pitch and level roll, narrow kernel (3.6 degrees)."""
    return np.asarray(np.exp(-np.square(m.attitude_error).sum(axis=-1) / ATTITUDE_WIDTH))


def height_fine(m: RewardInputs) -> Float:
    """Height tracking, narrow kernel (2.4 cm)."""
    return np.asarray(np.exp(-np.square(m.height_error) / HEIGHT_WIDTH))


def width(m: RewardInputs) -> Float:
    """Square of the error of the mean stance width."""
    return np.square(m.width_error)


def contact_schedule(m: RewardInputs) -> Float:
    """Fraction of feet whose contact is what the gait clock asks for."""
    wanted = m.swing_phase < 0
    return np.asarray(np.mean((m.foot_force > CONTACT_FORCE) == wanted, axis=-1))


def swing_clearance(m: RewardInputs) -> Float:
    """Squared error of the swing feet's height against half a sine of the commanded clearance.

    On uneven ground only what it falls short counts, up to MOST_SHORT: it passes edges unseen.
    """
    swinging = m.swing_phase >= 0
    wanted = m.swing_height[..., None] * np.sin(np.pi * np.clip(m.swing_phase, 0.0, 1.0))
    error = m.foot_height - wanted
    blind = np.clip(error, -MOST_SHORT, 0.0)
    error = np.where(m.uneven[..., None] > 0, blind, error)
    return np.asarray(np.sum(swinging * np.square(error), axis=-1))


def foot_slip(m: RewardInputs) -> Float:
    """Squared planar speed of the feet that carry load."""
    loaded = m.foot_force > CONTACT_FORCE
    return np.asarray(np.sum(loaded * np.square(m.foot_speed), axis=-1))


def stand_still(m: RewardInputs) -> Float:
    """Joint motion while no motion is commanded."""
    return (1.0 - m.moving) * _square(m.qd)


def hip_spread(m: RewardInputs) -> Float:
    """Square of the hip abduction angles."""
    return _square(m.hip_q)


def torque(m: RewardInputs) -> Float:
    """Square of the joint torques."""
    return _square(m.tau)


def action_rate(m: RewardInputs) -> Float:
    """Square of the action's first difference."""
    return _square(m.action - m.last_action)


def action_jerk(m: RewardInputs) -> Float:
    """Square of the action's second difference."""
    return _square(m.action - 2 * m.last_action + m.older_action)


MOST_SHORT = 0.03
"""Largest error of the clearance that counts on uneven ground, m."""

Term = Callable[[RewardInputs], Float]
TERMS: tuple[Term, ...] = (
    track_planar,
    track_planar_fine,
    track_yaw,
    track_yaw_fine,
    vertical_speed,
    roll_pitch_rate,
    attitude,
    attitude_fine,
    height,
    height_fine,
    contact_schedule,
    swing_clearance,
    width,
    foot_slip,
    stand_still,
    hip_spread,
    torque,
    action_rate,
    action_jerk,
)
"""All terms, in the order in which they are summed; `RewardWeights` weighs each by its name."""


def total_reward(
    inputs: RewardInputs, dt: float, weights: RewardWeights = RewardWeights()
) -> tuple[Float, dict[str, float]]:
    """Return the weighted sum over a step of dt seconds, (N,), and each term's mean, by name.

    Terms of weight zero are not computed.
    """
    total = np.zeros(inputs.yaw_command.shape)
    means = {}
    for term in TERMS:
        name = term.__name__
        weight = getattr(weights, name) * (weights.tracking if name in TRACKING_TERMS else 1.0)
        if weight:
            value = term(inputs)
            total += weight * dt * value
            means[name] = float(value.mean())
    return total, means
