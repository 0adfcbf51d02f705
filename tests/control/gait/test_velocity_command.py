"""Velocities from outside: clipped and reported, refused, and forgotten in time."""

from dataclasses import asdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canter.control.errors import CanterError
from canter.control.gait.velocity_command import Clipping, VelocityCommand
from canter.control.types import GAIT_RANGES, GaitCommand
from tests.control.fake_time import FakeTime

RANGES = GAIT_RANGES | {
    "vx": (-0.5, 1.0),
    "vy": (-0.4, 0.4),
    "wz": (-1.0, 1.0),
    "body_height": (-0.1, 0.0),
}
ANY = st.floats(-1e300, 1e300)


def velocity(fake: FakeTime | None = None) -> VelocityCommand:
    return VelocityCommand(RANGES, now=(fake or FakeTime()).now)


def test_stands_until_told() -> None:
    one = velocity()
    assert one.command() == GaitCommand()
    assert not one.fresh


@settings(deadline=None)
@given(vx=ANY, vy=ANY, wz=ANY)
def test_lies_in_the_ranges_and_says_what_was_clipped(vx: float, vy: float, wz: float) -> None:
    one = velocity()
    asked = {"vx": vx, "vy": vy, "wz": wz}
    report = one.put(**asked)
    given = asdict(one.command())
    expected = {n: min(max(value, RANGES[n][0]), RANGES[n][1]) for n, value in asked.items()}
    assert {name: given[name] for name in asked} == expected
    changed = [n for n in asked if asked[n] != expected[n]]
    assert report == tuple(Clipping(n, asked[n], expected[n]) for n in changed)
    assert one.clipped == bool(changed)


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), float("-inf")])
@pytest.mark.parametrize("name", ["vx", "vy", "wz"])
def test_what_is_not_finite_is_refused_and_changes_nothing(name: str, bad: float) -> None:
    one = velocity()
    one.put(0.3, 0.0, 0.0)
    before = one.command()
    with pytest.raises(CanterError, match=name):
        one.put(**{"vx": 0.0, "vy": 0.0, "wz": 0.0} | {name: bad})
    assert one.command() == before


def test_an_old_velocity_moves_no_more() -> None:
    fake = FakeTime()
    one = velocity(fake)
    one.put(0.3, 0.1, -0.2)
    fake.pass_time(0.499)
    assert (one.command().vx, one.fresh) == (0.3, True)
    fake.pass_time(0.002)
    assert one.command() == GaitCommand()
    assert not one.fresh


def test_the_age_of_the_stamp_counts() -> None:
    fake = FakeTime()
    one = velocity(fake)
    one.put(0.3, 0.0, 0.0, age_s=0.4)
    fake.pass_time(0.11)
    assert one.command().vx == 0.0
    for age in (0.51, -0.51, float("nan")):
        with pytest.raises(CanterError, match="stamp"):
            one.put(0.3, 0.0, 0.0, age_s=age)


def test_forget_stands() -> None:
    one = velocity()
    one.put(0.3, 0.0, 0.0)
    one.forget()
    assert one.command() == GaitCommand()


def test_the_posture_is_kept_within_the_ranges_and_at_rest() -> None:
    one = VelocityCommand(RANGES, GaitCommand(vx=1.0, body_height=0.05, swing_height=0.1))
    assert one.command() == GaitCommand(body_height=0.0, swing_height=0.1)
    one.put(0.2, 0.0, 0.0)
    assert one.command() == GaitCommand(vx=0.2, body_height=0.0, swing_height=0.1)


def test_wrong_settings_are_refused_by_name() -> None:
    with pytest.raises(CanterError, match="wz"):
        VelocityCommand({name: limits for name, limits in RANGES.items() if name != "wz"})
    with pytest.raises(CanterError, match="time-out"):
        VelocityCommand(RANGES, timeout_s=0.0)


def test_a_clipping_reads_as_one_line() -> None:
    assert str(Clipping("vx", 3.0, 1.0)) == "vx = 3 asked, clipped to 1"
