"""The rollouts of one scene, from its seed to their files: what a worker process does."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from canter.control.locomotion import LocomotionPolicy
from canter.control.loop.clock import StageTimers
from canter.control.session import OnnxSession
from canter.rl.collection.camera_sensors import CameraSensors
from canter.rl.collection.collect_options import Dynamics
from canter.rl.collection.episode_group import DYNAMICS
from canter.rl.collection.episode_monitor import EpisodeMonitor
from canter.rl.collection.episode_plan import EpisodePlan
from canter.rl.reinforcement.exploration import Exploration
from canter.rl.reinforcement.exploring_policy import ExploringPolicy
from canter.rl.reinforcement.privileged_state import PrivilegedSensor
from canter.rl.reinforcement.trajectory import SceneResult, Trajectory
from canter.sim.rollout import Rollout, RolloutOptions, Subscriber, Tick
from canter.sim.scene_env import SceneEnv
from canter.sim.scenes.scene_request import SceneRequest
from canter.sim.tasks.registry import task
from canter.sim.tasks.task import EpisodeResult
from canter.vla.config import CAMERA
from canter.vla.learner import load_model
from canter.vla.model import VlaModel

RESULT = "result.json"
_NOISE_STREAM = 0xE87


@dataclass(frozen=True, slots=True)
class RolloutSettings:
    """What all scenes of a round have in common.

    Attributes:
        driver: checkpoint of the model that drives.
        locomotion: ONNX file of the locomotion policy.
        rollouts: of each scene.
        exploration: noise on the commands.
        dynamics: name in DYNAMICS.
        max_seconds: longest rollout, s.
    """

    driver: Path
    locomotion: Path
    rollouts: int
    exploration: Exploration
    dynamics: Dynamics
    max_seconds: float


@dataclass(frozen=True, slots=True)
class RolloutJob:
    """A scene to drive in.

    Attributes:
        task: of the scene.
        request: of the scene.
        instruction: vector of what is said there, (width,).
        folder: where results and trajectories go.
        settings: shared with the other scenes.
    """

    task: str
    request: SceneRequest
    instruction: NDArray[np.float32]
    folder: Path
    settings: RolloutSettings

    @property
    def result(self) -> Path:
        """File of how it went; there once all trajectories are."""
        return self.folder / RESULT


def trajectory_path(folder: Path, number: int) -> Path:
    """Return the file of a rollout in the folder of its scene."""
    return folder / f"rollout_{number:02d}.npz"


class TrajectoryRecorder(Subscriber):
    """Keeps what N robots see and do, and writes each trajectory when its episode has ended.

    Args:
        job: the scene.
        policy: that drives.
        sensor: of what the simulator alone knows.

    Attributes:
        ended_as: results of the robots whose episodes have ended, and their pictures.
    """

    def __init__(self, job: RolloutJob, policy: ExploringPolicy, sensor: PrivilegedSensor) -> None:
        self._job, self._policy, self._sensor = job, policy, sensor
        self._rollout: Rollout | None = None
        robots = job.settings.rollouts
        self._rows: list[list[tuple[NDArray[np.generic], ...]]] = [[] for _ in range(robots)]
        self.ended_as: dict[int, tuple[EpisodeResult, int]] = {}

    def watch(self, rollout: Rollout) -> None:
        """Name the rollout, whose verdicts the privileged state tells of."""
        self._rollout = rollout

    def observed(self, tick: Tick) -> None:
        """Keep a picture of each robot that is active, and the policy's answer."""
        assert self._rollout is not None
        policy, privileged = self._policy, self._sensor.read(tick, self._rollout.results())
        told = policy.features, policy.proprio, policy.values, policy.noise, privileged
        for i in map(int, np.flatnonzero(tick.observation.active)):
            self._rows[i].append(tuple(array[i].copy() for array in told))

    def ended(self, robot: int, result: EpisodeResult) -> None:
        """Write a trajectory."""
        columns = zip(*self._rows[robot], strict=True)
        features, proprio, values, noise, privileged = (np.stack(column) for column in columns)
        self._rows[robot] = []
        self.ended_as[robot] = result, len(noise)
        Trajectory(features, proprio, self._job.instruction, values, noise, privileged).save(
            trajectory_path(self._job.folder, robot)
        )

    def scene_result(self) -> SceneResult:
        """Return how all went, once all have ended."""
        ended = [self.ended_as[robot] for robot in sorted(self.ended_as)]
        return SceneResult(
            task=self._job.task,
            level=self._job.request.level,
            seed=self._job.request.seed,
            rewards=tuple(float(result.strict) for result, _ in ended),
            frames=tuple(frames for _, frames in ended),
            reasons=tuple("" if result.strict else result.reason for result, _ in ended),
        )


def drive_scene(job: RolloutJob) -> int:
    """Drive and record the rollouts of a scene unless they are there; return how many succeeded.

    All rollouts share the scene, the robot's dynamics and the camera's errors; the noise on their
    commands alone tells them apart.
    """
    if job.result.exists():
        return round(sum(SceneResult.load(job.result).rewards))
    settings, count = job.settings, job.settings.rollouts
    job.folder.mkdir(parents=True, exist_ok=True)
    scene = task(job.task).sample(job.request)
    plan = EpisodePlan(0, job.task, job.request.level, job.request.seed, 0.0, settings.driver.name)
    policy = ExploringPolicy(
        _model(settings.driver, settings.driver.stat().st_mtime_ns),
        settings.exploration,
        [_rng(job.request, number) for number in range(count)],
    )
    policy.reset_to(np.tile(job.instruction, (count, 1)))
    monitor, dynamics = EpisodeMonitor(count, settings.max_seconds), DYNAMICS[settings.dynamics]
    with SceneEnv([scene] * count, camera=CAMERA, dynamics=dynamics) as env:
        recorder = TrajectoryRecorder(job, policy, PrivilegedSensor(env, settings.max_seconds))
        rollout = Rollout(
            env,
            LocomotionPolicy(OnnxSession(settings.locomotion), count),
            policy,
            (monitor, recorder),
            RolloutOptions(sensor=CameraSensors(env, [plan] * count, StageTimers())),
        )
        monitor.watch(rollout)
        recorder.watch(rollout)
        while not rollout.decided.all():
            rollout.advance()
    result = recorder.scene_result()
    result.save(job.result)
    return round(sum(result.rewards))


@cache
def _model(path: Path, changed: int) -> VlaModel:
    """Return the model of a checkpoint, read once for each time that it was written."""
    del changed
    return load_model(path)


def _rng(request: SceneRequest, number: int) -> np.random.Generator:
    """Return the source of a rollout's noise."""
    seeds = [request.seed, request.level, _NOISE_STREAM, number]
    return np.random.default_rng(np.random.SeedSequence(seeds))
