"""Commands as bins: counted by hand, and an inverse to within half a bin."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canter.control.errors import CanterError
from canter.control.types import GAIT_LAYOUT, GAIT_RANGES, GaitCommand
from canter.vla.hf.action_bins import ActionBins

ALL = ActionBins(dict(GAIT_RANGES))
FEW = ActionBins({"wz": (-1.0, 1.0), "vx": (-0.5, 1.5)}, count=4)

fields = st.sampled_from(sorted(GAIT_RANGES))
parts = st.floats(0.0, 1.0, width=32)


def command(**values: float) -> np.ndarray:
    return GaitCommand(**values).to_array()


def test_bins_by_hand() -> None:
    said = [command(vx=-0.5, wz=-1.0), command(vx=0.49, wz=0.0), command(vx=1.5, wz=1.0)]
    assert FEW.encode(np.stack(said)).tolist() == [[0, 0], [2, 1], [3, 3]]
    assert FEW.encode(command(vx=-1.0, wz=1.4)).tolist() == [3, 0]  # beyond the ranges
    middle = FEW.decode(np.array([2, 1]))
    assert middle[GAIT_LAYOUT["wz"]] == pytest.approx(0.25)
    assert middle[GAIT_LAYOUT["vx"]] == pytest.approx(0.25)
    standing = command(vx=0.25, wz=0.25)
    assert np.array_equal(middle, standing)  # what is not said stays as it is where it stands
    assert FEW.half_bin() == pytest.approx([0.25, 0.25])


@settings(deadline=None)
@given(st.lists(parts, min_size=12, max_size=12), st.integers(2, 300))
def test_a_command_comes_back_to_within_half_a_bin(shares: list[float], count: int) -> None:
    bins = ActionBins(dict(GAIT_RANGES), count)
    low, high = np.array(list(GAIT_RANGES.values())).T
    told = (low + np.array(shares) * (high - low)).astype(np.float32)
    back = bins.decode(bins.encode(told))
    rounding = 1e-6
    assert (np.abs(back - told) <= bins.half_bin() + rounding).all()
    assert ((back >= low) & (back <= high)).all()


@settings(deadline=None)
@given(st.lists(st.integers(0, 255), min_size=12, max_size=12))
def test_bins_come_back_exactly(numbers: list[int]) -> None:
    bins = np.array(numbers)
    assert np.array_equal(ALL.encode(ALL.decode(bins)), bins)
    assert np.array_equal(ALL.from_text(ALL.to_text(bins)), bins)


@settings(deadline=None, max_examples=30)
@given(st.sets(fields, min_size=1), st.data())
def test_any_fields_in_any_order(names: set[str], data: st.DataObject) -> None:
    order = data.draw(st.permutations(sorted(names)))
    bins = ActionBins({name: GAIT_RANGES[name] for name in order})
    numbers = np.arange(len(order)) * 20
    back = GAIT_LAYOUT.unpack(bins.decode(numbers))
    standing = GAIT_LAYOUT.unpack(GaitCommand().to_array())
    for name in GAIT_RANGES:
        low, high = GAIT_RANGES[name]
        said = order.index(name) * 20 if name in names else None
        wanted = standing[name] if said is None else low + (said + 0.5) / 256 * (high - low)
        assert back[name] == pytest.approx(wanted)


@pytest.mark.parametrize(
    ("ranges", "count", "said"),
    [
        ({}, 256, "are missing"),
        ({"speed": (0.0, 1.0)}, 256, "speed"),
        ({"vx": (-2.0, 1.0)}, 256, "range [-2.0, 1.0] of vx is none within [-1.5, 1.5]"),
        ({"vx": (0.5, 0.5)}, 256, "is none within"),
        ({"vx": (0.0, float("nan"))}, 256, "is none within"),
        ({"vx": (0.0, 1.0)}, 1, "give 2 or more"),
    ],
)
def test_what_cannot_be_said_is_refused(
    ranges: dict[str, tuple[float, float]], count: int, said: str
) -> None:
    with pytest.raises(CanterError) as refused:
        ActionBins(ranges, count)
    assert said in str(refused.value)


@pytest.mark.parametrize("text", ["", "1", "1 2 3", "1 -2", "1 4", "a 1", "1 ²", "1 " + "9" * 5000])
def test_what_is_no_action_is_refused(text: str) -> None:
    with pytest.raises(CanterError, match="no action"):
        FEW.from_text(text)


def test_arrays_of_another_kind_are_refused() -> None:
    for wrong in (np.zeros(3), np.full(12, np.nan)):
        with pytest.raises(CanterError):
            FEW.encode(wrong)
    for bins in (np.zeros(3, int), np.array([0, 4]), np.array([-1, 0])):
        with pytest.raises(CanterError):
            FEW.decode(bins)
