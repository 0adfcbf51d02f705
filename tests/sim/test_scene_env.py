import math
from dataclasses import replace

import mujoco
import numpy as np
import pytest

from canter.control.robot import GO2
from canter.control.types import JointCommand
from canter.control.vocab import Target
from canter.sim.arena import Arena
from canter.sim.go2 import go2_spec
from canter.sim.physics.batched_sim import ROOT_TWIST
from canter.sim.physics.randomisation import DynamicsRanges
from canter.sim.rendering.appearance import Appearance
from canter.sim.rendering.camera import Camera
from canter.sim.scenes.shapes import Thing, natural_size
from canter.sim.scenes.surroundings import build
from canter.sim.tasks.go_to.go_to_scene import Scene, sample_scene

BALL = Thing("ball", "red", (0.9, 0.1, 0.1), natural_size("ball", 0.4), 0.8, 0.0, 0.0)


def alone(x: float) -> Scene:
    things = (replace(BALL, x=x),)
    return Scene(0, things, Target("red", "ball"), (0.0, 0.0, 0.0), Appearance(), "seen")


def stand(n: int) -> JointCommand:
    gains = np.full((n, 12), 60.0)
    q = np.tile(GO2.default_q, (n, 1))
    return JointCommand(q, gains, gains / 40, np.zeros((n, 12)), math.inf)


def run(arena: Arena, steps: int) -> None:
    for _ in range(steps):
        arena.step(stand(arena.n))


def test_robots_start_where_their_scenes_say_and_stand() -> None:
    scenes = [sample_scene(seed) for seed in range(3)]
    with Arena(scenes, threads=1) as arena:
        for pose, scene in zip(arena.poses(), scenes, strict=True):
            assert pose == pytest.approx(scene.start)
        run(arena, 50)
        assert arena.times() == pytest.approx(1.0)
        assert not arena.fallen().any() and not arena.touched.any()
        assert arena.speeds().max() < 0.05
        assert arena.states().q.shape == (3, 12)
        run_poses = np.array(arena.poses())
        starts = np.array([scene.start for scene in scenes])
        assert np.abs(run_poses - starts).max() < 0.05
        arena.reset(np.array([False, True, False]))
        np.testing.assert_allclose(arena.times(), [1.0, 0.0, 1.0])


def test_only_the_robot_that_is_pushed_into_an_object_has_touched() -> None:
    with Arena([alone(0.75), alone(2.5)], threads=1) as arena:
        touched = np.zeros(2, bool)
        for _ in range(15):
            arena._sim.qvel[:, ROOT_TWIST["lin_vel_w"]] = [1.0, 0.0, 0.0]
            arena.step(stand(2))
            touched |= arena.touched
        assert touched.tolist() == [True, False]


def test_same_scenes_same_bits_and_company_does_not_matter() -> None:
    ranges = DynamicsRanges()
    with Arena([sample_scene(1), sample_scene(2)], ranges, threads=2) as both:
        run(both, 20)
        together = both._sim.state.copy()
    for i, seed in enumerate((1, 2)):
        with Arena([sample_scene(seed)], ranges, threads=1) as one:
            run(one, 20)
            np.testing.assert_array_equal(one._sim.state[0], together[i])


def test_views_are_those_of_the_robots_own_world() -> None:
    scenes = [sample_scene(seed) for seed in (4, 5)]
    with Arena(scenes, threads=1) as arena:
        views = [arena.render(i) for i in range(2)]
        np.testing.assert_array_equal(arena.render(0), views[0])
        model = build(go2_spec(), scenes[1])
        data = mujoco.MjData(model)
        data.qpos[:] = arena._sim.qpos[1]
        mujoco.mj_forward(model, data)
        np.testing.assert_array_equal(Camera().render(model, data), views[1])
        assert arena.overview(0, 60, 80).shape == (60, 80, 3)


def test_a_robot_on_its_back_has_fallen() -> None:
    with Arena([alone(2.0)], threads=1) as arena:
        arena._sim.qpos[:, 3:7] = [0.0, 1.0, 0.0, 0.0]
        assert arena.fallen().all()
