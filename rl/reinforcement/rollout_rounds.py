"""The rollouts of a run, round by round, kept on the disk; what is there is not driven again."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from canter.control.errors import CanterError
from canter.control.locomotion import GAIT
from canter.rl.collection.episode_plan import ALL, tasks_of
from canter.rl.reinforcement.advantages import has_spread, leave_one_out
from canter.rl.reinforcement.reinforcement_settings import VlaReinforcement
from canter.rl.reinforcement.rollout_group import (
    RESULT,
    RolloutJob,
    RolloutSettings,
    drive_scene,
    trajectory_path,
)
from canter.rl.reinforcement.scene_choice import Cell, Outcome, by_cell, draw_cells, draw_scenes
from canter.rl.reinforcement.trajectory import Sample, SceneResult
from canter.rl.shards import run_jobs

Scalars = dict[str, float]


@dataclass(frozen=True, slots=True)
class DrivenScene:
    """A scene that was driven in.

    Attributes:
        folder: of its trajectories.
        result: how they went.
    """

    folder: Path
    result: SceneResult

    def outcomes(self) -> list[Outcome]:
        """Return its task, level and reward of each rollout."""
        result = self.result
        return [(result.task, result.level, reward) for reward in result.rewards]

    def samples(self) -> list[Sample]:
        """Return its rollouts with their leave-one-out advantages."""
        result = self.result
        rows = zip(result.frames, result.rewards, leave_one_out(result.rewards), strict=True)
        return [
            Sample(trajectory_path(self.folder, number), frames, reward, float(advantage))
            for number, (frames, reward, advantage) in enumerate(rows)
        ]


class RolloutRounds:
    """Drives the rounds of a run and remembers how they went.

    Args:
        settings: of the run.
        tasks: that the model knows.

    Raises:
        CanterError: a task that the model does not know, or no locomotion policy.
    """

    def __init__(self, settings: VlaReinforcement, tasks: Sequence[str]) -> None:
        self._settings, self._tasks = settings, tuple(tasks)
        self.locomotion = locomotion_of(settings)
        self._cells = cells_of(settings, tasks)

    def driven(self, number: int) -> list[DrivenScene]:
        """Return the scenes of a round that are driven so far."""
        found = sorted(self._folder(number).glob(f"scene_*/{RESULT}"))
        return [DrivenScene(path.parent, SceneResult.load(path)) for path in found]

    def driven_so_far(self, number: int) -> list[DrivenScene]:
        """Return the scenes of all rounds up to one, in their order."""
        return [scene for i in range(1, number + 1) for scene in self.driven(i)]

    def drive(self, number: int, driver: Path) -> list[DrivenScene]:
        """Drive a round.

        Args:
            number: of the round, from 1.
            driver: checkpoint of the model that drives.
        """
        settings, there = self._settings, self.driven(number)
        if len(there) == settings.scenes:
            return there
        shared = RolloutSettings(
            driver,
            self.locomotion,
            settings.rollouts,
            settings.exploration,
            settings.dynamics,
            settings.max_seconds,
        )
        rng = np.random.default_rng(np.random.SeedSequence([settings.seed, number]))
        chosen = draw_cells(self._cells, self._outcomes(number), settings.scenes, rng)
        jobs = [
            RolloutJob(
                scene.task, scene.request, scene.instruction, self._folder(number, place), shared
            )
            for place, scene in enumerate(draw_scenes(chosen, self._tasks, rng))
        ]
        run_jobs(drive_scene, jobs, settings.workers, f"round {number}")
        return self.driven(number)

    def forget(self, number: int) -> None:
        """Remove the trajectories of a round that is learnt from; its results stay."""
        for path in self._folder(number).glob("scene_*/*.npz"):
            path.unlink()

    def _outcomes(self, number: int) -> dict[Cell, list[float]]:
        """Return the rewards of the rounds before one, by task and level."""
        scenes = self.driven_so_far(number - 1)
        return by_cell([outcome for scene in scenes for outcome in scene.outcomes()])

    def _folder(self, number: int, scene: int | None = None) -> Path:
        folder = self._settings.out / "data" / f"round{number}"
        return folder if scene is None else folder / f"scene_{scene:03d}"


def cells_of(settings: VlaReinforcement, known: Sequence[str]) -> list[Cell]:
    """Return the tasks and levels that a run may drive in.

    Raises:
        CanterError: a task that the model does not know.
    """
    tasks = tuple(known) if ALL in settings.tasks else tasks_of(settings.tasks)
    unknown = [name for name in tasks if name not in known]
    if unknown:
        raise CanterError(
            f"the model knows {', '.join(known)}, not {', '.join(unknown)}; choose --tasks of these"
        )
    return [(name, level) for name in tasks for level in settings.levels]


def locomotion_of(settings: VlaReinforcement) -> Path:
    """Return the locomotion policy of a run; raises CanterError where it is not there."""
    path = settings.locomotion or GAIT
    if not path.is_file():
        raise CanterError(f"no locomotion policy '{path}'; train one: canter train locomotion")
    return path


def success_scalars(outcomes: Sequence[Outcome]) -> Scalars:
    """Return the share of successes in all and by task."""
    scalars = {"success": float(np.mean([reward for _, _, reward in outcomes]))}
    for name in sorted({name for name, _, _ in outcomes}):
        won = [reward for task, _, reward in outcomes if task == name]
        scalars[f"success/{name}"] = float(np.mean(won))
    return scalars


def round_scalars(scenes: Sequence[DrivenScene]) -> Scalars:
    """Return how a round went: its successes, and the share of scenes that teach nothing."""
    scalars = success_scalars([outcome for scene in scenes for outcome in scene.outcomes()])
    alike = [not has_spread(scene.result.rewards) for scene in scenes]
    return scalars | {"groups_without_gradient": float(np.mean(alike))}


def check_spread(scenes: Sequence[DrivenScene], number: int) -> None:
    """Refuse a round of which nothing can be learnt.

    Raises:
        CanterError: the rollouts of each scene all went alike.
    """
    if any(has_spread(scene.result.rewards) for scene in scenes):
        return
    rewards = [reward for scene in scenes for reward in scene.result.rewards]
    share = math.fsum(rewards) / max(1, len(rewards))
    remedy = (
        "choose harder --tasks or --levels"
        if share > 0.5
        else "choose easier --tasks or --levels, or a model that was trained for longer"
    )
    driver = f"round{number - 1}.pt" if number > 1 else "start.pt"
    raise CanterError(
        f"round {number}: in each of its {len(scenes)} scenes all rollouts went alike "
        f"({sum(rewards):.0f} of {len(rewards)} succeeded), so nothing can be learnt; {remedy}, or "
        f"more --exploration.noise, --rollouts or --scenes, and begin with {driver} in "
        "a new --out"
    )
