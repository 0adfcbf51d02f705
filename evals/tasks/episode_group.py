"""Episodes of a task: what each one is, and a group of them driven in lock-step by one process."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from canter.control.command_policy import CommandPolicy
from canter.control.errors import CanterError
from canter.control.locomotion import LocomotionPolicy
from canter.control.session import OnnxSession
from canter.evals.tasks.episode_films import EpisodeFilms
from canter.sim.expert_policy import ExpertPolicy
from canter.sim.instructions import instruction_of
from canter.sim.robots.options import ROBOT
from canter.sim.robots.registry import robot
from canter.sim.rollout import RolloutOptions, Subscriber, rollout
from canter.sim.scene_env import RECORDING_CAMERA, Engine, SceneEnv
from canter.sim.scenes.scene import Scene
from canter.sim.scenes.scene_request import SceneRequest
from canter.sim.tasks.registry import task
from canter.sim.tasks.task import EpisodeResult
from canter.vla.policy import VlaPolicy
from canter.vla.runtime import VlaRuntime

FIRST_SEED = 2**31
"""Evaluation draws its scenes from here on; training keeps to seeds below 10^9."""
SEEDS_PER_RUN = 100_000
"""Most episodes of one evaluation: the scenes of two different seeds never meet."""
GROUP_SIZE = 10
"""Episodes driven side by side. Fixed, so that results do not depend on the number of workers:
a graph may round differently for another batch size."""


@dataclass(frozen=True, slots=True)
class EpisodeGroup:
    """Episodes of one task and level that one process drives side by side.

    Attributes:
        task: its name.
        level: of the scenes.
        seeds: one scene each.
        split: of the scenes and of the language.
        locomotion: ONNX file of the locomotion policy.
        vla: ONNX file of the model; None where the expert drives.
        video_dir: folder for one MP4 an episode.
        engine: physics; without pictures in Bullet.
        robot: its name, or the path of its robot.yaml.
    """

    task: str
    level: int
    seeds: tuple[int, ...]
    split: str
    locomotion: Path
    vla: Path | None = None
    video_dir: Path | None = None
    engine: Engine = "mujoco"
    robot: str = ROBOT


@dataclass(frozen=True, slots=True)
class Episode:
    """How one episode went: a result, or an error, never both.

    Attributes:
        seed: of the scene.
        level: of the scene.
        instruction: what the robot was told; empty where there was no scene.
        result: of the task's checker.
        error: what kept the episode from being judged.
    """

    seed: int
    level: int
    instruction: str
    result: EpisodeResult | None
    error: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return the episode as it stands in the report."""
        named = {"seed": self.seed, "level": self.level, "instruction": self.instruction}
        if self.result is None:
            return named | {"error": self.error}
        fields = asdict(self.result)
        judged = {name: fields[name] for name in ("strict", "quard", "reason")}
        return named | judged | {"time": round(self.result.time, 3)}


def episode_seeds(seed: int, episodes: int) -> list[int]:
    """Return the scene seeds of an evaluation.

    Raises:
        CanterError: a negative seed, or not 1 to SEEDS_PER_RUN episodes.
    """
    if seed < 0:
        raise CanterError(f"seed {seed} is negative; seeds start at 0")
    if not 1 <= episodes <= SEEDS_PER_RUN:
        raise CanterError(f"{episodes} episodes asked for; give 1 to {SEEDS_PER_RUN}")
    first = FIRST_SEED + seed * SEEDS_PER_RUN
    return list(range(first, first + episodes))


def run_group(group: EpisodeGroup) -> list[Episode]:
    """Drive a group to its results; a scene that cannot be drawn is an error of its own."""
    drawn = [_draw(group, seed) for seed in group.seeds]
    scenes = [scene for scene in drawn if isinstance(scene, Scene)]
    results = iter(_drive(scenes, group) if scenes else [])
    return [
        one
        if isinstance(one, Episode)
        else Episode(one.seed, one.level, instruction_of(one), next(results))
        for one in drawn
    ]


def failed_group(group: EpisodeGroup, error: BaseException) -> list[Episode]:
    """Return an error for each episode of a group whose process failed."""
    text = f"{type(error).__name__}: {error}"
    return [Episode(seed, group.level, "", None, text) for seed in group.seeds]


def open_policy(vla: VlaRuntime | None, env: SceneEnv, instructions: list[str]) -> CommandPolicy:
    """Return the model, or the expert where there is none, ready to drive an environment."""
    policy: CommandPolicy = ExpertPolicy(env) if vla is None else VlaPolicy(vla)
    policy.reset(instructions)
    return policy


def _draw(group: EpisodeGroup, seed: int) -> Scene | Episode:
    try:
        return task(group.task).sample(SceneRequest(seed, group.level, group.split))
    except CanterError as error:
        return Episode(seed, group.level, "", None, str(error))


def _drive(scenes: Sequence[Scene], group: EpisodeGroup) -> list[EpisodeResult]:
    """Drive one robot in each scene until every episode is decided."""
    spec = robot(group.robot)
    vla = None if group.vla is None else VlaRuntime(group.vla, threads=1, robot=spec)
    camera = RECORDING_CAMERA if vla is None else vla.camera
    with ExitStack() as stack:
        env = stack.enter_context(SceneEnv(scenes, camera=camera, robot=spec, engine=group.engine))
        subscribers: list[Subscriber] = []
        if group.video_dir is not None:
            stem = f"{group.task}-{group.level}"
            paths = [group.video_dir / f"{stem}-{scene.seed}.mp4" for scene in scenes]
            subscribers.append(stack.enter_context(EpisodeFilms(env, paths)))
        return rollout(
            env,
            LocomotionPolicy(OnnxSession(group.locomotion, robot=spec), env.n),
            open_policy(vla, env, [instruction_of(scene) for scene in scenes]),
            subscribers,
            RolloutOptions(pictures=vla is not None),
        )
