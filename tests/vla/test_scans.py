"""Scans by hand: where free ways end, what is kept of them, how near something stands around."""

import math

import numpy as np
import pytest
import torch

from canter.control.robot import DEFAULT_ROBOT
from canter.vla.config import RANGE_COLUMNS
from canter.vla.odometry import ODOMETRY
from canter.vla.scans import (
    FAR,
    POINT,
    REACH,
    SCANS,
    SECTORS,
    azimuths,
    kept_scans,
    scan_features,
    scan_points,
    with_scan,
)

MOUNT = float(DEFAULT_ROBOT.camera_pos_b[0])
CPU = torch.device("cpu")
LEFTMOST = 0


def ranges(*near: tuple[int, float]) -> torch.Tensor:
    """Logarithms of ranges, (1, columns): 4 m but for these columns."""
    away = torch.full((1, RANGE_COLUMNS), 4.0)
    for column, distance in near:
        away[0, column] = distance
    return away.log()


def test_columns_fan_out_from_left_to_right() -> None:
    directions = azimuths(CPU).numpy()
    assert np.all(np.diff(directions) < 0)
    np.testing.assert_allclose(directions, -directions[::-1], atol=1e-6)
    assert math.degrees(directions[LEFTMOST]) == pytest.approx(45.1, abs=0.5)


def test_a_free_way_ends_in_the_starts_frame() -> None:
    odometry = torch.tensor([[1.0, 2.0, math.pi / 2, 0.0, 0.0]])
    points = scan_points(ranges((LEFTMOST, 1.0)), odometry)[0]
    toward = math.pi / 2 + float(azimuths(CPU)[LEFTMOST])
    expected = [1.0, 1.0 + math.cos(toward), 2.0 + MOUNT + math.sin(toward)]
    np.testing.assert_allclose(points[LEFTMOST].numpy(), expected, atol=1e-5)
    assert not points[LEFTMOST + 1 :].any()  # 4 m are more than FAR
    assert FAR < 4.0


def test_what_was_passed_is_still_near() -> None:
    """What was 0.5 m before the camera is 0.4 m behind a robot that went on by 0.9 m + mount."""
    middle = RANGE_COLUMNS // 2
    seen = scan_points(ranges((middle, 0.5)), torch.zeros(1, ODOMETRY.size))
    kept = with_scan(torch.zeros(1, SCANS, RANGE_COLUMNS, POINT.size), seen)
    gone = torch.tensor([[0.9 + MOUNT, 0.0, 0.0, 1.0, 0.0]])
    kept = with_scan(kept, scan_points(ranges(), gone))
    nearest, log_ranges = scan_features(ranges(), kept, gone)[0].split([SECTORS, RANGE_COLUMNS])
    assert int(nearest.argmax()) == SECTORS // 2  # behind
    assert float(nearest.max()) == pytest.approx(1 - 0.4 / REACH, abs=0.02)
    assert int((nearest > 0).sum()) <= 2
    torch.testing.assert_close(log_ranges, ranges()[0])


def test_episodes_and_steps_keep_the_same_scans() -> None:
    torch.manual_seed(0)
    points = torch.randn(2, SCANS + 7, RANGE_COLUMNS, POINT.size)
    together = kept_scans(points)
    kept = torch.zeros(2, SCANS, RANGE_COLUMNS, POINT.size)
    for step in range(points.shape[1]):
        kept = with_scan(kept, points[:, step])
        torch.testing.assert_close(together[:, step], kept)
