"""Who drives while episodes are recorded: the expert, disturbed or not, or a model."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from canter.control.command_policy import CommandPolicy, Observation
from canter.rl.collection.episode_plan import EpisodePlan
from canter.sim.expert_policy import DisturbedPolicy, ExpertPolicy

EXPERT_SHARE = 0.25
"""Share of a model's episodes whose first seconds the expert drives, so that it sees their ends."""
EXPERT_SECONDS = 4.0
_NOISE_STREAM, _LED_STREAM = 0x4015E, 0x1ED

Chunk = NDArray[np.float32]


class DaggerPolicy:
    """A model drives and the expert labels; some episodes the expert leads at first.

    Args:
        model: that drives.
        expert: asked at every picture.
        led: episodes that the expert leads, (N,).
        pictures: for how many pictures.
    """

    def __init__(
        self, model: CommandPolicy, expert: ExpertPolicy, led: NDArray[np.bool_], pictures: int
    ) -> None:
        self._model, self._expert, self._led, self._pictures = model, expert, led, pictures
        self._taken = 0

    def reset(self, instructions: Sequence[str]) -> None:
        """Begin new episodes."""
        self._model.reset(instructions)
        self._expert.reset(instructions)
        self._taken = 0

    def act(self, observation: Observation) -> Chunk:
        """Return a chunk for each robot, (N, K, 12)."""
        label, chunk = self._expert.act(observation), self._model.act(observation).copy()
        if self._taken < self._pictures:
            chunk[self._led] = label[self._led]
        self._taken += 1
        return chunk


def disturbed_expert(expert: ExpertPolicy, episodes: Sequence[EpisodePlan]) -> CommandPolicy:
    """Return the expert with each episode's own disturbance."""
    return DisturbedPolicy(expert, [e.noise for e in episodes], _rngs(episodes, _NOISE_STREAM))


def supervised_model(
    model: CommandPolicy, expert: ExpertPolicy, episodes: Sequence[EpisodePlan], period: float
) -> CommandPolicy:
    """Return a model that drives under the eyes of the expert, a picture every ``period`` s."""
    led = [rng.uniform() < EXPERT_SHARE for rng in _rngs(episodes, _LED_STREAM)]
    return DaggerPolicy(model, expert, np.array(led), round(EXPERT_SECONDS / period))


def _rngs(episodes: Sequence[EpisodePlan], stream: int) -> list[np.random.Generator]:
    seeds = [np.random.SeedSequence([e.seed, e.level, stream]) for e in episodes]
    return [np.random.default_rng(seed) for seed in seeds]
