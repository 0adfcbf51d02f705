"""The geometric rule for what is in view, held against a renderer's segmentation."""

import math

import numpy as np
import pytest

from canter.control.robot import GO2
from canter.sim.go2 import CAMERA
from canter.sim.rendering.camera import Camera
from canter.sim.scene_env import FamilyArena
from canter.sim.scenes.object_visibility import ObjectVisibility, readable
from canter.sim.scenes.scene import Scene
from canter.sim.tasks.registry import family
from canter.sim.world_state import WorldState


def shown(arena: FamilyArena, i: int, camera: Camera) -> dict[int, int]:
    """Return how many pixels of each item the 64 x 96 view of robot i holds."""
    model = arena._sim.models[i]
    ids = camera.segment(model, arena._posed(i), CAMERA)[16:80]
    counts: dict[int, int] = {}
    for k, item in enumerate(arena.scenes[i].objects):
        geoms = [model.geom(f"prop_{k}_{part}").id for part in range(len(item.geoms))]
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
        scene = family(name).sample(seed, 2)
        sight = ObjectVisibility(scene)
        with FamilyArena([scene]) as arena:
            for turn in np.arange(8) * math.tau / 8:
                world = turned(scene, float(turn))
                arena._sim.qpos[0, :7] = [*world.position_w, *world.quat]
                counts = shown(arena, 0, camera)
                visible = sight.visible(world)
                for i, pixels in counts.items():
                    if i in visible:
                        seen += 1
                        assert pixels >= 3, (seed, turn, scene.objects[i].name)
                    elif scene.objects[i].role in ("target", "distractor", "obstacle"):
                        unseen += pixels > 60
    assert seen > 20
    assert unseen <= seen / 10


def test_a_board_cannot_be_read_from_behind() -> None:
    scene = family("distinguish").sample(1, 1)
    board = scene.objects[0]
    cos, sin = math.cos(board.yaw), math.sin(board.yaw)
    assert readable(board, (board.x + cos, board.y + sin, 0.0))
    assert not readable(board, (board.x - cos, board.y - sin, 0.0))


@pytest.mark.parametrize("name", ["go_avoid", "go_through", "distinguish"])
def test_a_standing_robot_sees_what_its_moment_sees(name: str) -> None:
    scene = family(name).sample(2, 3)
    sight = ObjectVisibility(scene)
    for turn in np.linspace(0, math.tau, 7):
        world = turned(scene, float(turn))
        assert sight.visible(world) == sight.visible_standing(world.pose)
