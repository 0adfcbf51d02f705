"""Walks and turns in words against complex numbers, and what their judge lets pass."""

import cmath
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from canter.control.robot import GO2
from canter.sim.scenes.scene import Scene
from canter.sim.tasks.move import MoveSuccess
from canter.sim.tasks.move.move_legs import ANGLES, DISTANCES, HELD_OUT_AMOUNTS, Leg, way_points
from canter.sim.tasks.move.move_scene import MoveGoal, sample_move
from canter.sim.tasks.stopping import EpisodeResult
from canter.sim.world_state import WorldState

walks = st.builds(
    Leg,
    do=st.just("walk"),
    way=st.sampled_from(["forward", "back", "left", "right"]),
    amount=st.sampled_from(sorted(DISTANCES)),
)
turns = st.builds(
    Leg,
    do=st.just("turn"),
    way=st.sampled_from(["left", "right"]),
    amount=st.sampled_from(sorted(ANGLES)),
)
UNITS = {"forward": 1, "back": -1, "left": 1j, "right": -1j}


@given(st.lists(walks | turns, min_size=1, max_size=4), st.floats(-3, 3), st.floats(-3, 3))
def test_way_points_are_sums_of_turned_steps(legs: list[Leg], x: float, yaw: float) -> None:
    place, heading = complex(x, 1.0), cmath.rect(1.0, yaw)
    for leg, (px, py, angle) in zip(legs, way_points((x, 1.0, yaw), legs), strict=True):
        if leg.do == "walk":
            place += heading * UNITS[leg.way] * DISTANCES[leg.amount]
        else:
            heading *= cmath.rect(1.0, math.radians(float(leg.amount)) * UNITS[leg.way].imag
                                  if leg.way in ("left", "right") else 0.0)  # fmt: skip
        assert abs(place - complex(px, py)) < 1e-9
        assert abs(heading - cmath.rect(1.0, angle)) < 1e-9


def scene_of(*legs: Leg) -> Scene:
    return replace(sample_move(0, 1), start=(0.0, 0.0, 0.0), goal=MoveGoal(legs))


def done(
    scene: Scene, speed: float, distance: float, turn: float = 0.0, height: float = 0.0
) -> EpisodeResult:
    """Return the verdict on a robot that walks straight, turning evenly, and then stands."""
    judge = MoveSuccess(scene)
    walking = abs(distance) / speed if distance else 2.0
    time = 0.0
    while not judge.done:
        time += 0.02
        share = min(time / walking, 1.0)
        pose = (distance * share, 0.0, math.remainder(turn * share, math.tau))
        place = np.array([pose[0], 0.0, GO2.standing_height + height])
        quat = np.array([1.0, 0.0, 0.0, 0.0])
        now = speed if share < 1.0 and distance else 0.0
        judge.update(WorldState(time, pose, place, quat, now, False, frozenset(), False))
    return judge.verdict()


@pytest.mark.parametrize(
    ("leg", "speed", "distance", "reason"),
    [
        (Leg("walk", "forward", "one"), 0.5, 1.0, ""),
        (Leg("walk", "forward", "one"), 0.5, 1.3, "pose"),
        (Leg("walk", "forward", "one"), 0.5, -1.0, "pose"),
        (Leg("walk", "back", "one"), 0.4, -0.9, ""),
        (Leg("walk", "forward", "", "slowly"), 0.3, 1.5, ""),
        (Leg("walk", "forward", "", "slowly"), 0.7, 1.5, "pace"),
        (Leg("walk", "forward", "", "quickly"), 0.8, 1.5, ""),
        (Leg("walk", "forward", "", "quickly"), 0.5, 1.5, "pace"),
    ],
)
def test_distance_and_pace_are_judged(leg: Leg, speed: float, distance: float, reason: str) -> None:
    verdict = done(scene_of(leg), speed, distance)
    assert (verdict.reason, verdict.strict) == (reason, not reason)


@pytest.mark.parametrize(
    ("turn", "reason"), [(180.0, ""), (-180.0, "pose"), (170.0, ""), (150.0, "pose")]
)
def test_half_a_turn_has_a_side(turn: float, reason: str) -> None:
    verdict = done(scene_of(Leg("turn", "left", "180")), 0.5, 0.0, math.radians(turn))
    assert verdict.reason == reason


@pytest.mark.parametrize(("height", "reason"), [(-0.06, ""), (0.0, "posture"), (0.03, "posture")])
def test_a_low_walk_is_low(height: float, reason: str) -> None:
    leg = Leg("walk", "back", "one", "", "low")
    assert done(scene_of(leg), 0.3, -1.0, height=height).reason == reason


def test_amounts_that_are_held_out_are_asked_for_in_their_split_alone() -> None:
    for seed in range(60):
        for split, new in (("seen", False), ("unseen_object", True)):
            goal = sample_move(seed, 1 + seed % 3, split).goal
            assert isinstance(goal, MoveGoal)
            assert any(leg.amount in HELD_OUT_AMOUNTS for leg in goal.legs) == new
