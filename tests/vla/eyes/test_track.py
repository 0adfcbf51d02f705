"""A thing is where its boxes say, also while the robot walks, turns and sees badly."""

import math

import numpy as np
import pytest

from canter.vla.brain.dead_reckoning import from_here
from canter.vla.eyes.detector import Box
from canter.vla.eyes.track import Sighting, Track
from tests.vla.eyes.views import VIEW, box_at


def walked(off_px: float, seed: int = 0) -> tuple[Track, tuple[float, float]]:
    """A track after eight seconds of walking past a place 3 m ahead, and the place from there."""
    rng, track, there = np.random.default_rng(seed), Track(), (3.0, 0.6)
    for step in range(16):
        box = box_at(from_here(track.pose, there))
        angle = rng.uniform(-math.pi, math.pi)
        x, y = off_px * math.cos(angle), off_px * math.sin(angle)
        moved = Box(box.left + x, box.top + y, box.right + x, box.bottom + y).within(96, 96)
        track.add(Sighting(moved, 0.5 * step, track.pose, VIEW))
        track.place(0.5 * step)
        track.move((0.25, 0.0), 0.05, 0.5)
    return track, from_here(track.pose, there)


def test_exact_boxes_give_the_place() -> None:
    track, there = walked(0.0)
    place = track.place(8.0)
    assert place is not None
    assert place.point == pytest.approx(there, abs=0.05)


def test_boxes_that_are_10_px_off_are_averaged() -> None:
    errors = []
    for seed in range(8):
        track, there = walked(10.0, seed)
        place = track.place(8.0)
        assert place is not None
        errors.append(math.dist(place.point, there))
    newest_alone = 10.0 / VIEW.focal * math.hypot(*there)
    assert np.mean(errors) < 0.8 * newest_alone


def test_a_late_box_counts_from_where_it_was_seen() -> None:
    track = Track()
    old = track.pose
    track.move((1.0, 0.0), 0.0, 0.5)
    track.add(Sighting(box_at((2.0, 0.3)), 0.0, old, VIEW))
    place = track.place(0.5)
    assert place is not None
    assert place.point == pytest.approx((1.5, 0.3), abs=0.06)


def test_what_the_lower_edge_cuts_is_near_and_stays_where_it_was() -> None:
    track = Track()
    track.add(Sighting(box_at((1.0, 0.0)), 0.0, track.pose, VIEW))
    track.move((1.0, 0.0), 0.0, 0.45)
    track.add(Sighting(Box(30.0, 0.0, 66.0, 96.0), 0.45, track.pose, VIEW))
    place = track.place(0.45)
    assert place is not None
    assert place.point == pytest.approx((0.55, 0.0), abs=0.06)


def test_a_box_grows_as_the_robot_comes_nearer() -> None:
    track = Track()
    track.add(Sighting(box_at((2.0, 0.0)), 0.0, track.pose, VIEW))
    place = track.place(0.0)
    assert place is not None
    same = track.box(place, VIEW)
    assert same.right - same.left == pytest.approx(10.0, abs=0.1)
    lens = float(VIEW.position[0])
    track.move((1.0, 0.0), 0.0, (2.0 - lens) / 2)
    nearer = track.place((2.0 - lens) / 2)
    assert nearer is not None
    grown = track.box(nearer, VIEW)
    assert grown.right - grown.left == pytest.approx(20.0, rel=0.1)


def test_nothing_is_known_before_anything_was_found() -> None:
    assert Track().place(3.0) is None
