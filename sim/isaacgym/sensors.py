"""Sensors of a world: contact forces on bodies, drive efforts, force sensors; and their layout."""

from collections.abc import Sequence
from dataclasses import dataclass

import mujoco
import numpy as np
from numpy.typing import NDArray

from canter.sim.isaacgym.asset import Asset, Shape

Int = NDArray[np.intp]

_FORCE = 1 << int(mujoco.mjtConDataField.mjCONDATA_FORCE)
_NORMAL = 1 << int(mujoco.mjtConDataField.mjCONDATA_NORMAL)
_STRONGEST = 2
_NET = 3

SLOT_SIZE = 6
"""Numbers of one contact: force in the contact's frame (normal first), normal."""

SPHERE_SLOTS = 4
OTHER_SLOTS = 8
"""Contacts of a body that are told apart: of one sphere, and of anything else."""


@dataclass(frozen=True, slots=True, eq=False)
class SensorLayout:
    """Where readings lie in the sensor data.

    Attributes:
        slots: numbers of all contact slots, `SLOT_SIZE` each.
        slot_starts: first slot of each body that has slots, (C,).
        last_slots: last slot of each of them, (C,).
        net: net contact forces of the bodies with shapes, 3 numbers each.
        touching: flat index of each body with shapes, (C,).
        efforts: drive efforts, D numbers or none.
        wrenches: force sensors, 6 numbers each.
    """

    slots: slice
    slot_starts: Int
    last_slots: Int
    net: slice
    touching: Int
    efforts: slice
    wrenches: slice


def slots_of(shapes: Sequence[Shape]) -> int:
    """Return how many contacts of a body with these shapes are told apart."""
    return SPHERE_SLOTS if [shape.kind for shape in shapes] == ["sphere"] else OTHER_SLOTS


class SensorBuilder:
    """Adds sensors to a specification, kind after kind, and notes where their readings lie."""

    def __init__(self, spec: mujoco.MjSpec) -> None:
        self._spec = spec
        self._size = 0
        self._count = 0

    def _add(self, size: int, **fields: object) -> None:
        self._spec.add_sensor(name=f"sensor{self._count}", **fields)
        self._count += 1
        self._size += size

    def contact_slots(self, bodies: Sequence[tuple[str, int]]) -> slice:
        """Add the strongest contacts of bodies, given by name and number of slots."""
        start = self._size
        for name, slots in bodies:
            self._contact(name, [_FORCE | _NORMAL, _STRONGEST, slots], SLOT_SIZE * slots)
        return slice(start, self._size)

    def net_contacts(self, bodies: Sequence[str]) -> slice:
        """Add the net contact force of bodies, given by name."""
        start = self._size
        for name in bodies:
            self._contact(name, [_FORCE, _NET, 1], 3)
        return slice(start, self._size)

    def _contact(self, body: str, parameters: list[int], size: int) -> None:
        self._add(
            size,
            type=mujoco.mjtSensor.mjSENS_CONTACT,
            objtype=mujoco.mjtObj.mjOBJ_BODY,
            objname=body,
            intprm=parameters,
        )

    def efforts(self, joints: Sequence[str]) -> slice:
        """Add the drive efforts of joints, given by name."""
        start = self._size
        for name in joints:
            self._add(
                1,
                type=mujoco.mjtSensor.mjSENS_JOINTACTFRC,
                objtype=mujoco.mjtObj.mjOBJ_JOINT,
                objname=name,
            )
        return slice(start, self._size)

    def wrenches(self, sites: Sequence[str]) -> slice:
        """Add force and torque at sites, given by name."""
        start = self._size
        for name in sites:
            for kind in (mujoco.mjtSensor.mjSENS_FORCE, mujoco.mjtSensor.mjSENS_TORQUE):
                self._add(3, type=kind, objtype=mujoco.mjtObj.mjOBJ_SITE, objname=name)
        return slice(start, self._size)


def add_sensor_sites(spec: mujoco.MjSpec, asset: Asset, prefix: str) -> list[str]:
    """Add a site for each force sensor of an asset; return their names."""
    names = []
    for number, sensor in enumerate(asset.force_sensors):
        name = f"{prefix}/sensor{number}"
        body = spec.body(f"{prefix}/{asset.bodies[sensor.body].name}")
        body.add_site(name=name, pos=sensor.pos, quat=sensor.quat)
        names.append(name)
    return names
