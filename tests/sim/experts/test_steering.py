"""Headings and free ways round discs, by hand."""

import math

import pytest

from canter.sim.experts.steering import Disc, clearest_heading, detour, free_distance
from canter.sim.scenes.placement import FLOOR_HALF


def test_detour_is_the_tangent() -> None:
    disc = Disc(2.0, 0.1, 1.0)
    half = math.asin(1.0 / math.hypot(2.0, 0.1))
    expected = math.atan2(0.1, 2.0) - half
    assert detour((0.0, 0.0), 0.0, 5.0, [disc]) == pytest.approx(expected)
    assert detour((0.0, 0.0), 0.0, 0.5, [disc]) == 0.0  # it stops short of the disc
    assert detour((0.0, 0.0), 1.5, 5.0, [disc]) == pytest.approx(1.5)
    inside = detour((0.0, 0.0), 0.0, 5.0, [Disc(0.5, 0.0, 1.0)])
    assert abs(inside) > math.pi / 2


def test_free_distance_by_hand() -> None:
    edge = FLOOR_HALF - 0.5
    assert free_distance((0.0, 0.0), 0.0, []) == pytest.approx(edge)
    assert free_distance((0.0, 0.0), math.pi / 4, []) == pytest.approx(edge * math.sqrt(2))
    assert free_distance((0.0, 0.0), 0.0, [Disc(2.0, 0.0, 0.5)]) == pytest.approx(1.5)
    assert free_distance((0.0, 0.0), math.pi, [Disc(2.0, 0.0, 0.5)]) == pytest.approx(edge)


def test_the_clearest_heading_is_the_longest_of_sixteen_and_the_first_in_a_tie() -> None:
    edge = FLOOR_HALF - 0.5
    wall = [Disc(0.9 * math.cos(k), 0.9 * math.sin(k), 0.6) for k in (0.0, 1.2, 2.4, 3.6)]
    best = clearest_heading((0.0, 0.0), 0.3, wall)
    headings = [0.3 + k * math.tau / 16 for k in range(16)]
    free = [free_distance((0.0, 0.0), heading, wall) for heading in headings]
    assert free_distance((0.0, 0.0), best, wall) == pytest.approx(max(free), abs=0.01)
    corner = clearest_heading((0.0, 0.0), 0.0, [])
    assert corner == pytest.approx(math.pi / 4)  # of four corners alike, the first to the left
    assert free_distance((0.0, 0.0), corner, []) == pytest.approx(edge * math.sqrt(2))
