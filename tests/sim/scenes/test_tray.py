"""The chute against the closed form of a ball that rolls down a slope."""

import math

import mujoco
import numpy as np
import pytest

from canter.sim.scenes.tray import FRONT, SLOPE, add_tray, on_tray, resting_place

RADIUS = 0.04
GRAVITY = 9.81


def rolling(pitch: float, seconds: float) -> tuple[float, float]:
    """Return how far a ball got along the chute of a base held at a pitch, m, and when it left."""
    spec = mujoco.MjSpec()
    spec.option.timestep = 0.002
    turn = [math.cos(pitch / 2), 0.0, math.sin(pitch / 2), 0.0]
    spec.worldbody.add_body(name="base", pos=[0.0, 0.0, 1.0], quat=turn)
    add_tray(spec)
    place = np.zeros(3)
    mujoco.mju_rotVecQuat(place, np.array(resting_place(RADIUS)), np.array(turn))
    ball = spec.worldbody.add_body(name="ball", pos=[place[0], place[1], place[2] + 1.0])
    ball.add_freejoint()
    ball.add_geom(
        type=mujoco.mjtGeom.mjGEOM_SPHERE, size=[RADIUS, 0, 0], mass=0.1, condim=6,
        friction=[0.8, 0.005, 0.0],
    )  # fmt: skip
    model = spec.compile()
    data = mujoco.MjData(model)
    start = data.qpos[:3].copy()
    ramp = np.array([math.cos(pitch - SLOPE), 0.0, -math.sin(pitch - SLOPE)])
    length = (FRONT - resting_place(RADIUS)[0]) / math.cos(SLOPE)
    gone = 0.0
    while data.time < seconds and gone < length:
        mujoco.mj_step(model, data)
        gone = float(ramp @ (data.qpos[:3] - start))
    return gone, data.time


@pytest.mark.parametrize("pitch", [-0.1, 0.0, 0.1, SLOPE - 0.02])
def test_a_ball_stays_while_the_chute_climbs(pitch: float) -> None:
    gone, _ = rolling(pitch, 2.0)
    assert abs(gone) < 0.01


@pytest.mark.parametrize("pitch", [0.26, 0.30, 0.35])
def test_a_ball_rolls_out_as_a_solid_sphere_does(pitch: float) -> None:
    gone, seconds = rolling(pitch, 3.0)
    acceleration = 5 / 7 * GRAVITY * math.sin(pitch - SLOPE)
    assert seconds == pytest.approx(math.sqrt(2 * gone / acceleration), rel=0.1)
    assert gone > 0.25


def test_points_on_the_chute_keep_their_distances() -> None:
    floor, above = on_tray(0.1, 0.0), on_tray(0.1, 0.04)
    assert math.dist(floor, above) == pytest.approx(0.04)
    assert math.dist(on_tray(0.0, 0.0), on_tray(0.3, 0.0)) == pytest.approx(0.3)
    rise = on_tray(0.3, 0.0)[2] - on_tray(0.0, 0.0)[2]
    assert rise == pytest.approx(0.3 * math.sin(SLOPE))
