import math

import mujoco
import numpy as np
import pytest
from numpy.typing import NDArray

from canter.control.errors import SceneError
from canter.control.robot import GO2
from canter.control.types import JointCommand, RobotState
from canter.sim.mujoco_scenes import MujocoScenes
from canter.sim.physics.batched_sim import ROOT_TWIST, BatchedSim
from canter.sim.physics.randomisation import DynamicsRanges
from canter.sim.rendering.camera import Camera
from canter.sim.scene_env import RECORDING_CAMERA, SceneEnv
from canter.sim.scenes.scene import Scene
from canter.sim.scenes.scene_request import SceneRequest
from canter.sim.tasks.registry import task
from tests.sim.scene_models import VIEW, drawn, model_of, physics_of, red_ball, scene_of


def sim_of(env: SceneEnv) -> BatchedSim:
    """Return the physics behind an environment, to be tampered with."""
    assert isinstance(env._engine, MujocoScenes)
    return env._engine._sim


def alone(x: float) -> Scene:
    return scene_of(red_ball(x, 0.0))


def stand(n: int) -> JointCommand:
    gains = np.full((n, 12), 60.0)
    q = np.tile(GO2.default_q, (n, 1))
    return JointCommand(q, gains, gains / 40, np.zeros((n, 12)), math.inf)


def run(env: SceneEnv, steps: int) -> None:
    for _ in range(steps):
        env.step(stand(env.n))


def test_robots_start_where_their_scenes_say_and_stand() -> None:
    scenes = [drawn(seed) for seed in range(3)]
    with SceneEnv(scenes) as env:
        for pose, scene in zip([world.pose for world in env.world_states()], scenes, strict=True):
            assert pose == pytest.approx(scene.start)
        run(env, 50)
        assert env.times() == pytest.approx(1.0)
        assert not any(world.fallen or world.touched for world in env.world_states())
        assert max(world.speed for world in env.world_states()) < 0.05
        assert env.states().q.shape == (3, 12)
        run_poses = np.array([world.pose for world in env.world_states()])
        starts = np.array([scene.start for scene in scenes])
        assert np.abs(run_poses - starts).max() < 0.05
        env.reset(np.array([False, True, False]))
        np.testing.assert_allclose(env.times(), [1.0, 0.0, 1.0])


def test_only_the_robot_that_is_pushed_into_an_object_has_touched() -> None:
    with SceneEnv([alone(0.75), alone(2.5)]) as env:
        touched = np.zeros(2, bool)
        for _ in range(15):
            physics_of(env).qvel[:, ROOT_TWIST["lin_vel_w"]] = [1.0, 0.0, 0.0]
            env.step(stand(2))
            touched |= [world.touched for world in env.world_states()]
        assert touched.tolist() == [True, False]


def test_same_scenes_same_bits_and_company_does_not_matter() -> None:
    ranges = DynamicsRanges()
    with SceneEnv([drawn(1), drawn(2)], dynamics=ranges, threads=2) as both:
        run(both, 20)
        together = physics_of(both).state.copy()
    for i, seed in enumerate((1, 2)):
        with SceneEnv([drawn(seed)], dynamics=ranges) as one:
            run(one, 20)
            np.testing.assert_array_equal(physics_of(one).state[0], together[i])


class Recorded:
    """Hands back what it is given, and notes the stiffness that it was asked for."""

    def __init__(self) -> None:
        self.stiffness: list[float] = []

    def reset(self, mask: NDArray[np.bool_] | None = None) -> None:
        del mask

    def adapt(self, state: RobotState, command: JointCommand, dt: float) -> JointCommand:
        assert dt == 0.004 and state.q.shape == command.q_target.shape
        self.stiffness.append(float(command.kp.max()))
        return command


def test_an_adapter_acts_before_the_motors_errors_and_none_leaves_the_same_bits() -> None:
    ranges, scenes, recorded = DynamicsRanges(), [drawn(1), drawn(2)], Recorded()
    with SceneEnv(scenes, dynamics=ranges) as plain, SceneEnv(scenes, dynamics=ranges) as adapted:
        for _ in range(10):
            plain.step(stand(2))
            adapted.step(stand(2), recorded)
            np.testing.assert_array_equal(physics_of(adapted).state, physics_of(plain).state)
            assert adapted.world_states()[0].touched == plain.world_states()[0].touched
    assert recorded.stiffness == [60.0] * 50


def test_views_are_those_of_the_robots_own_world() -> None:
    scenes = [drawn(seed) for seed in (4, 5)]
    with SceneEnv(scenes) as env:
        views = [env.render(i) for i in range(2)]
        np.testing.assert_array_equal(env.render(0), views[0])
        model = model_of(scenes[1], RECORDING_CAMERA)
        data = mujoco.MjData(model)
        data.qpos[:] = env.drawable(1)[1].qpos
        mujoco.mj_forward(model, data)
        np.testing.assert_array_equal(Camera(96, 96).render(model, data), views[1])
        assert env.overview(0, 60, 80).shape == (60, 80, 3)


def test_a_robot_on_its_back_has_fallen() -> None:
    with SceneEnv([alone(2.0)]) as env:
        physics_of(env).qpos[:, 3:7] = [0.0, 1.0, 0.0, 0.0]
        assert all(world.fallen for world in env.world_states())


def test_an_environment_takes_one_task() -> None:
    scenes = [task(name).sample(SceneRequest(0, 1)) for name in ("go_to", "go_through")]
    with pytest.raises(SceneError, match=r"scenes of one task, got go_through, go_to$"):
        SceneEnv(scenes)
    with pytest.raises(SceneError, match="one task, got none"):
        SceneEnv([])


def test_world_states_are_the_ground_truth() -> None:
    scenes = [alone(0.75), alone(2.5)]
    with SceneEnv(scenes) as env:
        physics_of(env).qvel[:, ROOT_TWIST["lin_vel_w"]] = [0.3, 0.4, 0.0]
        assert [world.speed for world in env.world_states()] == pytest.approx([0.5, 0.5])
        run(env, 10)
        truth = env.truth()
        for i, world in enumerate(env.world_states()):
            assert world.time == pytest.approx(0.2)
            np.testing.assert_array_equal(world.position_w, truth.base_pos_w[i])
            np.testing.assert_array_equal(world.quat, truth.base_quat[i])
            assert world.pose == pytest.approx((*truth.base_pos_w[i][:2], truth.yaw()[i]))
            assert world.ball_w is None and world.standing_height == GO2.standing_height


def test_which_objects_are_touched_is_told() -> None:
    scene = scene_of(red_ball(2.5, 0.0), red_ball(0.75, 0.0), red_ball(-2.0, 0.0))
    with SceneEnv([scene]) as env:
        touched: set[int] = set()
        for _ in range(15):
            physics_of(env).qvel[:, ROOT_TWIST["lin_vel_w"]] = [1.0, 0.0, 0.0]
            env.step(stand(1))
            (world,) = env.world_states()
            assert world.touched is bool(world.touched_objects)
            touched |= world.touched_objects
        assert touched == {1}
        env.reset()
        assert not env.world_states()[0].touched


def test_the_camera_is_the_one_that_was_named() -> None:
    with SceneEnv([alone(2.0)], camera=VIEW) as env:
        assert env.render(0).shape == VIEW.shape == (64, 96, 3)
        model, data = env.drawable(0)
        np.testing.assert_array_equal(Camera(64, 96).render(model, data), env.render(0))
        assert model.camera("front").fovy.item() == pytest.approx(math.degrees(VIEW.fovy))


def test_robots_that_are_not_active_stay_where_they_are() -> None:
    with SceneEnv([drawn(1), drawn(2)]) as env:
        run(env, 5)
        env.active[0] = False
        before = physics_of(env).state[0].copy()
        run(env, 5)
        np.testing.assert_array_equal(physics_of(env).state[0], before)
        assert env.times() == pytest.approx([0.1, 0.2])
        env.reset(np.array([True, False]))
        assert env.active.all() and env.times() == pytest.approx([0.0, 0.2])


def test_a_ball_rides_on_the_back_and_another_is_led_along_its_path() -> None:
    unload, follow = (task(name).sample(SceneRequest(3, 2)) for name in ("unload", "follow"))
    with SceneEnv([unload]) as env:
        for _ in range(25):
            (world,) = env.world_states()
            assert world.ball_w is not None
            assert math.dist(world.ball_w[:2], world.pose[:2]) < 0.3
            assert world.ball_w[2] > world.position_w[2]
            env.step(stand(1))
    assert follow.ball is not None and follow.ball.path is not None
    with SceneEnv([follow]) as env:
        for _ in range(50):
            (world,) = env.world_states()
            assert world.ball_w is not None
            assert world.ball_w[:2] == pytest.approx(follow.ball.path.at(world.time), abs=0.01)
            env.step(stand(1))
