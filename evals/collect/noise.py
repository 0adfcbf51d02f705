"""An expert whose hand shakes: slowly varying disturbances of the velocities that are executed."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from canter.control.types import GAIT_LAYOUT, GAIT_RANGES
from canter.evals.collect.plan import EpisodePlan
from canter.sim.rollout import DONE

KEPT = 0.9
"""What stays of the disturbance from one picture, 0.1 s, to the next."""
STEP = {"vx": 0.06, "vy": 0.04, "wz": 0.18}
"""What is added at each picture at amplitude 1, standard deviation, m/s and rad/s."""
_STREAM = 0x4015E


class Disturbance:
    """First-order noise on the commands of N robots, each by its own seed.

    Args:
        episodes: of the robots; those without noise are left alone.
    """

    def __init__(self, episodes: Sequence[EpisodePlan]) -> None:
        seeds = [np.random.SeedSequence([e.seed, e.level, _STREAM]) for e in episodes]
        self._rngs = [np.random.default_rng(seed) for seed in seeds]
        self._noise = np.zeros((len(episodes), len(STEP)))
        self._amplitude = np.array([[e.noise] for e in episodes])

    def __call__(self, chunk: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return a chunk, (N, K, 12), disturbed within the ranges; a robot that is done stands."""
        step = list(STEP.values())
        fresh = np.stack([rng.standard_normal(len(step)) * step for rng in self._rngs])
        self._noise = KEPT * self._noise + fresh
        offset = self._amplitude * self._noise
        disturbed = chunk.copy()
        moving = chunk[..., GAIT_LAYOUT["terminate"]] <= DONE
        for name, shift in zip(STEP, offset.T, strict=True):
            where = GAIT_LAYOUT[name]
            moved = chunk[..., where] + shift[:, None, None] * moving
            disturbed[..., where] = np.clip(moved, *GAIT_RANGES[name])
        shaken = (self._amplitude > 0).ravel()
        return np.where(shaken[:, None, None], disturbed, chunk).astype(np.float32)
