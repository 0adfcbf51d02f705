import dataclasses
import math
from typing import Literal

import numpy as np
import pytest

from canter.sim.isaacgym.asset import Body, ForceSensor
from canter.sim.isaacgym.contacts import contact_forces, dof_forces, force_sensors
from canter.sim.isaacgym.parameters import Parameters
from canter.sim.isaacgym.physics import Physics
from canter.sim.isaacgym.terrain import HeightField, Plane
from canter.sim.isaacgym.world import WorldParams, build_world
from tests.sim.isaacgym.engine_worlds import (
    FLOOR,
    UPRIGHT,
    ball,
    box,
    physics_of,
    placed,
    slab,
    sled,
)

G = 9.81


def settle(physics: Physics, steps: int = 400) -> np.ndarray:
    for _ in range(steps):
        physics.step()
    return np.asarray(contact_forces(physics.world, physics.sensordata)[0])


def test_a_resting_body_is_carried_by_its_weight() -> None:
    physics = physics_of([placed(box(), pos=(0, 0, 0.1))])
    weight = box().total_mass * G
    np.testing.assert_allclose(settle(physics)[0], [0, 0, weight], atol=0.01 * weight)


@pytest.mark.parametrize("upper_first", [False, True])
def test_of_two_stacked_bodies_each_is_carried_by_its_own_weight(*, upper_first: bool) -> None:
    lower, upper = placed(box(0.4), "lower", (0, 0, 0.2)), placed(box(0.2), "upper", (0, 0, 0.5))
    actors = [upper, lower] if upper_first else [lower, upper]
    forces = settle(physics_of(actors))
    masses = np.array([actor.asset.total_mass for actor in actors])
    np.testing.assert_allclose(forces[:, 2], masses * G, rtol=0.02)
    np.testing.assert_allclose(forces[:, :2], 0, atol=0.02 * masses.max() * G)


@pytest.mark.parametrize("kind", ["normal", "full"])
def test_on_a_slope_friction_counts_only_if_asked_for(kind: Literal["normal", "full"]) -> None:
    tilt = math.radians(20)
    normal = np.array([math.sin(tilt), 0, math.cos(tilt)])
    actor = dataclasses.replace(
        placed(box(), pos=tuple(0.1 * normal)),
        quat=np.array([math.cos(tilt / 2), 0, math.sin(tilt / 2), 0]),
    )
    world = build_world([actor], Plane(normal, 0, 1.0, 0), WorldParams(0.005, contact_forces=kind))
    force = settle(Physics(world, Parameters(world, 1), threads=1), 200)[0]
    weight = actor.asset.total_mass * G
    full = np.array([0, 0, weight])
    wanted = full if kind == "full" else weight * math.cos(tilt) * normal
    np.testing.assert_allclose(force, wanted, atol=0.02 * weight)


def test_a_body_with_more_contacts_than_slots_still_reports_its_weight() -> None:
    field = HeightField(
        np.zeros((41, 41), np.float32), np.full(2, 0.05), np.array([-1, -1, 0.0]), 1, 0
    )
    force = settle(physics_of([placed(box(), pos=(0.01, 0.02, 0.1))], field))[0]
    weight = box().total_mass * G
    np.testing.assert_allclose(force, [0, 0, weight], atol=0.05 * weight)


def test_in_the_air_there_is_none() -> None:
    physics = physics_of([placed(ball(), pos=(0, 0, 5))])
    np.testing.assert_array_equal(settle(physics, 3), 0)


def test_drive_efforts_are_those_commanded() -> None:
    physics = physics_of([placed(sled())], None, count=2)
    physics.parameters.drive_mode[:] = 3
    effort = np.array([[3.0], [-1.0]])
    physics.drive(effort, 0 * effort, 0 * effort)
    physics.step()
    np.testing.assert_allclose(dof_forces(physics.world, physics.sensordata), effort)


def test_a_sensor_in_a_foot_reads_the_load_of_the_ground() -> None:
    """A light foot, fixed below a heavy body that stands on it."""
    shape = ball(0.1).bodies[0].shapes[0]
    root = Body("body", -1, np.zeros(3), UPRIGHT, None, slab(0.0, 10.0))
    root = dataclasses.replace(root, inertial=dataclasses.replace(root.inertial, inertia=np.eye(3)))
    down = np.array([0, 0, -0.5])
    light = dataclasses.replace(ball(0.1).bodies[0].inertial, mass=0.01)
    foot = Body("foot", 0, down, UPRIGHT, None, light, (shape,))
    asset = dataclasses.replace(ball(0.1), bodies=(root, foot))
    asset.force_sensors.append(ForceSensor(1, np.zeros(3), UPRIGHT))
    physics = physics_of([placed(asset, pos=(0, 0, 0.6))], FLOOR)
    physics.step(20)  # it balances for the moment
    reading = force_sensors(physics.world, physics.sensordata)[0, 0]
    ground = contact_forces(physics.world, physics.sensordata)[0, 1]
    assert ground[2] > 50
    np.testing.assert_allclose(reading[2], ground[2], rtol=0.02)
