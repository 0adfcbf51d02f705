"""Small URDF texts and what tests compare of the assets they give."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from canter.sim.isaacgym.asset import Asset, Inertial
from canter.sim.isaacgym.frames import Pose
from canter.sim.isaacgym.inertia import merged, placed
from canter.sim.isaacgym.structs import AssetOptions
from canter.sim.isaacgym.urdf import load_urdf

LIMIT = '<limit lower="-1" upper="2" effort="30" velocity="20"/>'


def options(**values: object) -> AssetOptions:
    chosen = AssetOptions()
    for name, value in values.items():
        setattr(chosen, name, value)
    return chosen


def inertial(mass: float = 1.0, moments: Sequence[float] = (0.02, 0.03, 0.04)) -> str:
    xx, yy, zz = moments
    return (
        f'<inertial><origin xyz="0.01 0.02 -0.03" rpy="0.1 0.2 0.3"/><mass value="{mass}"/>'
        f'<inertia ixx="{xx}" ixy="0.001" ixz="-0.002" iyy="{yy}" iyz="0.003" izz="{zz}"/>'
        "</inertial>"
    )


def link(name: str, *inside: str) -> str:
    return f'<link name="{name}">{"".join(inside) or inertial()}</link>'


def collision(geometry: str, pose: str = 'xyz="0.1 0 -0.2" rpy="0.4 -0.5 0.6"') -> str:
    return f"<collision><origin {pose}/><geometry>{geometry}</geometry></collision>"


def joint(
    name: str,
    parent: str,
    child: str,
    kind: str = "revolute",
    inside: str = "",
    attributes: str = "",
) -> str:
    place = f'<origin xyz="0.1 {len(name) / 50} -0.2" rpy="0.3 -0.2 {len(child) / 10}"/>'
    more = inside if inside or kind != "revolute" else LIMIT
    return (
        f'<joint name="{name}" type="{kind}" {attributes}>{place}<parent link="{parent}"/>'
        f'<child link="{child}"/><axis xyz="0 0 1"/>{more}</joint>'
    )


def robot(*elements: str) -> str:
    return f'<?xml version="1.0"?>\n<robot name="small">\n{"".join(elements)}\n</robot>\n'


WALKER = (
    link("trunk", inertial(5.0), collision('<box size="0.4 0.2 0.1"/>')),
    link("imu", inertial(0.2)),
    link("right_hip"),
    link("left_hip", inertial(), collision('<sphere radius="0.05"/>')),
    link("cover", inertial(0.3), collision('<cylinder length="0.2" radius="0.03"/>')),
    link("left_shin", inertial(0.5)),
    link("left_foot", inertial(0.1), collision('<sphere radius="0.02"/>')),
    link("arm"),
    joint("R_hip", "trunk", "right_hip"),
    joint("L_hip", "trunk", "left_hip"),
    joint("cover_fixed", "left_hip", "cover", "fixed"),
    joint("knee", "cover", "left_shin", "continuous"),
    joint("foot_fixed", "left_shin", "left_foot", "fixed", attributes='dont_collapse="true"'),
    joint("imu_fixed", "trunk", "imu", "fixed"),
    joint("A_arm", "imu", "arm", "prismatic", LIMIT),
)
"""A robot with fixed joints inside, at the end (kept) and before moving joints."""


def load(folder: Path, text: str, chosen: AssetOptions | None = None) -> Asset:
    (folder / "small.urdf").write_text(text)
    return load_urdf(folder, "small.urdf", chosen or options())


def body_poses(asset: Asset) -> list[Pose]:
    """Poses of the bodies in the root's frame, joints at zero."""
    poses: list[Pose] = []
    for body in asset.bodies:
        here = Pose(body.pos, body.quat)
        poses.append(here if body.parent < 0 else poses[body.parent] @ here)
    return poses


def whole(asset: Asset) -> Inertial:
    """Mass properties of all bodies together, joints at zero, in the root's frame."""
    poses = body_poses(asset)
    return merged([placed(b.inertial, p) for b, p in zip(asset.bodies, poses, strict=True)])


def fingerprint(asset: Asset) -> list[tuple[object, ...]]:
    """Everything of an asset, comparable bit by bit."""
    bodies: list[tuple[object, ...]] = [(asset.name, asset.notes)]
    for body in asset.bodies:
        numbers = [body.pos, body.quat, body.inertial.com, body.inertial.inertia]
        for shape in body.shapes:
            numbers += [shape.pos, shape.quat, shape.size]
        drive = body.joint and (body.joint.name, body.joint.kind, body.joint.axis.tobytes())
        bodies.append((body.name, body.parent, body.inertial.mass, drive, _bits(numbers)))
    return bodies


def _bits(arrays: list[NDArray[np.float64]]) -> bytes:
    return b"".join(array.tobytes() for array in arrays)
