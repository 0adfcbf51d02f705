"""What arrives at the motors is what was issued so many physics steps before."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from canter.control.errors import CanterError
from canter.sim.physics.delay_line import LONGEST, DelayLine


@given(
    substeps=st.integers(1, 6),
    delays=st.lists(st.integers(0, 12), min_size=1, max_size=4),
    held=st.lists(st.booleans(), min_size=1, max_size=6),
)
def test_arrivals_are_the_issued_ones_shifted(
    substeps: int, delays: list[int], held: list[bool]
) -> None:
    late = np.minimum(delays, LONGEST * substeps)
    line = DelayLine(len(late), substeps, late, width=2)
    issued: list[float] = []
    for period, hold in enumerate(held, 1):
        line.begin()
        values = [float(period + (0 if hold else tick / 10)) for tick in range(substeps)]
        if hold:
            line.hold(np.full((len(late), 2), values[0]))
        for tick, value in enumerate(values):
            if not hold:
                line.issue(tick, np.full((len(late), 2), value))
            issued.append(value)
            known = [issued[at] if (at := len(issued) - 1 - d) >= 0 else 0.0 for d in late]
            np.testing.assert_array_equal(line.arrived(tick), np.tile(known, (2, 1)).T)
            np.testing.assert_array_equal(line.arrivals()[:, tick], line.arrived(tick))


def test_a_reset_robot_has_nothing_under_way() -> None:
    line = DelayLine(2, 3, 3, width=1)
    line.begin()
    line.hold(np.ones((2, 1)))
    line.reset(np.array([True, False]))
    line.begin()
    np.testing.assert_array_equal(line.arrived(0), [[0.0], [1.0]])


def test_delays_out_of_range_are_refused() -> None:
    with pytest.raises(CanterError, match="-1 to 2 physics steps; they may be 0 to 6, 2 control"):
        DelayLine(2, 3, np.array([-1, 2]), width=1)
