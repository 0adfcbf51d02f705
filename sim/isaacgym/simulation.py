"""What stands behind Isaac Gym's handles: the simulation, its environments and their actors."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from canter.sim.isaacgym import options
from canter.sim.isaacgym.asset import Asset
from canter.sim.isaacgym.buffers import Buffers
from canter.sim.isaacgym.errors import GymError
from canter.sim.isaacgym.structs import (
    Mat33,
    RigidBodyProperties,
    RigidShapeProperties,
    SimParams,
    Transform,
    Vec3,
)
from canter.sim.isaacgym.terrain import HeightField, Plane

if TYPE_CHECKING:
    from canter.sim.isaacgym.cameras import Camera
    from canter.sim.isaacgym.engine import Engine
    from canter.sim.isaacgym.recorder import Recorder


@dataclass(slots=True, eq=False)
class Actor:
    """One asset placed in one environment, with its own copy of the asset's properties.

    Attributes:
        asset: what was placed.
        name: name by which `find_actor_handle` finds it.
        pose: where, in the environment's frame.
        group: collision group; -1 collides with all groups.
        mask: collision filter; 0 lets all its shapes collide, -1 takes the shapes' own filters.
        first_body: place of its root among its environment's bodies.
        first_dof: place of its first degree of freedom among its environment's.
        shape_properties: one a collision shape; may be its asset's, hence replaced, never written.
        body_properties: one a body; may be its asset's, hence replaced, never written.
        dof_properties: structured array, one row a degree of freedom.
    """

    asset: Asset
    name: str
    pose: Transform
    group: int
    mask: int
    first_body: int
    first_dof: int
    shape_properties: Sequence[RigidShapeProperties]
    body_properties: Sequence[RigidBodyProperties]
    dof_properties: NDArray[np.void]


class Counts(NamedTuple):
    """Numbers of actors, of bodies and of degrees of freedom."""

    actors: int
    bodies: int
    dofs: int


@dataclass(slots=True, eq=False)
class Environment:
    """One world of its own.

    Attributes:
        sim: the simulation it belongs to.
        index: place among the environments.
        origin: where its frame lies in the grid of all environments, m.
        actors: in the order of their making.
        cameras: by handle.
    """

    sim: Simulation
    index: int
    origin: Vec3
    actors: list[Actor] = field(default_factory=list)
    cameras: dict[int, Camera] = field(default_factory=dict)

    @property
    def body_count(self) -> int:
        """Bodies of all its actors."""
        return sum(len(actor.asset.bodies) for actor in self.actors)

    @property
    def dof_count(self) -> int:
        """Degrees of freedom of all its actors."""
        return sum(len(actor.asset.dof_names) for actor in self.actors)

    @property
    def first(self) -> Counts:
        """Places of its first actor, body and degree of freedom among all of the simulation."""
        return self.sim.before(self.index)

    def actor(self, handle: int) -> Actor:
        """Return an actor by its handle.

        Raises:
            GymError: there is no such actor.
        """
        if not 0 <= handle < len(self.actors):
            raise GymError(
                f"actor handle {handle} in environment {self.index}, which has "
                f"{len(self.actors)} actors: handles are 0 to {len(self.actors) - 1}"
            )
        return self.actors[handle]


@dataclass(slots=True, eq=False)
class Simulation:
    """All environments, what they stand on, and, once prepared, the physics.

    Attributes:
        params: time step, gravity and solver settings.
        graphics: whether a graphics device was asked for.
        options: choices of the runner.
        grounds: planes and height fields added so far.
        environments: in the order of their making.
        engine: the physics; None before `prepare_sim`.
        buffers: tensors that were acquired.
        recorder: films it; None without `--record`.
    """

    params: SimParams
    graphics: bool
    options: options.Options = field(default_factory=options.current)
    grounds: list[Plane | HeightField] = field(default_factory=list)
    environments: list[Environment] = field(default_factory=list)
    engine: Engine | None = None
    buffers: Buffers = field(default_factory=Buffers)
    recorder: Recorder | None = None
    _before: list[Counts] = field(default_factory=lambda: [Counts(0, 0, 0)])

    def before(self, index: int) -> Counts:
        """Return what the environments before one hold; summed once, as far as asked for."""
        sums = self._before
        for env in self.environments[len(sums) - 1 : index]:
            actors, bodies, dofs = sums[-1]
            sums.append(
                Counts(actors + len(env.actors), bodies + env.body_count, dofs + env.dof_count)
            )
        return sums[index]

    def grown(self, index: int) -> None:
        """Forget the sums that hold an environment, which another actor was placed in."""
        del self._before[index + 1 :]

    @property
    def actors(self) -> Iterator[Actor]:
        """All actors, in the order of the root state tensor."""
        return (actor for env in self.environments for actor in env.actors)

    def prepared(self, call: str) -> Engine:
        """Return the physics.

        Args:
            call: the caller's name, for the message.

        Raises:
            GymError: `prepare_sim` was not called yet.
        """
        if self.engine is None:
            raise GymError(f"{call} before prepare_sim: call gym.prepare_sim(sim) first")
        return self.engine

    def unprepared(self, call: str) -> None:
        """Check that the worlds may still be added to.

        Raises:
            GymError: `prepare_sim` was called already.
        """
        if self.engine is not None:
            raise GymError(
                f"{call} after prepare_sim: the worlds are built there; add everything before it"
            )


@lru_cache(maxsize=16)
def body_properties_of(asset: Asset) -> tuple[RigidBodyProperties, ...]:
    """Return mass, centre of mass (m) and inertia (kg m2, about it) of each body; not to change."""
    made = []
    for body in asset.bodies:
        properties = RigidBodyProperties()
        properties.mass = body.inertial.mass
        properties.com = Vec3(*body.inertial.com)
        properties.inertia = Mat33.from_array(body.inertial.inertia)
        made.append(properties)
    return tuple(made)


def place(
    env: Environment, asset: Asset, pose: Transform, name: str, groups: tuple[int, int]
) -> Actor:
    """Add an actor to an environment, with the asset's present properties.

    Args:
        env: where.
        asset: what.
        pose: in the environment's frame.
        name: of the actor.
        groups: collision group and collision filter.
    """
    actor = Actor(
        asset=asset,
        name=name,
        pose=pose.copy(),
        group=groups[0],
        mask=groups[1],
        first_body=env.body_count,
        first_dof=env.dof_count,
        shape_properties=asset.shape_properties,
        body_properties=body_properties_of(asset),
        dof_properties=asset.dof_properties(),
    )
    env.actors.append(actor)
    env.sim.grown(env.index)
    return actor
