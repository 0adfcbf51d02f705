"""Gait clock: the phase that tells a policy which feet should carry load now.

All functions are vectorised over leading batch dimensions, written (...,).
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from canter.control.types import Array

MOVE_THRESHOLD = 0.05
"""Norm of (vx, vy, wz) above which the robot is meant to step."""
STANCE_FRACTION = 0.5
"""Part of the cycle a foot spends on the ground; it begins the cycle."""
CLOCK_WIDTH = 3
"""Width of `clock_features`."""
FOOT_CLOCK_WIDTH = 9
"""Width of `foot_clock`."""
GAITS: dict[str, tuple[float, float, float]] = {
    "trot": (0.5, 0.5, 0.0),
    "pace": (0.5, 0.0, 0.5),
    "bound": (0.0, 0.5, 0.5),
    "pronk": (0.0, 0.0, 0.0),
}
"""phase_fr, phase_rl and phase_rr of the gaits that have a name, cycles."""

Flags = NDArray[np.bool_]


def is_moving(vx: Array, vy: Array, wz: Array) -> Flags:
    """Tell whether the feet should step, (...,), for velocities in m/s and rad/s, (...,)."""
    flags: Flags = vx * vx + vy * vy + wz * wz > MOVE_THRESHOLD**2
    return flags


def wrap(phase: Array) -> Array:
    """Return the phase in [0, 1) cycles, same shape and precision.

    A tiny negative phase rounds to exactly one cycle in floating point; it wraps to zero.
    """
    wrapped = phase - np.floor(phase)
    return np.where(wrapped >= 1, wrapped - 1, wrapped)


def advance(phase: Array, moving: Flags, step_freq_hz: Array, dt: float) -> Array:
    """Return the phase after one control period.

    Args:
        phase: current phase, cycles in [0, 1), (...,).
        moving: whether the feet should step, (...,); a robot at rest has phase zero.
        step_freq_hz: cycles per second, (...,).
        dt: control period, s.
    """
    return wrap(phase + dt * step_freq_hz) * moving


def clock_features(phase: Array, moving: Flags) -> NDArray[np.float32]:
    """Return (sin, cos, moving flag) of the phase, (..., 3); at rest that is (0, 1, 0)."""
    angle = 2 * np.pi * phase * moving
    return np.stack([np.sin(angle), np.cos(angle), moving], axis=-1).astype(np.float32)


def foot_clock(clock: Array, offsets: Array) -> NDArray[np.float32]:
    """Return sines, cosines of the feet's phases and the moving flag, (..., 9).

    At rest that is four zeros, four ones and zero.

    Args:
        clock: `clock_features` of the clock's phase, (..., 3).
        offsets: how far each foot is behind the clock, cycles, (..., 4).
    """
    sine, cosine, moving = (clock[..., i : i + 1] for i in range(CLOCK_WIDTH))
    angle = 2 * np.pi * offsets * moving
    sines = sine * np.cos(angle) - cosine * np.sin(angle)
    cosines = cosine * np.cos(angle) + sine * np.sin(angle)
    return np.concatenate([sines, cosines, moving], axis=-1, dtype=np.float32)


def gait_offsets(command: Mapping[str, Array]) -> Array:
    """Return how far each foot is behind the front left one, cycles, (..., 4), FL FR RL RR.

    Args:
        command: GaitCommand fields by name, each (...,).
    """
    fr = command["phase_fr"]
    return np.stack([np.zeros_like(fr), fr, command["phase_rl"], command["phase_rr"]], axis=-1)


def gait_pattern(command: Mapping[str, Array]) -> Array:
    """Return the gait as phase, offset and bound, cycles in [0, 1), (..., 3).

    The parameters of walk-these-ways (arXiv:2212.03238): the feet FL, FR, RL, RR stand at the
    clock plus phase + offset + bound, offset, bound and phase.

    Args:
        command: GaitCommand fields by name, each (...,).
    """
    fr, rl, rr = command["phase_fr"], command["phase_rl"], command["phase_rr"]
    phase, offset, bound = 0.5 * (fr + rl - rr), 0.5 * (rl + rr - fr), 0.5 * (fr + rr - rl)
    return wrap(np.stack([phase, offset, bound], axis=-1))


def foot_phases(phase: Array, offsets: Array) -> Array:
    """Return the phase of each foot in [0, 1) cycles, (..., 4).

    Args:
        phase: clock phase, cycles, (...,).
        offsets: how far each foot is behind the clock, cycles, (..., 4).
    """
    return wrap(phase[..., None] - offsets)


def desired_stance(feet: Array, moving: Flags) -> Flags:
    """Tell which feet should carry load, (..., 4): half of each foot's cycle, and all at rest.

    Args:
        feet: phase of each foot, cycles in [0, 1), (..., 4).
        moving: whether the feet should step, (...,).
    """
    stance: Flags = (feet < STANCE_FRACTION) | ~moving[..., None]
    return stance
