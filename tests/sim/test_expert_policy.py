"""Experts as policies, and their disturbance against its own recursion, by hand."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pytest

from canter.control.command_policy import Observation
from canter.control.types import CHUNK_STEPS, GAIT_LAYOUT, GAIT_RANGES, GaitCommand, RobotState
from canter.sim.expert_policy import NOISE_KEPT, NOISE_STEP, DisturbedPolicy, ExpertPolicy
from canter.sim.scene_env import SceneEnv
from canter.sim.scenes.scene_request import SceneRequest
from canter.sim.scenes.surroundings import yaw_quat
from canter.sim.tasks.registry import task
from tests.sim.scene_models import physics_of


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


def test_disturbed_commands_stay_within_the_ranges() -> None:
    edge = {"vx": 1.5, "vy": -0.6, "wz": 1.5}
    policy, seen = disturbed(chunk(50, **edge), *[3.0] * 50), observation(50)
    moved = np.stack([policy.act(seen) for _ in range(20)])
    assert moved.dtype == np.float32
    for name, asked in edge.items():
        low, high = GAIT_RANGES[name]
        values = moved[..., GAIT_LAYOUT[name]]
        assert values.min() >= np.float32(low) and values.max() <= np.float32(high)
        assert np.isin(asked, values.astype(np.float64).round(6))  # clipped there


def test_a_new_episode_forgets_the_disturbance() -> None:
    policy = disturbed(chunk(1), 1.0)
    for _ in range(5):
        policy.act(observation(1))
    policy.reset(["go"])
    moved = policy.act(observation(1))
    rng = np.random.default_rng(0)
    fresh = [rng.standard_normal(len(NOISE_STEP)) for _ in range(6)][-1]
    for (name, step), draw in zip(NOISE_STEP.items(), fresh, strict=True):
        assert moved[0, 0, GAIT_LAYOUT[name]] == pytest.approx(draw * step, rel=1e-5)


@pytest.fixture
def env() -> Iterator[SceneEnv]:
    scenes = [task("go_to").sample(SceneRequest(seed, 1)) for seed in (1, 2)]
    with SceneEnv(scenes) as made:
        yield made


def test_the_expert_answers_for_active_robots_and_the_others_stand(env: SceneEnv) -> None:
    policy, seen = ExpertPolicy(env), replace(observation(2), active=np.array([True, False]))
    answer = policy.act(seen)
    expert = task("go_to").expert(env.scenes[0])
    expert.observe(env.world_states()[0])
    np.testing.assert_array_equal(answer[0], expert.plan())
    assert answer.shape == (2, CHUNK_STEPS, 12) and answer.dtype == np.float32
    np.testing.assert_array_equal(answer[1], chunk(1)[0])
    assert not np.array_equal(answer[0], answer[1])


def test_the_newest_answer_is_kept_as_a_label_that_nobody_changes(env: SceneEnv) -> None:
    policy, seen = ExpertPolicy(env), observation(2)
    np.testing.assert_array_equal(policy.chunk, chunk(2))
    first = policy.act(seen)
    np.testing.assert_array_equal(policy.chunk, first)
    kept = policy.chunk.copy()
    driven = DisturbedPolicy(policy, [1.0, 1.0], [np.random.default_rng(k) for k in range(2)])
    driven.act(seen)
    np.testing.assert_array_equal(policy.chunk, kept)  # the label is the undisturbed answer


def test_a_new_episode_begins_with_a_fresh_expert() -> None:
    scene = task("go_to").sample(SceneRequest(3, 3))  # the target is out of view: memory matters
    with SceneEnv([scene]) as made:
        policy, seen = ExpertPolicy(made), observation(1)
        first = policy.act(seen)
        physics_of(made).qpos[0, 3:7] = yaw_quat(scene.start[2] + np.pi)
        policy.act(seen)
        made.reset()
        assert not np.array_equal(policy.act(seen), first)  # it remembers what it has seen
        policy.reset([""])
        np.testing.assert_array_equal(policy.act(seen), first)
