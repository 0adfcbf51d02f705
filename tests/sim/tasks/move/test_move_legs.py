"""Walks and turns in words against complex numbers, and words that name legs."""

import cmath
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canter.control.errors import SceneError
from canter.sim.tasks.move.move_legs import (
    ANGLES,
    DISTANCES,
    HEIGHTS,
    PITCHES,
    SPEEDS,
    Leg,
    legs_of,
    way_points,
)

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


poses = st.builds(Leg, do=st.just("pose"), way=st.sampled_from([*filter(None, HEIGHTS), *PITCHES]))
manners = st.builds(
    Leg,
    do=st.just("walk"),
    way=st.sampled_from(["forward", "back"]),
    amount=st.just(""),
    pace=st.sampled_from(sorted(SPEEDS)),
    posture=st.sampled_from(sorted(HEIGHTS)),
)


@given(st.lists(walks | turns | poses | manners, max_size=3))
def test_words_name_the_legs_they_were_made_of(legs: list[Leg]) -> None:
    words = dict(word for i, leg in enumerate(legs) for word in leg.words(i))
    assert legs_of(words) == tuple(legs)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"do0": "fly"}, "walk, turn or pose, not 'fly'"),
        ({"do0": "walk", "way0": "up"}, "a walk has no way 'up'; choose one of forward, back"),
        ({"do0": "turn", "way0": "left", "amount0": "60"}, "a turn has no amount '60'; .*45, 90"),
        ({"do0": "walk", "way0": "left", "pace0": "soon"}, "no pace 'soon'; .*slowly, quickly"),
        ({"do0": "pose", "way0": "low", "amount0": "one"}, "no amount 'one'; leave it out"),
        ({"do0": "pose"}, "a pose has no way ''; choose one of low, high, down, up"),
    ],
)
def test_words_that_no_leg_has_are_refused(words: dict[str, str], message: str) -> None:
    with pytest.raises(SceneError, match=message):
        legs_of(words)
