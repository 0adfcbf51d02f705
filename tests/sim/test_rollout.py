from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from canter.control.errors import CanterError
from canter.control.locomotion import LocomotionPolicy
from canter.control.policy.contract import PolicyContract
from canter.control.robot import GO2
from canter.control.types import CHUNK_STEPS, GAIT_LAYOUT, GaitCommand, JointCommand, RobotState
from canter.sim.arena import Arena
from canter.sim.physics.batched_sim import CONTROL_PERIOD
from canter.sim.rendering.camera import Image
from canter.sim.rollout import STEPS_PER_PICTURE, Drive, Frame, Pictures, stopped_when_done
from canter.sim.tasks.go_to.go_to_scene import sample_scene
from tests.control.policies import locomotion_contract


class StandingSession:
    """Answers every observation with a zero action and notes it."""

    contract: PolicyContract = locomotion_contract()

    def __init__(self, log: list[str]) -> None:
        self.log = log
        self.speeds: list[float] = []

    def run(self, **inputs: NDArray[Any]) -> Mapping[str, NDArray[Any]]:
        (observation,) = inputs.values()
        self.log.append("control")
        return {"action": np.zeros((len(observation), len(GO2.joint_names)), np.float32)}


class Ramp:
    """Asks for a forward speed that grows by 0.01 m/s a command, and notes what it sees."""

    def __init__(self, log: list[str]) -> None:
        self.log = log
        self.frames: list[Frame] = []

    def command(self, frame: Frame) -> NDArray[np.float32]:
        self.log.append("command")
        self.frames.append(frame)
        chunk = np.tile(GaitCommand().to_array(), (len(frame.images), CHUNK_STEPS, 1))
        chunk[:, :, GAIT_LAYOUT["vx"]] += 0.01 * np.arange(CHUNK_STEPS)[:, None]
        return chunk


class NotedArena(Arena):
    """An arena that notes each picture and each gyro reading after a step."""

    def __init__(self, log: list[str], robots: int) -> None:
        super().__init__([sample_scene(seed) for seed in range(robots)], threads=1)
        self.log = log
        self.gyros: list[NDArray[np.floating]] = []

    def render(self, i: int) -> Image:
        self.log.append(f"render {i}")
        return super().render(i)

    def step(self, command: JointCommand) -> None:
        super().step(command)
        self.gyros.append(self.states().gyro)


class Course:
    """A drive over noted parts."""

    def __init__(self, robots: int = 2) -> None:
        self.log: list[str] = []
        self.arena = NotedArena(self.log, robots)
        self.session, self.commander = StandingSession(self.log), Ramp(self.log)
        self.commands: list[float] = []
        self.drive = Drive(
            self.arena,
            LocomotionPolicy(self.session, robots),
            self.commander,
            on_step=lambda: self.commands.append(self.commanded_speed()),
        )

    def commanded_speed(self) -> float:
        return round(float(self.drive.appearance().last_command[0, GAIT_LAYOUT["vx"]].item()), 6)


@pytest.fixture
def course() -> Course:
    return Course()


def test_a_period_is_pictures_then_a_command_then_ten_control_steps() -> None:
    course = Course()
    course.drive = Drive(course.arena, LocomotionPolicy(course.session, 2), course.commander)
    course.drive.advance()
    assert course.log == ["render 0", "render 1", "command"] + ["control"] * 10
    assert STEPS_PER_PICTURE == 10
    assert course.arena.times() == pytest.approx(0.2) == pytest.approx(10 * CONTROL_PERIOD)


def test_each_command_of_a_chunk_is_held_for_five_steps(course: Course) -> None:
    course.drive.advance()
    assert course.commands == [0.0] * 5 + [0.01] * 5


def test_the_next_frame_holds_the_mean_gyro_and_the_command_in_force(course: Course) -> None:
    first = course.drive.advance()
    np.testing.assert_array_equal(first.gyro_mean, 0.0)
    np.testing.assert_array_equal(first.last_command, np.tile(GaitCommand().to_array(), (2, 1)))
    before = len(course.arena.gyros)
    course.drive.advance()
    second = course.commander.frames[-1]
    np.testing.assert_allclose(second.gyro_mean, np.mean(course.arena.gyros[:before], axis=0))
    assert np.abs(second.gyro_mean).max() > 0
    np.testing.assert_allclose(second.last_command[:, GAIT_LAYOUT["vx"]], 0.01)
    np.testing.assert_allclose(np.linalg.norm(second.gravity, axis=-1), 1.0)


def test_robots_that_are_not_active_are_neither_pictured_nor_moved(course: Course) -> None:
    course.arena.active[0] = False
    course.drive.advance()
    assert "render 0" not in course.log and "render 1" in course.log
    assert not course.commander.frames[0].images[0].any()
    assert course.commander.frames[0].images[1].any()
    assert course.arena.times() == pytest.approx([0.0, 0.2])


def test_a_guard_has_the_last_word() -> None:
    course, seen = Course(robots=1), list[float]()

    def limp(state: RobotState, joints: JointCommand) -> JointCommand:
        seen.append(float(joints.kp.min()))
        zeros = np.zeros_like(joints.kp)
        return JointCommand(joints.q_target, zeros, zeros, zeros, joints.valid_until)

    policy = LocomotionPolicy(course.session)
    Drive(course.arena, policy, course.commander, guard=limp).advance()
    assert seen == [25.0] * 10  # the contract's stiffness came in, none went out
    assert not course.arena.states().tau.any()


def test_stages_are_timed(course: Course) -> None:
    course.drive.hold()
    assert course.drive.timers.summary()["physics"]["n"] == 10
    course.drive.advance()
    counts = {name: stage["n"] for name, stage in course.drive.timers.summary().items()}
    assert counts["vla"] == 1
    assert counts["locomotion"] == counts["physics"] == 20


def test_pictures_may_be_augmented() -> None:
    course = Course(robots=1)
    policy = LocomotionPolicy(course.session)
    negative = Pictures(augment=lambda image: 255 - image)
    drive = Drive(course.arena, policy, course.commander, pictures=negative)
    np.testing.assert_array_equal(drive.appearance().images[0], 255 - course.arena.render(0))


def test_a_shorter_period_takes_more_pictures_of_the_same_commands() -> None:
    course = Course(robots=1)
    policy = LocomotionPolicy(course.session)
    fast = Drive(course.arena, policy, course.commander, pictures=Pictures(period=0.1))
    before = course.arena.times()[0]
    fast.advance()
    assert course.arena.times()[0] - before == pytest.approx(0.1)
    with pytest.raises(CanterError, match="no multiple"):
        Pictures(period=0.15)


def test_without_pictures_nothing_is_rendered() -> None:
    course = Course(robots=1)
    drive = Drive(
        course.arena,
        LocomotionPolicy(course.session),
        course.commander,
        pictures=Pictures(taken=False),
    )
    assert not drive.appearance().images.any()
    assert not [line for line in course.log if line.startswith("render")]


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
