"""Actors: their names, indices and properties; a property set takes effect in its world alone."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from canter.sim.isaacgym.enums import IndexDomain
from canter.sim.isaacgym.errors import GymError
from canter.sim.isaacgym.gym_assets import checked_shapes, index_of
from canter.sim.isaacgym.simulation import Actor, Environment
from canter.sim.isaacgym.structs import Mat33, RigidBodyProperties, RigidShapeProperties


def _changed(env: Environment) -> None:
    if env.sim.engine is not None:
        env.sim.engine.adopt(env)


class ActorCalls:
    """The calls of `Gym` that concern actors."""

    def get_actor_count(self, env: Environment) -> int:
        """Return the number of actors in an environment."""
        return len(env.actors)

    def get_actor_handle(self, env: Environment, index: int) -> int:
        """Return the handle of an environment's actor by its index."""
        env.actor(index)
        return index

    def find_actor_handle(self, env: Environment, name: str) -> int:
        """Return an actor's handle by its name, or -1."""
        return index_of([actor.name for actor in env.actors], name)

    def get_actor_name(self, env: Environment, actor: int) -> str:
        """Return an actor's name."""
        return env.actor(actor).name

    def get_actor_asset(self, env: Environment, actor: int) -> object:
        """Return the asset an actor was made of."""
        return env.actor(actor).asset

    def get_actor_index(self, env: Environment, actor: int, domain: IndexDomain) -> int:
        """Return an actor's place in its environment or in the root state tensor."""
        env.actor(actor)
        return actor + (env.first.actors if IndexDomain(domain) == IndexDomain.DOMAIN_SIM else 0)

    # Bodies

    def get_actor_rigid_body_count(self, env: Environment, actor: int) -> int:
        """Return an actor's number of bodies."""
        return len(env.actor(actor).asset.bodies)

    def get_actor_rigid_body_names(self, env: Environment, actor: int) -> list[str]:
        """Return the names of an actor's bodies."""
        return list(env.actor(actor).asset.body_names)

    def get_actor_rigid_body_dict(self, env: Environment, actor: int) -> dict[str, int]:
        """Return the index of each of an actor's bodies by its name."""
        return {name: i for i, name in enumerate(env.actor(actor).asset.body_names)}

    def get_actor_root_rigid_body_handle(self, env: Environment, actor: int) -> int:
        """Return the place of an actor's root among its environment's bodies."""
        return env.actor(actor).first_body

    def get_actor_rigid_body_handle(self, env: Environment, actor: int, index: int) -> int:
        """Return the place of an actor's body among its environment's bodies, or -1."""
        chosen = env.actor(actor)
        return chosen.first_body + index if 0 <= index < len(chosen.asset.bodies) else -1

    def find_actor_rigid_body_handle(self, env: Environment, actor: int, name: str) -> int:
        """Return the place of a named body among its environment's bodies, or -1."""
        return self.find_actor_rigid_body_index(env, actor, name, IndexDomain.DOMAIN_ENV)

    def find_actor_rigid_body_index(
        self, env: Environment, actor: int, name: str, domain: IndexDomain
    ) -> int:
        """Return the place of a named body in its actor, environment or the simulation, or -1."""
        index = index_of(env.actor(actor).asset.body_names, name)
        return self.get_actor_rigid_body_index(env, actor, index, domain)

    def get_actor_rigid_body_index(
        self, env: Environment, actor: int, index: int, domain: IndexDomain
    ) -> int:
        """Return the place of an actor's body in its actor, environment or the simulation."""
        chosen = env.actor(actor)
        if not 0 <= index < len(chosen.asset.bodies):
            return -1
        return index + _start(domain, chosen.first_body, env.first.bodies)

    # Degrees of freedom

    def get_actor_dof_count(self, env: Environment, actor: int) -> int:
        """Return an actor's number of degrees of freedom."""
        return len(env.actor(actor).asset.dof_names)

    def get_actor_dof_names(self, env: Environment, actor: int) -> list[str]:
        """Return the names of an actor's degrees of freedom."""
        return list(env.actor(actor).asset.dof_names)

    def get_actor_dof_dict(self, env: Environment, actor: int) -> dict[str, int]:
        """Return the index of each of an actor's degrees of freedom by its name."""
        return {name: i for i, name in enumerate(env.actor(actor).asset.dof_names)}

    def get_actor_dof_handle(self, env: Environment, actor: int, index: int) -> int:
        """Return the place of a degree of freedom among its environment's, or -1."""
        return self.get_actor_dof_index(env, actor, index, IndexDomain.DOMAIN_ENV)

    def find_actor_dof_handle(self, env: Environment, actor: int, name: str) -> int:
        """Return the place of a named degree of freedom among its environment's, or -1."""
        return self.find_actor_dof_index(env, actor, name, IndexDomain.DOMAIN_ENV)

    def find_actor_dof_index(
        self, env: Environment, actor: int, name: str, domain: IndexDomain
    ) -> int:
        """Return the place of a named degree of freedom in a domain, or -1."""
        index = index_of(env.actor(actor).asset.dof_names, name)
        return self.get_actor_dof_index(env, actor, index, domain)

    def get_actor_dof_index(
        self, env: Environment, actor: int, index: int, domain: IndexDomain
    ) -> int:
        """Return the place of an actor's degree of freedom in a domain, or -1."""
        chosen = env.actor(actor)
        if not 0 <= index < len(chosen.asset.dof_names):
            return -1
        return index + _start(domain, chosen.first_dof, env.first.dofs)

    def get_actor_dof_properties(self, env: Environment, actor: int) -> NDArray[np.void]:
        """Return limits and drive settings, one row a degree of freedom, a copy."""
        return env.actor(actor).dof_properties.copy()

    def set_actor_dof_properties(
        self, env: Environment, actor: int, props: NDArray[np.void]
    ) -> bool:
        """Set limits and drive settings.

        Raises:
            GymError: of another shape or type than `get_actor_dof_properties` returned, with a
                value that is not a number, or with a lower limit above the upper one.
        """
        chosen = env.actor(actor)
        mine = chosen.dof_properties
        if getattr(props, "dtype", None) != mine.dtype or props.shape != mine.shape:
            raise GymError(
                f"set_actor_dof_properties: {getattr(props, 'shape', type(props).__name__)} for "
                f"actor {chosen.name!r} with {mine.shape} degrees of freedom; change what "
                "get_actor_dof_properties returned"
            )
        for name in mine.dtype.names or ():
            if np.isnan(props[name].astype(float)).any():
                raise GymError(f"set_actor_dof_properties: {name!r} of {chosen.name!r} has a NaN")
        crossed = np.flatnonzero(props["hasLimits"] & (props["lower"] > props["upper"]))
        if crossed.size:
            raise GymError(
                f"set_actor_dof_properties: {chosen.asset.dof_names[crossed[0]]!r} of "
                f"{chosen.name!r} has its lower limit above the upper one; exchange them"
            )
        chosen.dof_properties = props.copy()
        _changed(env)
        return True

    # Properties of bodies and shapes

    def get_actor_rigid_body_properties(
        self, env: Environment, actor: int
    ) -> list[RigidBodyProperties]:
        """Return mass, centre of mass and inertia of each body, copies."""
        return [each.copy() for each in env.actor(actor).body_properties]

    def set_actor_rigid_body_properties(
        self,
        env: Environment,
        actorHandle: int,  # noqa: N803  Isaac Gym's keyword
        props: Sequence[RigidBodyProperties],
        recomputeInertia: bool = False,  # noqa: N803
    ) -> bool:
        """Set mass, centre of mass and inertia of each body.

        Args:
            env: environment.
            actorHandle: actor in it.
            props: one a body.
            recomputeInertia: scale each body's inertia with its mass, instead of taking the
                given one.

        Raises:
            GymError: another number of them than the actor has bodies, or a mass below zero.
        """
        chosen = env.actor(actorHandle)
        if len(props) != len(chosen.body_properties):
            raise GymError(
                f"set_actor_rigid_body_properties: {len(props)} properties for actor "
                f"{chosen.name!r}, which has {len(chosen.body_properties)} bodies"
            )
        new = [each.copy() for each in props]
        for name, each in zip(chosen.asset.body_names, new, strict=True):
            if not each.mass >= 0:
                raise GymError(f"set_actor_rigid_body_properties: {name!r} has mass {each.mass} kg")
        if recomputeInertia:
            _scale_inertia(new, chosen)
        chosen.body_properties = new
        _changed(env)
        return True

    def get_actor_rigid_shape_count(self, env: Environment, actor: int) -> int:
        """Return an actor's number of collision shapes."""
        return len(env.actor(actor).shape_properties)

    def get_actor_rigid_shape_properties(
        self, env: Environment, actor: int
    ) -> list[RigidShapeProperties]:
        """Return friction and the like of each collision shape, copies."""
        return [each.copy() for each in env.actor(actor).shape_properties]

    def set_actor_rigid_shape_properties(
        self, env: Environment, actor: int, props: Sequence[RigidShapeProperties]
    ) -> bool:
        """Set friction and the like of each collision shape.

        Raises:
            AssetError: another number of them than the actor has shapes.
        """
        chosen = env.actor(actor)
        chosen.shape_properties = checked_shapes(props, chosen.asset)
        _changed(env)
        return True

    def enable_actor_dof_force_sensors(self, env: Environment, actor: int) -> bool:
        """Return True: the forces of all degrees of freedom are always measured."""
        env.actor(actor)
        return True


def _start(domain: IndexDomain, in_env: int, before: int) -> int:
    starts = {
        IndexDomain.DOMAIN_ACTOR: 0,
        IndexDomain.DOMAIN_ENV: in_env,
        IndexDomain.DOMAIN_SIM: in_env + before,
    }
    return starts[IndexDomain(domain)]


def _scale_inertia(new: Sequence[RigidBodyProperties], actor: Actor) -> None:
    for now, before in zip(new, actor.body_properties, strict=True):
        if now.mass == before.mass or not before.mass > 0:
            now.inertia = before.inertia
        else:
            now.inertia = Mat33.from_array(before.inertia.array() * (now.mass / before.mass))
