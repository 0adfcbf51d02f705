"""Plans of another process: shifted to the picture, forgotten with each instruction, not stale."""

from dataclasses import replace

import numpy as np
import pytest

from canter.control.command_policy import Observation
from canter.control.errors import CanterError, InstructionError
from canter.control.gait.gait_chunk import GaitChunk
from canter.control.types import CHUNK_STEPS, GAIT_LAYOUT, GaitCommand
from canter.datasets.language.understanding import understand
from canter.vla.planned_policy import AskedOf, PlannedPolicy
from tests.control.states import standing

SCENE = AskedOf("crawl", {"bar": "yellow", "colour": "red"}, "crawl under the yellow bar")
WHERE = GAIT_LAYOUT["vx"]
SPEEDS = np.arange(CHUNK_STEPS) / 10


def observed(time: float) -> Observation:
    state = standing((1,), time=time)
    command = GaitCommand().to_array()[None]
    images = np.zeros((1, 8, 8, 3), np.uint8)
    gravity = state.projected_gravity()
    return Observation(images, state.gyro, gravity, command, state, np.ones(1, bool))


def plan(time: float) -> GaitChunk:
    commands = np.tile(GaitCommand().to_array(), (CHUNK_STEPS, 1))
    commands[:, WHERE] = SPEEDS[:, None]
    return GaitChunk(time, commands)


def speeds(policy: PlannedPolicy, time: float) -> np.ndarray:
    return np.asarray(policy.act(observed(time))[0, :, WHERE]).ravel()


def test_a_plan_is_followed_from_the_pictures_moment_on() -> None:
    policy = PlannedPolicy()
    policy.put_chunk(plan(2.0))
    np.testing.assert_allclose(speeds(policy, 2.0), SPEEDS, atol=1e-6)
    late = [*SPEEDS[3:], *[SPEEDS[-1]] * 3]
    np.testing.assert_allclose(speeds(policy, 2.3), late, atol=1e-6)


def test_it_stands_until_a_plan_comes_and_says_so_where_none_does() -> None:
    policy = PlannedPolicy()
    policy.put_chunk(plan(2.0))
    policy.reset(["crawl under the yellow bar"])
    assert not speeds(policy, 2.1).any()
    with pytest.raises(CanterError, match=r"no plan of the expert came for 1\.2 s"):
        policy.act(observed(3.3))
    policy.put_chunk(plan(3.4))
    assert speeds(policy, 3.4).any()
    with pytest.raises(CanterError, match="no plan"):
        policy.act(observed(4.5))


def test_only_what_the_scene_asks_for_is_taken_on() -> None:
    policy = PlannedPolicy()
    asked = understand("crawl under the yellow bar")
    with pytest.raises(InstructionError, match="'expert' to true"):
        policy.check(asked)
    policy.put_scene(AskedOf("go_to", {"colour": "", "shape": ""}, ""))
    with pytest.raises(InstructionError, match="asks for nothing"):
        policy.check(asked)
    policy.put_scene(replace(SCENE, words={**SCENE.words, **asked.words}))
    policy.check(asked)
    for other in ("crawl under the blue bar", "go to the red ball"):
        with pytest.raises(InstructionError, match="'crawl under the yellow bar', and nothing"):
            policy.check(understand(other))
