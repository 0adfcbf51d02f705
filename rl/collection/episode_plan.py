"""What is to be collected: each episode by its number, and which ones are driven side by side.

All follows from the arguments alone, so that a restart, more workers or a cluster change nothing.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from canter.control.command_policy import CameraSpec
from canter.control.errors import CanterError
from canter.datasets.lerobot.checksums import digest
from canter.datasets.lerobot.episode import EXPERT, NOISY
from canter.rl.collection.collect_options import Collect
from canter.sim.scenes.scene import LEVELS
from canter.sim.scenes.scene_request import MAX_SEED
from canter.sim.tasks import task_names
from canter.sim.tasks.registry import task
from canter.vla.remote.address import is_address

ALL = "all"
GROUP_SIZE = 10
"""Episodes of one task driven in lock-step. Fixed: a graph may round differently for another
batch size."""
NOISE_RANGE = (0.3, 1.0)
"""Amplitudes of a disturbed driver, see `canter.sim.expert_policy`."""
SHA_DIGITS = 12
"""Of a model's SHA-256 that go into its name."""
_STREAM = 0xDA7A


@dataclass(frozen=True, slots=True)
class EpisodePlan:
    """One episode to record.

    Attributes:
        number: its number in the data set.
        task: its name.
        level: of its scene.
        seed: of its scene, words and noise.
        noise: amplitude of the driver's disturbance, 0 without.
        driver: what its driver is called.
    """

    number: int
    task: str
    level: int
    seed: int
    noise: float
    driver: str


def tasks_of(names: Sequence[str]) -> tuple[str, ...]:
    """Return the tasks of the option ``--tasks``, each known to the registry.

    Raises:
        SceneError: there is no such task.
        CanterError: none, or one twice.
    """
    chosen = task_names() if ALL in names else tuple(names)
    for name in chosen:
        task(name)
    if not chosen or len(set(chosen)) != len(chosen):
        raise CanterError(f"tasks {list(names)}: name each at most once, and at least one")
    return chosen


def plan_episodes(options: Collect, chosen: Sequence[tuple[str, int]] = ()) -> list[EpisodePlan]:
    """Return the episodes: tasks in turn, and the levels of each in turn.

    Args:
        options: of the collection.
        chosen: task and level of each episode, in place of so many of all in turn.

    Raises:
        CanterError: no episodes, no such task or level, a negative seed, a share outside 0..1.
    """
    if options.episodes < 1:
        raise CanterError(f"{options.episodes} episodes asked for; give 1 or more")
    if options.seed < 0:
        raise CanterError(f"seed {options.seed} is negative; seeds start at 0")
    if not 0.0 <= options.noisy_share <= 1.0:
        raise CanterError(
            f"noisy share {options.noisy_share} is not between 0 and 1; choose one that is"
        )
    if not options.levels or not set(options.levels) <= set(LEVELS):
        raise CanterError(f"levels {list(options.levels)}: choose some of 1, 2 and 3")
    tasks, driver = tasks_of(options.tasks), driver_name(options.policy)
    every = [(name, level) for level in options.levels for name in tasks]
    cells = list(chosen) or [every[number % len(every)] for number in range(options.episodes)]
    return [_episode(number, cell, driver, options) for number, cell in enumerate(cells)]


def _episode(number: int, cell: tuple[str, int], driver: str, options: Collect) -> EpisodePlan:
    rng = np.random.default_rng(np.random.SeedSequence([options.seed, number, _STREAM]))
    noise = float(rng.uniform(*NOISE_RANGE)) if rng.uniform() < options.noisy_share else 0.0
    noisy = noise > 0 and driver == EXPERT
    return EpisodePlan(
        number=number,
        task=cell[0],
        level=cell[1],
        seed=int(rng.integers(MAX_SEED)),
        noise=noise if noisy else 0.0,
        driver=NOISY if noisy else driver,
    )


def groups_of(episodes: Sequence[EpisodePlan]) -> list[tuple[EpisodePlan, ...]]:
    """Return the groups that are driven in lock-step, tasks mixed from first to last."""
    by_task: dict[str, list[EpisodePlan]] = defaultdict(list)
    for episode in episodes:
        by_task[episode.task].append(episode)
    groups = [
        tuple(mine[start : start + GROUP_SIZE])
        for mine in by_task.values()
        for start in range(0, len(mine), GROUP_SIZE)
    ]
    return sorted(groups, key=lambda group: group[0].number)


def identity(
    options: Collect,
    camera: CameraSpec,
    locomotion: Path,
    chosen: Sequence[tuple[str, int]] = (),
) -> dict[str, Any]:
    """Return all that the episodes depend on, to be compared when a run goes on.

    Args:
        options: of the run.
        camera: that takes the pictures.
        locomotion: ONNX file of the locomotion policy.
        chosen: as in `plan_episodes`.
    """
    cells = {"chosen": [[name, level] for name, level in chosen]} if chosen else {}
    return {
        "tasks": list(tasks_of(options.tasks)),
        "episodes": options.episodes,
        "seed": options.seed,
        "split": options.split,
        "levels": list(options.levels),
        "driver": driver_name(options.policy),
        "noisy_share": options.noisy_share,
        "dynamics": options.dynamics,
        "max_seconds": options.max_seconds,
        "camera": asdict(camera),
        "robot": options.robot,
        "locomotion_sha256": digest(locomotion),
        **cells,
    }


def driver_name(policy: str) -> str:
    """Return what the driver of a policy is called in the table of episodes.

    Args:
        policy: EXPERT, the address of a policy server, or the path of a model: its name and the
            beginning of its SHA-256.
    """
    named = policy == EXPERT or is_address(policy)
    return policy if named else f"{Path(policy).name} {digest(Path(policy))[:SHA_DIGITS]}"
