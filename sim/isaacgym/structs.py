"""The structs of Isaac Gym's ``gymapi``, all under one name."""

from canter.sim.isaacgym.maths import (
    Mat33,
    Quat,
    Vec3,
)
from canter.sim.isaacgym.params import (
    AssetOptions,
    CameraProperties,
    FlexParams,
    HeightFieldParams,
    PhysXParams,
    PlaneParams,
    SimParams,
    TriangleMeshParams,
    VhacdParams,
)
from canter.sim.isaacgym.poses import (
    DofFrame,
    DofState,
    RigidBodyState,
    Transform,
    Velocity,
)
from canter.sim.isaacgym.properties import (
    DOF_DTYPE,
    ActionEvent,
    AttractorProperties,
    ForceSensorProperties,
    IndexRange,
    RigidBodyProperties,
    RigidShapeProperties,
    SpatialForce,
    Version,
)

__all__ = [
    "DOF_DTYPE",
    "ActionEvent",
    "AssetOptions",
    "AttractorProperties",
    "CameraProperties",
    "DofFrame",
    "DofState",
    "FlexParams",
    "ForceSensorProperties",
    "HeightFieldParams",
    "IndexRange",
    "Mat33",
    "PhysXParams",
    "PlaneParams",
    "Quat",
    "RigidBodyProperties",
    "RigidBodyState",
    "RigidShapeProperties",
    "SimParams",
    "SpatialForce",
    "Transform",
    "TriangleMeshParams",
    "Vec3",
    "Velocity",
    "Version",
    "VhacdParams",
]
