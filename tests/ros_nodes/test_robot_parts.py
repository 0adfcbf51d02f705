"""World and stand-up controller without ROS: from lying to standing."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from canter.control.errors import CanterError
from canter.control.locomotion import SHIPPED, LocomotionPolicy
from canter.control.robot import GO2
from canter.control.safety.fall_response import FallResponse
from canter.control.session import OnnxSession
from canter.control.types import GaitCommand
from canter.ros_nodes.commands.motor_inbox import MotorInbox
from canter.ros_nodes.commands.stand_up_controller import Mode, StandUpController
from canter.ros_nodes.simulator.expert_planner import ExpertPlanner
from canter.ros_nodes.simulator.sim_world import PERIOD_S, Setup, World
from canter.sim.robots.registry import robot
from canter.sim.tasks.registry import task
from canter.vla.config import CAMERA
from tests.control.safety.test_posture_risk import pitched, tilt_model
from tests.control.states import standing

STEPS = round(0.02 / PERIOD_S)


def policy() -> LocomotionPolicy:
    return LocomotionPolicy(OnnxSession(SHIPPED))


def test_a_lying_robot_stands_up_walks_and_its_way_is_told_from_its_start(tmp_path: Path) -> None:
    scene = tmp_path / "scene.yaml"
    scene.write_text(
        "start: [1.0, -1.0, 90]\nobjects: [{shape: ball, colour: red, size: 0.3, pose: [-2, 2, 0]}]"
    )
    world, controller = (
        World(Setup(CAMERA, file=str(scene), target="red ball")),
        StandUpController(policy()),
    )
    heights = []
    for tick in range(300):
        state = world.state(tick * 0.02)
        command = controller.step(state, GaitCommand(vx=0.5 if tick > 200 else 0.0))
        for _ in range(STEPS):
            world.step(command)
        world.check()
        heights.append(world.position[2])
    assert heights[0] < 0.12
    assert heights[200] == pytest.approx(0.29, abs=0.04)
    assert controller.mode is Mode.WALKING
    x, y, yaw = world.pose()
    assert (x, yaw) == pytest.approx((1.0, np.pi / 2), abs=0.2)
    assert y + 1.0 > 0.4
    forward, left, up = world.from_start()[0]
    assert (forward, left) == pytest.approx((y + 1.0, 1.0 - x))
    assert up == pytest.approx(world.position[2])
    moved = world.odometry()
    np.testing.assert_allclose(moved.position[0], world.from_start()[0], atol=0.03)
    assert (moved.position[0] != world.from_start()[0]).all()  # by legs, not by the truth
    assert 0.0 < moved.position_std[0] < 0.1


def test_a_robot_that_nobody_commands_keeps_its_stance() -> None:
    world = World(Setup(CAMERA, standing=True))
    inbox = MotorInbox(GO2, world.posture)
    for _ in range(500):
        world.step(inbox.choose())
    assert world.position[2] > 0.24


def test_a_robot_on_its_side_stays_limp_until_it_is_upright() -> None:
    controller = StandUpController(policy())
    side = standing(quat=np.array([np.sqrt(0.5), np.sqrt(0.5), 0.0, 0.0]))
    stages = []
    for state in (side, replace(standing(), time=1.02)):
        command = controller.step(state, GaitCommand(vx=1.0))
        stages.append((controller.mode, bool(command.kp.any())))
    assert stages == [(Mode.LYING_TILTED, False), (Mode.WALKING, True)]


def test_a_walking_robot_that_leans_is_made_to_crouch_and_a_restart_forgets_it() -> None:
    fall = FallResponse(policy(), tilt_model())
    controller = StandUpController(fall)
    controller.step(standing(time=1.0), GaitCommand(vx=0.5))
    assert not fall.crouching.any()
    controller.step(standing(time=1.02, quat=pitched(1.2)), GaitCommand(vx=0.5))
    assert fall.crouching.all()
    controller.restart()
    controller.step(standing(time=1.04), GaitCommand(vx=0.5))
    assert controller.mode is Mode.WALKING
    assert not fall.crouching.any()


def test_a_robot_that_was_put_elsewhere_is_looked_at_anew() -> None:
    controller = StandUpController(policy())
    controller.step(standing(time=1.0), GaitCommand())
    folded = standing(time=1.02, q=standing().q + np.tile([0.0, 0.5, -0.85], 4))
    command = controller.step(folded, GaitCommand())
    assert controller.mode is Mode.RISING
    assert command.q_target == pytest.approx(folded.q, abs=1e-3)  # the way begins where it is


@pytest.mark.parametrize(
    ("target", "task", "words"),
    [
        ("red ball", "go_to", {"colour": "red", "shape": "ball"}),
        ("go to the green cone", "go_to", {"colour": "green", "shape": "cone"}),
        ("follow the blue ball", "follow", {"colour": "blue"}),
    ],
)
def test_a_scene_holds_what_its_target_says(target: str, task: str, words: dict[str, str]) -> None:
    scene = Setup(CAMERA, target=target).scene()
    assert (scene.task, dict(scene.words)) == (task, words)


def test_a_target_that_is_none_is_refused() -> None:
    with pytest.raises(CanterError, match="coffee"):
        Setup(CAMERA, target="make coffee").scene()


@pytest.mark.parametrize("task", ["follow", "unload"])
def test_balls_move_as_their_tasks_ask(task: str) -> None:
    world = World(Setup(CAMERA, task=task, standing=True))
    inbox = MotorInbox(GO2, world.posture)
    before = np.array(world.ball())
    for _ in range(500):
        world.step(inbox.choose())
    moved = float(np.linalg.norm(world.ball()[:2] - before[:2]))
    led = world.scene.ball is not None and world.scene.ball.path is not None
    if led:
        assert world.scene.ball is not None and world.scene.ball.path is not None
        assert world.ball()[:2] == pytest.approx(world.scene.ball.path.at(1.0), abs=0.02)
        assert moved > 0.1
    else:
        assert moved < 0.1 and world.ball()[2] > 0.25  # it rides on the back


def test_the_planner_asks_an_expert_of_its_own_for_each_episode() -> None:
    world = World(Setup(CAMERA, task="crawl", standing=True))
    inbox = MotorInbox(GO2, world.posture)
    planner, first, second = ExpertPlanner(), *(task("crawl").expert(world.scene) for _ in "ab")
    for expert, begin in ((first, False), (second, True)):
        if begin:
            world.begin()
        command = GaitCommand()
        for number in range(3):
            photo = world.photograph()
            expert.observe(replace(photo.world, command=command.to_array()))
            expected = expert.plan()
            chunk = planner.plan(0.1 * number, photo)
            np.testing.assert_array_equal(chunk.commands, expected)
            command = GaitCommand.from_array(expected[0])
            for _ in range(5 * STEPS):
                world.step(inbox.choose())


def test_another_robot_begins_standing_and_keeps_its_stance() -> None:
    spec = robot("anymal_c")
    with pytest.raises(CanterError, match="it is not known how robot 'anymal_c' lies"):
        World(Setup(CAMERA), spec)
    world = World(Setup(CAMERA, standing=True), spec)
    inbox = MotorInbox(spec, world.posture)
    for _ in range(500):
        world.step(inbox.choose())
    assert world.position[2] == pytest.approx(spec.standing_height, abs=0.03)
