"""Puts a scene into an MjSpec; models of all scenes have equal sizes and share all assets.

Equal sizes let ``mujoco.rollout`` step many scenes together; equal assets (textures, materials,
meshes) let one OpenGL context draw them all. So every stage has MAX_OBJECTS slots of
GEOMS_PER_SLOT geoms; unused ones are invisible specks under the floor, where nothing touches them.
They keep the collision flags of real ones, for the size of a model's bounding volume tree, which
MjData must match, depends on these.
"""

import math
from collections.abc import Sequence

import mujoco
import numpy as np
from numpy.typing import NDArray

from canter.control.robot import GO2, RobotSpec
from canter.sim.go2 import CAMERA
from canter.sim.rendering.appearance import BACKDROPS, FLOOR_MATERIALS, Appearance
from canter.sim.rendering.textures import add_floor_materials, add_sky
from canter.sim.scenes.placement import FLOOR_HALF
from canter.sim.scenes.shapes import CONE_ASPECT, CONE_WIDTHS, CROSS_BAR, Thing
from canter.sim.tasks.go_to.go_to_scene import MAX_OBJECTS, Scene

GEOMS_PER_SLOT = 3
OBJECT_GROUP = 1
PARKED_Z = -1.0
"""Height of unused geoms, m."""
PARKED_RADIUS = 0.01
CONE_SIDES = 24
GROUND_Z = -0.03
BACKDROP_DISTANCE = 9.0
LIGHT_DISTANCE = 8.0
GRID = 1.0
"""Edge of the squares of which the floor is drawn, m: fine grids cost milliseconds a view."""

_G = mujoco.mjtGeom


def slot_name(index: int) -> str:
    """Return the name of the body of an object slot."""
    return f"object_{index}"


def build(spec: mujoco.MjSpec, scene: Scene, robot: RobotSpec = GO2) -> mujoco.MjModel:
    """Add the scene to the spec of a robot on a floor and compile it."""
    furnish(spec, scene)
    shift_camera(spec, scene.appearance, robot)
    model: mujoco.MjModel = spec.compile()
    return model


def furnish(spec: mujoco.MjSpec, scene: Scene) -> None:
    """Add objects, light, floor look and skyline of the scene to a spec with a geom ``floor``."""
    dress(spec, scene.appearance)
    for index in range(MAX_OBJECTS):
        thing = scene.objects[index] if index < len(scene.objects) else None
        _add_slot(spec, index, thing)


def dress(spec: mujoco.MjSpec, appearance: Appearance) -> None:
    """Add what all stages share: light, floor appearance, skyline, and the meshes of cones."""
    _set_quality(spec)
    add_sky(spec)
    add_floor_materials(spec)
    _add_cone_meshes(spec)
    _apply_look(spec, appearance)


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


def _add_cone_meshes(spec: mujoco.MjSpec) -> None:
    """Add one convex mesh per cone width, its base at z = 0."""
    for width in CONE_WIDTHS:
        spec.add_mesh(name=cone_name(width), uservert=cone_vertices(width).ravel())


def cone_vertices(width: float) -> NDArray[np.float64]:
    """Return the corners of a cone that stands on z = 0, rim first, m, (CONE_SIDES + 1, 3)."""
    angles = np.linspace(0.0, 2 * math.pi, CONE_SIDES, endpoint=False)
    rim = np.stack([np.cos(angles), np.sin(angles), np.zeros(CONE_SIDES)], axis=-1) * width / 2
    return np.concatenate([rim, [[0.0, 0.0, CONE_ASPECT * width]]])


def cone_name(width: float) -> str:
    """Return the name of the mesh of a cone."""
    return f"cone_{round(1000 * width)}"


def _apply_look(spec: mujoco.MjSpec, appearance: Appearance) -> None:
    """Set light, floor, ground and skyline."""
    head = spec.visual.headlight
    head.ambient = [appearance.ambient] * 3
    head.diffuse = [appearance.headlight] * 3
    head.specular = [0.0] * 3
    direction = np.array(appearance.light_direction)
    light = spec.worldbody.add_light(name="sun", pos=-LIGHT_DISTANCE * direction, dir=direction)
    light.type = mujoco.mjtLightType.mjLIGHT_DIRECTIONAL
    light.diffuse = [appearance.diffuse] * 3
    light.castshadow = False
    floor = spec.geom("floor")
    floor.size = [FLOOR_HALF, FLOOR_HALF, GRID]
    floor.material = FLOOR_MATERIALS[appearance.floor_material]
    floor.rgba = [*appearance.floor_rgb, 1.0]
    _add_surroundings(spec, appearance)


def _add_surroundings(spec: mujoco.MjSpec, appearance: Appearance) -> None:
    """Add the ground beyond the floor and a wall far behind each edge, all mere decoration."""
    decoration = {"contype": 0, "conaffinity": 0, "group": 0}
    far = BACKDROP_DISTANCE
    spec.worldbody.add_geom(
        name="ground",
        type=_G.mjGEOM_PLANE,
        size=[2 * far, 2 * far, 6 * GRID],
        pos=[0.0, 0.0, GROUND_Z],
        rgba=[*appearance.ground_rgb, 1.0],
        **decoration,
    )
    for side in range(BACKDROPS):
        angle, half = side * 2 * math.pi / BACKDROPS, appearance.backdrop_height[side] / 2
        spec.worldbody.add_geom(
            name=f"backdrop_{side}",
            type=_G.mjGEOM_BOX,
            size=[0.1, far, half],
            pos=[far * math.cos(angle), far * math.sin(angle), half],
            quat=yaw_quat(angle),
            rgba=[*appearance.backdrop_rgb[side], 1.0],
            **decoration,
        )


def shift_camera(spec: mujoco.MjSpec, appearance: Appearance, robot: RobotSpec) -> None:
    """Apply the mounting error to the robot's camera."""
    camera = spec.camera(CAMERA)
    camera.pos = robot.camera_pos_b + np.array(appearance.camera.position_b)
    down = robot.camera_pitch + appearance.camera.pitch
    camera.alt.type = mujoco.mjtOrientation.mjORIENTATION_XYAXES
    camera.alt.xyaxes = [0.0, -1.0, 0.0, math.sin(down), 0.0, math.cos(down)]
    camera.fovy = math.degrees(robot.camera_fovy + appearance.camera.fovy)


def yaw_quat(yaw: float) -> list[float]:
    """Return the quaternion, wxyz, of a turn about z."""
    return [math.cos(yaw / 2), 0.0, 0.0, math.sin(yaw / 2)]


def _add_slot(spec: mujoco.MjSpec, index: int, thing: Thing | None) -> None:
    """Add one object's body, which stands still and touches the robot's geoms (contype 1)."""
    body = spec.worldbody.add_body(name=slot_name(index))
    geoms = solid_geoms(thing) if thing else []
    if thing:
        body.pos = [thing.x, thing.y, 0.0]
        body.quat = yaw_quat(thing.yaw)
    for part in range(GEOMS_PER_SLOT):
        geom = body.add_geom(
            name=f"{slot_name(index)}_{part}", contype=0, conaffinity=1, group=OBJECT_GROUP
        )
        if thing and part < len(geoms):
            geom.type, geom.size, geom.pos = geoms[part]
            geom.rgba = [*thing.rgb, 1.0]
            if geom.type == _G.mjGEOM_MESH:
                geom.meshname = cone_name(thing.size[0])
        else:
            geom.type, geom.size = _G.mjGEOM_SPHERE, [PARKED_RADIUS] * 3
            geom.pos, geom.rgba = [0.0, 0.0, PARKED_Z], [0.0] * 4


Geom = tuple[mujoco.mjtGeom, Sequence[float], Sequence[float]]


def solid_geoms(thing: Thing) -> list[Geom]:
    """Return (type, size, position) of an object's geoms in its own frame, standing on z = 0."""
    half, tall = thing.size[0] / 2, thing.size[1] / 2
    if thing.shape == "ball":
        return [(_G.mjGEOM_SPHERE, [half] * 3, [0, 0, half])]
    if thing.shape == "cube":
        return [(_G.mjGEOM_BOX, [half] * 3, [0, 0, half])]
    if thing.shape == "cone":
        return [(_G.mjGEOM_MESH, [0, 0, 0], [0, 0, 0])]
    if thing.shape == "cross":
        bar = half * CROSS_BAR
        spans = ([half, bar, bar], [bar, half, bar], [bar, bar, half])
        return [(_G.mjGEOM_BOX, span, [0, 0, half]) for span in spans]
    return [(_G.mjGEOM_CYLINDER, [half, tall, 0.0], [0, 0, tall])]
