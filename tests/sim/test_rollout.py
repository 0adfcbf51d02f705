"""The loop with noted parts: what happens in which order, how often, and to whom."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from canter.control.adaptation.adapter import GainAdapter
from canter.control.command_policy import CameraSpec, Observation
from canter.control.errors import CanterError
from canter.control.locomotion import SHIPPED, LocomotionPolicy
from canter.control.policy.contract import PolicyContract
from canter.control.robot import GO2
from canter.control.session import OnnxSession
from canter.control.types import CHUNK_STEPS, GAIT_LAYOUT, GaitCommand, JointCommand, RobotState
from canter.sim.expert_policy import ExpertPolicy
from canter.sim.physics.batched_sim import CONTROL_PERIOD
from canter.sim.rendering.camera import Image
from canter.sim.rollout import (
    DEFAULT_OPTIONS,
    STEPS_PER_COMMAND,
    Rollout,
    RolloutOptions,
    Subscriber,
    Tick,
    rollout,
    stopped_when_done,
)
from canter.sim.scene_env import SceneEnv
from canter.sim.scenes.scene import Scene
from canter.sim.scenes.scene_request import SceneRequest
from canter.sim.tasks.registry import task
from canter.sim.tasks.task import EpisodeResult
from tests.control.policies import locomotion_contract
from tests.sim.scene_models import VIEW, drawn, red_ball, scene_of

FAST = replace(VIEW, period=0.1)
BEFORE_IT, FAR = scene_of(red_ball(0.75, 0.0)), scene_of(red_ball(2.5, 0.0))
"""A robot that stands in the one is soon done, in the other never."""


class StandingSession:
    """Answers every observation with a zero action and notes it."""

    robot = GO2
    contract: PolicyContract = locomotion_contract()

    def __init__(self, log: list[str]) -> None:
        self.log = log

    def run(self, **inputs: NDArray[Any]) -> Mapping[str, NDArray[Any]]:
        (observation,) = inputs.values()
        self.log.append("control")
        return {"action": np.zeros((len(observation), len(GO2.joint_names)), np.float32)}


class Ramp:
    """Asks for a forward speed that grows by 0.01 m/s a command, and notes what it sees."""

    def __init__(self, log: list[str]) -> None:
        self.log = log
        self.seen: list[Observation] = []

    def reset(self, instructions: Sequence[str]) -> None:
        del instructions

    def act(self, observation: Observation) -> NDArray[np.float32]:
        self.log.append("command")
        self.seen.append(observation)
        chunk = np.tile(GaitCommand().to_array(), (len(observation.images), CHUNK_STEPS, 1))
        chunk[:, :, GAIT_LAYOUT["vx"]] += 0.01 * np.arange(CHUNK_STEPS)[:, None]
        return chunk


class NotedEnv(SceneEnv):
    """An environment that notes each picture and each gyro reading after a step."""

    def __init__(self, log: list[str], scenes: Sequence[Scene], camera: CameraSpec) -> None:
        super().__init__(scenes, camera=camera)
        self.log = log
        self.gyros: list[NDArray[np.floating]] = []

    def render(self, i: int) -> Image:
        self.log.append(f"render {i}")
        return super().render(i)

    def step(self, command: JointCommand, adapter: GainAdapter | None = None) -> None:
        super().step(command, adapter)
        self.gyros.append(self.states().gyro)


class Watcher(Subscriber):
    """Notes everything that it is told."""

    def __init__(self, log: list[str]) -> None:
        self.log = log
        self.seen: list[Tick] = []
        self.steps: list[Tick] = []
        self.results: dict[int, EpisodeResult] = {}

    def observed(self, tick: Tick) -> None:
        self.log.append("observed")
        self.seen.append(tick)

    def stepped(self, tick: Tick) -> None:
        self.log.append("stepped")
        self.steps.append(tick)

    def ended(self, robot: int, result: EpisodeResult) -> None:
        self.log.append(f"ended {robot}")
        assert robot not in self.results
        self.results[robot] = result


class Course:
    """A rollout over noted parts."""

    def __init__(
        self,
        *scenes: Scene,
        camera: CameraSpec = VIEW,
        options: RolloutOptions = DEFAULT_OPTIONS,
    ) -> None:
        self.log: list[str] = []
        self.env = NotedEnv(self.log, scenes or [drawn(seed) for seed in range(2)], camera)
        self.gait = LocomotionPolicy(StandingSession(self.log), self.env.n)
        self.policy, self.watcher = Ramp(self.log), Watcher(self.log)
        self.rollout = Rollout(self.env, self.gait, self.policy, [self.watcher], options)

    def speeds(self) -> list[float]:
        """Return the forward speeds in force at the control steps so far."""
        where = GAIT_LAYOUT["vx"]
        return [round(float(tick.command[0, where].item()), 6) for tick in self.watcher.steps]


@pytest.mark.parametrize(("camera", "commands"), [(VIEW, 2), (FAST, 1)])
def test_a_period_is_pictures_then_a_command_then_control_steps(
    camera: CameraSpec, commands: int
) -> None:
    course = Course(camera=camera)
    course.rollout.advance()
    head = ["render 0", "render 1", "command", "observed"]
    assert course.log == head + ["control", "stepped"] * STEPS_PER_COMMAND * commands
    assert STEPS_PER_COMMAND == 5
    assert course.env.times() == pytest.approx(commands * 5 * CONTROL_PERIOD)
    assert [tick.step for tick in course.watcher.steps] == list(range(1, 5 * commands + 1))
    assert [tick.step for tick in course.watcher.seen] == [0]


def test_each_command_of_a_chunk_is_held_for_five_steps() -> None:
    course = Course()
    course.rollout.advance()
    assert course.speeds() == [0.0] * 5 + [0.01] * 5


def test_a_shorter_period_takes_more_pictures_of_the_same_commands() -> None:
    course = Course(drawn(0), camera=FAST)
    for _ in range(2):
        course.rollout.advance()
    assert course.env.times()[0] == pytest.approx(0.2)
    assert course.speeds() == [0.0] * 10
    assert course.log.count("command") == course.log.count("render 0") == 2
    with pytest.raises(CanterError, match="no multiple"):
        replace(VIEW, period=0.15)


@pytest.mark.parametrize("camera", [VIEW, FAST])
def test_the_next_observation_holds_the_mean_gyro_and_the_command_in_force(
    camera: CameraSpec,
) -> None:
    course = Course(camera=camera)
    for _ in range(3):
        course.rollout.advance()
    first, second, third = course.policy.seen
    np.testing.assert_array_equal(first.gyro_mean, 0.0)
    np.testing.assert_array_equal(first.last_command, np.tile(GaitCommand().to_array(), (2, 1)))
    steps = 5 * camera.commands_per_picture
    assert len(course.env.gyros) == 3 * steps
    for k, seen in ((0, second), (1, third)):
        summed = sum(course.env.gyros[k * steps : (k + 1) * steps])
        np.testing.assert_allclose(seen.gyro_mean, summed / steps, atol=1e-12)
        assert np.abs(seen.gyro_mean).max() > 0
    last = 0.01 * (camera.commands_per_picture - 1)
    np.testing.assert_allclose(second.last_command[:, GAIT_LAYOUT["vx"]], last)
    np.testing.assert_allclose(np.linalg.norm(second.gravity, axis=-1), 1.0)
    np.testing.assert_array_equal(second.active, True)


def test_robots_that_are_not_active_are_neither_pictured_nor_moved_nor_judged() -> None:
    course = Course()
    course.env.active[0] = False
    course.rollout.advance()
    assert "render 0" not in course.log and "render 1" in course.log
    (seen,) = course.policy.seen
    assert not seen.images[0].any() and seen.images[1].any()
    np.testing.assert_array_equal(seen.active, [False, True])
    assert course.env.times() == pytest.approx([0.0, 0.2])
    untold, told = course.rollout.results()
    assert told.time == pytest.approx(0.2) and told.distance > 0
    assert untold.time == 0


def test_a_guard_has_the_last_word() -> None:
    seen = list[float]()

    def limp(state: RobotState, joints: JointCommand) -> JointCommand:
        seen.append(float(joints.kp.min()))
        zeros = np.zeros_like(joints.kp)
        return JointCommand(joints.q_target, zeros, zeros, zeros, joints.valid_until)

    course = Course(drawn(0), options=RolloutOptions(guard=limp))
    course.rollout.advance()
    assert seen == [25.0] * 10  # the contract's stiffness came in, none went out
    assert not course.env.states().tau.any()


class Limp:
    """Takes all stiffness and damping, and notes what they were."""

    def __init__(self) -> None:
        self.seen: list[float] = []

    def reset(self, mask: NDArray[np.bool_] | None = None) -> None:
        del mask

    def adapt(self, state: RobotState, command: JointCommand, dt: float) -> JointCommand:
        self.seen.append(float(command.kp.min()))
        zeros = np.zeros_like(command.kp)
        return JointCommand(command.q_target, zeros, zeros, zeros, command.valid_until)


def test_an_adapter_acts_at_every_physics_step() -> None:
    limp = Limp()
    course = Course(drawn(0), options=RolloutOptions(adapter=limp))
    course.rollout.advance()
    assert limp.seen == [25.0] * 50  # ten control steps of five physics steps
    assert not course.env.states().tau.any()


def test_stages_are_timed() -> None:
    course = Course()
    course.rollout.hold()
    assert course.rollout.timers.summary()["physics"]["n"] == 10
    course.rollout.advance()
    counts = {name: stage["n"] for name, stage in course.rollout.timers.summary().items()}
    assert counts["policy"] == 1 and counts["render"] == 2
    assert counts["gait"] == counts["physics"] == 20


def test_a_hold_stands_without_asking_the_policy() -> None:
    course = Course()
    course.rollout.advance()
    course.rollout.hold()
    assert course.log.count("command") == course.log.count("observed") == 1
    assert course.speeds() == [0.0] * 5 + [0.01] * 5 + [0.0] * 10


def test_pictures_go_through_the_sensor_with_each_robots_own_gyro() -> None:
    told: list[tuple[int, NDArray[np.floating]]] = []

    def negative(i: int, image: NDArray[np.uint8], gyro: NDArray[Any]) -> NDArray[np.uint8]:
        told.append((i, gyro.copy()))
        return 255 - image

    course = Course(options=RolloutOptions(sensor=negative))
    course.rollout.advance()
    told.clear()
    seen = course.rollout.observe()
    assert [i for i, _ in told] == [0, 1]
    np.testing.assert_array_equal([gyro for _, gyro in told], course.env.gyros[-1])
    for i in range(2):
        np.testing.assert_array_equal(seen.images[i], 255 - course.env.render(i))


def test_without_pictures_nothing_is_rendered() -> None:
    course = Course(drawn(0), options=RolloutOptions(pictures=False))
    seen = course.rollout.observe()
    assert seen.images.shape == (1, *VIEW.shape) and not seen.images.any()
    assert not [line for line in course.log if line.startswith("render")]


def test_subscribers_see_observed_before_stepped_before_ended() -> None:
    course = Course(BEFORE_IT, camera=FAST)
    while not course.rollout.decided.all():
        course.rollout.advance()
    told = [line for line in course.log if line.split()[0] in ("observed", "stepped", "ended")]
    period = ["observed"] + ["stepped"] * 5
    end = told.index("ended 0")
    assert told.count("ended 0") == 1
    assert told[:end] == (period * 99)[:end]
    result = course.watcher.results[0]
    assert result.strict and result == course.rollout.results()[0]
    last = course.watcher.steps[told[:end].count("stepped") - 1]
    assert result.time == last.worlds[0].time


def test_all_subscribers_are_told_in_their_order() -> None:
    log: list[str] = []

    class Named(Subscriber):
        def __init__(self, name: str) -> None:
            self.name = name

        def observed(self, tick: Tick) -> None:
            log.append(self.name)

        def stepped(self, tick: Tick) -> None:
            log.append(self.name.upper())

    course = Course(drawn(0), camera=FAST, options=RolloutOptions(pictures=False))
    named = [Named("a"), Named("b")]
    Rollout(course.env, course.gait, course.policy, named).advance()
    assert log == ["a", "b"] + ["A", "B"] * 5


def test_ticks_hold_the_moment_they_are_told_of() -> None:
    course = Course(camera=FAST)
    course.rollout.advance()
    (first,) = course.watcher.seen
    assert first.observation is course.policy.seen[0]
    assert [world.time for world in first.worlds] == [0.0, 0.0]
    for number, tick in enumerate(course.watcher.steps, start=1):
        assert tick.observation is first.observation
        np.testing.assert_array_equal(tick.chunk, first.chunk)
        assert [world.time for world in tick.worlds] == pytest.approx([0.02 * number] * 2)
        np.testing.assert_array_equal(tick.command, tick.chunk[:, 0])


@pytest.mark.parametrize("stops", [True, False])
def test_a_robot_that_is_decided_is_stepped_no_more_unless_asked_for(stops: bool) -> None:
    options = RolloutOptions(pictures=False, stop_when_decided=stops)
    course = Course(BEFORE_IT, FAR, camera=FAST, options=options)
    for _ in range(40):
        course.rollout.advance()
    near, far = course.rollout.results()
    assert near.strict and 1.0 <= near.time < 3.9
    assert not far.strict and far.time == pytest.approx(4.0)
    assert course.env.times() == pytest.approx([near.time if stops else 4.0, 4.0])
    assert course.env.active.tolist() == [not stops, True]
    assert course.rollout.decided.tolist() == [True, False]
    assert course.watcher.results == {0: near}


def test_rollout_goes_on_until_all_are_decided_or_somebody_asks_to_stop() -> None:
    course = Course(BEFORE_IT, BEFORE_IT, camera=FAST)
    results = rollout(course.env, course.gait, course.policy, [course.watcher])
    assert [result.strict for result in results] == [True, True]
    assert course.watcher.results == dict(enumerate(results))
    asked: list[int] = []

    def third() -> bool:
        asked.append(1)
        return len(asked) > 3

    again = Course(FAR, camera=FAST)
    (cut,) = rollout(again.env, again.gait, again.policy, [again.watcher], stop=third)
    assert not cut.strict and cut.time == pytest.approx(0.3)
    assert not again.watcher.results


def test_terminate_above_one_half_zeroes_the_velocities_and_nothing_else() -> None:
    chunk = np.arange(1.0, 25.0, dtype=np.float32).reshape(2, 1, 12).repeat(3, axis=1)
    chunk[..., GAIT_LAYOUT["terminate"]] = np.array(
        [[0.0, 0.5, 0.51], [1.0, 0.49, 0.9]], np.float32
    )[..., None]
    expected = chunk.copy()
    for robot, step in ((0, 2), (1, 0), (1, 2)):
        for name in ("vx", "vy", "wz"):
            expected[robot, step, GAIT_LAYOUT[name]] = 0.0
    given = chunk.copy()
    np.testing.assert_array_equal(stopped_when_done(chunk), expected)
    np.testing.assert_array_equal(chunk, given)  # the caller's array is left as it was


@pytest.fixture(scope="module")
def session() -> OnnxSession:
    return OnnxSession(SHIPPED)


class Bits(Subscriber):
    """Notes each robot's measured joints and pose at every step, as bytes."""

    def __init__(self, env: SceneEnv) -> None:
        self.env, self.bits = env, list[bytes]()

    def stepped(self, tick: Tick) -> None:
        worlds = b"".join(world.position_w.tobytes() for world in tick.worlds)
        self.bits.append(worlds + self.env.states().q.tobytes() + tick.command.tobytes())


def episode(session: OnnxSession, name: str) -> tuple[EpisodeResult, list[bytes]]:
    scene = task(name).sample(SceneRequest(4, 1))
    with SceneEnv([scene]) as env:
        bits, policy = Bits(env), ExpertPolicy(env)
        (result,) = rollout(
            env, LocomotionPolicy(session), policy, [bits], RolloutOptions(pictures=False)
        )
    return result, bits.bits


@pytest.mark.parametrize("name", ["go_to", "move"])
def test_the_same_seed_gives_the_same_bits_of_an_episode(session: OnnxSession, name: str) -> None:
    once, again = episode(session, name), episode(session, name)
    assert once == again
    result, bits = once
    assert len(bits) == math.ceil(result.time / 0.1 - 1e-6) * 5 > 50
    assert len(set(bits)) >= len(bits) - 4  # it stands still once decided
