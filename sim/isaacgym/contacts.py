"""Readings of the last step: contact forces on bodies, drive efforts, force sensors."""

import numpy as np
from numpy.typing import NDArray

from canter.sim.isaacgym.errors import GymError
from canter.sim.isaacgym.sensors import SLOT_SIZE
from canter.sim.isaacgym.world import World

Float = NDArray[np.float64]


def contact_forces(world: World, sensordata: Float) -> Float:
    """Return the net contact force on every body, world axes, N, (N, B, 3).

    With `WorldParams.contact_forces` of `normal` it is the sum of the normal forces of a body's
    contacts, as PhysX reports; a body that fills all its slots (8 contacts, 4 of a lone sphere)
    may have more of them, and reports the full net force, friction included.

    Args:
        world: the structure.
        sensordata: of the step, (N, sensors).
    """
    layout = world.sensors
    count = len(sensordata)
    forces = np.zeros((count, len(world.body_ids), 3))
    if not len(layout.touching):
        return forces
    # MuJoCo's sensors give the force that the body exerts.
    exerted = sensordata[:, layout.net].reshape(count, -1, 3)
    if world.params.contact_forces == "normal":
        slots = sensordata[:, layout.slots].reshape(count, -1, SLOT_SIZE)
        normal_forces = slots[..., :1] * slots[..., 3:]
        sums = np.add.reduceat(normal_forces, layout.slot_starts, axis=1)
        overfull = slots[:, layout.last_slots, 0] > 0
        exerted = np.where(overfull[..., None], exerted, sums)
    forces[:, layout.touching] = -exerted
    return forces


def dof_forces(world: World, sensordata: Float) -> Float:
    """Return the effort of every drive, its damping included, N m or N, (N, D).

    Raises:
        GymError: the world was built without this reading.
    """
    if not world.params.dof_forces:
        raise GymError("drive efforts are not sensed: build the world with dof_forces=True")
    return sensordata[:, world.sensors.efforts].copy()


def force_sensors(world: World, sensordata: Float) -> Float:
    """Return force and torque of every force sensor, N and N m, (N, sensors, 6).

    It is what the sensor's body exerts on its parent, in the sensor's frame: for a light body at
    a limb's end, the force of its contacts. On the root of a free actor it reads zero.

    Raises:
        GymError: the world was built without this reading.
    """
    if not world.params.force_sensors:
        raise GymError("force sensors are not read: build the world with force_sensors=True")
    # MuJoCo's sensors give what the parent exerts on the body.
    return -sensordata[:, world.sensors.wrenches].reshape(len(sensordata), -1, 6)
