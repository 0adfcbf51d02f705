"""N environments stepped together by ``mujoco.rollout``; no Python in the physics loop.

How the pieces fit, for one free robot an environment::

    world = build_world(
        [Placed(asset, "robot", pos, quat_wxyz, group=0, filter=1)], ground, WorldParams(0.005)
    )
    parameters = Parameters(world, count=4096)
    for env in range(4096):  # as each actor was made
        parameters.set_shapes(env, 0, shape_properties)
        parameters.set_bodies(env, 0, body_properties, recompute_inertia=True)
        parameters.set_dofs(env, 0, dof_properties)
        parameters.set_root(env, 0, pos, quat_wxyz)
    physics = Physics(world, parameters, threads=0)
    physics.drive(effort, position_target, velocity_target)  # each (N, D)
    physics.step(1)
    q = physics.last_qpos[:, world.dof_qpos]  # (N, D)
    root = world.actors[0].root_qpos
    physics.qpos[envs, root : root + 7] = new_root  # acts at the next step
    states = BodyStates(world, parameters)(physics.last_qpos, physics.last_qvel)
    forces = contact_forces(world, physics.sensordata)  # (N, B, 3)
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from canter.sim.isaacgym.parameters import Parameters
from canter.sim.isaacgym.world import World

Float = NDArray[np.float64]


class Physics:
    """State of N environments, and what moves it.

    Args:
        world: the structure.
        parameters: the numbers of the environments.
        threads: worker threads; 0 takes all cores.

    Attributes:
        ctrl: actuator inputs, effort + stiffness q_target + damping v_target, (N, D); kept from
            step to step.
        sensordata: readings of the last step, (N, sensors).
        diverged: environments that the last step put back to their start, (N,) bool.
    """

    ctrl: Float
    sensordata: Float
    diverged: NDArray[np.bool_]

    def __init__(self, world: World, parameters: Parameters, *, threads: int = 0) -> None:
        raise NotImplementedError

    @property
    def qpos(self) -> Float:
        """Positions the next step starts from, a writable view, (N, nq)."""
        raise NotImplementedError

    @property
    def qvel(self) -> Float:
        """Velocities the next step starts from, a writable view, (N, nv)."""
        raise NotImplementedError

    @property
    def last_qpos(self) -> Float:
        """Positions after the last step, whatever was written since; read-only, (N, nq)."""
        raise NotImplementedError

    @property
    def last_qvel(self) -> Float:
        """Velocities after the last step, whatever was written since; read-only, (N, nv)."""
        raise NotImplementedError

    def drive(
        self, effort: ArrayLike, position_target: ArrayLike, velocity_target: ArrayLike
    ) -> None:
        """Set `ctrl`; what a degree of freedom's drive mode does not use is ignored.

        Args:
            effort: N m or N, (N, D).
            position_target: rad or m, (N, D).
            velocity_target: rad/s or m/s, (N, D).
        """
        raise NotImplementedError

    def apply_wrench(self, bodies: Sequence[int] | slice, force: Float, torque: Float) -> None:
        """Add forces at the centres of mass, for the next `step` call alone.

        Args:
            bodies: flat body indices, k of them.
            force: world axes, N, (N, k, 3).
            torque: world axes, N m, (N, k, 3).
        """
        raise NotImplementedError

    def apply_force_at(self, force: Float, pos: Float) -> None:
        """Add forces at points, for the next `step` call alone.

        Args:
            force: on every body, world axes, N, (N, B, 3).
            pos: where it acts, environment frame, m, (N, B, 3).
        """
        raise NotImplementedError

    def step(self, nstep: int = 1) -> None:
        """Advance every environment by some physics steps."""
        raise NotImplementedError

    def update(self, envs: Sequence[int] | NDArray[np.integer]) -> None:
        """Let these environments have their present parameters."""
        raise NotImplementedError

    def close(self) -> None:
        """Stop the worker threads."""
        raise NotImplementedError
