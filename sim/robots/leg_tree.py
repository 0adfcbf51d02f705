"""Masses, inertias and joint places of a robot's bodies, read from its compiled model."""

from collections.abc import Sequence

import mujoco
import numpy as np
from numpy.typing import NDArray

from canter.control.dynamics.tree import LINKS_PER_LEG, Inertia, LegTree, Link, Triple
from canter.control.errors import CanterError
from canter.control.robot import FOOT_NAMES, JOINT_NAMES
from canter.sim.robots.model import BASE

DECIMALS = 12
"""Figures are rounded so, which takes off what the way through a compiled model adds."""
_UPRIGHT = (1.0, 0.0, 0.0, 0.0)

Float = NDArray[np.float64]


def leg_tree(model: mujoco.MjModel) -> LegTree:
    """Return the tree of a model that has canonical names.

    Frames are parallel to the base's where all angles are zero. Bodies fixed to a link count
    with it.

    Raises:
        CanterError: a leg is no chain of three links that hangs on the base.
    """
    data = mujoco.MjData(model)
    data.qpos[:] = 0.0
    data.qpos[3:7] = _UPRIGHT
    mujoco.mj_kinematics(model, data)
    names = [model.body(BASE).id, *(model.joint(name).bodyid.item() for name in JOINT_NAMES)]
    _check_chains(model, names)
    links = [
        _link(model, data, name, JOINT_NAMES[i - 1] if i % LINKS_PER_LEG else None)
        for i, name in enumerate(JOINT_NAMES)
    ]
    last = JOINT_NAMES[LINKS_PER_LEG - 1 :: LINKS_PER_LEG]
    feet = {
        foot: _triple(data.site(foot).xpos - data.joint(joint).xanchor)
        for foot, joint in zip(FOOT_NAMES, last, strict=True)
    }
    trunk = _inertia(model, data, model.body(BASE).id, np.zeros(3))
    return LegTree(trunk=trunk, links=tuple(links), feet=feet)


def _check_chains(model: mujoco.MjModel, bodies: Sequence[int]) -> None:
    base, *moving = bodies
    for i, body in enumerate(moving):
        wanted = moving[i - 1] if i % LINKS_PER_LEG else base
        parent = int(model.body_weldid[model.body_parentid[body]])
        if parent != wanted:
            raise CanterError(
                f"joint {JOINT_NAMES[i]} hangs on '{model.body(parent).name}', a leg's joint hangs "
                f"on '{model.body(wanted).name}'; look at the order of the joints"
            )


def _link(model: mujoco.MjModel, data: mujoco.MjData, name: str, before: str | None) -> Link:
    joint = model.joint(name)
    anchor = data.joint(name).xanchor
    origin = np.zeros(3) if before is None else data.joint(before).xanchor
    return Link(
        joint=name,
        origin=_triple(anchor - origin),
        axis=_triple(data.joint(name).xaxis),
        inertia=_inertia(model, data, joint.bodyid.item(), anchor),
        armature=float(model.dof_armature[joint.dofadr.item()]),
    )


def _inertia(model: mujoco.MjModel, data: mujoco.MjData, body: int, origin: Float) -> Inertia:
    """Return the inertia of a body with all that is fixed to it, about their common centre."""
    members = np.flatnonzero(model.body_weldid == body)
    mass = model.body_mass[members]
    centres = data.xipos[members]
    com = mass @ centres / mass.sum() if len(members) > 1 else centres[0]
    total = np.zeros((3, 3))
    for member, weight, centre in zip(members, mass, centres, strict=True):
        turn, arm = data.ximat[member].reshape(3, 3), centre - com
        total += (turn * model.body_inertia[member]) @ turn.T
        total += weight * (arm @ arm * np.eye(3) - np.outer(arm, arm))
    (xx, xy, xz), (_, yy, yz), (_, _, zz) = total
    return Inertia(
        mass=float(mass.sum()),
        com=_triple(com - origin),
        moments=_triple(np.array([xx, yy, zz])),
        products=_triple(np.array([xy, xz, yz])),
    )


def _triple(values: Float) -> Triple:
    x, y, z = (round(float(value), DECIMALS) + 0.0 for value in values)
    return x, y, z
