"""Episodes of a task: what each one is, and a group of them driven in lock-step by one process."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from canter.control.adaptation.controller_presets import FIXED, make_adapter
from canter.control.command_policy import CommandPolicy
from canter.control.errors import CanterError
from canter.control.locomotion import LocomotionPolicy
from canter.control.session import OnnxSession
from canter.datasets.language.understanding import (
    TaskInstruction,
    understand,
    understand_unseen,
)
from canter.evals.eyes.eyes_choice import EyesChoice, open_eyes
from canter.evals.tasks.chance import chance
from canter.evals.tasks.conditions import Condition, condition, scene_split
from canter.evals.tasks.episode_films import EpisodeFilms, film_path
from canter.evals.tasks.policy_choice import Model, Place, closed_by, open_model
from canter.evals.words.free_sentences import FreeSentence
from canter.sim.avoiding_gait import AvoidingGait
from canter.sim.expert_policy import ExpertPolicy
from canter.sim.instructions import instruction_of
from canter.sim.robots.options import ROBOT
from canter.sim.robots.registry import robot
from canter.sim.rollout import RolloutOptions, Sensor, Subscriber, rollout
from canter.sim.scene_env import RECORDING_CAMERA, Engine, SceneEnv
from canter.sim.scenes.scene import Scene
from canter.sim.scenes.scene_request import SceneRequest
from canter.sim.tasks.registry import task
from canter.sim.tasks.task import EpisodeResult
from canter.sim.wire_truth import WireTruth
from canter.vla.eyes.eyed_policy import EyedPolicy
from canter.vla.hearing import NOBODY, Hearing
from canter.vla.hf.model_folder import HfModel
from canter.vla.hf.policy import HfPolicy
from canter.vla.policy import VlaPolicy
from canter.vla.remote.model import RemoteModel
from canter.vla.remote.policy import RemotePolicy, say_on_stderr

FIRST_SEED = 2**31
"""Evaluation draws its scenes from here on; training keeps to seeds below 10^9."""
SEEDS_PER_RUN = 100_000
"""Most episodes of one evaluation: the scenes of two different seeds never meet."""
GROUP_SIZE = 10
"""Episodes driven side by side. Fixed, so that results do not depend on the number of workers:
a graph may round differently for another batch size."""
SPEAKING = VlaPolicy | HfPolicy | RemotePolicy | EyedPolicy
"""Policies that say what they heard, and refused."""


@dataclass(frozen=True, slots=True)
class EpisodeGroup:
    """Episodes of one task and level that one process drives side by side.

    Attributes:
        task: its name.
        level: of the scenes.
        seeds: one scene each.
        split: of the scenes, the language, and their conditions.
        locomotion: ONNX file of the locomotion policy.
        vla: file, folder or server of the model; None where the expert drives.
        hearing: what the model hears of its instructions.
        said: what is said in each scene, which holds what that names; empty where each scene has a
            sentence of its own.
        video_dir: folder for one MP4 an episode.
        engine: physics; without pictures in Bullet.
        robot: its name, or the path of its robot.yaml.
        controller: preset whose adapter acts between the locomotion policy and the joints.
        avoid: commands pass what keeps the robots from walking into things.
        eyes: what finds the things that are named; None for the model's own.
    """

    task: str
    level: int
    seeds: tuple[int, ...]
    split: str
    locomotion: Path
    vla: Place | None = None
    hearing: Hearing = "said"
    said: tuple[FreeSentence, ...] = ()
    video_dir: Path | None = None
    engine: Engine = "mujoco"
    robot: str = ROBOT
    controller: str = FIXED
    avoid: bool = False
    eyes: EyesChoice | None = None


@dataclass(frozen=True, slots=True)
class Episode:
    """How one episode went: a result, or an error, never both.

    Attributes:
        task: of the scene.
        seed: of the scene.
        level: of the scene.
        instruction: what the scene asks for; empty where there was no scene.
        result: of the task's checker.
        error: what kept the episode from being judged.
        heard: what the robot heard in place of the instruction, perhaps nothing; None where it
            heard the instruction, or one that means the same.
        refused: why the model refused what it heard; empty where it did not.
        kind: of condition, where the split has several.
        chance: to pick what is named at random; None where no object is.
    """

    task: str
    seed: int
    level: int
    instruction: str
    result: EpisodeResult | None
    error: str = ""
    heard: str | None = None
    refused: str = ""
    kind: str = ""
    chance: float | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the episode as it stands in the report."""
        named: dict[str, Any] = {"task": self.task, "seed": self.seed, "level": self.level}
        named["instruction"] = self.instruction
        if self.heard is not None:
            named["heard"] = self.heard
        further = {"refused": self.refused, "kind": self.kind, "chance": self.chance}
        named |= {name: told for name, told in further.items() if told}
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
    driven = iter(_drive(scenes, group) if scenes else [])
    return [one if isinstance(one, Episode) else next(driven) for one in drawn]


def failed_group(group: EpisodeGroup, error: BaseException) -> list[Episode]:
    """Return an error for each episode of a group whose process failed."""
    text = f"{type(error).__name__}: {error}"
    return [_failed(group, seed, text) for seed in group.seeds]


def open_policy(
    vla: Model | None,
    env: SceneEnv,
    instructions: list[str],
    hearing: Hearing = "said",
    read: Callable[[str], TaskInstruction] = understand,
    eyes: EyesChoice | None = None,
) -> CommandPolicy:
    """Return the model, or the expert where there is none, ready to drive an environment.

    Args:
        vla: the model; None for the expert, who needs no eyes.
        env: with the robots.
        instructions: one for each.
        hearing: what a model hears of them.
        read: what understands a sentence.
        eyes: what finds the things that are named; None for the model's own.

    Raises:
        CanterError: the weights of a checkpoint cannot be loaded.
    """
    policy: CommandPolicy
    if vla is None:
        policy = ExpertPolicy(env)
    elif isinstance(vla, HfModel | RemoteModel):
        policy = vla.policy(hearing)
    else:
        policy = VlaPolicy(vla, hearing, read)
    if isinstance(policy, RemotePolicy) and policy.wants_truth:
        policy.truth = WireTruth(env)
    if eyes is not None and isinstance(policy, VlaPolicy | HfPolicy | RemotePolicy):
        policy = EyedPolicy(policy, open_eyes(eyes, env), env.robot, env.camera, say_on_stderr)
    policy.reset(instructions)
    return policy


def draw_scene(group: EpisodeGroup, seed: int) -> Scene:
    """Return the scene of a seed, its camera mounted as the split's condition has it.

    Raises:
        SceneError: there is none.
    """
    said = _said(group, seed)
    words = said.words if said else {}
    request = SceneRequest(seed, group.level, scene_split(group.split), words)
    return condition(group.split, seed).applied(task(group.task).sample(request))


def _said(group: EpisodeGroup, seed: int) -> FreeSentence | None:
    """Return what is said in the scene of a seed, None for the scene's own sentence."""
    return group.said[group.seeds.index(seed)] if group.said else None


def instruction_in(group: EpisodeGroup, scene: Scene) -> str:
    """Return what is said in a scene of a group."""
    said = _said(group, scene.seed)
    return said.text if said else instruction_of(scene)


def _kind(group: EpisodeGroup, seed: int) -> str:
    """Return the kind of an episode: of its condition, or the language that is spoken."""
    said = _said(group, seed)
    return said.language if said else condition(group.split, seed).kind


def _draw(group: EpisodeGroup, seed: int) -> Scene | Episode:
    try:
        return draw_scene(group, seed)
    except CanterError as error:
        return _failed(group, seed, str(error))


def _failed(group: EpisodeGroup, seed: int, error: str) -> Episode:
    kind = _kind(group, seed)
    return Episode(group.task, seed, group.level, "", None, error, kind=kind)


def _heard(policy: CommandPolicy, instructions: Sequence[str]) -> list[str | None]:
    """Return what each robot hears in place of its instruction, None where it hears that."""
    if not isinstance(policy, SPEAKING):
        return [None] * len(instructions)
    return [
        None if said == robot else "" if said == NOBODY else instructions[said]
        for robot, said in enumerate(policy.heard)
    ]


def _drive(scenes: Sequence[Scene], group: EpisodeGroup) -> list[Episode]:
    """Drive one robot in each scene until every episode is decided."""
    spec = robot(group.robot)
    vla = None if group.vla is None else open_model(group.vla, spec)
    camera = RECORDING_CAMERA if vla is None else vla.camera
    conditions = [condition(group.split, scene.seed) for scene in scenes]
    dynamics = [one.dynamics for one in conditions]
    instructions = [instruction_in(group, scene) for scene in scenes]
    with ExitStack() as stack:
        env = stack.enter_context(
            SceneEnv(scenes, camera=camera, robot=spec, dynamics=dynamics, engine=group.engine)
        )
        subscribers: list[Subscriber] = []
        if group.video_dir is not None:
            folder = group.video_dir
            paths = [film_path(folder, group.task, group.level, scene.seed) for scene in scenes]
            films = EpisodeFilms(env, paths, pictures=vla is not None)
            subscribers.append(stack.enter_context(films))
        read = understand_unseen if group.split == "unseen_instruction" else understand
        policy = open_policy(vla, env, instructions, group.hearing, read, group.eyes)
        closed_by(stack, policy)
        heard = _heard(policy, instructions)
        gait = LocomotionPolicy(OnnxSession(group.locomotion, robot=spec), env.n)
        results = rollout(
            env,
            AvoidingGait(gait, env) if group.avoid else gait,
            policy,
            subscribers,
            RolloutOptions(
                pictures=vla is not None,
                sensor=_sensor(conditions, env),
                adapter=make_adapter(group.controller, spec, env.n),
            ),
        )
    refused = policy.refused if isinstance(policy, SPEAKING) else {}
    return [
        Episode(
            task=group.task,
            seed=scene.seed,
            level=group.level,
            instruction=instructions[i],
            result=results[i],
            heard=heard[i],
            refused=refused.get(i, ""),
            kind=_kind(group, scene.seed),
            chance=chance(scene),
        )
        for i, scene in enumerate(scenes)
    ]


def _sensor(conditions: Sequence[Condition], env: SceneEnv) -> Sensor | None:
    """Return what spoils the robots' pictures, None where nothing does."""
    size = env.camera.height, env.camera.width
    filters = [
        one.filter_of(scene, size) for one, scene in zip(conditions, env.scenes, strict=True)
    ]
    if not any(filters):
        return None

    def spoil(i: int, image: NDArray[np.uint8], gyro: NDArray[np.floating]) -> NDArray[np.uint8]:
        del gyro
        spoilt = filters[i]
        return image if spoilt is None else spoilt(image)

    return spoil
