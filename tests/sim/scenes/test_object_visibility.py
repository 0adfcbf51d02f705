"""The geometric rule for what is in view, held against a renderer's segmentation."""

import math

import mujoco
import numpy as np
import pytest

from canter.control.robot import GO2
from canter.sim.physics.batched_sim import ROOT_POSE
from canter.sim.rendering.camera import Camera
from canter.sim.robots.equip import CAMERA
from canter.sim.scene_env import RECORDING_CAMERA
from canter.sim.scenes.mjcf import object_name
from canter.sim.scenes.object_visibility import ObjectVisibility, readable
from canter.sim.scenes.scene import Scene
from canter.sim.scenes.scene_request import SceneRequest
from canter.sim.tasks.registry import task
from canter.sim.world_state import WorldState
from tests.sim.scene_models import model_of


def shown(scene: Scene, model: mujoco.MjModel, world: WorldState, camera: Camera) -> dict[int, int]:
    """Return how many pixels of each object the middle 64 x 96 view of a robot holds."""
    data = mujoco.MjData(model)
    data.qpos[ROOT_POSE["pos_w"]], data.qpos[ROOT_POSE["quat"]] = world.position_w, world.quat
    mujoco.mj_kinematics(model, data)
    mujoco.mj_camlight(model, data)
    ids = camera.segment(model, data, CAMERA)[16:80]
    counts: dict[int, int] = {}
    for k, item in enumerate(scene.objects):
        geoms = [model.geom(f"{object_name(k)}_{part}").id for part in range(len(item.geoms))]
        counts[k] = int(np.isin(ids, geoms).sum())
    return counts


def turned(scene: Scene, turn: float) -> WorldState:
    x, y, yaw = scene.start
    yaw += turn
    quat = np.array([math.cos(yaw / 2), 0.0, 0.0, math.sin(yaw / 2)])
    place = np.array([x, y, GO2.standing_height])
    return WorldState(0.0, (x, y, yaw), place, quat, 0.0, False, frozenset(), False)


@pytest.mark.parametrize("name", ["go_to", "go_avoid", "go_through", "distinguish"])
def test_what_the_rule_sees_the_renderer_shows(name: str) -> None:
    camera = Camera(96, 96)
    seen = unseen = 0
    for seed in range(8):
        scene = task(name).sample(SceneRequest(seed, 2))
        sight, model = ObjectVisibility(scene), model_of(scene, RECORDING_CAMERA)
        for turn in np.arange(8) * math.tau / 8:
            world = turned(scene, float(turn))
            visible = sight.visible(world)
            for i, pixels in shown(scene, model, world, camera).items():
                if i in visible:
                    seen += 1
                    assert pixels >= 3, (seed, turn, scene.objects[i].name)
                elif scene.objects[i].role in ("target", "distractor", "obstacle"):
                    unseen += pixels > 60
    assert seen > 20
    assert unseen <= seen / 10


def test_a_board_cannot_be_read_from_behind() -> None:
    scene = task("distinguish").sample(SceneRequest(1, 1))
    board = scene.objects[0]
    cos, sin = math.cos(board.yaw), math.sin(board.yaw)
    assert readable(board, (board.x + cos, board.y + sin, 0.0))
    assert not readable(board, (board.x - cos, board.y - sin, 0.0))


@pytest.mark.parametrize("name", ["go_avoid", "go_through", "distinguish"])
def test_a_standing_robot_sees_what_its_world_state_sees(name: str) -> None:
    scene = task(name).sample(SceneRequest(2, 3))
    sight = ObjectVisibility(scene)
    for turn in np.linspace(0, math.tau, 7):
        world = turned(scene, float(turn))
        assert sight.visible(world) == sight.visible_standing(world.pose)
