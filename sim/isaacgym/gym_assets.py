"""Assets: loading them, and what is in them."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from canter.sim.isaacgym.asset import Asset, ForceSensor
from canter.sim.isaacgym.enums import DofType
from canter.sim.isaacgym.errors import AssetError, GymError, UnsupportedError
from canter.sim.isaacgym.notices import say
from canter.sim.isaacgym.primitives import box_asset, capsule_asset, sphere_asset
from canter.sim.isaacgym.simulation import Simulation
from canter.sim.isaacgym.structs import (
    AssetOptions,
    ForceSensorProperties,
    RigidShapeProperties,
    Transform,
)
from canter.sim.isaacgym.urdf import load_urdf


def index_of(names: Sequence[str], name: str) -> int:
    """Return the place of a name, or -1, which is what Isaac Gym says of an unknown one."""
    return names.index(name) if name in names else -1


class AssetCalls:
    """The calls of `Gym` that concern assets."""

    def load_asset(
        self, sim: Simulation, rootpath: str, filename: str, options: AssetOptions | None = None
    ) -> Asset:
        """Load a robot from a URDF file.

        Raises:
            AssetError: the file is missing or broken.
            UnsupportedError: it is not a URDF file.
        """
        if Path(filename).suffix.lower() != ".urdf":
            raise UnsupportedError(
                f"load_asset: {filename!r} is not a URDF file; MJCF and USD assets are not "
                "supported: convert the robot to URDF"
            )
        asset = load_urdf(Path(rootpath), filename, options or AssetOptions())
        for note in asset.notes:
            say(f"{filename}: {note}")
        return asset

    load_urdf = load_asset

    def create_box(
        self,
        sim: Simulation,
        width: float,
        height: float,
        depth: float,
        options: AssetOptions | None = None,
    ) -> Asset:
        """Return a box of the given edges along x, y and z, m."""
        return box_asset((width, height, depth), options or AssetOptions())

    def create_sphere(
        self, sim: Simulation, radius: float, options: AssetOptions | None = None
    ) -> Asset:
        """Return a sphere, radius in m."""
        return sphere_asset(radius, options or AssetOptions())

    def create_capsule(
        self, sim: Simulation, radius: float, width: float, options: AssetOptions | None = None
    ) -> Asset:
        """Return a capsule along x; `width` is the length of its straight part, m."""
        return capsule_asset(radius, width, options or AssetOptions())

    def create_asset_force_sensor(
        self,
        asset: Asset,
        body_idx: int,
        local_pose: Transform,
        props: ForceSensorProperties | None = None,
    ) -> int:
        """Add a force sensor to a body of an asset; returns its index.

        Raises:
            GymError: there is no such body.
        """
        if not 0 <= body_idx < len(asset.bodies):
            raise GymError(
                f"create_asset_force_sensor: body {body_idx} of asset {asset.name!r}, which has "
                f"bodies 0 to {len(asset.bodies) - 1}"
            )
        r, p = local_pose.r, local_pose.p
        chosen = props or ForceSensorProperties()
        asset.force_sensors.append(
            ForceSensor(
                body=body_idx,
                pos=np.array([p.x, p.y, p.z]),
                quat=np.array([r.w, r.x, r.y, r.z]),
                enable_forward_dynamics=bool(chosen.enable_forward_dynamics_forces),
                enable_constraints=bool(chosen.enable_constraint_solver_forces),
                use_world_frame=bool(chosen.use_world_frame),
            )
        )
        return len(asset.force_sensors) - 1

    def get_asset_rigid_body_count(self, asset: Asset) -> int:
        """Return the number of bodies."""
        return len(asset.bodies)

    def get_asset_rigid_body_names(self, asset: Asset) -> list[str]:
        """Return the bodies' names in their order."""
        return list(asset.body_names)

    def get_asset_rigid_body_name(self, asset: Asset, index: int) -> str:
        """Return one body's name."""
        return asset.body_names[index]

    def get_asset_rigid_body_dict(self, asset: Asset) -> dict[str, int]:
        """Return each body's index by its name."""
        return {name: i for i, name in enumerate(asset.body_names)}

    def find_asset_rigid_body_index(self, asset: Asset, name: str) -> int:
        """Return a body's index, or -1."""
        return index_of(asset.body_names, name)

    def get_asset_dof_count(self, asset: Asset) -> int:
        """Return the number of degrees of freedom, without those of a free base."""
        return len(asset.dof_names)

    def get_asset_dof_names(self, asset: Asset) -> list[str]:
        """Return the moving joints' names in their order."""
        return list(asset.dof_names)

    def get_asset_dof_name(self, asset: Asset, index: int) -> str:
        """Return one joint's name."""
        return asset.dof_names[index]

    def get_asset_dof_dict(self, asset: Asset) -> dict[str, int]:
        """Return each degree of freedom's index by its name."""
        return {name: i for i, name in enumerate(asset.dof_names)}

    def find_asset_dof_index(self, asset: Asset, name: str) -> int:
        """Return a degree of freedom's index, or -1."""
        return index_of(asset.dof_names, name)

    def get_asset_dof_type(self, asset: Asset, index: int) -> DofType:
        """Return whether a degree of freedom turns or slides."""
        joint = asset.bodies[asset.dof_bodies[index]].joint
        sliding = joint is not None and joint.kind == "prismatic"
        return DofType.DOF_TRANSLATION if sliding else DofType.DOF_ROTATION

    def get_asset_dof_properties(self, asset: Asset) -> NDArray[np.void]:
        """Return limits and drive settings, one row a degree of freedom, a copy."""
        return asset.dof_properties()

    def get_asset_rigid_shape_count(self, asset: Asset) -> int:
        """Return the number of collision shapes."""
        return len(asset.shape_properties)

    def get_asset_rigid_shape_properties(self, asset: Asset) -> list[RigidShapeProperties]:
        """Return friction and the like of each collision shape, copies."""
        return [each.copy() for each in asset.shape_properties]

    def set_asset_rigid_shape_properties(
        self, asset: Asset, props: Sequence[RigidShapeProperties]
    ) -> bool:
        """Set the properties that actors made from now on take.

        Raises:
            AssetError: another number of them than the asset has shapes.
        """
        asset.shape_properties = checked_shapes(props, asset)
        return True


def checked_shapes(
    props: Sequence[RigidShapeProperties], asset: Asset
) -> list[RigidShapeProperties]:
    """Return copies of shape properties that fit an asset.

    Raises:
        AssetError: another number of them than the asset has shapes.
    """
    if len(props) != len(asset.shape_properties):
        raise AssetError(
            f"{len(props)} shape properties for asset {asset.name!r}, which has "
            f"{len(asset.shape_properties)} collision shapes"
        )
    return [each.copy() for each in props]
