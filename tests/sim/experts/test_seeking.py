"""Who seeks turns left until the target is in view or a full turn was in vain."""

import math

import numpy as np
import pytest

from canter.control.robot import GO2
from canter.control.types import GAIT_LAYOUT
from canter.sim.experts.seeking import (
    FACING,
    FULL_TURN,
    MAX_SPEED,
    MIN_SPEED,
    SEARCH_TURN,
    Seeker,
    face,
    steer,
)
from canter.sim.experts.walking import GaitOverrides
from canter.sim.planar import Pose
from canter.sim.world_state import WorldState
from tests.sim.scene_models import red_ball, scene_of

WALKING = GaitOverrides(vx=0.4)


def at(yaw: float) -> WorldState:
    yaw = math.remainder(yaw, math.tau)
    place = np.array([0.0, 0.0, GO2.standing_height])
    quat = np.array([math.cos(yaw / 2), 0.0, 0.0, math.sin(yaw / 2)])
    return WorldState(0.0, (0.0, 0.0, yaw), place, quat, 0.0, False, frozenset(), False)


def seeker(bearing: float, far: float = 2.0) -> Seeker:
    ball = red_ball(far * math.cos(bearing), far * math.sin(bearing))
    return Seeker(scene_of(ball), 0, lambda pose: WALKING)


def searches(one: Seeker) -> bool:
    chunk = one.plan()
    turning = chunk[:, GAIT_LAYOUT["wz"]] == np.float32(SEARCH_TURN)
    walking = chunk[:, GAIT_LAYOUT["vx"]] == np.float32(WALKING.vx)
    assert (turning ^ walking).all() and (turning.all() or walking.all())
    return bool(turning.all())


def test_it_turns_until_it_sees_and_then_follows_the_rule_for_good() -> None:
    one = seeker(math.pi / 2)
    one.observe(at(0.0))
    assert searches(one)
    one.observe(at(math.pi / 2))
    assert not searches(one)
    one.observe(at(math.pi))  # out of view again: it remembers
    assert not searches(one)


def test_after_a_full_turn_in_vain_it_goes_all_the_same() -> None:
    one = seeker(0.0, far=40.0)  # too far to be seen
    turned = 0.0
    while searches(one):
        turned += 0.1
        one.observe(at(turned))
    assert turned == pytest.approx(FULL_TURN, abs=0.11)


@pytest.mark.parametrize(("remaining", "speed"), [(5.0, MAX_SPEED), (0.5, 0.6), (0.01, MIN_SPEED)])
def test_it_walks_slower_near_the_end(remaining: float, speed: float) -> None:
    here: Pose = (0.0, 0.0, 0.3)
    aim = (math.cos(0.3), math.sin(0.3))
    assert steer(here, aim, remaining).vx == pytest.approx(speed)
    assert steer(here, aim, remaining).wz == pytest.approx(0.0)


@pytest.mark.parametrize("error", [-2.0, -0.3, 0.0, 0.19, 0.4, 3.0])
def test_it_faces_a_place_and_is_done(error: float) -> None:
    told = face((0.0, 0.0, 0.0), (math.cos(error), math.sin(error)))
    assert told.terminate == float(abs(error) <= FACING)
    assert told.vx == 0.0 and told.wz * error >= 0.0
    assert bool(told.wz) is (abs(error) > FACING)
