"""Assets: a tree of rigid bodies with their joints, inertias and collision shapes, engine-neutral.

Bodies and degrees of freedom are in Isaac Gym's order: depth-first from the root, the children of
a body sorted by the name of their joint (ASCII). Units are SI, quaternions wxyz. A joint's zero is
where its body's frame has the pose `Body.pos`, `Body.quat` in the parent's frame.
"""

import copy
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from canter.sim.isaacgym.errors import AssetError
from canter.sim.isaacgym.structs import DOF_DTYPE, AssetOptions, RigidShapeProperties

Float = NDArray[np.float64]

ShapeKind = Literal["box", "sphere", "capsule", "cylinder", "mesh"]
JointKind = Literal["revolute", "prismatic"]

ROOT = -1
"""Parent index of a root body."""


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """A collision shape, placed in its body's frame.

    Attributes:
        kind: geometric primitive, or a mesh that collides as its convex hull.
        pos: centre in the body's frame, m, (3,).
        quat: orientation in the body's frame, wxyz, (4,); round shapes lie along their z axis.
        size: half extents of a box; radius, 0, 0 of a sphere; radius, half the length of the
            straight part, 0 of a capsule or cylinder; zeros of a mesh; m, (3,).
        vertices: corners of a mesh in the shape's frame, scaled, m, (n, 3).
        faces: triangles of a mesh as vertex indices, (m, 3).
    """

    kind: ShapeKind
    pos: Float
    quat: Float
    size: Float
    vertices: Float | None = None
    faces: NDArray[np.int32] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Inertial:
    """Mass properties of one body.

    Attributes:
        mass: kg.
        com: centre of mass in the body's frame, m, (3,).
        inertia: about the centre of mass, along the body's axes, kg m^2, (3, 3).
    """

    mass: float
    com: Float
    inertia: Float


@dataclass(frozen=True, slots=True, eq=False)
class Joint:
    """One degree of freedom between a body and its parent.

    Attributes:
        name: of the degree of freedom.
        kind: revolute (rad, N m) or prismatic (m, N).
        axis: unit vector in the body's frame, through its origin, (3,).
        has_limits: whether `lower` and `upper` bound the motion.
        lower: smallest position, rad or m; -inf without limits.
        upper: largest position, rad or m; inf without limits.
        effort: largest drive effort, N m or N; inf where the file says none.
        velocity: largest speed, rad/s or m/s; inf where the file says none.
        damping: viscous, N m s/rad or N s/m.
        friction: dry, N m or N.
    """

    name: str
    kind: JointKind
    axis: Float
    has_limits: bool = False
    lower: float = -np.inf
    upper: float = np.inf
    effort: float = np.inf
    velocity: float = np.inf
    damping: float = 0.0
    friction: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Body:
    """A rigid body and what connects it to its parent.

    Attributes:
        name: of the link.
        parent: index of the parent body; `ROOT` of the root.
        pos: origin in the parent's frame at joint zero, m, (3,).
        quat: orientation in the parent's frame at joint zero, wxyz, (4,).
        joint: None of the root and of a body fixed to its parent.
        inertial: mass properties.
        shapes: collision shapes.
    """

    name: str
    parent: int
    pos: Float
    quat: Float
    joint: Joint | None
    inertial: Inertial
    shapes: tuple[Shape, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class ForceSensor:
    """A six-axis sensor of the force and torque on a body.

    Attributes:
        body: index of the body in the asset.
        pos: origin in the body's frame, m, (3,).
        quat: orientation in the body's frame, wxyz, (4,).
        enable_forward_dynamics: whether forces other than the solver's count.
        enable_constraints: whether forces of contacts and joints count.
        use_world_frame: whether the values are along the world's axes, else the sensor's.
    """

    body: int
    pos: Float
    quat: Float
    enable_forward_dynamics: bool = True
    enable_constraints: bool = True
    use_world_frame: bool = False


@dataclass(slots=True, eq=False)
class Asset:
    """A loaded asset; all of it is fixed but the shapes' properties and the force sensors.

    Attributes:
        name: of the robot or object.
        bodies: parents before children, in Isaac Gym's order.
        options: what the asset was loaded with; a copy of its own.
        notes: what loading changed or ignored, one line each.
        shape_properties: current properties, one a shape in the order of `shapes`; actors keep
            the list they were made with, so a change puts a new list in its place.
        force_sensors: sensors each actor of this asset gets.

    Raises:
        AssetError: a parent does not come before its child.
    """

    name: str
    bodies: tuple[Body, ...]
    options: AssetOptions
    notes: tuple[str, ...] = ()
    shape_properties: Sequence[RigidShapeProperties] = field(init=False)
    force_sensors: list[ForceSensor] = field(init=False, default_factory=list)
    _dof_properties: np.ndarray = field(init=False, repr=False)

    def __post_init__(self) -> None:
        for index, body in enumerate(self.bodies):
            if not ROOT <= body.parent < index or (body.parent == ROOT) != (index == 0):
                raise AssetError(
                    f"asset '{self.name}': body '{body.name}' has index {index} and parent "
                    f"{body.parent}; the root comes first, a parent before its children."
                )
        self.options = copy.deepcopy(self.options)
        self.shape_properties = [_default_properties(self.options) for _ in self.shapes()]
        self._dof_properties = _dof_properties(self.joints, self.options)

    @property
    def body_names(self) -> list[str]:
        """Names of the bodies, in order."""
        return [body.name for body in self.bodies]

    @property
    def joints(self) -> list[Joint]:
        """Joints of the degrees of freedom, in order."""
        return [body.joint for body in self.bodies if body.joint is not None]

    @property
    def dof_names(self) -> list[str]:
        """Names of the degrees of freedom, in order."""
        return [joint.name for joint in self.joints]

    @property
    def dof_bodies(self) -> list[int]:
        """Index of the body each degree of freedom moves."""
        return [index for index, body in enumerate(self.bodies) if body.joint is not None]

    @property
    def total_mass(self) -> float:
        """Mass of all bodies together, kg."""
        return sum(body.inertial.mass for body in self.bodies)

    def shapes(self) -> list[tuple[int, Shape]]:
        """Return every shape with the index of its body, in body order."""
        return [(index, shape) for index, body in enumerate(self.bodies) for shape in body.shapes]

    def dof_properties(self) -> np.ndarray:
        """Return the properties of the degrees of freedom, (dofs,) of `DOF_DTYPE`, a copy.

        What has no bound reads as the largest float32. The drives are off: their stiffness is 0,
        and `damping` is the joint's own viscous damping.
        """
        return self._dof_properties.copy()


def single_body(
    name: str,
    inertial: Inertial,
    shapes: Sequence[Shape],
    options: AssetOptions,
    notes: tuple[str, ...] = (),
) -> Asset:
    """Return an asset of one body without joints."""
    body = Body(name, ROOT, np.zeros(3), np.array([1.0, 0, 0, 0]), None, inertial, tuple(shapes))
    return Asset(name, (body,), options, notes)


def _default_properties(options: AssetOptions) -> RigidShapeProperties:
    properties = RigidShapeProperties()
    properties.thickness = options.thickness
    return properties


def _dof_properties(joints: Sequence[Joint], options: AssetOptions) -> np.ndarray:
    properties = np.zeros(len(joints), dtype=DOF_DTYPE)
    largest = np.finfo(np.float32).max
    for row, joint in zip(properties, joints, strict=True):
        row["hasLimits"] = joint.has_limits
        for name in ("lower", "upper", "effort", "velocity"):
            row[name] = np.clip(getattr(joint, name), -largest, largest)
        row["driveMode"] = int(options.default_dof_drive_mode)
        row["damping"] = joint.damping
        row["friction"] = joint.friction
        row["armature"] = options.armature if options.use_physx_armature else 0.0
    return properties
