"""Poses and velocities of all bodies from joint positions and velocities, in closed form."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from canter.sim.isaacgym.parameters import Parameters
from canter.sim.isaacgym.rotations import cross, product, rotate_columns
from canter.sim.isaacgym.world import FIXED, World

Float = NDArray[np.float64]
Int = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class BodyState:
    """Bodies of N environments in flat order.

    Attributes:
        pos: origins, environment frame, m, (N, B, 3).
        quat: orientations, wxyz, (N, B, 4).
        lin_vel: of the chosen point, world axes, m/s, (N, B, 3).
        ang_vel: world axes, rad/s, (N, B, 3).
    """

    pos: Float
    quat: Float
    lin_vel: Float
    ang_vel: Float


class BodyStates:
    """Forward kinematics of a world, for all environments at once, one depth of the tree at a time.

    Inside, vectors have their components along the first axis, (3 or 4, B, N).

    Args:
        world: the structure.
        parameters: whose root poses (of fixed actors) and centres of mass hold.
        velocity_point: point of a body whose linear velocity is returned.
    """

    def __init__(
        self,
        world: World,
        parameters: Parameters,
        velocity_point: Literal["origin", "com"] = "origin",
    ) -> None:
        self._world = world
        self._parameters = parameters
        self._velocity_point = velocity_point
        bodies = [body for one in world.placed for body in one.asset.bodies]
        self._parents = _flat_parents(world)
        self._levels = _levels(self._parents)
        self._pos = np.array([body.pos for body in bodies]).T[..., None]
        self._quat = np.array([body.quat for body in bodies]).T[..., None]
        joints = [(index, body.joint) for index, body in enumerate(bodies) if body.joint]
        self._moved = np.array([index for index, _ in joints], np.intp)
        axes = np.array([joint.axis for _, joint in joints]).reshape(-1, 3)
        self._axes = np.zeros((3, len(bodies), 1))
        self._axes[:, self._moved, 0] = axes.T
        turns = np.array([joint.kind == "revolute" for _, joint in joints], bool)
        self._turning, self._turning_dofs = self._moved[turns], np.flatnonzero(turns)
        self._sliding, self._sliding_dofs = self._moved[~turns], np.flatnonzero(~turns)

    def __call__(self, qpos: Float, qvel: Float) -> BodyState:
        """Return the bodies' states.

        Args:
            qpos: (N, nq).
            qvel: (N, nv).
        """
        pos, quat = self._poses(qpos)
        lin_vel, ang_vel = self._velocities(qvel, pos, quat)
        if self._velocity_point == "com":
            com = self._parameters.body_com.transpose(2, 1, 0)
            lin_vel = lin_vel + cross(ang_vel, rotate_columns(quat, com))
        order = (2, 1, 0)
        return BodyState(*(each.transpose(order) for each in (pos, quat, lin_vel, ang_vel)))

    def com(self, qpos: Float) -> Float:
        """Return the centres of mass, environment frame, m, (N, B, 3).

        Args:
            qpos: (N, nq).
        """
        pos, quat = self._poses(qpos)
        com = self._parameters.body_com.transpose(2, 1, 0)
        return (pos + rotate_columns(quat, com)).transpose(2, 1, 0)

    def _poses(self, qpos: Float) -> tuple[Float, Float]:
        """Return positions and quaternions of all bodies."""
        count, q = len(qpos), qpos.T[self._world.dof_qpos]
        pos = np.empty((3, len(self._parents), count))
        quat = np.empty((4, len(self._parents), count))
        local = np.broadcast_to(self._quat, quat.shape).copy()
        half = q[self._turning_dofs] / 2
        turn = np.concatenate([np.cos(half)[None], self._axes[:, self._turning] * np.sin(half)])
        local[:, self._turning] = product(local[:, self._turning], turn)
        slide = np.zeros(pos.shape[1:])
        slide[self._sliding] = q[self._sliding_dofs]
        self._place_roots(qpos, pos, quat)
        for level, parents in self._levels:
            quat[:, level] = product(quat[:, parents], local[:, level])
            pos[:, level] = pos[:, parents] + rotate_columns(quat[:, parents], self._pos[:, level])
            if np.isin(level, self._sliding).any():
                pos[:, level] += rotate_columns(quat[:, level], self._axes[:, level]) * slide[level]
        return pos, quat

    def _place_roots(self, qpos: Float, pos: Float, quat: Float) -> None:
        for place, actor in enumerate(self._world.actors):
            root, start = actor.bodies.start, actor.root_qpos
            if start == FIXED:
                pos[:, root] = self._parameters.root_pos[:, place].T
                quat[:, root] = self._parameters.root_quat[:, place].T
            else:
                pos[:, root] = qpos[:, start : start + 3].T
                quat[:, root] = qpos[:, start + 3 : start + 7].T
            quat[:, root] /= np.linalg.norm(quat[:, root], axis=0)

    def _velocities(self, qvel: Float, pos: Float, quat: Float) -> tuple[Float, Float]:
        """Return linear velocities of the origins and angular velocities of all bodies."""
        rates = qvel.T[self._world.dof_qvel]
        axes = rotate_columns(quat, self._axes)
        ang_vel = np.zeros_like(pos)
        lin_vel = np.zeros_like(pos)
        ang_vel[:, self._turning] = axes[:, self._turning] * rates[self._turning_dofs]
        lin_vel[:, self._sliding] = axes[:, self._sliding] * rates[self._sliding_dofs]
        for actor in self._world.actors:
            root, start = actor.bodies.start, actor.root_qvel
            if start != FIXED:
                lin_vel[:, root] = qvel[:, start : start + 3].T
                ang_vel[:, root] = rotate_columns(quat[:, root], qvel[:, start + 3 : start + 6].T)
        for level, parents in self._levels:
            carried = ang_vel[:, parents]
            lin_vel[:, level] += lin_vel[:, parents]
            lin_vel[:, level] += cross(carried, pos[:, level] - pos[:, parents])
            ang_vel[:, level] += carried
        return lin_vel, ang_vel


def _flat_parents(world: World) -> Int:
    """Return the flat index of each body's parent, -1 of roots, (B,)."""
    return np.array(
        [
            body.parent + actor.bodies.start if body.parent >= 0 else -1
            for one, actor in zip(world.placed, world.actors, strict=True)
            for body in one.asset.bodies
        ],
        np.intp,
    )


def _levels(parents: Int) -> list[tuple[Int, Int]]:
    """Return bodies and their parents, depth after depth, without the roots."""
    depth = np.zeros(len(parents), int)
    for index, parent in enumerate(parents):  # parents come before their children
        depth[index] = depth[parent] + 1 if parent >= 0 else 0
    levels = [np.flatnonzero(depth == each) for each in range(1, depth.max(initial=0) + 1)]
    return [(level, parents[level]) for level in levels]
