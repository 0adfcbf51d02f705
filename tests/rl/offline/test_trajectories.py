"""Returns by hand, windows that are pieces of the data, and data that teach nothing."""

from pathlib import Path

import numpy as np
import pytest

from canter.control.array_file import write_arrays
from canter.control.errors import CanterError
from canter.rl.offline.trajectories import (
    Scale,
    Trajectory,
    TrajectoryData,
    load_trajectories,
    save_trajectories,
)
from tests.rl.offline.mixed_sets import two_ways


def numbered(first: int, steps: int, kind: str = "") -> Trajectory:
    """Return a trajectory whose observations count on from a number, and actions likewise."""
    count = np.arange(first, first + steps, dtype=np.float32)[:, None]
    return Trajectory(count, -count, np.ones(steps, np.float32), kind=kind, failed=first == 0)


def test_returns_are_what_is_still_to_be_earned() -> None:
    seen, done = np.zeros((3, 2), np.float32), np.zeros((3, 1), np.float32)
    one = Trajectory(seen, done, np.array([1.0, 2.0, 3.0], np.float32))
    np.testing.assert_array_equal(one.returns, [6.0, 5.0, 3.0])


def test_windows_are_pieces_of_one_trajectory_each() -> None:
    data = TrajectoryData([numbered(0, 5), numbered(100, 2)], "two")
    drawn = data.draw(64, 4, (0, 0))
    for seen, done, left, valid in zip(
        drawn.observations[..., 0], drawn.actions[..., 0], drawn.returns, drawn.valid, strict=True
    ):
        first, end = int(seen[0]), 102 if seen[0] >= 100 else 5
        steps = min(4, end - first)
        assert valid.tolist() == [i < steps for i in range(4)]
        assert seen[:steps].tolist() == [first + i for i in range(steps)]
        assert done[:steps].tolist() == [-first - i for i in range(steps)]
        assert left[:steps].tolist() == [end - first - i for i in range(steps)]
    again = data.draw(64, 4, (0, 0))
    assert (again.observations == drawn.observations).all()
    assert (data.draw(64, 4, (0, 1)).observations != drawn.observations).any()


def test_kinds_are_drawn_equally_often_whatever_their_length() -> None:
    data = TrajectoryData([numbered(0, 90, "long"), numbered(100, 10, "short")], "two")
    short = (data.draw(4000, 1, (0, 0)).observations >= 100).float().mean()
    assert float(short) == pytest.approx(0.5, abs=0.04)  # five standard deviations


def test_a_term_that_never_changes_has_no_spread() -> None:
    scale = Scale.of(np.array([[1.0, 5.0], [3.0, 5.0]]))
    assert (scale.mean, scale.spread) == ((2.0, 5.0), (1.0, 0.0))


def test_a_file_gives_back_what_was_written(tmp_path: Path) -> None:
    path, whole = tmp_path / "t.npz", [numbered(0, 5), numbered(100, 2)]
    save_trajectories(path, whole)
    for got, wanted in zip(load_trajectories(path), whole, strict=True):
        for name in ("observations", "actions", "rewards", "failed"):
            np.testing.assert_array_equal(getattr(got, name), getattr(wanted, name))


@pytest.mark.parametrize(
    ("arrays", "said"),
    [
        ({"rewards": np.ones(2)}, "lacks observations, actions, lengths"),
        (
            {
                "observations": np.ones((3, 1)),
                "actions": np.ones((3, 1)),
                "rewards": np.ones(3),
                "lengths": np.array([1, 1]),
            },
            "do not add up",
        ),
        (
            {
                "observations": np.full((1, 1), np.nan),
                "actions": np.ones((1, 1)),
                "rewards": np.ones(1),
                "lengths": np.array([1]),
            },
            "NaN",
        ),
    ],
)
def test_files_that_are_no_trajectories_are_refused(
    tmp_path: Path, arrays: dict[str, np.ndarray], said: str
) -> None:
    path = tmp_path / "t.npz"
    write_arrays(path, arrays)
    with pytest.raises(CanterError, match=said):
        load_trajectories(path)


def test_nothing_is_learnt_from_nothing() -> None:
    with pytest.raises(CanterError, match="no episode to learn from"):
        TrajectoryData([], "runs/empty")
    good = [one for one in two_ways() if not one.failed]
    with pytest.raises(CanterError, match="nothing to tell good from bad by"):
        TrajectoryData(good, "runs/good").check_returns("dt")
    late = Trajectory(*(getattr(numbered(1, 2), n) for n in ("observations", "actions", "rewards")))
    with pytest.raises(CanterError, match="no episode of runs/good failed"):
        TrajectoryData([*good, late], "runs/good").check_returns("reinformer")
