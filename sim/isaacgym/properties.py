"""Properties of bodies, shapes, joints and sensors, and small records that calls return."""
# ruff: noqa: N802  Isaac Gym names its fields so

import numpy as np

from canter.sim.isaacgym.errors import GymError
from canter.sim.isaacgym.fields import Flag, Integer, Nested, Number, Struct, Text, scalar
from canter.sim.isaacgym.maths import Mat33, Vec3
from canter.sim.isaacgym.poses import Transform

DOF_DTYPE = np.dtype(
    [
        ("hasLimits", np.bool_),
        ("lower", np.float32),
        ("upper", np.float32),
        ("driveMode", np.int32),
        ("stiffness", np.float32),
        ("damping", np.float32),
        ("velocity", np.float32),
        ("effort", np.float32),
        ("friction", np.float32),
        ("armature", np.float32),
    ],
    align=True,
)
"""Properties of a degree of freedom, SI units, a record each: drive modes as DofDriveMode."""


class RigidShapeProperties(Struct):
    """Properties of a collision shape; distances in m."""

    compliance = Number(0.0)
    contact_offset = Number(0.02)
    filter = Integer(0)
    friction = Number(1.0)
    rest_offset = Number(0.0)
    restitution = Number(0.0)
    rolling_friction = Number(0.0)
    thickness = Number(0.02)
    torsion_friction = Number(0.0)


class RigidBodyProperties(Struct):
    """Mass, kg, centre of mass, m, and inertia about it, kg m^2, both along the body's axes.

    The inverses are computed from the mass and the inertia; writing one changes those.
    """

    com = Nested(Vec3)
    flags = Integer(0)
    inertia = Nested(Mat33)
    mass = Number(0.0)

    @property
    def invMass(self) -> float:
        """One over the mass, 1/kg; 0 for mass 0."""
        return 1 / self.mass if self.mass else 0.0

    @invMass.setter
    def invMass(self, value: object) -> None:
        inverse = scalar(value, "RigidBodyProperties.invMass")
        if not inverse > 0:
            raise GymError(f"RigidBodyProperties.invMass = {inverse}; it must be positive")
        self.mass = 1 / inverse

    @property
    def invInertia(self) -> Mat33:
        """Inverse of the inertia; the pseudo-inverse of a singular one."""
        return Mat33.from_array(np.linalg.pinv(self.inertia.array()).astype(float))

    @invInertia.setter
    def invInertia(self, value: Mat33) -> None:
        self.inertia = Mat33.from_array(np.linalg.pinv(value.array()).astype(float))


class ForceSensorProperties(Struct):
    """What a force sensor counts and in which frame it reports."""

    enable_constraint_solver_forces = Flag(True)
    enable_forward_dynamics_forces = Flag(True)
    use_world_frame = Flag(False)


class SpatialForce(Struct):
    """A force, N, and a torque, N m."""

    force = Nested(Vec3)
    torque = Nested(Vec3)


class AttractorProperties(Struct):
    """A spring that pulls a body towards a pose."""

    axes = Integer(0)
    damping = Number(0.0)
    offset = Nested(Transform)
    rigid_handle = Integer(-1)
    stiffness = Number(0.0)
    target = Nested(Transform)


class ActionEvent(Struct):
    """A key or button of a viewer: the name it was subscribed under, 1 pressed or 0 released."""

    action = Text("")
    value = Number(0.0)


class IndexRange(Struct):
    """``count`` indices from ``start``."""

    count = Integer(0)
    start = Integer(0)


class Version(Struct):
    """A version of Isaac Gym."""

    major = Integer(1)
    minor = Integer(0)
