"""Puts a scene of a family into an MjSpec; all models of a family have equal sizes and assets.

As in :mod:`canter.sim.scenes.surroundings`, unused geoms are invisible specks under the floor.
"""

import math

import mujoco
import numpy as np
from numpy.typing import NDArray

from canter.control.errors import SceneError
from canter.control.robot import GO2, RobotSpec
from canter.sim.go2 import CAMERA
from canter.sim.rendering.appearance import BACKDROPS
from canter.sim.rendering.camera import VIEW_HEIGHT, VIEW_WIDTH
from canter.sim.rendering.materials import WALLS, add_glyphs, add_walls
from canter.sim.scenes.ball import Ball
from canter.sim.scenes.scene import Geom, Scene, SceneObject
from canter.sim.scenes.surroundings import (
    OBJECT_GROUP,
    PARKED_RADIUS,
    PARKED_Z,
    cone_name,
    dress,
    shift_camera,
    yaw_quat,
)
from canter.sim.scenes.tray import BALL_FRICTION, add_tray
from canter.sim.tasks.task import SceneCapacity

VIEW_SIZE = (96, 96)
"""Height and width of the robot's own view in the families, px. Its focal length in pixels is that
of the 64 x 96 view, which is therefore its 64 middle rows."""
PYRAMID_WIDTHS: tuple[float, ...] = (0.30, 0.36, 0.42)
"""Base widths in which a pyramid exists, m."""
PYRAMID_ASPECT = 1.0
WALL_DISTANCE = 6.5
"""From the middle of the floor to each wall, m."""
NOBODY = 1 << 10
"""Collision bit that no robot has: decoration keeps its place in a model's bounding volumes."""

_KINDS: dict[str, mujoco.mjtGeom] = {
    "box": mujoco.mjtGeom.mjGEOM_BOX,
    "sphere": mujoco.mjtGeom.mjGEOM_SPHERE,
    "ellipsoid": mujoco.mjtGeom.mjGEOM_ELLIPSOID,
    "cylinder": mujoco.mjtGeom.mjGEOM_CYLINDER,
    "capsule": mujoco.mjtGeom.mjGEOM_CAPSULE,
}


def object_name(index: int) -> str:
    """Return the name of the body of a item."""
    return f"prop_{index}"


def build(
    spec: mujoco.MjSpec, scene: Scene, slots: SceneCapacity, robot: RobotSpec = GO2
) -> mujoco.MjModel:
    """Add the scene to the spec of a robot on a floor and compile it.

    Raises:
        SceneError: the scene needs more room than the slots give.
    """
    dress(spec, scene.appearance)
    _add_pyramid_meshes(spec)
    _paint_walls(spec, scene)
    add_glyphs(spec)
    shift_camera(spec, scene.appearance, robot)
    _widen_camera(spec)
    if scene.tray:
        add_tray(spec)
    most = max((len(item.geoms) for item in scene.objects), default=0)
    if len(scene.objects) > slots.objects or most > slots.geoms:
        raise SceneError(
            f"{scene.family} scene {scene.seed} has {len(scene.objects)} objects of up to {most} "
            f"geoms; its family's slots are {slots.objects} of {slots.geoms}"
        )
    for index in range(slots.objects):
        item = scene.objects[index] if index < len(scene.objects) else None
        _add_prop(spec, index, item, slots.geoms)
    if scene.ball is not None:
        _add_ball(spec, scene.ball)
    model: mujoco.MjModel = spec.compile()
    return model


def pyramid_vertices(width: float) -> NDArray[np.float64]:
    """Return the corners of a square pyramid that stands on z = 0, m, (5, 3)."""
    half = width / 2
    base = [[x, y, 0.0] for x in (-half, half) for y in (-half, half)]
    return np.array([*base, [0.0, 0.0, PYRAMID_ASPECT * width]])


def _pyramid_name(width: float) -> str:
    """Return the name of the mesh of a pyramid."""
    return f"pyramid_{round(1000 * width)}"


def _add_pyramid_meshes(spec: mujoco.MjSpec) -> None:
    """Add one convex mesh per pyramid width, its base at z = 0."""
    for width in PYRAMID_WIDTHS:
        spec.add_mesh(name=_pyramid_name(width), uservert=pyramid_vertices(width).ravel())


def _paint_walls(spec: mujoco.MjSpec, scene: Scene) -> None:
    """Bring the backdrops nearer and give them a texture, which lies across their z axis."""
    add_walls(spec)
    half_turn = math.sqrt(0.5)
    for side in range(BACKDROPS):
        wall = spec.geom(f"backdrop_{side}")
        angle, half = side * 2 * math.pi / BACKDROPS, scene.appearance.backdrop_height[side] / 2
        wall.size = [half, WALL_DISTANCE, 0.05]
        wall.pos = [WALL_DISTANCE * math.cos(angle), WALL_DISTANCE * math.sin(angle), half]
        turn = np.zeros(4)
        mujoco.mju_mulQuat(turn, yaw_quat(angle), [half_turn, 0.0, half_turn, 0.0])
        wall.quat = turn
        wall.material = WALLS[scene.appearance.wall_material]


def _widen_camera(spec: mujoco.MjSpec) -> None:
    """Give the camera the taller view of VIEW_SIZE at the same focal length in pixels."""
    camera = spec.camera(CAMERA)
    tangent = math.tan(math.radians(camera.fovy) / 2) * VIEW_SIZE[0] / VIEW_HEIGHT
    tangent *= VIEW_WIDTH / VIEW_SIZE[1]
    camera.fovy = math.degrees(2 * math.atan(tangent))


def _add_prop(spec: mujoco.MjSpec, index: int, item: SceneObject | None, geoms: int) -> None:
    """Add one item's body, which stands still and touches the robot's geoms (contype 1)."""
    body = spec.worldbody.add_body(name=object_name(index))
    if item is not None:
        body.pos = [item.x, item.y, 0.0]
        body.quat = yaw_quat(item.yaw)
    for part in range(geoms):
        geom = body.add_geom(
            name=f"{object_name(index)}_{part}", contype=0, conaffinity=1, group=OBJECT_GROUP
        )
        if item is not None and part < len(item.geoms):
            _shape(geom, item.geoms[part])
        else:
            geom.type, geom.size = mujoco.mjtGeom.mjGEOM_SPHERE, [PARKED_RADIUS] * 3
            geom.pos, geom.rgba = [0.0, 0.0, PARKED_Z], [0.0] * 4


def _shape(geom: mujoco.MjsGeom, geom: Geom) -> None:
    """Make a geom of a geom."""
    geom.pos, geom.quat, geom.rgba = geom.pos, geom.quat, [*geom.rgb, 1.0]
    if not geom.touchable:
        geom.conaffinity = NOBODY
    if geom.material:
        geom.material = geom.material
    if geom.kind in _KINDS:
        geom.type = _KINDS[geom.kind]
        geom.size = [*geom.size, 0.0, 0.0][:3]
        return
    name = cone_name if geom.kind == "cone" else _pyramid_name
    geom.type, geom.meshname = mujoco.mjtGeom.mjGEOM_MESH, name(geom.size[0])


def _add_ball(spec: mujoco.MjSpec, ball: Ball) -> None:
    """Add the ball, last of all bodies; one that is led touches the robot alone."""
    body = spec.worldbody.add_body(name="ball", pos=[0.0, 0.0, ball.radius])
    body.add_freejoint(name="ball")
    led = ball.path is not None
    body.gravcomp = float(led)
    body.add_geom(
        name="ball",
        type=mujoco.mjtGeom.mjGEOM_SPHERE,
        size=[ball.radius, 0.0, 0.0],
        mass=ball.mass,
        contype=0 if led else 1,
        conaffinity=1,
        condim=6,
        friction=BALL_FRICTION,
        rgba=[*ball.rgb, 1.0],
        group=OBJECT_GROUP,
    )
