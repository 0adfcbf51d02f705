"""The walks of the world to stitch in go where its drawing says, and none from A to C."""

import math

import numpy as np
import pytest

from canter.control.types import GAIT_LAYOUT
from canter.rl.offline import stitching
from canter.rl.offline.stitching import A, B, C, E, S, commands, recorded, starts


def test_walks_go_from_a_to_e_and_from_s_to_c_by_b(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stitching, "NOISE", (0.0, 0.0))
    monkeypatch.setattr(stitching, "SPEEDS", (0.9, 0.9))
    drives = recorded(3, seed=0)
    assert [drive.arrived for drive in drives] == [False, False, True]
    for drive, (start, end) in zip(drives, [(A, E), (A, E), (S, C)], strict=True):
        way = drive.trajectory.observations[:, :2].astype(float)
        assert math.dist(way[0], start) < 4 * stitching.SCATTER
        assert math.dist(way[-1], end) < 0.9
        assert min(math.dist(place, B) for place in way) < 0.5
        earned = math.dist(way[0], C) - math.dist(way[-1], C)  # one step before the end
        assert drive.trajectory.returns[0] == pytest.approx(earned, abs=0.25)
        assert drive.trajectory.returns[0] < stitching.whole_way()
        assert drive.trajectory.failed is not drive.arrived


def test_starts_look_to_where_the_ways_meet_and_do_not_depend_on_who_asks() -> None:
    poses = np.array(starts(S, 400, (0, 1)))
    np.testing.assert_allclose(poses.mean(0)[:2], S, atol=0.05)  # five standard errors
    assert poses.mean(0)[2] == pytest.approx(math.atan2(0.8, 0.4), abs=0.08)
    assert starts(S, 3, (0, 1)) == starts(S, 3, (0, 1))


def test_velocities_beyond_the_ranges_are_cut() -> None:
    chunk = commands(np.array([[9.0, -9.0]], np.float32))
    assert chunk.shape == (1, 10, 12)
    assert (chunk[..., GAIT_LAYOUT["vx"]] == 1.5).all()
    assert (chunk[..., GAIT_LAYOUT["wz"]] == -1.5).all()
