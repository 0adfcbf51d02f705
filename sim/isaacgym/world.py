"""One environment as a MuJoCo world: every actor of it on one ground, compiled once.

All environments have the structure of this one and differ in numbers alone, which
:mod:`canter.sim.isaacgym.parameters` holds. Flat indices count over the actors of one environment
in the order of their making: bodies (B), shapes (S) and degrees of freedom (D), each in the
asset's order. They are the order of Isaac Gym's tensors within an environment.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import mujoco
import numpy as np
from numpy.typing import NDArray

from canter.sim.isaacgym.asset import Asset
from canter.sim.isaacgym.terrain import Ground

Float = NDArray[np.float64]
Int = NDArray[np.intp]

FIXED = -1
"""Address of the free joint of an actor that has none."""


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """An actor of one environment.

    Attributes:
        asset: what it is; its shapes' current filters are read where `filter` is -1.
        name: unique within the environment.
        pos: of the root body, in the environment's frame, m, (3,).
        quat: of the root body, wxyz, (4,).
        group: collision group; groups of one environment collide if equal or if one is -1.
        filter: -1 the shapes' own filters, else the filter of all its shapes; two shapes collide
            if their filters share no bit.
    """

    asset: Asset
    name: str
    pos: Float
    quat: Float
    group: int = 0
    filter: int = 0


@dataclass(frozen=True, slots=True)
class WorldParams:
    """What holds for a whole world.

    Attributes:
        timestep: of one physics step (`SimParams.dt / substeps`), s.
        gravity: m/s^2.
        contact_forces: `normal` sums each body's normal forces, `full` adds friction.
        dof_forces: whether drive efforts are sensed.
        force_sensors: whether the assets' force sensors are sensed.
    """

    timestep: float
    gravity: tuple[float, float, float] = (0.0, 0.0, -9.81)
    contact_forces: Literal["normal", "full"] = "normal"
    dof_forces: bool = True
    force_sensors: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class ActorMap:
    """Where an actor lies among the flat indices of its environment.

    Attributes:
        bodies: of its bodies.
        shapes: of its shapes.
        dofs: of its degrees of freedom.
        sensors: of its force sensors.
        root_qpos: first of its free joint's 7 addresses in qpos (x y z, wxyz); `FIXED` if fixed.
        root_qvel: first of its free joint's 6 addresses in qvel (linear velocity of the origin in
            world axes, angular velocity in BODY axes); `FIXED` if fixed.
    """

    bodies: slice
    shapes: slice
    dofs: slice
    sensors: slice
    root_qpos: int
    root_qvel: int


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """A compiled environment and its index maps.

    Attributes:
        model: template that the environments' models are copies of; not to be changed.
        placed: the actors.
        params: as given.
        ground: as given.
        actors: places among the flat indices, one an actor.
        body_ids: MuJoCo body of every body, (B,).
        geom_ids: MuJoCo geom of every shape, (S,).
        joint_ids: MuJoCo joint of every degree of freedom, (D,).
        dof_qpos: address in qpos of every degree of freedom, (D,).
        dof_qvel: address in qvel of every degree of freedom, (D,); its actuator is its flat index.
        root_qpos: `ActorMap.root_qpos` of every actor, (A,).
        root_qvel: `ActorMap.root_qvel` of every actor, (A,).
        ground_geom: MuJoCo geom of the ground; -1 without one.
        notes: what cannot be represented, one line each.
    """

    model: mujoco.MjModel
    placed: tuple[Placed, ...]
    params: WorldParams
    ground: Ground | None
    actors: tuple[ActorMap, ...]
    body_ids: Int
    geom_ids: Int
    joint_ids: Int
    dof_qpos: Int
    dof_qvel: Int
    root_qpos: Int
    root_qvel: Int
    ground_geom: int
    notes: tuple[str, ...] = ()


def build_world(placed: Sequence[Placed], ground: Ground | None, params: WorldParams) -> World:
    """Compile the world of one environment.

    Raises:
        GymError: two actors have one name, or there are more collision classes than MuJoCo has
            bits.
    """
    raise NotImplementedError
