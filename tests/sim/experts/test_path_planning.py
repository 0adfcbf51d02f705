import math
from itertools import pairwise

import numpy as np
import pytest

from canter.sim.experts.path_planning import CELL, LOOK_AHEAD, SIDE, Way, find_way, grid, near
from canter.sim.planar import Point
from canter.sim.scenes.footprints import Footprint, clearance


def followed(way: Way, start: Point, step: float = 0.05, limit: int = 400) -> list[Point]:
    """Return the places on the way of a point that always goes straight to its aim."""
    places, place = [start], start
    for _ in range(limit):
        if way.remaining(place) < CELL:
            break
        aim = way.aim(place)
        far = math.dist(place, aim)
        share = min(step / far, 1.0) if far else 0.0
        place = (place[0] + share * (aim[0] - place[0]), place[1] + share * (aim[1] - place[1]))
        places.append(place)
    return places


def length(places: list[Point]) -> float:
    return sum(math.dist(a, b) for a, b in pairwise(places))


def test_without_obstacles_the_way_is_straight() -> None:
    way = find_way([], near((2.0, 1.0), 0.1), 0.3)
    places = followed(way, (-2.0, -1.0))
    straight = math.hypot(4.0, 2.0)
    assert math.dist(places[-1], (2.0, 1.0)) < 0.25
    assert straight - 0.3 <= length(places) <= 1.06 * straight


def test_round_a_disc_the_way_is_near_the_tangents_and_keeps_its_room() -> None:
    """From (-2, 0) to (2, 0) round a disc of radius r: two tangents and an arc."""
    room, radius = 0.35, 0.4
    disc = Footprint(0.0, 0.0, 0.0, 0.0, 0.0, radius)
    places = followed(find_way([disc], near((2.0, 0.0), 0.1), room), (-2.0, 0.0))
    r = room + radius
    shortest = 2 * math.sqrt(4 - r * r) + r * (math.pi - 2 * math.acos(r / 2))
    x, y = np.array(places).T
    assert clearance([disc], x, y).min() >= room - CELL
    assert length(places) <= 1.12 * shortest


def test_a_wall_with_a_gap_is_passed_through_the_gap_or_not_at_all() -> None:
    walls = [Footprint(0.0, s * 2.0, 0.0, 0.05, 1.5, 0.0) for s in (-1, 1)]  # gap: |y| < 0.5
    wide = find_way(walls, near((2.0, 0.0), 0.1), 0.3)
    places = followed(wide, (-2.0, 1.5))
    crossing = next(b for a, b in pairwise(places) if a[0] < 0 <= b[0])
    assert abs(crossing[1]) < 0.25
    blocked = [*walls, *(Footprint(0.0, s * 3.4, 0.0, 0.05, 0.6, 0.0) for s in (-1, 1))]
    narrow = find_way(blocked, near((2.0, 0.0), 0.1), 0.55)
    assert math.isinf(narrow.remaining((-2.0, 1.5)))


def test_from_within_an_obstacle_it_leads_out() -> None:
    disc = Footprint(0.0, 0.0, 0.0, 0.0, 0.0, 0.5)
    way = find_way([disc], near((2.0, 0.0), 0.1), 0.3)
    x, y = way.aim((0.0, 0.45))
    assert math.hypot(x, y) >= 0.8 - CELL


def test_goals_without_room_have_no_way() -> None:
    disc = Footprint(1.0, 0.0, 0.0, 0.0, 0.0, 0.5)
    assert math.isinf(find_way([disc], near((1.0, 0.0), 0.2), 0.3).remaining((-1.0, 0.0)))


def test_aims_are_near() -> None:
    way = find_way([], near((2.0, 2.0), 0.1), 0.3)
    for place in np.random.default_rng(0).uniform(-2.5, 2.5, (50, 2)):
        aim = way.aim((float(place[0]), float(place[1])))
        assert math.dist(place, aim) <= LOOK_AHEAD + 2 * CELL


@pytest.mark.parametrize("place", [(9.0, 0.0), (0.0, -9.0)])
def test_beyond_the_grid_counts_as_its_edge(place: tuple[float, float]) -> None:
    way = find_way([], near((0.0, 0.0), 0.1), 0.3)
    assert math.isfinite(way.remaining(place))
    assert grid()[0].shape == (SIDE, SIDE)
