"""MuJoCo specification of one environment: actors' bodies, joints, drives, shapes; the ground."""

from collections.abc import Sequence
from dataclasses import dataclass

import mujoco
import numpy as np
from numpy.typing import NDArray

from canter.sim.isaacgym.asset import Asset, Body, Shape
from canter.sim.isaacgym.collision import CollisionClass, unfiltered_pairs
from canter.sim.isaacgym.errors import AssetError
from canter.sim.isaacgym.hfield import add_field
from canter.sim.isaacgym.terrain import Ground, HeightField

Float = NDArray[np.float64]

GROUND_NAME = "ground"

OWN_FILTERS = -1
"""Actor filter that leaves its shapes their own."""

SOLIMP = (0.95, 0.99, 0.001, 0.5, 2.0)
"""Impedance of contacts and joint limits: 95 % at touch, 99 % from 1 mm depth.

PhysX's are rigid; with the time constant of two steps, the shortest that MuJoCo keeps stable, this
is as near as its soft constraints come without ill conditioning.
"""

COM_SHIFT = 1e-6
"""Shift of the compiled centres of mass, m, so that no body counts as `simple`.

MuJoCo leaves the terms that a centred body lacks out of its mass matrix when it compiles; without
this a centre of mass moved later would be ignored in part.
"""

_GEOM_TYPES = {
    "box": mujoco.mjtGeom.mjGEOM_BOX,
    "sphere": mujoco.mjtGeom.mjGEOM_SPHERE,
    "capsule": mujoco.mjtGeom.mjGEOM_CAPSULE,
    "cylinder": mujoco.mjtGeom.mjGEOM_CYLINDER,
    "mesh": mujoco.mjtGeom.mjGEOM_MESH,
}

_JOINT_TYPES = {
    "revolute": mujoco.mjtJoint.mjJNT_HINGE,
    "prismatic": mujoco.mjtJoint.mjJNT_SLIDE,
}

Bits = dict[CollisionClass, tuple[int, int]]


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """An actor of one environment.

    Attributes:
        asset: what it is; its shapes' current filters are read where `filter` is -1.
        name: unique within the environment.
        pos: of the root body, in the environment's frame, m, (3,).
        quat: of the root body, wxyz, (4,).
        group: collision group; groups of one environment collide if equal or if one is -1.
        filter: -1 the shapes' own filters, else the filter of all its shapes; two shapes collide
            if their filters share no bit.
        shape_filters: the shapes' own filters; None takes the asset's.
    """

    asset: Asset
    name: str
    pos: Float
    quat: Float
    group: int = 0
    filter: int = 0
    shape_filters: tuple[int, ...] | None = None


def contact_solref(timestep: float) -> tuple[float, float]:
    """Return the stiffest solref (time constant, s; damping ratio) that a time step allows."""
    return 2 * timestep, 1.0


def classes_of(placed: Placed) -> list[CollisionClass]:
    """Return the collision class of each of an actor's shapes."""
    own = placed.shape_filters
    if own is None:
        own = tuple(properties.filter for properties in placed.asset.shape_properties)
    filters = own if placed.filter == OWN_FILTERS else (placed.filter,) * len(own)
    return [CollisionClass(placed.group, each) for each in filters]


def empty_spec(timestep: float, gravity: Sequence[float]) -> mujoco.MjSpec:
    """Return a specification with the solver's settings.

    Midphase collision is off, as its bounding boxes are fixed to the compiled inertial frames.
    Autoreset is off: a state that stops being finite stays, so that it can be told.
    """
    spec = mujoco.MjSpec()
    spec.compiler.degree = False
    spec.compiler.fusestatic = False
    spec.compiler.autolimits = False
    spec.compiler.boundmass = 0
    spec.option.timestep = timestep
    spec.default.joint.solref_limit = contact_solref(timestep)
    spec.option.gravity = gravity
    spec.option.integrator = mujoco.mjtIntegrator.mjINT_IMPLICITFAST
    spec.option.cone = mujoco.mjtCone.mjCONE_PYRAMIDAL
    spec.option.solver = mujoco.mjtSolver.mjSOL_NEWTON
    disabled = mujoco.mjtDisableBit
    spec.option.disableflags = int(disabled.mjDSBL_MIDPHASE) | int(disabled.mjDSBL_AUTORESET)
    return spec


def add_ground(spec: mujoco.MjSpec, ground: Ground, bits: tuple[int, int]) -> None:
    """Add the ground's geom; a height field as a 2 x 2 stand-in."""
    geom = spec.worldbody.add_geom(name=GROUND_NAME, contype=bits[0], conaffinity=bits[1])
    geom.friction[0] = ground.friction
    if isinstance(ground, HeightField):
        geom.type = mujoco.mjtGeom.mjGEOM_HFIELD
        geom.hfieldname = GROUND_NAME
        geom.pos = add_field(spec, GROUND_NAME, ground)
        return
    geom.type = mujoco.mjtGeom.mjGEOM_PLANE
    geom.size = [0, 0, 1]
    geom.pos = -ground.distance * ground.normal
    quat = np.zeros(4)
    mujoco.mju_quatZ2Vec(quat, ground.normal)
    geom.quat = quat


def add_actor(spec: mujoco.MjSpec, placed: Placed, bits: Bits) -> None:
    """Add an actor's bodies, joints, shapes and one drive per degree of freedom."""
    asset = placed.asset
    classes = iter(classes_of(placed))
    made: list[mujoco.MjsBody] = []
    for body in asset.bodies:
        parent = spec.worldbody if body.parent < 0 else made[body.parent]
        pos, quat = (placed.pos, placed.quat) if body.parent < 0 else (body.pos, body.quat)
        name = body_name(placed, body)
        this = parent.add_body(name=name, pos=pos, quat=quat)
        made.append(this)
        this.gravcomp = 1.0 if asset.options.disable_gravity else 0.0
        _add_inertial(this, body)
        _add_joint(this, placed, body)
        for shape in body.shapes:
            _add_shape(spec, this, shape, bits[next(classes)])
    for joint in asset.joints:
        _add_drive(spec, f"{placed.name}/{joint.name}")
    if asset.options.fix_base_link:
        for first, second in unfiltered_pairs(asset):
            names = [body_name(placed, asset.bodies[each]) for each in (first, second)]
            spec.add_exclude(bodyname1=names[0], bodyname2=names[1])


def body_name(placed: Placed, body: Body) -> str:
    """Return the name of an actor's body in the specification."""
    return f"{placed.name}/{body.name}"


def _add_inertial(this: mujoco.MjsBody, body: Body) -> None:
    inertial = body.inertial
    xx, yy, zz = np.diag(inertial.inertia)
    xy, xz, yz = inertial.inertia[[0, 0, 1], [1, 2, 2]]
    this.explicitinertial = True
    this.mass = inertial.mass
    this.ipos = inertial.com + COM_SHIFT
    this.fullinertia = [xx, yy, zz, xy, xz, yz]


def _add_joint(this: mujoco.MjsBody, placed: Placed, body: Body) -> None:
    if body.parent < 0 and not placed.asset.options.fix_base_link:
        this.add_freejoint(name=f"{placed.name}/")
    if body.joint is None:
        return
    joint = this.add_joint(
        name=f"{placed.name}/{body.joint.name}",
        type=_JOINT_TYPES[body.joint.kind],
        axis=body.joint.axis,
        solimp_limit=SOLIMP,
    )
    # MuJoCo compiles no range of one position; the models' own ranges are written later.
    ranged = body.joint.has_limits and body.joint.lower < body.joint.upper
    joint.limited = int(ranged)
    joint.range = [body.joint.lower, body.joint.upper] if ranged else [0, 0]


def _add_shape(
    spec: mujoco.MjSpec, this: mujoco.MjsBody, shape: Shape, bits: tuple[int, int]
) -> None:
    geom = this.add_geom(
        type=_GEOM_TYPES[shape.kind],
        pos=shape.pos,
        quat=shape.quat,
        contype=bits[0],
        conaffinity=bits[1],
        priority=1,
        solimp=SOLIMP,
    )
    if shape.kind != "mesh":
        geom.size = shape.size
        return
    mesh = spec.add_mesh(name=f"mesh{len(spec.meshes)}", uservert=_corners(shape))
    mesh.inertia = mujoco.mjtMeshInertia.mjMESH_INERTIA_CONVEX
    geom.meshname = mesh.name


def _corners(shape: Shape) -> Float:
    if shape.vertices is None:
        raise AssetError("a mesh shape has no vertices: load its file before building a world")
    return shape.vertices.ravel()


def _add_drive(spec: mujoco.MjSpec, joint: str) -> None:
    actuator = spec.add_actuator(name=joint, target=joint)
    actuator.trntype = mujoco.mjtTrn.mjTRN_JOINT
    actuator.gaintype = mujoco.mjtGain.mjGAIN_FIXED
    actuator.biastype = mujoco.mjtBias.mjBIAS_AFFINE
    actuator.gainprm[0] = 1.0
