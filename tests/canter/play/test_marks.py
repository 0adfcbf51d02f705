"""The ring stands where a pinhole camera sees the place that the model means."""

import math

import numpy as np
import pytest

from canter.control.command_policy import CameraSpec
from canter.control.robot import GO2
from canter.play.marks import COLOURS, MIDDLE, mark_of, marked
from canter.vla.follower import Sighting

CAMERA = CameraSpec(height=96, width=96, fovy=math.radians(90), period=0.2)
"""Half the width is as long as what it shows is far."""


def ball(bearing: float, distance: float, seen: float = 0.9) -> Sighting:
    return Sighting("red ball", seen, bearing, distance)


@pytest.mark.parametrize(("bearing", "distance"), [(0.0, 2.0), (0.3, 1.5), (-0.5, 3.0)])
def test_a_ring_stands_where_a_pinhole_sees_it(bearing: float, distance: float) -> None:
    forward, left, up = GO2.camera_pos_b
    x, y = distance * math.cos(bearing) - forward, distance * math.sin(bearing) - left
    below = GO2.standing_height + up - MIDDLE
    mark = mark_of(ball(bearing, distance), CAMERA)
    pitch = GO2.camera_pitch
    depth = x * math.cos(pitch) + below * math.sin(pitch)
    assert mark.right == pytest.approx(-y / depth)
    assert mark.down == pytest.approx((below * math.cos(pitch) - x * math.sin(pitch)) / depth)
    assert mark.text == f"red ball: {math.degrees(bearing):+.0f}°, {distance:.1f} m"


def test_what_lies_outside_the_picture_is_at_its_edge() -> None:
    assert mark_of(ball(1.4, 1.0), CAMERA).right == -1.0
    assert mark_of(ball(-1.4, 1.0), CAMERA).right == 1.0


def test_only_what_is_seen_has_a_ring() -> None:
    picture = np.zeros((288, 288, 3), np.uint8)
    assert marked(picture, (), CAMERA) is picture
    seen, hidden = (marked(picture, (ball(0.0, 1.0, s),), CAMERA) for s in (0.9, 0.1))
    below = slice(40, None)  # the name stands above
    assert (seen[below] == COLOURS[0]).all(-1).any() and not hidden[below].any()
    assert hidden[:40].any()
    assert not picture.any()
    two = marked(picture, (ball(0.3, 1.0), ball(-0.3, 1.0)), CAMERA)
    ys, xs = np.nonzero((two[below] == COLOURS[1]).all(-1))
    assert xs.mean() > 144 and len(ys)  # the second thing is to the right
