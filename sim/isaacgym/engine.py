"""The prepared simulation: the worlds' physics, driven as Isaac Gym's calls say."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from canter.sim.isaacgym.armature import armature_floor
from canter.sim.isaacgym.enums import DofDriveMode
from canter.sim.isaacgym.errors import GymError, UnsupportedError
from canter.sim.isaacgym.kinematics import BodyStates
from canter.sim.isaacgym.notices import say
from canter.sim.isaacgym.parameters import Parameters
from canter.sim.isaacgym.physics import Physics
from canter.sim.isaacgym.structs import Transform
from canter.sim.isaacgym.world import Placed, WorldParams, build_world
from canter.sim.isaacgym.world_spec import OWN_FILTERS

if TYPE_CHECKING:
    from canter.sim.isaacgym.asset import Asset
    from canter.sim.isaacgym.simulation import Actor, Environment, Simulation

Float = NDArray[np.float64]


class Engine:
    """Physics of all environments of a simulation.

    Args:
        sim: environments with their actors, grounds and parameters.

    Attributes:
        world: structure that all environments share.
        parameters: the numbers in which they differ.
        physics: their state, and what advances it.
        bodies: forward kinematics.
        floor: least armature of each degree of freedom, kg m2 or kg, (D,).
        effort: N m or N, (N, D).
        position_target: rad or m, (N, D).
        velocity_target: rad/s or m/s, (N, D).
        frames: how many steps were made.
        started: monotonic time of preparation, s.

    Raises:
        GymError: there is no environment, or they do not all hold the same actors.
        UnsupportedError: there is more than one ground.
    """

    def __init__(self, sim: Simulation) -> None:
        self.sim = sim
        environments = sim.environments
        check_alike(environments)
        if len(sim.grounds) > 1:
            raise UnsupportedError(
                f"prepare_sim: {len(sim.grounds)} grounds; one plane, height field or triangle "
                "mesh is supported: merge them into one mesh"
            )
        self.world = build_world(
            placed(environments[0]), next(iter(sim.grounds), None), world_params(sim)
        )
        for note in self.world.notes:
            say(note)
        self.parameters = Parameters(self.world, len(environments))
        for env in environments:
            self._read(env)
        self.floor = self._armature_floor()
        self._raise_armature(slice(None))
        self._read_gravity()
        self.physics = Physics(self.world, self.parameters, threads=sim.options.threads)
        self.bodies = BodyStates(self.world, self.parameters, sim.options.velocity_point)
        shape = (len(environments), len(self.world.dof_qpos))
        self.effort = np.zeros(shape)
        self.position_target = np.zeros(shape)
        self.velocity_target = np.zeros(shape)
        self.frames = 0
        self.started = time.monotonic()

    @property
    def count(self) -> int:
        """Number of environments."""
        return len(self.sim.environments)

    @property
    def time(self) -> float:
        """Simulated time, s."""
        return self.frames * self.sim.params.dt

    def close(self) -> None:
        """Stop the worker threads."""
        self.physics.close()

    def step(self) -> None:
        """Advance every environment by one time step.

        Raises:
            GymError: the state of an environment stopped being finite.
        """
        self.physics.drive(self.effort, self.position_target, self.velocity_target)
        self.physics.step(self.sim.params.substeps)
        self.frames += 1

    def adopt(self, env: Environment) -> None:
        """Let an environment have its actors' present properties."""
        self._read(env)
        self._raise_armature(env.index)
        self.physics.update([env.index])

    def adopt_gravity(self) -> None:
        """Let all environments have the present gravity."""
        self._read_gravity()
        self.physics.update(range(self.count))

    def _read(self, env: Environment) -> None:
        for place, actor in enumerate(env.actors):
            pos, quat = pose_of(actor.pose)
            self.parameters.set_shapes(env.index, place, actor.shape_properties)
            self.parameters.set_bodies(env.index, place, actor.body_properties)
            self.parameters.set_dofs(env.index, place, actor.dof_properties)
            self.parameters.set_root(env.index, place, pos, quat)
        self.parameters.ground_offset[env.index] = [-env.origin.x, -env.origin.y, -env.origin.z]

    def _read_gravity(self) -> None:
        gravity = self.sim.params.gravity
        self.parameters.gravity[:] = [gravity.x, gravity.y, gravity.z]

    def _armature_floor(self) -> Float:
        """Return the least armature of each degree of freedom, (D,), and print what it raises."""
        dofs = self.world.dof_qvel
        driven = self.parameters.drive_mode[0] == DofDriveMode.DOF_MODE_EFFORT
        if not (self.sim.options.armature_floor and driven.any()):
            return np.zeros(len(dofs))
        actors = self.sim.environments[0].actors
        names = [name for actor in actors for name in actor.asset.dof_names]
        found = armature_floor(
            self.world.model,
            dofs[driven],
            self.parameters.effort_limit[0, driven],
            self.sim.params.dt,
            [name for name, chosen in zip(names, driven, strict=True) if chosen],
        )
        for line in found.lines:
            say(line)
        least = np.zeros(len(dofs))
        own = self.world.model.dof_armature[dofs[driven]]
        least[driven] = np.where(found.armature > 0, own + found.armature, 0.0)
        return least

    def _raise_armature(self, envs: int | slice) -> None:
        armature = self.parameters.armature
        armature[envs] = np.maximum(armature[envs], self.floor)


def pose_of(transform: Transform) -> tuple[Float, Float]:
    """Return the position, m, (3,), and the quaternion, wxyz, (4,), of a transform."""
    p, r = transform.p, transform.r
    return np.array([p.x, p.y, p.z]), np.array([r.w, r.x, r.y, r.z])


def placed(env: Environment) -> list[Placed]:
    """Return the actors of an environment as the world's builder takes them."""
    made = []
    for handle, actor in enumerate(env.actors):
        pos, quat = pose_of(actor.pose)
        filters = own_filters(actor)
        made.append(Placed(actor.asset, f"{handle}", pos, quat, actor.group, actor.mask, filters))
    return made


def own_filters(actor: Actor) -> tuple[int, ...]:
    """Return the collision filter of each of an actor's shapes."""
    return tuple(properties.filter for properties in actor.shape_properties)


def world_params(sim: Simulation) -> WorldParams:
    """Return what holds for every world of a simulation."""
    gravity = sim.params.gravity
    return WorldParams(
        timestep=sim.params.dt / sim.params.substeps,
        gravity=(gravity.x, gravity.y, gravity.z),
        contact_forces=sim.options.contact_forces,
    )


def structure_of(actor: Actor) -> tuple[Asset, int, tuple[int, ...]]:
    """Return what of an actor must be the same in all environments."""
    return actor.asset, actor.mask, own_filters(actor) if actor.mask == OWN_FILTERS else ()


def check_alike(environments: Sequence[Environment]) -> None:
    """Check that there are environments and that all hold the same assets in the same order.

    Raises:
        GymError: there is none.
        UnsupportedError: one holds other actors than the first.
    """
    if not environments:
        raise GymError("prepare_sim: there is no environment; call create_env and create_actor")
    wanted = [structure_of(actor) for actor in environments[0].actors]
    if not wanted:
        raise GymError("prepare_sim: environment 0 has no actor; call create_actor")
    for env in environments:
        if [structure_of(actor) for actor in env.actors] != wanted:
            raise UnsupportedError(
                f"prepare_sim: environment {env.index} holds other actors (assets, order or "
                "collision filters) than environment 0; all environments must hold the same ones"
            )
