"""What stands about a scene: light, floor, the ground beyond it, and textured walls far behind."""

import math

import mujoco
import numpy as np

from canter.sim.rendering.appearance import BACKDROPS, FLOOR_MATERIALS, Appearance
from canter.sim.rendering.materials import WALLS, add_walls
from canter.sim.rendering.textures import add_floor_materials, add_sky
from canter.sim.scenes.placement import FLOOR_HALF

GROUND_Z = -0.03
GROUND_HALF = 18.0
WALL_DISTANCE = 6.5
"""From the middle of the floor to each wall, m."""
LIGHT_DISTANCE = 8.0
GRID = 1.0
"""Edge of the squares of which the floor is drawn, m: fine grids cost milliseconds a view."""
_DECORATION = {"contype": 0, "conaffinity": 0, "group": 0}


def add_surroundings(spec: mujoco.MjSpec, appearance: Appearance) -> None:
    """Add light, floor look, ground and walls to a spec with a geom ``floor``."""
    _set_quality(spec)
    add_sky(spec)
    add_floor_materials(spec)
    add_walls(spec)
    _add_light(spec, appearance)
    floor = spec.geom("floor")
    floor.size = [FLOOR_HALF, FLOOR_HALF, GRID]
    floor.material = FLOOR_MATERIALS[appearance.floor_material]
    floor.rgba = [*appearance.floor_rgb, 1.0]
    spec.worldbody.add_geom(
        name="ground",
        type=mujoco.mjtGeom.mjGEOM_PLANE,
        size=[GROUND_HALF, GROUND_HALF, 6 * GRID],
        pos=[0.0, 0.0, GROUND_Z],
        rgba=[*appearance.ground_rgb, 1.0],
        **_DECORATION,
    )
    for side in range(BACKDROPS):
        _add_wall(spec, appearance, side)


def yaw_quat(yaw: float) -> list[float]:
    """Return the quaternion, wxyz, of a turn about z."""
    return [math.cos(yaw / 2), 0.0, 0.0, math.sin(yaw / 2)]


def _set_quality(spec: mujoco.MjSpec) -> None:
    """Draw with few polygons, without shadow maps and oversampling: views are small."""
    quality = spec.visual.quality
    quality.offsamples = 0
    quality.shadowsize = 0
    quality.numslices, quality.numstacks, quality.numquads = 16, 10, 1
    spec.visual.map.znear, spec.visual.map.zfar = 0.02, 30.0
    spec.visual.map.shadowclip = 3 * FLOOR_HALF
    spec.stat.extent = 1.0
    spec.stat.center = [0.0, 0.0, 0.3]


def _add_light(spec: mujoco.MjSpec, appearance: Appearance) -> None:
    head = spec.visual.headlight
    head.ambient = [appearance.ambient] * 3
    head.diffuse = [appearance.headlight] * 3
    head.specular = [0.0] * 3
    direction = np.array(appearance.light_direction)
    light = spec.worldbody.add_light(name="sun", pos=-LIGHT_DISTANCE * direction, dir=direction)
    light.type = mujoco.mjtLightType.mjLIGHT_DIRECTIONAL
    light.diffuse = [appearance.diffuse] * 3
    light.castshadow = False


def _add_wall(spec: mujoco.MjSpec, appearance: Appearance, side: int) -> None:
    """Add a wall whose texture lies across its z axis, which is turned to the middle."""
    angle, half = side * 2 * math.pi / BACKDROPS, appearance.backdrop_height[side] / 2
    half_turn = math.sqrt(0.5)
    turn = np.zeros(4)
    mujoco.mju_mulQuat(turn, yaw_quat(angle), [half_turn, 0.0, half_turn, 0.0])
    spec.worldbody.add_geom(
        name=f"backdrop_{side}",
        type=mujoco.mjtGeom.mjGEOM_BOX,
        size=[half, WALL_DISTANCE, 0.05],
        pos=[WALL_DISTANCE * math.cos(angle), WALL_DISTANCE * math.sin(angle), half],
        quat=turn,
        rgba=[*appearance.backdrop_rgb[side], 1.0],
        material=WALLS[appearance.wall_material],
        **_DECORATION,
    )
