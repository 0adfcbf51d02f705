"""One group of episodes, from their seeds to their files: what a worker process does."""

import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from canter.control.command_policy import CameraSpec, CommandPolicy
from canter.control.errors import CanterError
from canter.control.locomotion import LocomotionPolicy
from canter.control.loop.clock import StageTimers
from canter.control.session import OnnxSession
from canter.datasets.lerobot.episode_store import EpisodeStore
from canter.rl.collection.camera_sensors import CAMERA_STAGE, CameraSensors
from canter.rl.collection.collect_options import Dynamics
from canter.rl.collection.collection_policy import disturbed_expert, supervised_model
from canter.rl.collection.driving_model import Place, open_driver, policy_of
from canter.rl.collection.episode_monitor import EpisodeMonitor
from canter.rl.collection.episode_plan import EpisodePlan
from canter.rl.collection.episode_recorder import EpisodeRecorder
from canter.sim.expert_policy import ExpertPolicy
from canter.sim.instructions import instruction_of
from canter.sim.physics.randomisation import DynamicsRanges
from canter.sim.physics.ranges import NOMINAL_DYNAMICS
from canter.sim.robots.options import ROBOT
from canter.sim.robots.registry import robot
from canter.sim.rollout import Rollout, RolloutOptions
from canter.sim.scene_env import SceneEnv
from canter.sim.scenes.scene import Scene
from canter.sim.scenes.scene_request import SceneRequest
from canter.sim.tasks.registry import task
from canter.sim.wire_truth import WireTruth
from canter.vla.remote.policy import RemotePolicy

DYNAMICS: dict[Dynamics, DynamicsRanges] = {
    "nominal": NOMINAL_DYNAMICS,
    "varied": DynamicsRanges(
        added_mass=(-0.5, 1.5),
        com_shift=(-0.02, 0.02),
        friction=(0.5, 1.1),
        strength=(0.95, 1.05),
        delay_steps=(1, 3),
    ),
}
"""From what each episode's robot is drawn."""


@dataclass(frozen=True, slots=True)
class GroupSettings:
    """What all groups of a collection have in common.

    Attributes:
        split: of the scenes and of the language.
        locomotion: ONNX file of the locomotion policy.
        store: folder that the episodes are written to.
        camera: of the robots.
        model: file or server of the model that drives; None for the expert.
        dynamics: name in DYNAMICS.
        max_seconds: longest episode, s; None for as long as the task allows.
        robot: its name, or the path of its robot.yaml.
    """

    split: str
    locomotion: Path
    store: Path
    camera: CameraSpec
    model: Place | None = None
    dynamics: Dynamics = "nominal"
    max_seconds: float | None = None
    robot: str = ROBOT


@dataclass(frozen=True, slots=True)
class GroupJob:
    """A group to record.

    Attributes:
        episodes: of one task, driven in lock-step.
        settings: shared with the other groups.
    """

    episodes: tuple[EpisodePlan, ...]
    settings: GroupSettings


@dataclass(frozen=True, slots=True)
class GroupReport:
    """How a group went.

    Attributes:
        episodes: that were recorded.
        strict: of these that met the strict criterion.
        frames: of all of them.
        cpu: processor time of the whole group, s.
        stages: elapsed time of each stage, s.
    """

    episodes: int = 0
    strict: int = 0
    frames: int = 0
    cpu: float = 0.0
    stages: dict[str, float] = field(default_factory=dict)


def record_group(job: GroupJob) -> GroupReport:
    """Record a group; nothing where all its episodes are there.

    Raises:
        CanterError: a policy does not load, or the disk refuses a file.
    """
    settings, store = job.settings, EpisodeStore(job.settings.store)
    if all(store.has(episode.number) for episode in job.episodes):
        return GroupReport()
    began, timers = time.process_time(), StageTimers()
    with timers("scenes"):
        episodes, scenes = _draw(job, store)
    if not scenes:
        return GroupReport()
    spec = robot(settings.robot)
    with ExitStack() as stack:
        with timers("models"):
            env = stack.enter_context(
                SceneEnv(
                    scenes,
                    camera=settings.camera,
                    robot=spec,
                    dynamics=DYNAMICS[settings.dynamics],
                )
            )
        expert, monitor = ExpertPolicy(env), EpisodeMonitor(env.n, settings.max_seconds)
        recorder = EpisodeRecorder(env, episodes, expert, monitor, store)
        rollout = Rollout(
            env,
            LocomotionPolicy(OnnxSession(settings.locomotion, robot=spec), env.n),
            _driver(settings, env, expert, episodes, stack),
            (monitor, recorder),
            RolloutOptions(sensor=CameraSensors(env, episodes, timers)),
        )
        monitor.watch(rollout)
        while not rollout.decided.all():
            rollout.advance()
    stages = _stages(timers.totals() | recorder.timers.totals(), rollout.timers.totals())
    cpu = time.process_time() - began
    return GroupReport(len(scenes), recorder.strict, recorder.frames, cpu, stages)


def _driver(
    settings: GroupSettings,
    env: SceneEnv,
    expert: ExpertPolicy,
    episodes: Sequence[EpisodePlan],
    stack: ExitStack,
) -> CommandPolicy:
    """Return who drives, told what to do."""
    if settings.model is None:
        policy = disturbed_expert(expert, episodes)
    else:
        model = policy_of(open_driver(settings.model, env.robot))
        if isinstance(model, RemotePolicy):
            model.truth = WireTruth(env) if model.wants_truth else None
            stack.callback(model.close)
        policy = supervised_model(model, expert, episodes, env.camera.period)
    policy.reset([instruction_of(scene) for scene in env.scenes])
    return policy


def _stages(own: dict[str, float], rollout: dict[str, float]) -> dict[str, float]:
    """Return the elapsed time of each stage, s, those within others counted once.

    Args:
        own: of what collecting adds.
        rollout: of the loop, which draws pictures with their blur and noise.
    """
    named = {"policy": "driver and expert", "gait": "gait policy"}
    stages = own | {named.get(name, name): total for name, total in rollout.items()}
    stages["render"] -= own[CAMERA_STAGE]
    return stages


def _draw(job: GroupJob, store: EpisodeStore) -> tuple[Sequence[EpisodePlan], Sequence[Scene]]:
    """Return the episodes that have a scene, and the scenes; the others are noted in the store."""
    episodes: list[EpisodePlan] = []
    scenes: list[Scene] = []
    for episode in job.episodes:
        request = SceneRequest(episode.seed, episode.level, job.settings.split)
        try:
            scenes.append(task(episode.task).sample(request))
        except CanterError as error:
            store.write_error(episode.number, str(error))
        else:
            episodes.append(episode)
    return episodes, scenes
