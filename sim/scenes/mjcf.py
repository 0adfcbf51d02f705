"""Puts a scene into an MjSpec; all models of a task have equal sizes, those of all equal assets.

Equal sizes let ``mujoco.rollout`` step many scenes together; equal assets (textures, materials,
meshes) let one OpenGL context draw them all. So every model has its task's capacity of objects and
geoms; unused geoms are invisible specks under the floor, where nothing touches them. They keep the
collision flags of real ones, for the size of a model's bounding volume tree, which MjData must
match, depends on these.
"""

import math

import mujoco
import numpy as np

from canter.control.command_policy import CameraSpec
from canter.control.errors import SceneError
from canter.control.robot import RobotSpec
from canter.sim.rendering.appearance import CameraJitter
from canter.sim.rendering.materials import add_glyphs
from canter.sim.robots.equip import CAMERA
from canter.sim.scenes.ball import Ball
from canter.sim.scenes.meshes import add_meshes, cone_name, pyramid_name
from canter.sim.scenes.scene import Geom, Scene, SceneCapacity, SceneObject
from canter.sim.scenes.surroundings import add_surroundings, yaw_quat
from canter.sim.scenes.tray import BALL_FRICTION, add_tray

OBJECT_GROUP = 1
PARKED_Z = -1.0
"""Height of unused geoms, m."""
PARKED_RADIUS = 0.01
NOBODY = 1 << 10
"""Collision bit that no robot has: decoration keeps its place in a model's bounding volumes."""
BALL = "ball"

_KINDS: dict[str, mujoco.mjtGeom] = {
    "box": mujoco.mjtGeom.mjGEOM_BOX,
    "sphere": mujoco.mjtGeom.mjGEOM_SPHERE,
    "ellipsoid": mujoco.mjtGeom.mjGEOM_ELLIPSOID,
    "cylinder": mujoco.mjtGeom.mjGEOM_CYLINDER,
    "capsule": mujoco.mjtGeom.mjGEOM_CAPSULE,
}


def object_name(index: int) -> str:
    """Return the name of the body of an object."""
    return f"object_{index}"


def add_scene(spec: mujoco.MjSpec, scene: Scene, capacity: SceneCapacity) -> None:
    """Add the scene to a spec that has a geom ``floor``.

    Raises:
        SceneError: the scene needs more room than the capacity gives.
    """
    most = max((len(item.geoms) for item in scene.objects), default=0)
    if len(scene.objects) > capacity.objects or most > capacity.geoms:
        raise SceneError(
            f"{scene.task} scene {scene.seed} has {len(scene.objects)} objects of up to {most} "
            f"geoms; its task's capacity is {capacity.objects} of {capacity.geoms}"
        )
    add_surroundings(spec, scene.appearance)
    add_meshes(spec)
    add_glyphs(spec)
    if scene.tray:
        add_tray(spec)
    for index in range(capacity.objects):
        item = scene.objects[index] if index < len(scene.objects) else None
        _add_object(spec, index, item, capacity.geoms)
    if scene.ball is not None:
        _add_ball(spec, scene.ball)


def set_camera(
    spec: mujoco.MjSpec, camera: CameraSpec, jitter: CameraJitter, robot: RobotSpec
) -> None:
    """Give the robot's camera its field of view and its mounting error."""
    mounted = spec.camera(CAMERA)
    mounted.pos = robot.camera_pos_b + np.array(jitter.position_b)
    down = robot.camera_pitch + jitter.pitch
    mounted.alt.type = mujoco.mjtOrientation.mjORIENTATION_XYAXES
    mounted.alt.xyaxes = [0.0, -1.0, 0.0, math.sin(down), 0.0, math.cos(down)]
    mounted.fovy = math.degrees(camera.fovy + jitter.fovy)


def add_touch_sensors(spec: mujoco.MjSpec, capacity: SceneCapacity) -> None:
    """Add one sensor for each object that counts its contacts with any part of the robot."""
    for index in range(capacity.objects):
        name = object_name(index)
        spec.add_sensor(
            name=f"{name}_touch",
            type=mujoco.mjtSensor.mjSENS_CONTACT,
            objtype=mujoco.mjtObj.mjOBJ_BODY,
            objname=name,
            reftype=mujoco.mjtObj.mjOBJ_XBODY,
            refname="base",
            intprm=[1 << mujoco.mjtConDataField.mjCONDATA_FOUND.value, 0, 1],
        )


def _add_object(spec: mujoco.MjSpec, index: int, item: SceneObject | None, geoms: int) -> None:
    """Add one object's body, which stands still and touches the robot's geoms (contype 1)."""
    body = spec.worldbody.add_body(name=object_name(index))
    if item is not None:
        body.pos = [item.x, item.y, 0.0]
        body.quat = yaw_quat(item.yaw)
    for part in range(geoms):
        made = body.add_geom(
            name=f"{object_name(index)}_{part}", contype=0, conaffinity=1, group=OBJECT_GROUP
        )
        if item is not None and part < len(item.geoms):
            _shape(made, item.geoms[part])
        else:
            made.type, made.size = mujoco.mjtGeom.mjGEOM_SPHERE, [PARKED_RADIUS] * 3
            made.pos, made.rgba = [0.0, 0.0, PARKED_Z], [0.0] * 4


def _shape(made: mujoco.MjsGeom, geom: Geom) -> None:
    """Make MuJoCo's geom of one of ours."""
    made.pos, made.quat, made.rgba = geom.pos, geom.quat, [*geom.rgb, 1.0]
    if not geom.touchable:
        made.conaffinity = NOBODY
    if geom.material:
        made.material = geom.material
    if geom.kind in _KINDS:
        made.type = _KINDS[geom.kind]
        made.size = [*geom.size, 0.0, 0.0][:3]
        return
    name = cone_name if geom.kind == "cone" else pyramid_name
    made.type, made.meshname = mujoco.mjtGeom.mjGEOM_MESH, name(geom.size[0])


def _add_ball(spec: mujoco.MjSpec, ball: Ball) -> None:
    """Add the ball, last of all bodies; one that is led touches the robot alone."""
    body = spec.worldbody.add_body(name=BALL, pos=[0.0, 0.0, ball.radius])
    body.add_freejoint(name=BALL)
    led = ball.path is not None
    body.gravcomp = float(led)
    body.add_geom(
        name=BALL,
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
