"""A led ball's path by hand, and its velocity against differences."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from canter.sim.scenes.ball import BallPath

PATH = BallPath((0.0, 0.5, 1.5), ((0.0, 1.0), (1.0, 1.0), (1.0, -1.0)))


@given(st.floats(0.0, 3.0))
def test_the_path_is_walked_evenly_between_its_points(time: float) -> None:
    expected = (2.0 * time, 1.0) if time < 0.5 else (1.0, max(2.0 - 2.0 * time, -1.0))
    np.testing.assert_allclose(PATH.at(time), expected, atol=1e-12)


@given(st.floats(0.01, 2.9).filter(lambda t: min(abs(t - k) for k in (0.5, 1.5)) > 1e-3))
def test_the_velocity_is_that_of_the_path(time: float) -> None:
    step = 1e-5
    difference = np.subtract(PATH.at(time + step), PATH.at(time - step)) / (2 * step)
    np.testing.assert_allclose(PATH.velocity(time), difference, atol=1e-6)
