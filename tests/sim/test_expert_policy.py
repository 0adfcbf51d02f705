"""The disturbance against its own recursion, by hand."""

import numpy as np
import pytest

from canter.control.types import GAIT_LAYOUT, GaitCommand
from canter.evals.collect.noise import KEPT, STEP, Disturbance
from canter.evals.collect.plan import EpisodePlan


def plans(*amplitudes: float) -> list[EpisodePlan]:
    return [EpisodePlan(k, "go_to", 1, 100 + k, noise) for k, noise in enumerate(amplitudes)]


def chunk(robots: int, **fields: float) -> np.ndarray:
    return np.tile(GaitCommand(**fields).to_array(), (robots, 10, 1))


def test_the_expert_as_he_is_stays_bit_for_bit() -> None:
    still = chunk(2, vx=0.5)
    disturbed = Disturbance(plans(0.0, 1.0))(still)
    assert np.array_equal(disturbed[0], still[0])
    assert not np.array_equal(disturbed[1], still[1])


def test_only_velocities_are_disturbed_and_alike_over_the_chunk() -> None:
    moved = Disturbance(plans(1.0))(chunk(1, vx=0.4)) - chunk(1, vx=0.4)
    for name in GAIT_LAYOUT:
        offsets = moved[0, :, GAIT_LAYOUT[name]]
        assert np.ptp(offsets) == 0
        assert (offsets[0] != 0) == (name in STEP)


def test_a_robot_that_is_done_stands() -> None:
    done = chunk(1, terminate=1.0)
    assert np.array_equal(Disturbance(plans(1.0))(done), done)


def test_noise_has_the_spread_and_memory_of_its_recursion() -> None:
    disturb, still = Disturbance(plans(*[1.0] * 200)), chunk(200)
    offsets = np.array([disturb(still)[:, 0, GAIT_LAYOUT["vx"]].ravel() for _ in range(60)])
    settled = offsets[30:]
    assert settled.std() == pytest.approx(STEP["vx"] / np.sqrt(1 - KEPT**2), rel=0.1)
    before, after = settled[:-1].ravel(), settled[1:].ravel()
    assert np.corrcoef(before, after)[0, 1] == pytest.approx(KEPT, abs=0.03)


def test_a_robot_is_disturbed_alike_in_any_company() -> None:
    both, alone = Disturbance(plans(1.0, 1.0)), Disturbance(plans(1.0, 1.0)[1:])
    for _ in range(3):
        assert np.array_equal(both(chunk(2))[1], alone(chunk(1))[0])
