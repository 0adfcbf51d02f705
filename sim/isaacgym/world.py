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

from canter.sim.isaacgym.collision import GROUND, collision_bits
from canter.sim.isaacgym.errors import GymError
from canter.sim.isaacgym.hfield import SharedHeights
from canter.sim.isaacgym.sensors import SensorBuilder, SensorLayout, add_sensor_sites, slots_of
from canter.sim.isaacgym.terrain import Ground, HeightField
from canter.sim.isaacgym.world_spec import (
    GROUND_NAME,
    Placed,
    add_actor,
    add_ground,
    body_name,
    classes_of,
    empty_spec,
)

__all__ = ["FIXED", "ActorMap", "Placed", "World", "WorldParams", "build_world"]

Float = NDArray[np.float64]
Int = NDArray[np.intp]

FIXED = -1
"""Address of the free joint of an actor that has none."""


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
        sensors: where readings lie in the sensor data.
        heights: samples the models share; None unless the ground is a height field.
        notes: what is not represented, one line each.
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
    sensors: SensorLayout
    heights: SharedHeights | None
    notes: tuple[str, ...] = ()


def build_world(placed: Sequence[Placed], ground: Ground | None, params: WorldParams) -> World:
    """Compile the world of one environment.

    Raises:
        GymError: two actors have one name, there are more collision classes than MuJoCo has bits,
            or MuJoCo refuses an asset.
    """
    _check_names(placed)
    spec = empty_spec(params.timestep, params.gravity)
    bits = collision_bits([GROUND, *(each for one in placed for each in classes_of(one))])
    if ground is not None:
        add_ground(spec, ground, bits[GROUND])
    for one in placed:
        add_actor(spec, one, bits)
    sensors = _add_sensors(spec, placed, params)
    model = _compiled(spec, placed)
    joints = [f"{one.name}/{joint.name}" for one in placed for joint in one.asset.joints]
    joint_ids = np.array([model.joint(name).id for name in joints], np.intp)
    actors = _actor_maps(model, placed)
    return World(
        model=model,
        placed=tuple(placed),
        params=params,
        ground=ground,
        actors=actors,
        body_ids=np.array([model.body(name).id for name in _body_names(placed)], np.intp),
        geom_ids=_geom_ids(model, placed),
        joint_ids=joint_ids,
        dof_qpos=model.jnt_qposadr[joint_ids].astype(np.intp),
        dof_qvel=model.jnt_dofadr[joint_ids].astype(np.intp),
        root_qpos=np.array([actor.root_qpos for actor in actors], np.intp),
        root_qvel=np.array([actor.root_qvel for actor in actors], np.intp),
        ground_geom=-1 if ground is None else model.geom(GROUND_NAME).id,
        sensors=sensors,
        heights=SharedHeights(ground) if isinstance(ground, HeightField) else None,
        notes=_notes(placed),
    )


def _check_names(placed: Sequence[Placed]) -> None:
    names = [one.name for one in placed]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise GymError(f"actors of one environment need names of their own; twice: {sorted(twice)}")


def _compiled(spec: mujoco.MjSpec, placed: Sequence[Placed]) -> mujoco.MjModel:
    """Compile; let no frame count as equal to another, as inertial frames may move later."""
    try:
        model = spec.compile()
    except ValueError as error:
        assets = ", ".join(dict.fromkeys(f"'{one.asset.name}'" for one in placed))
        raise GymError(f"MuJoCo refuses the environment of {assets}: {error}") from error
    for kind in ("body", "geom", "site"):
        getattr(model, f"{kind}_sameframe")[:] = int(mujoco.mjtSameFrame.mjSAMEFRAME_NONE)
    return model


def _body_names(placed: Sequence[Placed]) -> list[str]:
    return [body_name(one, body) for one in placed for body in one.asset.bodies]


def _geom_ids(model: mujoco.MjModel, placed: Sequence[Placed]) -> Int:
    """Return the geoms of all shapes: each body's geoms follow each other in its shapes' order."""
    ids: list[int] = []
    for name in _body_names(placed):
        body = model.body(name)
        ids.extend(range(int(body.geomadr[0]), int(body.geomadr[0]) + int(body.geomnum[0])))
    return np.array(ids, np.intp)


def _actor_maps(model: mujoco.MjModel, placed: Sequence[Placed]) -> tuple[ActorMap, ...]:
    starts = np.zeros(4, int)
    maps = []
    for one in placed:
        asset = one.asset
        sizes = [
            len(asset.bodies),
            len(asset.shape_properties),
            len(asset.joints),
            len(asset.force_sensors),
        ]
        bodies, shapes, dofs, sensors = (
            slice(int(a), int(a + n)) for a, n in zip(starts, sizes, strict=True)
        )
        root = FIXED if asset.options.fix_base_link else model.joint(f"{one.name}/").id
        qpos = FIXED if root == FIXED else int(model.jnt_qposadr[root])
        qvel = FIXED if root == FIXED else int(model.jnt_dofadr[root])
        maps.append(ActorMap(bodies, shapes, dofs, sensors, qpos, qvel))
        starts += sizes
    return tuple(maps)


def _add_sensors(
    spec: mujoco.MjSpec, placed: Sequence[Placed], params: WorldParams
) -> SensorLayout:
    bodies = [(body_name(one, body), body.shapes) for one in placed for body in one.asset.bodies]
    touching = [index for index, (_, shapes) in enumerate(bodies) if shapes]
    slots = [(bodies[i][0], slots_of(bodies[i][1])) for i in touching]
    ends = np.cumsum([number for _, number in slots], dtype=np.intp)
    joints = [f"{one.name}/{joint.name}" for one in placed for joint in one.asset.joints]
    sites = [site for one in placed for site in add_sensor_sites(spec, one.asset, one.name)]
    builder = SensorBuilder(spec)
    return SensorLayout(
        slots=builder.contact_slots(slots if params.contact_forces == "normal" else []),
        slot_starts=np.concatenate([np.zeros(1, np.intp), ends[:-1]])[: len(ends)],
        last_slots=ends - 1,
        net=builder.net_contacts([name for name, _ in slots]),
        touching=np.array(touching, np.intp),
        efforts=builder.efforts(joints if params.dof_forces else []),
        wrenches=builder.wrenches(sites if params.force_sensors else []),
    )


def _notes(placed: Sequence[Placed]) -> tuple[str, ...]:
    """Tell what of the assets' options the world does not represent."""
    notes: list[str] = []
    for asset in dict.fromkeys(one.asset for one in placed):
        damped = [
            name
            for name in ("linear_damping", "angular_damping")
            if getattr(asset.options, name) and len(asset.bodies) > 1
        ]
        notes.extend(
            f"asset '{asset.name}': {name} {getattr(asset.options, name)} is ignored, as it has "
            "several bodies; single bodies are damped"
            for name in damped
        )
    return tuple(notes)
