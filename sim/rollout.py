"""The one loop: from pictures to torque for N robots, whoever drives, watches or records.

``Rollout.advance`` goes from one picture to the next; :func:`rollout` goes on until every robot's
episode is decided.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from canter.control.adaptation.adapter import GainAdapter
from canter.control.command_policy import CommandPolicy, Observation
from canter.control.gait.gait_chunk import DONE
from canter.control.loop.clock import StageTimers
from canter.control.types import CHUNK_SPACING_S, GAIT_LAYOUT, GaitCommand, JointCommand, RobotState
from canter.sim.physics.batched_sim import CONTROL_PERIOD
from canter.sim.scene_env import SceneEnv
from canter.sim.tasks.registry import task
from canter.sim.tasks.task import EpisodeResult, SuccessChecker
from canter.sim.world_state import WorldState

STEPS_PER_COMMAND = round(CHUNK_SPACING_S / CONTROL_PERIOD)

Float = NDArray[np.floating]
Chunk = NDArray[np.float32]
Guard = Callable[[RobotState, JointCommand], JointCommand]
"""Stands between policy and motors, sees every command and may replace it."""
Sensor = Callable[[int, NDArray[np.uint8], Float], NDArray[np.uint8]]
"""What a real camera makes of robot i's perfect picture, at an angular velocity, rad/s, (3,)."""


class GaitPolicy(Protocol):
    """From gait commands to joint commands, for N robots, 50 Hz."""

    def step(self, state: RobotState, command: Chunk) -> JointCommand:
        """Return the joint command of a gait command, (N, 12)."""
        ...


@dataclass(frozen=True, slots=True)
class Tick:
    """One moment of a rollout.

    Attributes:
        observation: the newest.
        chunk: what the policy answered to it, velocities zero where it is done, (N, K, 12).
        command: in force at this moment, order of GAIT_RANGES, (N, 12).
        worlds: ground truth of each robot at this moment.
        step: control steps since the start.
    """

    observation: Observation
    chunk: Chunk
    command: Chunk
    worlds: Sequence[WorldState]
    step: int


class Subscriber:
    """What watches a rollout: a recorder, a film, a table, a page; override what is needed."""

    def observed(self, tick: Tick) -> None:
        """Take in a picture and the policy's answer, before any of it is executed."""

    def stepped(self, tick: Tick) -> None:
        """Take in one control step of 20 ms."""

    def ended(self, robot: int, result: EpisodeResult) -> None:
        """Take in that a robot's episode is decided."""


def stopped_when_done(chunk: Chunk) -> Chunk:
    """Return the chunk, (N, K, 12), with zero velocities wherever ``terminate`` says done."""
    stopped = chunk.copy()
    done = chunk[..., GAIT_LAYOUT["terminate"]] > DONE
    for name in ("vx", "vy", "wz"):
        stopped[..., GAIT_LAYOUT[name]] *= ~done
    return stopped


@dataclass(frozen=True, slots=True)
class RolloutOptions:
    """How a rollout is run.

    Attributes:
        pictures: whether the policy is shown any; without, images are zeros.
        sensor: applied to each picture; a perfect camera by default.
        guard: safety monitor; none by default.
        adapter: changes the joint commands at every physics step, for as many robots; none by
            default. It learns as it goes: make a new one for each rollout.
        stop_when_decided: a robot whose episode is decided is not stepped any more.
    """

    pictures: bool = True
    sensor: Sensor | None = None
    guard: Guard | None = None
    adapter: GainAdapter | None = None
    stop_when_decided: bool = True


DEFAULT_OPTIONS = RolloutOptions()


class Rollout:
    """N robots in an environment under one policy, judged at every control step.

    Args:
        env: the robots in their scenes.
        gait: from commands to joint targets, for as many robots.
        policy: from pictures to commands, its instructions set.
        subscribers: told of everything in this order.
        options: how it is run.

    Attributes:
        checkers: of the robots' episodes.
        timers: elapsed time of the stages render, policy, gait and physics.
    """

    def __init__(
        self,
        env: SceneEnv,
        gait: GaitPolicy,
        policy: CommandPolicy,
        subscribers: Sequence[Subscriber] = (),
        options: RolloutOptions = DEFAULT_OPTIONS,
    ) -> None:
        self.env, self.gait, self.policy = env, gait, policy
        self.checkers: list[SuccessChecker] = [
            task(scene.task).success(scene) for scene in env.scenes
        ]
        self.timers = StageTimers()
        self._subscribers, self._options = tuple(subscribers), options
        self._command: Chunk = np.tile(GaitCommand().to_array(), (env.n, 1))
        self._gyros: list[Float] = []
        self._decided = np.zeros(env.n, bool)
        self._step = 0
        self.worlds: Sequence[WorldState] = env.world_states()

    def results(self) -> list[EpisodeResult]:
        """Return how each robot's episode has gone so far."""
        return [checker.result() for checker in self.checkers]

    def advance(self) -> None:
        """Take a picture, ask the policy, execute its answer until the next picture."""
        observation = self.observe()
        with self.timers("policy"):
            chunk = stopped_when_done(self.policy.act(observation))
        self._tell_observed(Tick(observation, chunk, self._command, self.worlds, self._step))
        self.execute(observation, chunk)

    def hold(self) -> None:
        """Stand for one picture period, without asking the policy."""
        standing = np.tile(GaitCommand().to_array(), (self.env.n, 1, 1))
        count = self.env.camera.commands_per_picture
        self.execute(self.observe(), np.repeat(standing, count, axis=1))

    def observe(self) -> Observation:
        """Return what the robots perceive now."""
        state = self.env.states()
        with self.timers("render"):
            images = self._images(state)
        gyros = self._gyros or [state.gyro]
        return Observation(
            images=images,
            gyro_mean=np.asarray(np.mean(gyros, axis=0)),
            gravity=state.projected_gravity(),
            last_command=self._command.copy(),
            state=state,
            active=self.env.active.copy(),
        )

    def _images(self, state: RobotState) -> NDArray[np.uint8]:
        images = np.zeros((self.env.n, *self.env.camera.shape), np.uint8)
        if not self._options.pictures:
            return images
        sensor = self._options.sensor
        for i in map(int, np.flatnonzero(self.env.active)):
            picture = self.env.render(i)
            images[i] = sensor(i, picture, state.gyro[i]) if sensor else picture
        return images

    def execute(self, observation: Observation, chunk: Chunk) -> None:
        """Execute the first commands of a chunk, (N, K, 12), for one picture period."""
        self._gyros = []
        state = observation.state
        for number in range(self.env.camera.commands_per_picture):
            for _ in range(STEPS_PER_COMMAND):
                self._command = chunk[:, number]
                state = self._control_step(state)
                tick = Tick(observation, chunk, self._command, self.worlds, self._step)
                for subscriber in self._subscribers:
                    subscriber.stepped(tick)
                self._check()

    def _control_step(self, state: RobotState) -> RobotState:
        """Answer a measurement of now, go on by a control step, and return the next measurement."""
        guard = self._options.guard
        with self.timers("gait"):
            joints = self.gait.step(state, self._command)
            if guard is not None:
                joints = guard(state, joints)
        with self.timers("physics"):
            self.env.step(joints, self._options.adapter)
        after = self.env.states()
        self._gyros.append(after.gyro)
        self._step += 1
        self.worlds = self.env.world_states()
        return after

    def _check(self) -> None:
        """Tell the checkers, and the subscribers of every episode that is decided."""
        for i in map(int, np.flatnonzero(self.env.active & ~self._decided)):
            self.checkers[i].update(self.worlds[i])
            if self.checkers[i].done:
                self.end(i)

    def end(self, robot: int) -> None:
        """Count a robot's episode as decided."""
        self._decided[robot] = True
        if self._options.stop_when_decided:
            self.env.active[robot] = False
        result = self.checkers[robot].result()
        for subscriber in self._subscribers:
            subscriber.ended(robot, result)

    @property
    def decided(self) -> NDArray[np.bool_]:
        """Robots whose episodes are decided, (N,)."""
        return self._decided

    def _tell_observed(self, tick: Tick) -> None:
        for subscriber in self._subscribers:
            subscriber.observed(tick)


def rollout(
    env: SceneEnv,
    gait: GaitPolicy,
    policy: CommandPolicy,
    subscribers: Sequence[Subscriber] = (),
    options: RolloutOptions = DEFAULT_OPTIONS,
    stop: Callable[[], bool] = lambda: False,
) -> list[EpisodeResult]:
    """Go on until every robot's episode is decided, or somebody asks to stop.

    Args:
        env: the robots in their scenes.
        gait: from commands to joint targets.
        policy: from pictures to commands, its instructions set.
        subscribers: told of everything in this order.
        options: how it is run.
        stop: asked before each picture.

    Returns:
        How each robot's episode went.
    """
    running = Rollout(env, gait, policy, subscribers, options)
    while not running.decided.all() and not stop():
        running.advance()
    return running.results()
