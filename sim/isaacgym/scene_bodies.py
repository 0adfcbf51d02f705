"""Bodies of actors as they are drawn: collision shapes, and bones that hold them together."""

import mujoco
import numpy as np

from canter.sim.isaacgym.asset import Asset, Shape

_G = mujoco.mjtGeom

SHOWN, BONES = 0, 4
"""Geom groups of what is always drawn, and of bones, which sensors do not see."""
BONE_RADIUS = 0.018
LEAST_BONE = 0.02
"""Length under which a bone is left out, m."""

ROOT_RGB = (0.20, 0.22, 0.26)
LIMB_RGB = ((0.93, 0.94, 0.95), (0.95, 0.58, 0.16), (0.30, 0.33, 0.38))
"""Colours of bodies by the number of joints to the root, over and over."""
OBJECT_RGB = ((0.31, 0.52, 0.76), (0.44, 0.66, 0.40), (0.80, 0.45, 0.37), (0.62, 0.50, 0.74))
"""Colours of actors without joints, over and over."""


def add_actor(spec: mujoco.MjSpec, place: int, asset: Asset) -> None:
    """Add a mocap body for each body of an actor, given its place among the actors."""
    for index, body in enumerate(asset.bodies):
        added = spec.worldbody.add_body(name=f"{place}/{index}", mocap=True)
        rgb = _rgb(asset, place, index)
        for number, shape in enumerate(body.shapes):
            _add_shape(spec, added, shape, f"{place}/{index}/{number}", [*rgb, 1.0])
        if index > 0 or not body.shapes:
            _add_bones(added, asset, index, [*rgb, 1.0])


def _add_shape(
    spec: mujoco.MjSpec, body: mujoco.MjsBody, shape: Shape, name: str, rgba: list[float]
) -> None:
    geom = body.add_geom(pos=shape.pos, quat=shape.quat, rgba=rgba, group=SHOWN)
    geom.contype = geom.conaffinity = 0
    if shape.kind != "mesh":
        geom.type, geom.size = getattr(_G, f"mjGEOM_{shape.kind.upper()}"), shape.size
        return
    mesh = spec.add_mesh(name=name, inertia=mujoco.mjtMeshInertia.mjMESH_INERTIA_SHELL)
    mesh.uservert = np.asarray(shape.vertices, dtype=np.float32).ravel()
    if shape.faces is not None:
        mesh.userface = np.asarray(shape.faces, dtype=np.int32).ravel()
    geom.type, geom.meshname = _G.mjGEOM_MESH, name


def _add_bones(added: mujoco.MjsBody, asset: Asset, index: int, rgba: list[float]) -> None:
    """Add a rod from a body's origin to the origin of each of its children."""
    for child in asset.bodies:
        if child.parent == index and np.linalg.norm(child.pos) > LEAST_BONE:
            added.add_geom(
                type=_G.mjGEOM_CAPSULE,
                fromto=[0.0, 0.0, 0.0, *child.pos],
                size=[BONE_RADIUS, 0.0, 0.0],
                rgba=rgba,
                group=BONES,
            )


def _rgb(asset: Asset, place: int, index: int) -> tuple[float, float, float]:
    """Return the colour of a body that nobody coloured."""
    if not asset.joints:
        return OBJECT_RGB[place % len(OBJECT_RGB)]
    joints = 0
    while index > 0:
        joints += asset.bodies[index].joint is not None
        index = asset.bodies[index].parent
    return LIMB_RGB[(joints - 1) % len(LIMB_RGB)] if joints else ROOT_RGB
