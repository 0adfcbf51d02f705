"""A stand-in: what outside eyes found is drawn into the picture as a thing that the model knows.

The thing's box is filled with what is beside it, whatever else has the stand-in's hue loses its
colour, and a ball is drawn, by ray casting, where the thing's nearest surface is. So a model goes
to things that it was never taught, with no change of its graph (own design).
"""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from canter.vla.eyes.detector import Box, Picture
from canter.vla.eyes.sightlines import Sightlines
from canter.vla.eyes.track import Place

NAME: Final = "red ball"
"""What the model is told in place of the thing."""
RADIUS: Final = 0.17
"""Of the ball, m."""
RGB: Final = np.array([0.85, 0.05, 0.05])
"""Its colour where light falls on it from above."""
SHADOW: Final = 0.45
"""Share of the light that its lower half still has."""


def with_stand_in(picture: Picture, place: Place, view: Sightlines) -> Picture:
    """Return a picture with the ball before it.

    Args:
        picture: uint8 RGB, (height, width, 3).
        place: where the thing's nearest surface is.
        view: the camera.
    """
    away = place.distance + RADIUS
    centre = np.array([away * math.cos(place.bearing), away * math.sin(place.bearing), RADIUS])
    rays = view.rays()
    to_centre = centre - view.position
    along = rays @ to_centre
    beside = along**2 - (to_centre @ to_centre - RADIUS**2)
    hit = (beside > 0.0) & (along > 0.0)
    depth = along - np.sqrt(np.maximum(beside, 0.0))
    up = (view.position[2] + depth * rays[..., 2] - RADIUS) / RADIUS
    light = SHADOW + (1.0 - SHADOW) * np.clip(0.5 + 0.5 * up, 0.0, 1.0)
    drawn = picture.copy()
    drawn[hit] = (255 * light[hit][:, None] * RGB).astype(np.uint8)
    return drawn


def without_box(picture: Picture, box: Box) -> Picture:
    """Return a picture with each row of a box filled from what is left and right of it."""
    height, width = picture.shape[:2]
    top, bottom = math.floor(box.top), min(math.ceil(box.bottom), height)
    left, right = math.floor(box.left), min(math.ceil(box.right), width)
    cleared = picture.copy()
    before = picture[top:bottom, max(left - 1, 0)].astype(float)
    after = picture[top:bottom, min(right, width - 1)].astype(float)
    if left <= 0:
        before = after
    if right >= width:
        after = before
    share = ((np.arange(left, right) - left + 0.5) / max(right - left, 1))[None, :, None]
    cleared[top:bottom, left:right] = np.rint(
        before[:, None] * (1 - share) + after[:, None] * share
    )
    return cleared


def without_red(picture: Picture) -> Picture:
    """Return a picture in which whatever is red is grey."""
    grey = picture.astype(np.int16)
    red: NDArray[np.bool_] = grey[..., 0] > 1.6 * np.maximum(grey[..., 1], grey[..., 2]) + 12
    cleared = picture.copy()
    cleared[red] = picture[red].mean(axis=-1, keepdims=True).astype(np.uint8)
    return cleared
