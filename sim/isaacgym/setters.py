"""What user code writes: states, drive inputs and forces, checked and handed to the physics.

A state that is set acts at the next step. Poses of the rigid bodies stay as the last step left
them until then; root and joint states read back at once.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from canter.sim.isaacgym.buffers import DOF, POSE, TO_WXYZ, split_pose, split_twist
from canter.sim.isaacgym.engine import Engine
from canter.sim.isaacgym.enums import CoordinateSpace
from canter.sim.isaacgym.errors import GymError
from canter.sim.isaacgym.gymtorch import GymTensor
from canter.sim.isaacgym.rotations import conjugate, rotate

Float = NDArray[np.float64]
Int = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """A setter that is being served; carries its name for the messages.

    Attributes:
        name: of the setter.
        engine: the prepared simulation.
    """

    name: str
    engine: Engine

    def numbers(self, given: object, per_env: int, width: int) -> Float:
        """Return a float32 tensor's content, (N, per_env, width).

        Raises:
            GymError: not an unwrapped float32 tensor of that many values.
        """
        tensor = self._tensor(given, torch.float32)
        shape = (self.engine.count, per_env, width)
        if tensor.numel() != int(np.prod(shape)):
            raise GymError(
                f"{self.name}: tensor of shape {tuple(tensor.shape)} with {tensor.numel()} values; "
                f"{shape[0]} environments x {per_env} x {width} = {int(np.prod(shape))} are needed"
            )
        return tensor.numpy().reshape(shape)

    def actors(self, given: object, count: int) -> Int:
        """Return the first `count` actor indices, in the simulation's domain.

        No indices are none, of whatever type: an empty list makes a float32 tensor.

        Raises:
            GymError: not an unwrapped int32 tensor of at least `count`, or one out of range.
        """
        if isinstance(given, GymTensor) and not given.tensor.numel() and count == 0:
            return np.zeros(0, np.intp)
        tensor = self._tensor(given, torch.int32).flatten()
        if not 0 <= count <= tensor.numel():
            raise GymError(f"{self.name}: count {count} of {tensor.numel()} actor indices")
        indices = tensor[:count].numpy().astype(np.intp)
        total = self.engine.count * len(self.engine.world.actors)
        wrong = indices[(indices < 0) | (indices >= total)]
        if wrong.size:
            raise GymError(
                f"{self.name}: actor index {wrong[0]} is out of range; there are {total} actors"
            )
        return indices

    def everyone(self) -> Int:
        """Return all actor indices."""
        return np.arange(self.engine.count * len(self.engine.world.actors))

    def finite(self, rows: Float, envs: Int) -> None:
        """Check that what is set of some environments is finite.

        Raises:
            GymError: it is not; the first such environment is named.
        """
        bad = ~np.isfinite(rows).all(axis=tuple(range(1, rows.ndim)))
        if bad.any():
            raise GymError(
                f"{self.name}: the state set for environment {envs[bad][0]} is not finite "
                f"({int(bad.sum())} of {len(rows)}); find the NaN or infinity before it is set"
            )

    def _tensor(self, given: object, dtype: torch.dtype) -> torch.Tensor:
        if not isinstance(given, GymTensor):
            raise GymError(
                f"{self.name} takes gymtorch.unwrap_tensor(tensor), not {type(given).__name__}"
            )
        if given.tensor.dtype != dtype:
            raise GymError(
                f"{self.name}: {given.tensor.dtype} tensor where {dtype} is needed: convert with "
                f".to(dtype={dtype})"
            )
        return given.tensor


def set_roots(call: Call, states: Float, indices: Int) -> None:
    """Set pose and velocity of actors' roots; a fixed root stays where it is.

    Args:
        call: the setter.
        states: rows as in the root tensor, (N, A, 13).
        indices: actors, in the simulation's domain.
    """
    physics, world = call.engine.physics, call.engine.world
    envs, places = np.divmod(indices, len(world.actors))
    call.finite(states[envs, places], envs)
    for place, actor in enumerate(world.actors):
        chosen = envs[places == place]
        if actor.root_qpos < 0 or not chosen.size:
            continue
        row = states[chosen, place].astype(np.float64)
        quat = row[:, POSE["quat_xyzw"]][:, TO_WXYZ]
        length = np.linalg.norm(quat, axis=1, keepdims=True)
        if (length < 1e-6).any():
            raise GymError(
                f"{call.name}: the quaternion set for environment "
                f"{chosen[length[:, 0] < 1e-6][0]} is zero; set a unit quaternion (x, y, z, w)"
            )
        quat /= length
        lin_vel, ang_vel = row[:, POSE["lin_vel"]], row[:, POSE["ang_vel"]]
        if call.engine.sim.options.velocity_point == "com":
            com = call.engine.parameters.body_com[chosen, actor.bodies.start]
            lin_vel = lin_vel - np.cross(ang_vel, rotate(quat, com))
        pos_view, quat_view = split_pose(physics.qpos, actor.root_qpos)
        lin_view, ang_view = split_twist(physics.qvel, actor.root_qvel)
        pos_view[chosen] = row[:, POSE["pos"]]
        quat_view[chosen] = quat
        lin_view[chosen] = lin_vel
        ang_view[chosen] = rotate(conjugate(quat), ang_vel)


def set_dofs(call: Call, states: Float, indices: Int) -> None:
    """Set position and velocity of actors' degrees of freedom; a locked one stays where it is.

    Args:
        call: the setter.
        states: rows as in the state tensor of degrees of freedom, (N, D, 2).
        indices: actors, in the simulation's domain.
    """
    physics, world, numbers = call.engine.physics, call.engine.world, call.engine.parameters
    envs, places = np.divmod(indices, len(world.actors))
    for place, actor in enumerate(world.actors):
        chosen = envs[places == place]
        if not chosen.size:
            continue
        rows = states[chosen, actor.dofs]
        call.finite(rows, chosen)
        locked = numbers.locked[chosen, actor.dofs]
        held = numbers.lower[chosen, actor.dofs]
        pos = np.where(locked, held, rows[..., DOF["pos"]][..., 0])
        vel = np.where(locked, 0.0, rows[..., DOF["vel"]][..., 0])
        physics.qpos[np.ix_(chosen, world.dof_qpos[actor.dofs])] = pos
        physics.qvel[np.ix_(chosen, world.dof_qvel[actor.dofs])] = vel


def set_drive(call: Call, target: Float, values: Float, indices: Int | None) -> None:
    """Set an input of the drives.

    Args:
        call: the setter.
        target: what to write, (N, D): efforts or targets.
        values: one a degree of freedom, (N, D, 1).
        indices: actors, in the simulation's domain; None for all.
    """
    if indices is None:
        call.finite(values, np.arange(len(values)))
        target[:] = values[..., 0]
        return
    world = call.engine.world
    envs, places = np.divmod(indices, len(world.actors))
    for place, actor in enumerate(world.actors):
        chosen = envs[places == place]
        call.finite(values[chosen, actor.dofs], chosen)
        target[chosen, actor.dofs] = values[chosen, actor.dofs, 0]


def turned(engine: Engine, vectors: Float, space: CoordinateSpace) -> Float:
    """Return vectors on bodies along the world's axes.

    Args:
        engine: the prepared simulation.
        vectors: (N, B, 3).
        space: what they are given along; environments are not turned against the world.
    """
    if CoordinateSpace(space) != CoordinateSpace.LOCAL_SPACE:
        return vectors
    state = engine.bodies(engine.physics.last_qpos, engine.physics.last_qvel)
    return rotate(state.quat, vectors)


def apply_wrenches(
    call: Call, force: object | None, torque: object | None, space: CoordinateSpace
) -> None:
    """Add forces and torques at the bodies' centres of mass, for the next step alone."""
    engine = call.engine
    bodies = len(engine.world.body_ids)
    zeros = np.zeros((engine.count, bodies, 3))
    given = [zeros if t is None else call.numbers(t, bodies, 3) for t in (force, torque)]
    for values in given:
        call.finite(values, np.arange(engine.count))
    f, t = (turned(engine, values.astype(np.float64), space) for values in given)
    engine.physics.apply_wrench(slice(None), f, t)


def apply_forces_at(call: Call, force: object, pos: object | None, space: CoordinateSpace) -> None:
    """Add forces at points of the bodies, for the next step alone; no point means the centre."""
    if pos is None:
        apply_wrenches(call, force, None, space)
        return
    engine = call.engine
    bodies = len(engine.world.body_ids)
    f, p = (call.numbers(each, bodies, 3).astype(np.float64) for each in (force, pos))
    for values in (f, p):
        call.finite(values, np.arange(engine.count))
    match CoordinateSpace(space):
        case CoordinateSpace.LOCAL_SPACE:
            state = engine.bodies(engine.physics.last_qpos, engine.physics.last_qvel)
            f, p = rotate(state.quat, f), state.pos + rotate(state.quat, p)
        case CoordinateSpace.GLOBAL_SPACE:
            p = p + engine.parameters.ground_offset[:, None]
        case CoordinateSpace.ENV_SPACE:
            pass
    engine.physics.apply_force_at(f, p)
