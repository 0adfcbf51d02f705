"""Noise on the commands that a model tries while it learns by reinforcement; numpy alone.

A driver's commands are its own plus Gaussian noise that is held for one picture and carried over
to the next in part: x[t] = s x[t-1] + sqrt(1 - s^2) n[t] with n ~ N(0, sigma^2), so that it wanders
instead of trembling and its size stays sigma.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from canter.control.errors import CanterError

STOP_FIELD = "terminate"


@dataclass(frozen=True, slots=True)
class Exploration:
    """How far the model strays from its own commands.

    Attributes:
        noise: Standard deviation of each command, in halves of its range (0.1 of vx is 0.15 m/s).
        stop_noise: Standard deviation of the logit that says "done".
        smooth: How much of the noise goes over to the next picture, 0 (none) to below 1.
    """

    noise: float = 0.1
    stop_noise: float = 0.5
    smooth: float = 0.7

    def check(self) -> None:
        """Raise CanterError for noise that tries nothing or never changes."""
        if not (self.noise > 0.0 and self.stop_noise > 0.0 and 0.0 <= self.smooth < 1.0):
            raise CanterError(
                f"exploration with noise {self.noise}, stop_noise {self.stop_noise} and smooth "
                f"{self.smooth}: give noises above 0, and smooth from 0 to below 1"
            )

    @property
    def fresh(self) -> float:
        """Share of sigma that is drawn anew at each picture but the first."""
        return math.sqrt(1.0 - self.smooth**2)

    def sigma(self, fields: Sequence[str]) -> NDArray[np.float32]:
        """Return the standard deviation of each field of the head's values, (fields,)."""
        sizes = [self.stop_noise if name == STOP_FIELD else self.noise for name in fields]
        return np.array(sizes, np.float32)


class NoiseSource:
    """Noise of N robots, from picture to picture.

    Args:
        exploration: how much.
        fields: of the head's values.
        rngs: source of each robot's draws.
    """

    def __init__(
        self, exploration: Exploration, fields: Sequence[str], rngs: Sequence[np.random.Generator]
    ) -> None:
        self._sigma, self._rngs = exploration.sigma(fields), list(rngs)
        self._kept, self._fresh = exploration.smooth, exploration.fresh
        self._noise: NDArray[np.float32] | None = None

    def draw(self) -> NDArray[np.float32]:
        """Return the noise of the next picture, (N, fields)."""
        drawn = [rng.standard_normal(len(self._sigma), np.float32) for rng in self._rngs]
        step = np.stack(drawn) * self._sigma
        before = self._noise
        self._noise = step if before is None else self._kept * before + self._fresh * step
        return self._noise
