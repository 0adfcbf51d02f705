"""The disturbance of an expert against its own recursion, by hand."""

from collections.abc import Sequence

import numpy as np
import pytest

from canter.control.command_policy import Observation
from canter.control.types import GAIT_LAYOUT, GaitCommand, RobotState
from canter.sim.expert_policy import NOISE_KEPT, NOISE_STEP, DisturbedPolicy


class Same:
    """A policy that always answers the same."""

    def __init__(self, chunk: np.ndarray) -> None:
        self.chunk = chunk

    def reset(self, instructions: Sequence[str]) -> None:
        del instructions

    def act(self, observation: Observation) -> np.ndarray:
        del observation
        return self.chunk


def observation(robots: int) -> Observation:
    three, twelve = np.zeros((robots, 3)), np.zeros((robots, 12), np.float32)
    state = RobotState(
        time=0.0,
        q=twelve,
        qd=twelve,
        tau=twelve,
        quat=np.zeros((robots, 4)),
        gyro=three,
        accel=three,
        foot_contact=np.zeros((robots, 4)),
    )
    images = np.zeros((robots, 2, 2, 3), np.uint8)
    return Observation(images, three, three, twelve, state, np.ones(robots, bool))


def disturbed(chunk: np.ndarray, *amplitudes: float, first_seed: int = 0) -> DisturbedPolicy:
    rngs = [np.random.default_rng(first_seed + k) for k in range(len(amplitudes))]
    return DisturbedPolicy(Same(chunk), amplitudes, rngs)


def chunk(robots: int, **fields: float) -> np.ndarray:
    return np.tile(GaitCommand(**fields).to_array(), (robots, 10, 1))


def test_the_expert_as_he_is_stays_bit_for_bit() -> None:
    still = chunk(2, vx=0.5)
    moved = disturbed(still, 0.0, 1.0).act(observation(2))
    assert np.array_equal(moved[0], still[0])
    assert not np.array_equal(moved[1], still[1])


def test_only_velocities_are_disturbed_and_alike_over_the_chunk() -> None:
    moved = disturbed(chunk(1, vx=0.4), 1.0).act(observation(1)) - chunk(1, vx=0.4)
    for name in GAIT_LAYOUT:
        offsets = moved[0, :, GAIT_LAYOUT[name]]
        assert np.ptp(offsets) == 0
        assert (offsets[0] != 0) == (name in NOISE_STEP)


def test_a_robot_that_is_done_stands() -> None:
    done = chunk(1, terminate=1.0)
    assert np.array_equal(disturbed(done, 1.0).act(observation(1)), done)


def test_noise_has_the_spread_and_memory_of_its_recursion() -> None:
    policy, seen = disturbed(chunk(200), *[1.0] * 200), observation(200)
    offsets = np.array([policy.act(seen)[:, 0, GAIT_LAYOUT["vx"]].ravel() for _ in range(60)])
    settled = offsets[30:]
    assert settled.std() == pytest.approx(NOISE_STEP["vx"] / np.sqrt(1 - NOISE_KEPT**2), rel=0.1)
    before, after = settled[:-1].ravel(), settled[1:].ravel()
    assert np.corrcoef(before, after)[0, 1] == pytest.approx(NOISE_KEPT, abs=0.03)


def test_a_robot_is_disturbed_alike_in_any_company() -> None:
    both = disturbed(chunk(2), 1.0, 1.0)
    alone = disturbed(chunk(1), 1.0, first_seed=1)
    for _ in range(3):
        assert np.array_equal(both.act(observation(2))[1], alone.act(observation(1))[0])
