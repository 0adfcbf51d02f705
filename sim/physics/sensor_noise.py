"""White noise on what a robot measures."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from canter.control.types import RobotState

Float = NDArray[np.floating]


def noisy(
    state: RobotState, stds: tuple[float, float, float, float], rng: np.random.Generator
) -> RobotState:
    """Return the state with white noise on it.

    Args:
        state: of N robots.
        stds: standard deviation on gyro (rad/s), gravity's direction (1), joint angles (rad) and
            joint speeds (rad/s); all zero: the state itself.
        rng: source of the noise.
    """
    if not any(stds):
        return state
    gyro, gravity, q, qd = stds

    def noise(like: Float, std: float) -> Float:
        return std * rng.standard_normal(like.shape, np.float32)

    quat = state.quat + noise(state.quat, gravity / 2)  # a rotation by half its angle
    return replace(
        state,
        gyro=state.gyro + noise(state.gyro, gyro),
        quat=quat / np.linalg.norm(quat, axis=-1, keepdims=True),
        q=state.q + noise(state.q, q),
        qd=state.qd + noise(state.qd, qd),
    )
