"""A robot's model under canonical names, whatever its file calls things; MJCF or URDF."""

import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

import mujoco
import numpy as np

from canter.control.errors import CanterError, did_you_mean
from canter.control.robot import JOINT_NAMES, Vector
from canter.sim.robots.robot_file import RobotFile
from canter.sim.xml_file import read_document

BASE, ROOT = "base", "root"
"""Names of the trunk's body and of its free joint, of every robot."""
FLOOR_FRICTION = (0.8, 0.02, 0.001)
TOUCH_MARGIN = 0.008
"""How far the touch sensor's volume reaches beyond the foot, so that contacts lie within, m."""
HIDDEN = 5
"""Geom group of sites, which cameras do not draw."""

_HINGE, _FREE = mujoco.mjtJoint.mjJNT_HINGE, mujoco.mjtJoint.mjJNT_FREE
_SPHERE = mujoco.mjtGeom.mjGEOM_SPHERE


class _Named(Protocol):
    """A joint, a body or a geom of an MjSpec."""

    name: str


def body_model(file: RobotFile) -> mujoco.MjSpec:
    """Return the robot on a plane, without actuators, sensors and camera.

    Bodies ``base``, ``FL_hip`` ...; joints `JOINT_NAMES` and the free joint ``root``; geoms
    ``floor`` and of each foot, with a site of the same name; site ``imu``. Robot geoms touch the
    world and never each other. Time step 4 ms.

    Raises:
        CanterError: the model cannot be read, lacks what the robot file names, or moves more.
    """
    try:
        spec = _read(file.model)
        _check_joints(spec, file)
        _strip(spec)
        feet = {name: _foot(spec, model_name) for name, model_name in file.feet.items()}
    except CanterError as error:
        raise CanterError(f"{file.path}: model {file.model.name}: {error}") from error
    _rename(spec, file)
    _name(feet, spec.geoms)
    for name, geom in feet.items():
        _add_touch(name, geom)
    _set_physics(spec)
    set_joint_dynamics(spec, JOINT_NAMES, file.joint_dynamics)
    base = spec.body(BASE)
    base.pos, base.quat = [0.0, 0.0, round(file.standing_height, 4)], [1.0, 0.0, 0.0, 0.0]
    base.add_site(name="imu", pos=file.imu_pos_b, group=HIDDEN)
    return spec


def _read(path: Path) -> mujoco.MjSpec:
    try:
        if path.suffix == ".urdf":
            spec = mujoco.MjSpec.from_string(_floating(path))
            spec.meshdir = str(path.parent.resolve())
            return spec
        return mujoco.MjSpec.from_file(str(path))
    except CanterError:
        raise
    except ValueError as error:
        reason = " ".join(str(error).split())
        raise CanterError(f"MuJoCo cannot read it ({reason}); mend it there") from error


def _floating(path: Path) -> str:
    """Return a URDF whose root is free to move, and whose fixed links stay links of their own."""
    robot = read_document(path)
    children = {child.get("link") for child in robot.iterfind("joint/child")}
    roots = [link.get("name", "") for link in robot.iterfind("link")]
    roots = [name for name in roots if name not in children]
    if len(roots) != 1:
        raise CanterError(f"a URDF has one root link, this one has {', '.join(roots) or 'none'}")
    ET.SubElement(robot, "link", name="world")
    joint = ET.SubElement(robot, "joint", name=ROOT, type="floating")
    ET.SubElement(joint, "parent", link="world")
    ET.SubElement(joint, "child", link=roots[0])
    options = ET.SubElement(robot, "mujoco")
    # Brackets and cameras of published URDFs have inertias that no body has: MuJoCo rounds them.
    given = {"fusestatic": "false", "discardvisual": "true", "balanceinertia": "true"}
    ET.SubElement(options, "compiler", given)
    return ET.tostring(robot, encoding="unicode")


def _check_joints(spec: mujoco.MjSpec, file: RobotFile) -> None:
    """Refuse a model that lacks a joint of the robot file, or moves by others."""
    kinds = {joint.name: joint.type for joint in spec.joints if joint.type != _FREE}
    for name in file.joints.values():
        if name not in kinds:
            raise CanterError(f"it has no joint '{name}'; {did_you_mean(name, kinds)}")
        if kinds[name] != _HINGE:
            raise CanterError(f"joint '{name}' is no hinge; legs have hinges")
    more = [name for name in kinds if name not in file.joints.values()]
    if more:
        raise CanterError(
            f"it moves by {len(kinds)} joints, a robot has twelve: make {', '.join(more)} fixed "
            "there"
        )


def _strip(spec: mujoco.MjSpec) -> None:
    """Delete what Canter adds itself, and the world that the model came with."""
    lists = (spec.actuators, spec.sensors, spec.keys, spec.excludes, spec.pairs)
    for element in [element for group in lists for element in group]:
        spec.delete(element)
    world = spec.worldbody
    for element in [*world.geoms, *world.lights, *world.cameras, *world.sites]:
        spec.delete(element)


def _rename(spec: mujoco.MjSpec, file: RobotFile) -> None:
    """Give joints, links and base their canonical names."""
    joints = {name: spec.joint(model_name) for name, model_name in file.joints.items()}
    links = {name.removesuffix("_joint"): joint.parent for name, joint in joints.items()}
    base = joints[JOINT_NAMES[0]].parent
    while base.parent is not None and base.parent.name != spec.worldbody.name:
        base = base.parent
    free = [joint for joint in base.joints if joint.type == _FREE]
    root = free[0] if free else base.add_freejoint()
    _name(joints | {ROOT: root}, spec.joints)
    _name(links | {BASE: base}, spec.bodies)


def _name(named: Mapping[str, _Named], everyone: Sequence[_Named]) -> None:
    """Give elements their names; those of others that have one of them make way."""
    for i, element in enumerate(named.values()):
        element.name = f"named/{i}"
    for element in everyone:
        if element.name in named:
            element.name = f"model/{element.name}"
    for name, element in named.items():
        element.name = name


def _foot(spec: mujoco.MjSpec, model_name: str) -> mujoco.MjsGeom:
    """Return the geom of a foot that is named by itself or by its body."""
    geom = spec.geom(model_name) or _ball_of(spec, model_name)
    if geom.type != _SPHERE:
        raise CanterError(f"foot '{model_name}' is no sphere; make its geom one there")
    return geom


def _add_touch(name: str, geom: mujoco.MjsGeom) -> None:
    """Give a foot the site of its touch sensor."""
    radius, *_ = geom.size
    site = geom.parent.add_site(name=name, pos=geom.pos, group=HIDDEN)
    site.type, site.size[0] = _SPHERE, radius + TOUCH_MARGIN


def _ball_of(spec: mujoco.MjSpec, model_name: str) -> mujoco.MjsGeom:
    """Return the sphere of the body of this name."""
    body = spec.body(model_name)
    if body is None:
        names = [element.name for element in (*spec.geoms, *spec.bodies) if element.name]
        raise CanterError(f"it has no foot '{model_name}'; {did_you_mean(model_name, names)}")
    balls = [geom for geom in body.geoms if geom.type == _SPHERE and _touches(geom)]
    if len(balls) != 1:
        raise CanterError(
            f"body '{model_name}' has {len(balls)} spheres that touch; name the foot's geom"
        )
    return balls[0]


def _touches(geom: mujoco.MjsGeom) -> bool:
    return bool(geom.contype or geom.conaffinity)


def _set_physics(spec: mujoco.MjSpec) -> None:
    """Set solver and contacts as for all robots, and add the floor."""
    option = spec.option
    option.timestep, option.integrator = 0.004, mujoco.mjtIntegrator.mjINT_IMPLICITFAST
    option.cone, option.impratio = mujoco.mjtCone.mjCONE_PYRAMIDAL, 1.0
    option.iterations, option.ls_iterations = 10, 10
    for geom in spec.geoms:
        geom.contype, geom.conaffinity = int(_touches(geom)), 0
    floor = spec.worldbody.add_geom(
        name="floor", type=mujoco.mjtGeom.mjGEOM_PLANE, size=[0.0, 0.0, 0.05], group=0
    )
    floor.contype, floor.conaffinity, floor.friction = 0, 1, FLOOR_FRICTION


def set_joint_dynamics(
    spec: mujoco.MjSpec, joint_names: Sequence[str], dynamics: Mapping[str, Vector]
) -> None:
    """Set the joints' armature, damping or frictionloss by name, each (12,); edits the spec."""
    for i, name in enumerate(joint_names):
        joint = spec.joint(name)
        for field, values in dynamics.items():
            given = np.array(getattr(joint, field), np.float64)
            given.flat[0] = values[i]  # a number, or a polynomial's coefficients
            setattr(joint, field, given if given.ndim else float(given))
