"""Lines of sight, against the simulator's camera."""

import math

import numpy as np
import pytest

from canter.control.robot import GO2
from canter.sim.perception.projection import pixel_of
from canter.sim.rendering.appearance import CameraJitter
from canter.sim.scenes.visibility import CameraPose, mounted_camera, rotation
from canter.vla.config import CAMERA
from canter.vla.eyes.sightlines import sightlines


@pytest.mark.parametrize("place", [(1.0, 0.0, 0.0), (2.0, 0.7, 0.3), (1.2, -0.5, 0.1)])
@pytest.mark.parametrize("tilt", [(0.0, 0.0), (0.1, 0.0), (-0.05, 0.08)])
def test_a_place_is_seen_where_the_simulator_draws_it(
    place: tuple[float, float, float], tilt: tuple[float, float]
) -> None:
    pitch, roll = tilt
    nose = np.array([math.cos(pitch / 2), 0.0, math.sin(pitch / 2), 0.0])
    side = np.array([math.cos(roll / 2), math.sin(roll / 2), 0.0, 0.0])
    turn = rotation(nose) @ rotation(side)
    base = np.array([0.0, 0.0, GO2.standing_height])
    mounted = mounted_camera(base, turn, CameraJitter(), GO2)
    pose = CameraPose(mounted.pos_w, mounted.rot_w, CAMERA.fovy)
    view = sightlines(GO2, CAMERA, turn.T @ np.array([0.0, 0.0, -1.0]))
    expected = (pixel_of(np.array(place), pose, CAMERA) + 1) * 48
    assert view.pixel(np.array(place)) == pytest.approx(expected, abs=1e-6)
    ray = view.ray(*view.pixel(np.array(place)))
    away = np.array(place) - view.position
    assert ray / np.linalg.norm(ray) == pytest.approx(away / np.linalg.norm(away))
    column, row = (int(v) for v in view.pixel(np.array(place)))
    middle = view.ray(column + 0.5, row + 0.5)
    assert view.rays()[row, column] == pytest.approx(middle / np.linalg.norm(middle))
