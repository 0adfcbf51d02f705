"""Isaac Gym's state tensors: one persistent float32 buffer a kind, filled on refresh.

The buffers are never replaced, since user code keeps views of them. Quaternions are xyzw, all
velocities are along the world's axes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray

from canter.control.layout import Layout
from canter.sim.isaacgym.contacts import contact_forces, dof_forces, force_sensors
from canter.sim.isaacgym.enums import ContactCollection
from canter.sim.isaacgym.rotations import rotate

if TYPE_CHECKING:
    from canter.sim.isaacgym.engine import Engine

Float32 = NDArray[np.float32]

POSE = Layout({"pos": 3, "quat_xyzw": 4, "lin_vel": 3, "ang_vel": 3})
"""Order of a body's state in a row of the root and rigid body tensors."""

DOF = Layout({"pos": 1, "vel": 1})
"""Order of a row of the state tensor of degrees of freedom."""

TO_XYZW = [1, 2, 3, 0]
TO_WXYZ = [3, 0, 1, 2]


@dataclass(frozen=True, slots=True)
class Reading:
    """One kind of tensor.

    Attributes:
        per_env: rows of each environment.
        width: columns; 0 for a flat tensor.
        fill: writes the present values into an array (N, rows, columns).
    """

    per_env: Callable[[Engine], int]
    width: int
    fill: Callable[[Engine, Float32], None]


def fill_roots(engine: Engine, out: Float32) -> None:
    """Write pose and velocity of every actor's root, (N, A, 13)."""
    physics, parameters = engine.physics, engine.parameters
    for place, actor in enumerate(engine.world.actors):
        row = out[:, place]
        if actor.root_qpos < 0:
            row[:, POSE["pos"]] = parameters.root_pos[:, place]
            row[:, POSE["quat_xyzw"]] = parameters.root_quat[:, place][:, TO_XYZW]
            continue
        pos, quat = split_pose(physics.qpos, actor.root_qpos)
        lin_vel, ang_vel_b = split_twist(physics.qvel, actor.root_qvel)
        ang_vel = rotate(quat, ang_vel_b)
        if engine.sim.options.velocity_point == "com":
            com = parameters.body_com[:, actor.bodies.start]
            lin_vel = lin_vel + np.cross(ang_vel, rotate(quat, com))
        row[:, POSE["pos"]] = pos
        row[:, POSE["quat_xyzw"]] = quat[:, TO_XYZW]
        row[:, POSE["lin_vel"]] = lin_vel
        row[:, POSE["ang_vel"]] = ang_vel


def split_pose(qpos: NDArray[np.float64], start: int) -> tuple[NDArray[np.float64], ...]:
    """Return views of a free joint's position, (N, 3), and quaternion, wxyz, (N, 4)."""
    return qpos[:, start : start + 3], qpos[:, start + 3 : start + 7]


def split_twist(qvel: NDArray[np.float64], start: int) -> tuple[NDArray[np.float64], ...]:
    """Return views of a free joint's linear, (N, 3), and body-frame angular velocity, (N, 3)."""
    return qvel[:, start : start + 3], qvel[:, start + 3 : start + 6]


def fill_dofs(engine: Engine, out: Float32) -> None:
    """Write position and velocity of every degree of freedom, (N, D, 2)."""
    out[..., DOF["pos"]] = engine.physics.qpos[:, engine.world.dof_qpos, None]
    out[..., DOF["vel"]] = engine.physics.qvel[:, engine.world.dof_qvel, None]


def fill_bodies(engine: Engine, out: Float32) -> None:
    """Write pose and velocity of every body as of the last step, (N, B, 13)."""
    state = engine.bodies(engine.physics.last_qpos, engine.physics.last_qvel)
    out[..., POSE["pos"]] = state.pos
    out[..., POSE["quat_xyzw"]] = state.quat[..., TO_XYZW]
    out[..., POSE["lin_vel"]] = state.lin_vel
    out[..., POSE["ang_vel"]] = state.ang_vel


def fill_contacts(engine: Engine, out: Float32) -> None:
    """Write the net contact force on every body, N, world frame, (N, B, 3)."""
    if engine.sim.params.physx.contact_collection == ContactCollection.CC_NEVER:
        out[:] = 0
    else:
        out[:] = contact_forces(engine.world, engine.physics.sensordata)


def fill_dof_forces(engine: Engine, out: Float32) -> None:
    """Write the effort of every drive, N m or N, (N, D, 1)."""
    out[..., 0] = dof_forces(engine.world, engine.physics.sensordata)


def fill_force_sensors(engine: Engine, out: Float32) -> None:
    """Write force, N, and torque, N m, of every force sensor, (N, sensors, 6)."""
    out[:] = force_sensors(engine.world, engine.physics.sensordata)


READINGS: dict[str, Reading] = {
    "actor_root_state": Reading(lambda e: len(e.world.actors), POSE.size, fill_roots),
    "dof_state": Reading(lambda e: len(e.world.dof_qpos), DOF.size, fill_dofs),
    "rigid_body_state": Reading(lambda e: len(e.world.body_ids), POSE.size, fill_bodies),
    "net_contact_force": Reading(lambda e: len(e.world.body_ids), 3, fill_contacts),
    "dof_force": Reading(lambda e: len(e.world.dof_qpos), 0, fill_dof_forces),
    "force_sensor": Reading(lambda e: e.world.actors[-1].sensors.stop, 6, fill_force_sensors),
}


class Buffers:
    """The tensors that user code acquired of one simulation."""

    def __init__(self) -> None:
        self._tensors: dict[str, torch.Tensor] = {}

    def acquire(self, engine: Engine, kind: str) -> torch.Tensor:
        """Return the buffer of a kind; it holds zeros until its first refresh."""
        if kind not in self._tensors:
            reading = READINGS[kind]
            rows = engine.count * reading.per_env(engine)
            shape = (rows, reading.width) if reading.width else (rows,)
            self._tensors[kind] = torch.zeros(shape, dtype=torch.float32)
        return self._tensors[kind]

    def refresh(self, engine: Engine, kind: str) -> None:
        """Fill the buffer of a kind, if it was acquired."""
        tensor = self._tensors.get(kind)
        if tensor is None:
            return
        reading = READINGS[kind]
        shape = (engine.count, reading.per_env(engine), max(reading.width, 1))
        reading.fill(engine, tensor.numpy().reshape(shape))
