"""Puts a scene of a family into an MjSpec; all models of a family have equal sizes and assets.

As in :mod:`canter.sim.stage`, unused solids are invisible specks under the floor.
"""

import math

import mujoco
import numpy as np
from numpy.typing import NDArray

from canter.control.errors import SceneError
from canter.control.robot import GO2, RobotSpec
from canter.sim.families.ball import Ball
from canter.sim.families.family import Slots
from canter.sim.families.materials import WALLS, add_glyphs, add_walls
from canter.sim.families.scene import FamilyScene, Prop, Solid
from canter.sim.families.tray import BALL_FRICTION, add_tray
from canter.sim.go2 import CAMERA
from canter.sim.rendering.appearance import BACKDROPS
from canter.sim.rendering.camera import VIEW_HEIGHT, VIEW_WIDTH
from canter.sim.stage import (
    OBJECT_GROUP,
    PARKED_RADIUS,
    PARKED_Z,
    cone_name,
    dress,
    shift_camera,
    yaw_quat,
)

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


def prop_name(index: int) -> str:
    """Return the name of the body of a prop."""
    return f"prop_{index}"


def build(
    spec: mujoco.MjSpec, scene: FamilyScene, slots: Slots, robot: RobotSpec = GO2
) -> mujoco.MjModel:
    """Add the scene to the spec of a robot on a floor and compile it.

    Raises:
        SceneError: the scene needs more room than the slots give.
    """
    dress(spec, scene.look)
    _add_pyramid_meshes(spec)
    _paint_walls(spec, scene)
    add_glyphs(spec)
    shift_camera(spec, scene.look, robot)
    _widen_camera(spec)
    if scene.tray:
        add_tray(spec)
    most = max((len(prop.solids) for prop in scene.props), default=0)
    if len(scene.props) > slots.props or most > slots.solids:
        raise SceneError(
            f"{scene.family} scene {scene.seed} has {len(scene.props)} props of up to {most} "
            f"solids; its family's slots are {slots.props} of {slots.solids}"
        )
    for index in range(slots.props):
        prop = scene.props[index] if index < len(scene.props) else None
        _add_prop(spec, index, prop, slots.solids)
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


def _paint_walls(spec: mujoco.MjSpec, scene: FamilyScene) -> None:
    """Bring the backdrops nearer and give them a texture, which lies across their z axis."""
    add_walls(spec)
    half_turn = math.sqrt(0.5)
    for side in range(BACKDROPS):
        wall = spec.geom(f"backdrop_{side}")
        angle, half = side * 2 * math.pi / BACKDROPS, scene.look.backdrop_height[side] / 2
        wall.size = [half, WALL_DISTANCE, 0.05]
        wall.pos = [WALL_DISTANCE * math.cos(angle), WALL_DISTANCE * math.sin(angle), half]
        turn = np.zeros(4)
        mujoco.mju_mulQuat(turn, yaw_quat(angle), [half_turn, 0.0, half_turn, 0.0])
        wall.quat = turn
        wall.material = WALLS[scene.look.wall_material]


def _widen_camera(spec: mujoco.MjSpec) -> None:
    """Give the camera the taller view of VIEW_SIZE at the same focal length in pixels."""
    camera = spec.camera(CAMERA)
    tangent = math.tan(math.radians(camera.fovy) / 2) * VIEW_SIZE[0] / VIEW_HEIGHT
    tangent *= VIEW_WIDTH / VIEW_SIZE[1]
    camera.fovy = math.degrees(2 * math.atan(tangent))


def _add_prop(spec: mujoco.MjSpec, index: int, prop: Prop | None, solids: int) -> None:
    """Add one prop's body, which stands still and touches the robot's geoms (contype 1)."""
    body = spec.worldbody.add_body(name=prop_name(index))
    if prop is not None:
        body.pos = [prop.x, prop.y, 0.0]
        body.quat = yaw_quat(prop.yaw)
    for part in range(solids):
        geom = body.add_geom(
            name=f"{prop_name(index)}_{part}", contype=0, conaffinity=1, group=OBJECT_GROUP
        )
        if prop is not None and part < len(prop.solids):
            _shape(geom, prop.solids[part])
        else:
            geom.type, geom.size = mujoco.mjtGeom.mjGEOM_SPHERE, [PARKED_RADIUS] * 3
            geom.pos, geom.rgba = [0.0, 0.0, PARKED_Z], [0.0] * 4


def _shape(geom: mujoco.MjsGeom, solid: Solid) -> None:
    """Make a geom of a solid."""
    geom.pos, geom.quat, geom.rgba = solid.pos, solid.quat, [*solid.rgb, 1.0]
    if not solid.touchable:
        geom.conaffinity = NOBODY
    if solid.material:
        geom.material = solid.material
    if solid.kind in _KINDS:
        geom.type = _KINDS[solid.kind]
        geom.size = [*solid.size, 0.0, 0.0][:3]
        return
    name = cone_name if solid.kind == "cone" else _pyramid_name
    geom.type, geom.meshname = mujoco.mjtGeom.mjGEOM_MESH, name(solid.size[0])


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
