"""The kinematics of wishes against a circle, and the rule of walking by hand."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from canter.control.types import CHUNK_SPACING_S, CHUNK_STEPS, GAIT_LAYOUT, GaitCommand
from canter.sim.experts.steering import Disc
from canter.sim.experts.walking import (
    LEAST_PUSH,
    LEAST_TURN,
    MAX_PUSH,
    MAX_TURN,
    GaitOverrides,
    bearing,
    moved,
    push,
    rolled,
    turn_in_place,
    walk_to,
)
from canter.sim.planar import Pose

angle = st.floats(-3.1, 3.1)


@given(angle, st.floats(0.1, 0.7), st.floats(0.2, 1.0))
def test_a_steady_turn_walks_on_a_circle(yaw: float, speed: float, turn: float) -> None:
    """Small steps of the midpoint rule against the chord of the arc of radius v / w."""
    wanted, pose = GaitOverrides(vx=speed, wz=turn), (0.4, -0.2, yaw)
    start, steps = pose, 50
    for _ in range(steps):
        pose = moved(pose, wanted, 0.02)
    arc, radius = turn * 0.02 * steps, speed / turn
    chord, direction = 2 * radius * math.sin(arc / 2), yaw + arc / 2
    expected = start[0] + chord * math.cos(direction), start[1] + chord * math.sin(direction)
    assert pose[:2] == pytest.approx(expected, abs=1e-4)
    assert math.remainder(pose[2] - yaw - arc, math.tau) == pytest.approx(0.0, abs=1e-9)


@given(angle, st.floats(-0.5, 0.5))
def test_a_side_step_goes_to_the_left(yaw: float, speed: float) -> None:
    x, y, _ = moved((0.0, 0.0, yaw), GaitOverrides(vy=speed), 1.0)
    assert (x, y) == pytest.approx((-speed * math.sin(yaw), speed * math.cos(yaw)), abs=1e-9)


def test_a_rolled_chunk_asks_the_rule_where_its_wishes_lead() -> None:
    asked: list[tuple[Pose, float]] = []

    def rule(pose: Pose, ahead: float) -> GaitOverrides:
        asked.append((pose, ahead))
        return GaitOverrides(vx=0.5, body_height=-0.1, terminate=float(ahead > 0.85))

    chunk = rolled(rule, (1.0, 0.0, 0.0), told=lambda w: GaitOverrides(vx=w.vx + 0.1))
    assert chunk.shape == (CHUNK_STEPS, 12) and chunk.dtype == np.float32
    assert [ahead for _, ahead in asked] == pytest.approx(CHUNK_SPACING_S * np.arange(CHUNK_STEPS))
    along = [pose[0] for pose, _ in asked]
    assert along == pytest.approx(1.0 + 0.5 * CHUNK_SPACING_S * np.arange(CHUNK_STEPS))
    usual = GaitCommand(vx=0.6).to_array()
    np.testing.assert_allclose(chunk, np.tile(usual, (CHUNK_STEPS, 1)), rtol=1e-6)
    plain = rolled(rule, (1.0, 0.0, 0.0))
    np.testing.assert_allclose(plain[:, GAIT_LAYOUT["body_height"]], -0.1, rtol=1e-6)
    assert plain[:, GAIT_LAYOUT["terminate"]].ravel().tolist() == [0.0] * 9 + [1.0]


@given(angle, angle, st.floats(0.2, 3.0))
def test_a_bearing_is_left_of_the_heading_where_positive(
    yaw: float, direction: float, far: float
) -> None:
    place = far * math.cos(yaw + direction), far * math.sin(yaw + direction)
    assert bearing((0.0, 0.0, yaw), place) == pytest.approx(direction, abs=1e-9)


@given(st.floats(-3.0, 3.0))
def test_turns_in_place_and_pushes_move_the_robot_but_not_too_fast(error: float) -> None:
    turn = turn_in_place(error)
    assert LEAST_TURN <= abs(turn) <= MAX_TURN and math.copysign(1, turn) == math.copysign(1, error)
    step = push(error)
    assert (step == 0.0) is (abs(error) <= 0.03)
    if step:
        assert LEAST_PUSH <= abs(step) <= MAX_PUSH and step * error > 0


def test_a_walk_goes_straight_turns_first_and_goes_round() -> None:
    ahead = walk_to((0.0, 0.0, 0.0), (2.0, 0.0), 0.7)
    assert (ahead.vx, ahead.wz) == (0.7, 0.0)
    near = walk_to((0.0, 0.0, 0.0), (0.1, 0.0), 0.7, min_speed=0.15)
    assert near.vx == 0.15
    behind = walk_to((0.0, 0.0, 0.0), (-2.0, 0.1), 0.7)
    assert behind.vx == 0.0 and behind.wz == MAX_TURN
    round_it = walk_to((0.0, 0.0, 0.0), (3.0, 0.0), 0.7, discs=[Disc(1.5, -0.1, 0.5)])
    assert round_it.wz > 0.0 and 0.0 < round_it.vx < 0.7
