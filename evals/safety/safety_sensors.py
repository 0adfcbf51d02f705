"""Sensors with noise, each robot with a chance of its own, so that twins read the same."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from canter.control.layout import Layout
from canter.control.types import RobotState

NOISE = {"q": 0.002, "qd": 0.1, "gyro": 0.05, "accel": 0.2, "quat": 0.005, "tau": 0.3}
"""Standard deviation of each measurement's noise: rad, rad/s, rad/s, m/s^2, 1, Nm."""
NOISE_LAYOUT = Layout({"q": 12, "qd": 12, "gyro": 3, "accel": 3, "quat": 4, "tau": 12})
NOISE_STD = np.concatenate(
    [np.full(NOISE_LAYOUT.widths[name], NOISE[name]) for name in NOISE_LAYOUT]
)


class NoisySensors:
    """The sensors of N robots.

    Args:
        seeds: one for each robot.
        block: ticks for which noise is drawn at a time.
    """

    def __init__(self, seeds: Sequence[int], block: int) -> None:
        self._rngs = [np.random.default_rng([seed, 2]) for seed in seeds]
        self._block = block
        self._ticks = 0

    def read(self, state: RobotState) -> RobotState:
        """Return what the sensors say of the true state, fields (N, n); once a tick."""
        tick = self._ticks % self._block
        self._ticks += 1
        if tick == 0:
            shape = (self._block, NOISE_LAYOUT.size)
            drawn = np.stack([rng.standard_normal(shape) for rng in self._rngs], axis=1)
            self._errors = NOISE_LAYOUT.unpack(drawn * NOISE_STD)
        noisy = {name: getattr(state, name) + self._errors[name][tick] for name in NOISE}
        noisy["quat"] /= np.linalg.norm(noisy["quat"], axis=-1, keepdims=True)
        return replace(state, **noisy)
