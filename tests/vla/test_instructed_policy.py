"""The follower as a command policy: the same commands as the batched policy's, or standing."""

from pathlib import Path

import numpy as np
import pytest

from canter.control.command_policy import Observation
from canter.control.errors import InstructionError
from canter.control.types import CHUNK_STEPS, GaitCommand
from canter.sim.rollout import stopped_when_done
from canter.vla.config import CAMERA
from canter.vla.follower import InstructionFollower, Progress
from canter.vla.instructed_policy import InstructedPolicy
from canter.vla.policy import VlaPolicy
from canter.vla.runtime import VlaRuntime
from tests.control.states import standing

STANDING = np.tile(GaitCommand().to_array(), (1, CHUNK_STEPS, 1))


def observed(number: int, last_command: np.ndarray) -> Observation:
    rng = np.random.default_rng(number)
    state = standing((1,), time=CAMERA.period * number, gyro=rng.normal(size=(1, 3)))
    return Observation(
        images=rng.integers(0, 256, (1, *CAMERA.shape), dtype=np.uint8),
        gyro_mean=rng.normal(size=(1, 3)),
        gravity=state.projected_gravity(),
        last_command=last_command,
        state=state,
        active=np.ones(1, bool),
    )


@pytest.fixture
def policy(exported: Path) -> InstructedPolicy:
    return InstructedPolicy(InstructionFollower(VlaPolicy(VlaRuntime(exported))))


def test_it_commands_what_the_batched_policy_commands(
    policy: InstructedPolicy, exported: Path
) -> None:
    batched = VlaPolicy(VlaRuntime(exported))
    for one in (policy, batched):
        one.reset(["go to the red ball"])
    last = GaitCommand().to_array()[None]
    for number in range(1, 6):
        observation = observed(number, last)
        expected = batched.act(observation)
        np.testing.assert_allclose(policy.act(observation), expected, atol=1e-5)
        last = stopped_when_done(expected)[:, CAMERA.commands_per_picture - 1]


def test_without_an_instruction_it_stands(policy: InstructedPolicy) -> None:
    last = GaitCommand().to_array()[None]
    np.testing.assert_array_equal(policy.act(observed(1, last)), STANDING)
    policy.follow("go to the red ball")
    assert (policy.interrupted, policy.output is None) == (True, True)
    assert not np.array_equal(policy.act(observed(2, last)), STANDING)
    assert (policy.interrupted, policy.output is None) == (False, False)
    with pytest.raises(InstructionError):
        policy.follow("make me a sandwich")
    assert (policy.interrupted, policy.output is None) == (True, True)
    np.testing.assert_array_equal(policy.act(observed(3, last)), STANDING)
    assert policy.follower.progress is Progress.REFUSED
