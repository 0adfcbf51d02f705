"""The geometric rule against what a renderer draws."""

import math

import mujoco
import numpy as np
import pytest

from canter.control.robot import GO2
from canter.sim.rendering.appearance import CameraJitter
from canter.sim.rendering.camera import Camera
from canter.sim.robots.equip import CAMERA
from canter.sim.scenes.mjcf import object_name
from canter.sim.scenes.shapes import Thing, natural_size, nearest_surface_distance
from canter.sim.scenes.visibility import MIN_PIXELS, VisibilityCheck, mounted_camera, rotation
from tests.sim.scene_models import drawn, model_of, things_of

UPRIGHT = np.eye(3)


def ball(x: float, y: float, width: float = 0.4) -> Thing:
    return Thing("ball", "red", (1.0, 0.0, 0.0), natural_size("ball", width), x, y, 0.0)


def seen(*objects: Thing) -> list[bool]:
    camera = mounted_camera(np.array([0.0, 0.0, 0.29]), UPRIGHT, CameraJitter())
    return [bool(v) for v in VisibilityCheck(objects).visible(camera)]


def test_by_hand() -> None:
    assert seen(ball(2.0, 0.0), ball(-2.0, 0.0), ball(0.0, 2.0)) == [True, False, False]
    assert seen(ball(2.0, 0.0), ball(1.0, 0.0)) == [False, True]  # behind one of equal size
    assert seen(ball(2.0, 0.0), ball(1.2, 0.6)) == [True, True]
    assert seen(ball(30.0, 0.0)) == [False]  # far too small


def test_a_pole_stands_out_behind_a_low_ball() -> None:
    pole = Thing("pole", "red", (1.0, 0.0, 0.0), (0.12, 0.9), 2.0, 0.0, 0.0)
    assert seen(pole, ball(1.4, 0.0, 0.3)) == [True, True]


def test_agrees_with_the_renderer_on_clear_cases() -> None:
    camera, rng = Camera(), np.random.default_rng(0)
    agreed, cases = 0, 0
    for seed in range(12):
        scene = drawn(seed)
        model, things = model_of(scene), things_of(scene)
        data, sight = mujoco.MjData(model), VisibilityCheck(things)
        for _ in range(6):
            x, y = rng.uniform(-2.5, 2.5, 2)
            if min(nearest_surface_distance(o, x, y) for o in things) < 0.4:
                continue
            yaw, tilt = rng.uniform(-math.pi, math.pi), 0.03 * rng.standard_normal(2)
            quat = np.array([math.cos(yaw / 2), *tilt, math.sin(yaw / 2)])
            data.qpos[:3] = [x, y, GO2.standing_height]
            data.qpos[3:7] = quat / np.linalg.norm(quat)
            mujoco.mj_kinematics(model, data)
            mujoco.mj_camlight(model, data)
            pose = mounted_camera(
                data.body("base").xpos, rotation(data.qpos[3:7]), scene.appearance.camera
            )
            np.testing.assert_allclose(pose.pos_w, data.camera(CAMERA).xpos, atol=1e-9)
            np.testing.assert_allclose(pose.rot_w.ravel(), data.camera(CAMERA).xmat, atol=1e-9)
            bodies = model.geom_bodyid[camera.segment(model, data, CAMERA)]
            ids = camera.segment(model, data, CAMERA)
            for i, verdict in enumerate(sight.visible(pose)):
                count = ((bodies == model.body(object_name(i)).id) & (ids >= 0)).sum()
                if not MIN_PIXELS / 2 < count < 2 * MIN_PIXELS:
                    cases += 1
                    agreed += verdict == (count > MIN_PIXELS)
    assert cases > 150
    assert agreed / cases > 0.985


@pytest.mark.parametrize("angle", [0.0, 0.7, -2.0])
def test_rotation_of_a_yaw(angle: float) -> None:
    quat = np.array([math.cos(angle / 2), 0.0, 0.0, math.sin(angle / 2)])
    expected = [math.cos(angle), math.sin(angle), 0.0]
    np.testing.assert_allclose(rotation(quat) @ [1.0, 0.0, 0.0], expected, atol=1e-12)
