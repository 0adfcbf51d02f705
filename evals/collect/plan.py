"""What is to be collected: each episode by its number, and which ones are driven side by side.

All follows from the arguments alone, so that a restart, more workers or a cluster change nothing.
"""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from canter.control.errors import CanterError
from canter.evals.collect.options import Collect
from canter.sim.perception.perception_sampler import MAX_SEED
from canter.sim.scenes.scene import LEVELS
from canter.sim.tasks.registry import FAMILIES, family

ALL = "all"
GROUP_SIZE = 10
"""Episodes of one family driven in lock-step. Fixed: a graph may round differently for another
batch size."""
NOISE_RANGE = (0.3, 1.0)
"""Amplitudes of a disturbed driver, see `canter.evals.collect.noise`."""
_STREAM = 0xDA7A


@dataclass(frozen=True, slots=True)
class EpisodePlan:
    """One episode to record.

    Attributes:
        number: its number in the data set.
        family: of its task.
        level: of its scene.
        seed: of its scene, words and noise.
        noise: amplitude of the driver's disturbance, 0 for the expert as he is.
    """

    number: int
    family: str
    level: int
    seed: int
    noise: float


def families_of(names: Sequence[str]) -> tuple[str, ...]:
    """Return the families of the option ``--families``, each known to the registry.

    Raises:
        SceneError: there is no such family.
        CanterError: none, or one twice.
    """
    chosen = tuple(FAMILIES) if ALL in names else tuple(names)
    for name in chosen:
        family(name)
    if not chosen or len(set(chosen)) != len(chosen):
        raise CanterError(f"families {list(names)}: name each at most once, and at least one")
    return chosen


def plan_episodes(
    families: Sequence[str], count: int, seed: int, noisy_share: float
) -> list[EpisodePlan]:
    """Return the episodes: families in turn, and the levels of each in turn.

    Raises:
        CanterError: no episodes, a negative seed, or a share outside 0..1.
    """
    if count < 1:
        raise CanterError(f"{count} episodes asked for; give 1 or more")
    if seed < 0:
        raise CanterError(f"seed {seed} is negative; seeds start at 0")
    if not 0.0 <= noisy_share <= 1.0:
        raise CanterError(f"noisy share {noisy_share} is not between 0 and 1; choose one that is")
    return [_episode(number, families, seed, noisy_share) for number in range(count)]


def _episode(number: int, families: Sequence[str], seed: int, share: float) -> EpisodePlan:
    rng = np.random.default_rng(np.random.SeedSequence([seed, number, _STREAM]))
    turn, which = divmod(number, len(families))
    noise = float(rng.uniform(*NOISE_RANGE)) if rng.uniform() < share else 0.0
    return EpisodePlan(
        number=number,
        family=families[which],
        level=LEVELS[turn % len(LEVELS)],
        seed=int(rng.integers(MAX_SEED)),
        noise=noise,
    )


def groups_of(episodes: Sequence[EpisodePlan]) -> list[tuple[EpisodePlan, ...]]:
    """Return the groups that are driven in lock-step, families mixed from first to last."""
    by_family: dict[str, list[EpisodePlan]] = defaultdict(list)
    for episode in episodes:
        by_family[episode.family].append(episode)
    groups = [
        tuple(mine[start : start + GROUP_SIZE])
        for mine in by_family.values()
        for start in range(0, len(mine), GROUP_SIZE)
    ]
    return sorted(groups, key=lambda group: group[0].number)


def identity(options: Collect, locomotion: Path) -> dict[str, Any]:
    """Return all that the episodes depend on, to be compared when a run goes on."""
    return {
        "families": list(families_of(options.families)),
        "episodes": options.episodes,
        "seed": options.seed,
        "split": options.split,
        "noisy_share": options.noisy_share,
        "locomotion_sha256": hashlib.sha256(locomotion.read_bytes()).hexdigest(),
    }
