"""Reward of a policy for the whole GaitCommand: the trot's terms weighed anew, and posture.

After walk-these-ways (arXiv:2212.03238), with narrow kernels for height and attitude: a square
alone hardly pays for the last two centimetres.
"""

import numpy as np
from numpy.typing import NDArray

from canter.sim.locomotion import locomotion_rewards as base
from canter.sim.locomotion.locomotion_rewards import Moment, Term

Float = NDArray[np.floating]

HEIGHT_WIDTH = 6.0e-4
"""Square of 2.4 cm, m^2."""
ATTITUDE_WIDTH = 4.0e-3
"""Square of 3.6 degrees."""


def height_fine(m: Moment) -> Float:
    """Height tracking, narrow kernel (2.4 cm)."""
    return np.asarray(np.exp(-np.square(m.height_error) / HEIGHT_WIDTH))


def attitude_fine(m: Moment) -> Float:
    """Tracking of pitch and level roll, narrow kernel (3.6 degrees)."""
    return np.asarray(np.exp(-np.square(m.attitude_error).sum(axis=-1) / ATTITUDE_WIDTH))


def width(m: Moment) -> Float:
    """Square of the error of the mean stance width."""
    return np.square(m.width_error)


GAIT_REWARDS: dict[Term, float] = {
    base.track_planar: 1.5,
    base.track_planar_fine: 2.0,
    base.track_yaw: 0.8,
    base.track_yaw_fine: 1.5,
    base.vertical_speed: -0.3,
    base.roll_pitch_rate: -0.03,
    base.attitude: -6.0,
    attitude_fine: 0.6,
    base.height: -60.0,
    height_fine: 0.7,
    base.contact_schedule: 2.0,
    base.swing_clearance: -200.0,
    width: -60.0,
    base.foot_slip: -0.15,
    base.stand_still: -0.004,
    base.torque: -1.0e-4,
    base.action_rate: -0.008,
    base.action_jerk: -0.003,
}
"""Weight of each term, per second."""
