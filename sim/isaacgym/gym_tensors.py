"""The tensor interface: buffers to acquire and refresh, setters that take whole tensors."""

import numpy as np

from canter.sim.isaacgym.buffers import DOF, POSE
from canter.sim.isaacgym.enums import CoordinateSpace
from canter.sim.isaacgym.gymtorch import GymTensor
from canter.sim.isaacgym.setters import (
    Call,
    apply_forces_at,
    apply_wrenches,
    set_dofs,
    set_drive,
    set_roots,
)
from canter.sim.isaacgym.simulation import Simulation


def _acquire(sim: Simulation, kind: str) -> GymTensor:
    return GymTensor(sim.buffers.acquire(sim.prepared(f"acquire_{kind}_tensor"), kind))


def _refresh(sim: Simulation, kind: str) -> bool:
    sim.buffers.refresh(sim.prepared(f"refresh_{kind}_tensor"), kind)
    return True


class ReadingCalls:
    """The calls of `Gym` that hand out buffers and fill them."""

    def acquire_actor_root_state_tensor(self, sim: Simulation) -> GymTensor:
        """Return the buffer of root states, (actors, 13): position, xyzw, velocities."""
        return _acquire(sim, "actor_root_state")

    def refresh_actor_root_state_tensor(self, sim: Simulation) -> bool:
        """Fill the buffer of root states."""
        return _refresh(sim, "actor_root_state")

    def acquire_dof_state_tensor(self, sim: Simulation) -> GymTensor:
        """Return the buffer of positions and velocities, (degrees of freedom, 2)."""
        return _acquire(sim, "dof_state")

    def refresh_dof_state_tensor(self, sim: Simulation) -> bool:
        """Fill the buffer of positions and velocities."""
        return _refresh(sim, "dof_state")

    def acquire_rigid_body_state_tensor(self, sim: Simulation) -> GymTensor:
        """Return the buffer of body states, (bodies, 13)."""
        return _acquire(sim, "rigid_body_state")

    def refresh_rigid_body_state_tensor(self, sim: Simulation) -> bool:
        """Fill the buffer of body states, as the last step left the bodies."""
        return _refresh(sim, "rigid_body_state")

    def acquire_net_contact_force_tensor(self, sim: Simulation) -> GymTensor:
        """Return the buffer of contact forces, N, world axes, (bodies, 3)."""
        return _acquire(sim, "net_contact_force")

    def refresh_net_contact_force_tensor(self, sim: Simulation) -> bool:
        """Fill the buffer of contact forces with those of the last step."""
        return _refresh(sim, "net_contact_force")

    def acquire_dof_force_tensor(self, sim: Simulation) -> GymTensor:
        """Return the buffer of the drives' efforts, N m or N, (degrees of freedom,)."""
        return _acquire(sim, "dof_force")

    def refresh_dof_force_tensor(self, sim: Simulation) -> bool:
        """Fill the buffer of the drives' efforts with those of the last step."""
        return _refresh(sim, "dof_force")

    def acquire_force_sensor_tensor(self, sim: Simulation) -> GymTensor:
        """Return the buffer of the force sensors, N and N m, (sensors, 6)."""
        return _acquire(sim, "force_sensor")

    def refresh_force_sensor_tensor(self, sim: Simulation) -> bool:
        """Fill the buffer of the force sensors."""
        return _refresh(sim, "force_sensor")


class SettingCalls:
    """The calls of `Gym` that take whole tensors."""

    def set_actor_root_state_tensor(self, sim: Simulation, states: GymTensor) -> bool:
        """Set the state of all roots."""
        call = Call("set_actor_root_state_tensor", sim.prepared("set_actor_root_state_tensor"))
        values = call.numbers(states, len(call.engine.world.actors), POSE.size)
        set_roots(call, values, call.everyone())
        return True

    def set_actor_root_state_tensor_indexed(
        self, sim: Simulation, states: GymTensor, indices: GymTensor, count: int
    ) -> bool:
        """Set the state of some actors' roots, from a tensor of all."""
        name = "set_actor_root_state_tensor_indexed"
        call = Call(name, sim.prepared(name))
        chosen = call.actors(indices, count)
        if chosen.size:
            values = call.numbers(states, len(call.engine.world.actors), POSE.size)
            set_roots(call, values, chosen)
        return True

    def set_dof_state_tensor(self, sim: Simulation, states: GymTensor) -> bool:
        """Set positions and velocities of all degrees of freedom."""
        call = Call("set_dof_state_tensor", sim.prepared("set_dof_state_tensor"))
        values = call.numbers(states, len(call.engine.world.dof_qpos), DOF.size)
        set_dofs(call, values, call.everyone())
        return True

    def set_dof_state_tensor_indexed(
        self, sim: Simulation, states: GymTensor, indices: GymTensor, count: int
    ) -> bool:
        """Set positions and velocities of some actors, from a tensor of all."""
        call = Call("set_dof_state_tensor_indexed", sim.prepared("set_dof_state_tensor_indexed"))
        chosen = call.actors(indices, count)
        if chosen.size:
            values = call.numbers(states, len(call.engine.world.dof_qpos), DOF.size)
            set_dofs(call, values, chosen)
        return True

    def set_dof_actuation_force_tensor(self, sim: Simulation, forces: GymTensor) -> bool:
        """Set the efforts of all degrees of freedom in effort mode, N m or N."""
        return _drive(sim, "set_dof_actuation_force_tensor", "effort", forces)

    def set_dof_actuation_force_tensor_indexed(
        self, sim: Simulation, forces: GymTensor, indices: GymTensor, count: int
    ) -> bool:
        """Set the efforts of some actors, from a tensor of all."""
        name = "set_dof_actuation_force_tensor_indexed"
        return _drive(sim, name, "effort", forces, (indices, count))

    def set_dof_position_target_tensor(self, sim: Simulation, targets: GymTensor) -> bool:
        """Set the targets of all degrees of freedom in position mode, rad or m."""
        return _drive(sim, "set_dof_position_target_tensor", "position_target", targets)

    def set_dof_position_target_tensor_indexed(
        self, sim: Simulation, targets: GymTensor, indices: GymTensor, count: int
    ) -> bool:
        """Set the position targets of some actors, from a tensor of all."""
        name = "set_dof_position_target_tensor_indexed"
        return _drive(sim, name, "position_target", targets, (indices, count))

    def set_dof_velocity_target_tensor(self, sim: Simulation, targets: GymTensor) -> bool:
        """Set the velocity targets of all degrees of freedom, rad/s or m/s."""
        return _drive(sim, "set_dof_velocity_target_tensor", "velocity_target", targets)

    def set_dof_velocity_target_tensor_indexed(
        self, sim: Simulation, targets: GymTensor, indices: GymTensor, count: int
    ) -> bool:
        """Set the velocity targets of some actors, from a tensor of all."""
        name = "set_dof_velocity_target_tensor_indexed"
        return _drive(sim, name, "velocity_target", targets, (indices, count))

    def apply_rigid_body_force_tensors(
        self,
        sim: Simulation,
        forceTensor: GymTensor | None = None,  # noqa: N803  Isaac Gym's keyword
        torqueTensor: GymTensor | None = None,  # noqa: N803
        space: CoordinateSpace = CoordinateSpace.ENV_SPACE,
    ) -> bool:
        """Add forces, N, and torques, N m, at the bodies' centres of mass for the next step."""
        name = "apply_rigid_body_force_tensors"
        apply_wrenches(Call(name, sim.prepared(name)), forceTensor, torqueTensor, space)
        return True

    def apply_rigid_body_force_at_pos_tensors(
        self,
        sim: Simulation,
        forceTensor: GymTensor,  # noqa: N803  Isaac Gym's keyword
        posTensor: GymTensor | None = None,  # noqa: N803
        space: CoordinateSpace = CoordinateSpace.ENV_SPACE,
    ) -> bool:
        """Add forces, N, at points, m, for the next step."""
        name = "apply_rigid_body_force_at_pos_tensors"
        apply_forces_at(Call(name, sim.prepared(name)), forceTensor, posTensor, space)
        return True


def _drive(
    sim: Simulation,
    name: str,
    what: str,
    values: GymTensor,
    chosen: tuple[GymTensor, int] | None = None,
) -> bool:
    call = Call(name, sim.prepared(name))
    indices = None if chosen is None else call.actors(*chosen)
    if indices is not None and not indices.size:
        return True
    numbers = call.numbers(values, len(call.engine.world.dof_qpos), 1)
    inputs: dict[str, np.ndarray] = {
        "effort": call.engine.effort,
        "position_target": call.engine.position_target,
        "velocity_target": call.engine.velocity_target,
    }
    set_drive(call, inputs[what], numbers, indices)
    return True
