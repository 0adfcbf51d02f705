"""Integral action against robots that miss their commands by a known amount."""

import math
from dataclasses import replace

import numpy as np
import pytest

from canter.control.types import GaitCommand
from canter.sim.experts.velocity_bias import LIMITS, Trim, velocity_between
from canter.sim.experts.walking import GaitOverrides, moved
from canter.sim.planar import Pose
from canter.sim.world_state import WorldState

TICK = 0.2


def world(time: float, pose: Pose) -> WorldState:
    place, quat = np.array([*pose[:2], 0.3]), np.array([1.0, 0.0, 0.0, 0.0])
    return WorldState(time, pose, place, quat, 0.0, False, frozenset(), False)


def walked(wanted: GaitOverrides, drift: GaitOverrides, seconds: float) -> tuple[Pose, Trim]:
    """Return the last tick's velocity and the trim of a robot that drifts from its commands."""
    trim, pose = Trim(), (0.5, -0.3, 2.0)
    before = pose
    for tick in range(round(seconds / TICK)):
        trim.observe(world(tick * TICK, pose))
        trim.wanted(wanted)
        told = trim.applied(wanted)
        before = pose
        done = GaitOverrides(vx=told.vx + drift.vx, vy=told.vy + drift.vy, wz=told.wz + drift.wz)
        pose = moved(pose, done, TICK)
    vx, vy, wz = velocity_between(before, pose, TICK)
    return (vx, vy, wz), trim


@pytest.mark.parametrize(
    "drift",
    [
        GaitOverrides(vx=-0.15),
        GaitOverrides(vy=0.1),
        GaitOverrides(wz=0.3),
        GaitOverrides(0.1, -0.1, -0.2),
    ],
)
def test_a_steady_miss_is_made_good(drift: GaitOverrides) -> None:
    wanted = GaitOverrides(vx=0.4, wz=0.2)
    velocity, _ = walked(wanted, drift, 12.0)
    assert velocity == pytest.approx((wanted.vx, wanted.vy, wanted.wz), abs=0.02)


def test_what_another_made_the_robot_do_is_no_miss() -> None:
    trim, pose, wanted = Trim(), (0.0, 0.0, 0.0), GaitOverrides(vx=0.3)
    driven = GaitCommand(vx=0.7, wz=-0.4).to_array()
    for tick in range(30):
        trim.observe(replace(world(tick * TICK, pose), command=driven))
        trim.wanted(wanted)
        pose = moved(pose, GaitOverrides(vx=0.6, wz=-0.4), TICK)  # 0.1 m/s slower than told
    assert trim.applied(wanted).vx == pytest.approx(0.4, abs=0.01)
    assert trim.applied(wanted).wz == pytest.approx(0.0, abs=0.01)


def test_the_correction_is_bounded_and_forgotten() -> None:
    _, trim = walked(GaitOverrides(vx=0.4), GaitOverrides(vx=-2.0), 12.0)
    assert trim.applied(GaitOverrides(vx=0.4)).vx == pytest.approx(0.4 + LIMITS[0])
    trim.restart()
    assert trim.applied(GaitOverrides(vx=0.4)).vx == 0.4


def test_a_robot_that_is_to_stand_stands() -> None:
    _, trim = walked(GaitOverrides(vx=0.4), GaitOverrides(wz=0.3), 6.0)
    still = GaitOverrides(body_pitch=0.3)
    assert trim.applied(still) == still


def test_velocity_is_that_of_the_kinematics() -> None:
    wanted = GaitOverrides(vx=0.5, vy=-0.2, wz=0.9)
    start = (1.0, 2.0, math.pi - 0.05)
    velocity = velocity_between(start, moved(start, wanted, 0.1), 0.1)
    assert tuple(velocity) == pytest.approx((0.5, -0.2, 0.9))
