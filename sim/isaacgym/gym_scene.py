"""The simulation's life: made, filled with grounds, environments and actors, prepared, stepped."""

import time

import numpy as np
from numpy.typing import NDArray

from canter.sim.isaacgym.asset import Asset
from canter.sim.isaacgym.engine import Engine
from canter.sim.isaacgym.enums import SimType
from canter.sim.isaacgym.errors import GymError, UnsupportedError
from canter.sim.isaacgym.recorder import Recorder
from canter.sim.isaacgym.simulation import Environment, Simulation, place
from canter.sim.isaacgym.structs import (
    HeightFieldParams,
    PlaneParams,
    SimParams,
    Transform,
    TriangleMeshParams,
    Vec3,
)
from canter.sim.isaacgym.terrain import from_samples, from_triangles, plane


class SceneCalls:
    """The calls of `Gym` that make, fill, prepare and step a simulation."""

    def create_sim(
        self,
        compute_device: int = 0,
        graphics_device: int = 0,
        type: SimType = SimType.SIM_PHYSX,
        params: SimParams | None = None,
    ) -> Simulation:
        """Return a new, empty simulation; its physics is MuJoCo on the CPU, whatever the device.

        Raises:
            UnsupportedError: Flex was asked for.
            GymError: the time step or the number of substeps is not positive.
        """
        if SimType(type) == SimType.SIM_FLEX:
            raise UnsupportedError(
                "create_sim: SIM_FLEX (soft bodies) is not supported; use SIM_PHYSX, whose rigid "
                "bodies MuJoCo simulates"
            )
        chosen = params.copy() if params is not None else SimParams()
        if not chosen.dt > 0 or chosen.substeps < 1:
            raise GymError(
                f"create_sim: dt {chosen.dt} s in {chosen.substeps} substeps; both must be positive"
            )
        return Simulation(params=chosen, graphics=graphics_device >= 0)

    def destroy_sim(self, sim: Simulation) -> None:
        """Stop the physics; the simulation cannot be used any more."""
        if sim.engine is not None:
            sim.engine.close()
            sim.engine = None

    def get_sim_params(self, sim: Simulation) -> SimParams:
        """Return the parameters, a copy."""
        return sim.params.copy()

    def set_sim_params(self, sim: Simulation, params: SimParams) -> None:
        """Set the parameters; gravity may change while the simulation runs.

        Raises:
            GymError: the time step or the substeps change after `prepare_sim`.
        """
        if sim.engine is not None and (params.dt, params.substeps) != (
            sim.params.dt,
            sim.params.substeps,
        ):
            raise GymError("set_sim_params: dt and substeps cannot change after prepare_sim")
        sim.params = params.copy()
        if sim.engine is not None:
            sim.engine.adopt_gravity()

    # Ground

    def add_ground(self, sim: Simulation, params: PlaneParams) -> None:
        """Add a plane to every environment."""
        sim.unprepared("add_ground")
        sim.grounds.append(plane(params))

    def add_heightfield(
        self, sim: Simulation, samples: NDArray[np.int16], params: HeightFieldParams
    ) -> None:
        """Add a height field that all environments share; its first axis is x."""
        sim.unprepared("add_heightfield")
        sim.grounds.append(from_samples(samples, params))

    def add_triangle_mesh(
        self,
        sim: Simulation,
        vertices: NDArray[np.float32],
        triangles: NDArray[np.uint32],
        params: TriangleMeshParams,
    ) -> None:
        """Add a terrain mesh that all environments share; it collides as a height field."""
        sim.unprepared("add_triangle_mesh")
        sim.grounds.append(from_triangles(vertices, triangles, params))

    # Environments

    def create_env(
        self, sim: Simulation, lower: Vec3, upper: Vec3, num_per_row: int
    ) -> Environment:
        """Add an environment; bounds of non-zero size space the environments' frames on a grid.

        Raises:
            GymError: called after `prepare_sim`, or with fewer than one environment a row.
        """
        sim.unprepared("create_env")
        if num_per_row < 1:
            raise GymError(f"create_env: {num_per_row} environments a row; at least 1")
        index = len(sim.environments)
        row, column = divmod(index, num_per_row)
        origin = Vec3(column * (upper.x - lower.x), row * (upper.y - lower.y), 0.0)
        env = Environment(sim, index, origin)
        sim.environments.append(env)
        return env

    def get_env(self, sim: Simulation, index: int) -> Environment:
        """Return an environment by its index."""
        return sim.environments[index]

    def get_env_count(self, sim: Simulation) -> int:
        """Return the number of environments."""
        return len(sim.environments)

    def get_env_origin(self, env: Environment) -> Vec3:
        """Return where an environment's frame lies in the grid of all, m."""
        return env.origin.copy()

    def create_actor(  # noqa: PLR0913, PLR0917  Isaac Gym's arguments
        self,
        env: Environment,
        asset: Asset,
        pose: Transform,
        name: str | None = None,
        group: int = -1,
        filter: int = -1,
        segmentationId: int = 0,  # noqa: N803
    ) -> int:
        """Place an asset in an environment, with its shapes' properties as they are now.

        Args:
            env: where.
            asset: what.
            pose: in the environment's frame.
            name: by which `find_actor_handle` finds it.
            group: actors of different groups do not collide; -1 collides with all.
            filter: two shapes collide only if their filters share no bit; 0 lets all shapes of
                the actor collide, -1 takes the shapes' own filters.
            segmentationId: accepted; there are no segmentation images.

        Returns:
            The actor's handle in its environment.
        """
        env.sim.unprepared("create_actor")
        handle = len(env.actors)
        place(env, asset, pose, name or f"actor_{handle}", (group, filter))
        return handle

    def begin_aggregate(
        self, env: Environment, max_bodies: int, max_shapes: int, self_collisions: bool
    ) -> bool:
        """Do nothing: aggregates speed up PhysX's broad phase only."""
        return True

    def end_aggregate(self, env: Environment) -> bool:
        """Do nothing."""
        return True

    def get_sim_actor_count(self, sim: Simulation) -> int:
        """Return the number of actors in all environments."""
        return sim.before(len(sim.environments)).actors

    def get_sim_rigid_body_count(self, sim: Simulation) -> int:
        """Return the number of bodies in all environments."""
        return sim.before(len(sim.environments)).bodies

    def get_sim_dof_count(self, sim: Simulation) -> int:
        """Return the number of degrees of freedom in all environments."""
        return sim.before(len(sim.environments)).dofs

    def get_env_rigid_body_count(self, env: Environment) -> int:
        """Return the number of bodies in an environment."""
        return env.body_count

    def get_env_dof_count(self, env: Environment) -> int:
        """Return the number of degrees of freedom in an environment."""
        return env.dof_count

    # Running

    def prepare_sim(self, sim: Simulation) -> bool:
        """Build the worlds; from now on nothing can be added.

        Raises:
            GymError: there is no environment, or the environments hold different actors.
        """
        sim.unprepared("prepare_sim")
        sim.engine = Engine(sim)
        if sim.options.record:
            sim.recorder = Recorder(sim, sim.options.record)
        return True

    def simulate(self, sim: Simulation) -> None:
        """Advance every environment by one time step.

        Raises:
            GymError: called before `prepare_sim`, or a state stopped being finite.
        """
        sim.prepared("simulate").step()
        if sim.recorder is not None:
            sim.recorder.frame()

    def fetch_results(self, sim: Simulation, wait: bool) -> None:
        """Do nothing: `simulate` returns when the step is done."""

    def get_sim_time(self, sim: Simulation) -> float:
        """Return the simulated time, s."""
        return sim.engine.time if sim.engine is not None else 0.0

    def get_elapsed_time(self, sim: Simulation) -> float:
        """Return the wall time since `prepare_sim`, s."""
        return time.monotonic() - sim.engine.started if sim.engine is not None else 0.0

    def get_frame_count(self, sim: Simulation) -> int:
        """Return how often `simulate` was called."""
        return sim.engine.frames if sim.engine is not None else 0
