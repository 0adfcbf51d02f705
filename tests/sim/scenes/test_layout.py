"""Layouts are moved as rigid bodies, and stay on the floor."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from canter.sim.scenes.layout import PROP_HALF, settle, turned
from canter.sim.scenes.scene import SceneObject

number = st.floats(-2.0, 2.0)
places = st.lists(st.tuples(number, number), min_size=1, max_size=4)


@given(places, places, st.integers(0, 1000))
def test_settling_keeps_distances_and_relative_headings(
    spots: list[tuple[float, float]], path: list[tuple[float, float]], seed: int
) -> None:
    objects = [SceneObject("x", "obstacle", (), x, y, 0.3) for x, y in spots]
    found = settle(np.random.default_rng(seed), objects, (0.1, 0.2, 0.7), path)
    if found is None:
        return
    moved, (x, y, yaw), way = found
    before = [*spots, (0.1, 0.2), *path]
    after = [(p.x, p.y) for p in moved] + [(x, y), *way]
    assert np.abs(after).max() <= PROP_HALF
    for i in range(len(before)):
        assert math.isclose(
            math.dist(before[0], before[i]), math.dist(after[0], after[i]), abs_tol=1e-9
        )
    assert all(
        math.isclose(math.cos(p.yaw - yaw), math.cos(0.3 - 0.7), abs_tol=1e-9) for p in moved
    )


def test_what_does_not_fit_is_refused() -> None:
    far = [SceneObject("x", "obstacle", (), x, 0.0, 0.0) for x in (0.0, 9.0)]
    assert settle(np.random.default_rng(0), far, (0.0, 0.0, 0.0)) is None


@given(number, number, st.floats(-4, 4))
def test_turning_is_that_of_complex_numbers(x: float, y: float, angle: float) -> None:
    expected = complex(x, y) * complex(math.cos(angle), math.sin(angle))
    assert np.allclose(turned((x, y), angle), (expected.real, expected.imag))
