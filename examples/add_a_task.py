"""Adds a task of one's own: "circle the red ball".

A task is four files: ``sim/tasks/circle/`` (what it is, its scenes, its expert) and its grammar
``datasets/language/tasks/circle.py``. In a checkout they lie there, and every command has the task
(``canter eval circle``); here they lie in ``circle_task/``, and the two packages are told to look
there too.
"""

from pathlib import Path

import canter.datasets.language.tasks
import canter.sim.tasks
from canter.control.locomotion import GAIT, LocomotionPolicy
from canter.control.session import OnnxSession
from canter.datasets.language.understanding import understand
from canter.sim.expert_policy import ExpertPolicy
from canter.sim.rollout import RolloutOptions, rollout
from canter.sim.scene_env import SceneEnv
from canter.sim.scenes.scene_request import SceneRequest
from canter.sim.tasks.registry import task

HERE = Path(__file__).parent / "circle_task"


def look_here() -> None:
    """Let Canter find the task where it lies."""
    for package, folder in (
        (canter.sim.tasks, HERE / "tasks"),
        (canter.datasets.language.tasks, HERE / "language"),
    ):
        if str(folder) not in package.__path__:
            package.__path__.append(str(folder))
        package.task_names.cache_clear()


def main() -> bool:
    """Say it, and let the expert do it; returns whether it was done."""
    look_here()
    meant = understand("circle the red ball")
    print(f"understood: {meant.task} {dict(meant.words)}")
    scene = task(meant.task).sample(SceneRequest(seed=1, level=2, words=meant.words))
    with SceneEnv([scene]) as env:
        gait, expert = LocomotionPolicy(OnnxSession(GAIT)), ExpertPolicy(env)
        (result,) = rollout(env, gait, expert, options=RolloutOptions(pictures=False))
    print(f"done in {result.time:.1f} s" if result.strict else f"failed: {result.reason}")
    return result.strict


if __name__ == "__main__":
    raise SystemExit(0 if main() else 1)
