"""The stand-in is drawn where a ball would be seen."""

import math

import numpy as np
import pytest

from canter.vla.eyes.detector import Box
from canter.vla.eyes.stand_in import RADIUS, with_stand_in, without_box, without_red
from canter.vla.eyes.track import Place
from tests.vla.eyes.views import VIEW

GREY = np.full((96, 96, 3), 90, np.uint8)


@pytest.mark.parametrize("bearing", [0.0, 0.4, -0.5])
def test_the_ball_has_the_place_and_the_size_of_a_ball(bearing: float) -> None:
    drawn = with_stand_in(GREY, Place(bearing, 1.2), VIEW)
    rows, columns = np.nonzero(drawn[..., 0] > 1.5 * drawn[..., 1])
    away = 1.2 + RADIUS
    centre = np.array([away * math.cos(bearing), away * math.sin(bearing), RADIUS])
    column, row = VIEW.pixel(centre)
    assert (columns.mean() + 0.5, rows.mean() + 0.5) == pytest.approx((column, row), abs=1.5)
    to_centre = centre - VIEW.position
    half = math.asin(RADIUS / np.linalg.norm(to_centre))
    turns = np.arccos(
        np.clip(VIEW.rays()[rows, columns] @ to_centre / np.linalg.norm(to_centre), -1, 1)
    )
    assert half - 0.03 < turns.max() < half


def test_a_ball_behind_the_camera_is_not_drawn() -> None:
    assert (with_stand_in(GREY, Place(math.pi, 1.0), VIEW) == GREY).all()


def test_a_box_is_filled_from_both_sides() -> None:
    picture = GREY.copy()
    picture[:, :50], picture[:, 50:] = 40, 80
    picture[20:60, 30:70] = 255
    filled = without_box(picture, Box(30.0, 20.0, 70.0, 60.0))
    row = filled[40, :, 0].astype(int)
    assert (
        row.max() == 80 and (np.diff(row[29:71]) >= 0).all() and row[50] == pytest.approx(60, abs=2)
    )
    assert (filled[:20] == picture[:20]).all() and (filled[:, 70:] == picture[:, 70:]).all()
    half = without_box(picture, Box(0.0, 20.0, 70.0, 60.0))
    assert (half[40, :70] == 80).all()
    whole = without_box(picture, Box(0.0, 0.0, 96.0, 96.0))
    assert whole.shape == picture.shape


def test_what_else_is_red_loses_its_colour_alone() -> None:
    picture = GREY.copy()
    picture[:10], picture[10:20] = (200, 20, 20), (20, 20, 200)
    shown = without_red(picture)
    assert (shown[:10] == 80).all()
    assert (shown[10:] == picture[10:]).all()
