"""Scenes in Bullet: their things against MuJoCo's rays, their robots as through any engine."""

import math
from collections.abc import Iterator
from dataclasses import replace

import mujoco
import numpy as np
import pytest

from canter.control.errors import SceneError
from canter.control.locomotion import SHIPPED, LocomotionPolicy
from canter.control.robot import GO2
from canter.control.session import OnnxSession
from canter.control.types import JointCommand
from canter.control.vocab import WIDE_SHAPES
from canter.sim.scene_env import SceneEnv
from canter.sim.scenes.scene import Scene
from canter.sim.scenes.scene_request import SceneRequest
from canter.sim.scenes.things import draw_thing
from canter.sim.tasks.registry import task
from tests.sim.scene_models import drawn, model_of, red_ball, scene_of

pytest.importorskip("pybullet", reason="extra [transfer]")

from canter.sim.bullet.bullet_robot import BulletRobot, Setting
from canter.sim.bullet.bullet_scenes import BulletScenes, add_object
from canter.sim.expert_policy import ExpertPolicy
from canter.sim.rollout import Rollout, RolloutOptions

RAYS, REACH = 150, 3.0
"""How many are cast at each scene, and how far, m."""


@pytest.fixture(scope="module")
def robot() -> Iterator[BulletRobot]:
    made = BulletRobot(GO2, Setting())
    made.place(np.array([50.0, 50.0, 0.3]), np.array([1.0, 0, 0, 0]), GO2.default_q)
    yield made
    made.close()


def stand(n: int) -> JointCommand:
    gains = np.full((n, 12), 60.0)
    q = np.tile(GO2.default_q, (n, 1))
    return JointCommand(q, gains, gains / 40, np.zeros((n, 12)), math.inf)


def one_thing(shape: str) -> Scene:
    thing = draw_thing(np.random.default_rng(2), ("red", shape))
    return scene_of(replace(thing, x=0.3, y=-0.2, yaw=0.7))


@pytest.mark.parametrize(
    "scene",
    [
        *(pytest.param(one_thing(shape), id=shape) for shape in WIDE_SHAPES),
        *(
            pytest.param(task(name).sample(SceneRequest(1, 3)), id=name)
            for name in ("go_avoid", "go_through", "crawl", "distinguish")
        ),
    ],
)
def test_rays_meet_a_scenes_things_where_they_do_in_mujoco(
    robot: BulletRobot, scene: Scene
) -> None:
    """Level rays up to a robot's height; few graze an edge, and hulls stand for ellipsoids."""
    bodies = [body for item in scene.objects for body in add_object(robot, item)]
    model = model_of(scene)
    data = mujoco.MjData(model)
    mujoco.mj_kinematics(model, data)
    rng, errors, grazes = np.random.default_rng(4), list[float](), 0
    for _ in range(RAYS):
        item = scene.objects[rng.integers(len(scene.objects))]
        angle, height = rng.uniform(-np.pi, np.pi), rng.uniform(0.02, 0.45)
        direction = np.array([np.cos(angle), np.sin(angle), 0.0])
        aside = rng.uniform(-0.3, 0.3, 2)
        origin = np.array([item.x + aside[0], item.y + aside[1], height]) - direction
        theirs = reach_in_mujoco(model, data, origin, direction)
        ends = origin.tolist(), (origin + REACH * direction).tolist()
        body, _, share, *_ = robot.client.rayTest(*ends)[0]
        ours = REACH * share if body in bodies else REACH
        grazes += (ours < REACH) != (theirs < REACH)
        if ours < REACH and theirs < REACH:
            errors.append(abs(ours - theirs))
    for body in bodies:
        robot.client.removeBody(body)
    assert grazes <= 2 and len(errors) > RAYS / 10
    assert np.median(errors) < 0.002
    assert np.quantile(errors, 0.95) < 0.02


def reach_in_mujoco(
    model: mujoco.MjModel, data: mujoco.MjData, origin: np.ndarray, direction: np.ndarray
) -> float:
    """Return how far a ray gets before it meets what a robot would touch, at most REACH, m."""
    gone, groups = 0.0, np.array([0, 1, 0, 0, 0, 0], np.uint8)
    found = np.array([-1], np.int32)
    while gone < REACH:
        at = origin + gone * direction
        step = float(mujoco.mj_ray(model, data, at, direction, groups, 1, -1, found))
        if step < 0:
            return REACH
        gone += step
        if model.geom_conaffinity[found[0]] == 1:
            return min(gone, REACH)
        gone += 1e-4  # past the surface of a decoration
    return REACH


def test_robots_start_where_their_scenes_say_and_stand() -> None:
    scenes = [drawn(seed) for seed in range(2)]
    with SceneEnv(scenes, engine="bullet") as env:
        assert isinstance(env._engine, BulletScenes)
        for pose, scene in zip([world.pose for world in env.world_states()], scenes, strict=True):
            assert pose == pytest.approx(scene.start, abs=1e-5)
        for _ in range(50):
            env.step(stand(2))
        assert env.times() == pytest.approx(1.0)
        assert not any(w.fallen or w.touched for w in env.world_states())
        assert max(world.speed for world in env.world_states()) < 0.05
        starts = np.array([scene.start for scene in scenes])
        assert np.abs(np.array([world.pose for world in env.world_states()]) - starts).max() < 0.05
        env.reset(np.array([False, True]))
        np.testing.assert_allclose(env.times(), [1.0, 0.0])
        assert env.world_states()[1].pose == pytest.approx(scenes[1].start, abs=1e-5)


def test_which_objects_are_touched_is_told() -> None:
    away, beside = scene_of(red_ball(2.5, 0.0)), scene_of(red_ball(2.5, 0.0), red_ball(0.75, 0.0))
    with SceneEnv([beside, away], engine="bullet") as env:
        assert isinstance(env._engine, BulletScenes)
        touched: list[set[int]] = [set(), set()]
        for _ in range(15):
            env._engine._sim.push(np.full((2, 3), [0.3, 0.0, 0.0]))
            env.step(stand(2))
            for i, world in enumerate(env.world_states()):
                touched[i] |= world.touched_objects
                assert world.touched is bool(world.touched_objects)
        assert touched == [{1}, set()]
        env.reset()
        assert not env.world_states()[0].touched


def test_the_same_scene_gives_the_same_bits_under_an_expert() -> None:
    scene = task("go_to").sample(SceneRequest(4, 1))
    ends = []
    for _ in range(2):
        with SceneEnv([scene], engine="bullet") as env:
            gait = LocomotionPolicy(OnnxSession(SHIPPED))
            running = Rollout(env, gait, ExpertPolicy(env), (), RolloutOptions(pictures=False))
            for _ in range(15):
                running.advance()
            ends.append((env.truth().base_pos_w.copy(), env.states().q.copy()))
    np.testing.assert_array_equal(ends[0][0], ends[1][0])
    np.testing.assert_array_equal(ends[0][1], ends[1][1])
    x, y, _ = scene.start
    assert math.dist(ends[0][0][0, :2], (x, y)) > 0.2


def test_what_bullet_cannot_do_is_refused() -> None:
    for name in ("unload", "follow"):
        scene = task(name).sample(SceneRequest(0, 1))
        with pytest.raises(SceneError, match=f"^{name}: scenes with a ball run in MuJoCo alone"):
            SceneEnv([scene], engine="bullet")
    with SceneEnv([drawn(0)], engine="bullet") as env:
        for draw in (env.drawable, env.render, env.overview):
            with pytest.raises(SceneError, match=r"robot 0 is in Bullet, .* the engine mujoco"):
                draw(0)
