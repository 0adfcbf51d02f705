"""The locomotion policy against a linear graph computed by numpy."""

from pathlib import Path

import numpy as np
import pytest

from canter.control.errors import CanterError, ContractError
from canter.control.gait.action import StiffnessAction
from canter.control.gait.gait_clock import clock_features
from canter.control.gait.observation import (
    LOCOMOTION_TERMS,
    locomotion_terms,
    locomotion_values,
    observation_layout,
    observe,
)
from canter.control.locomotion import LocomotionPolicy, PolicySession
from canter.control.policy.contract import NO_GAINS, PolicyContract
from canter.control.robot import GO2, LEGS
from canter.control.session import OnnxSession
from canter.control.types import GAIT_RANGES, Array, GaitCommand
from tests.control.policies import (
    WEIGHTS,
    golden,
    linear_graph,
    locomotion_contract,
    write_policy,
)
from tests.control.states import standing

WALK = GaitCommand(vx=0.5, wz=0.3, step_freq_hz=2.5, body_height=-0.05)


@pytest.fixture
def session(tmp_path: Path) -> OnnxSession:
    """Return a session on the linear policy."""
    return OnnxSession(write_policy(tmp_path / "walk.onnx"))


def expected_action(command: GaitCommand, phase: float, last_action: np.ndarray) -> np.ndarray:
    """Return the action of a standing robot, (12,), without the policy's own code."""
    moving = np.array(np.hypot(np.hypot(command.vx, command.vy), command.wz) > 0.05)
    clock = clock_features(np.array(phase), moving)
    named = {name: np.array(getattr(command, name)) for name in GAIT_RANGES}
    values = locomotion_values(standing(), named, clock, last_action, GO2)
    action = observe(LOCOMOTION_TERMS, values) @ WEIGHTS
    clipped: np.ndarray = np.clip(action, -4, 4)
    return clipped


def test_two_steps_by_hand(session: OnnxSession) -> None:
    policy = LocomotionPolicy(session)
    first = policy.step(standing(), WALK)
    action = expected_action(WALK, 0.05, np.zeros(12))
    np.testing.assert_allclose(first.q_target, GO2.default_q + 0.25 * action, atol=1e-5)
    np.testing.assert_array_equal(first.kp, 25.0)
    np.testing.assert_array_equal(first.kd, 0.5)
    np.testing.assert_array_equal(first.tau_ff, 0.0)
    assert first.valid_until == 1.05
    second = policy.step(standing(), WALK)
    action = expected_action(WALK, 0.10, action)
    expected = np.clip(GO2.default_q + 0.25 * action, GO2.q_min, GO2.q_max)
    np.testing.assert_allclose(second.q_target, expected, atol=1e-5)
    np.testing.assert_allclose(policy.phase, 0.10, atol=1e-6)


def test_a_command_outside_the_contract_s_range_is_clipped(session: OnnxSession) -> None:
    fast = LocomotionPolicy(session).step(standing(), GaitCommand(vx=1.5))
    trained = LocomotionPolicy(session).step(standing(), GaitCommand(vx=1.0))
    np.testing.assert_array_equal(fast.q_target, trained.q_target)


def test_a_batch_equals_its_robots(session: OnnxSession) -> None:
    commands = np.stack([WALK.to_array(), GaitCommand().to_array(), GaitCommand(vy=0.4).to_array()])
    batch = LocomotionPolicy(session, robots=3)
    singles = [LocomotionPolicy(session) for _ in range(3)]
    for _ in range(4):
        together = batch.step(standing((3,)), commands)
        assert together.q_target.shape == (3, 12)
        for row, single in enumerate(singles):
            alone = single.step(standing(), commands[row])
            np.testing.assert_allclose(together.q_target[row], alone.q_target, atol=1e-5)


def test_reset_of_one_robot_leaves_the_other(session: OnnxSession) -> None:
    policy = LocomotionPolicy(session, robots=2)
    first = policy.step(standing((2,)), WALK)
    policy.reset(np.array([True, False]))
    np.testing.assert_allclose(policy.phase, [0.0, 0.05], atol=1e-6)
    second = policy.step(standing((2,)), WALK)
    np.testing.assert_array_equal(second.q_target[0], first.q_target[0])
    assert np.abs(second.q_target[1] - first.q_target[1]).max() > 1e-3


def test_an_old_command_stops_but_keeps_its_posture(session: OnnxSession) -> None:
    stopped = GaitCommand(body_height=WALK.body_height, step_freq_hz=WALK.step_freq_hz)
    old = LocomotionPolicy(session).step(standing(), WALK, command_time=0.49)
    still = LocomotionPolicy(session).step(standing(), stopped)
    np.testing.assert_array_equal(old.q_target, still.q_target)
    fresh = LocomotionPolicy(session).step(standing(), WALK, command_time=0.51)
    moving = LocomotionPolicy(session).step(standing(), WALK)
    np.testing.assert_array_equal(fresh.q_target, moving.q_target)


def test_targets_stay_within_the_joint_limits(session: OnnxSession) -> None:
    policy = LocomotionPolicy(session)
    target = policy.step(standing(qd=np.full(12, 60.0), gyro=np.full(3, 20.0)), WALK).q_target
    assert ((target >= GO2.q_min) & (target <= GO2.q_max)).all()


def test_a_batch_of_the_wrong_size_is_refused(session: OnnxSession) -> None:
    with pytest.raises(CanterError, match="steps 1 robots, the state holds 2"):
        LocomotionPolicy(session).step(standing((2,)), WALK)
    with pytest.raises(CanterError, match="gait command has shape"):
        LocomotionPolicy(session).step(standing(), np.zeros((2, 12)))


def test_a_command_of_nan_is_refused(session: OnnxSession) -> None:
    with pytest.raises(CanterError, match="NaN"):
        LocomotionPolicy(session).step(standing(), np.full(12, np.nan))


class OtherPolicy:
    """A session on a policy that commands no joints."""

    robot = GO2
    contract = locomotion_contract(
        kind="vla", kp=(), kd=(), gains_meaning=NO_GAINS, control_period_s=0.2
    )

    def run(self, **inputs: np.ndarray) -> dict[str, np.ndarray]:
        """Return nothing."""
        raise AssertionError(f"never run with {inputs}")


def test_another_kind_of_policy_is_refused() -> None:
    other: PolicySession = OtherPolicy()
    with pytest.raises(ContractError, match="'kind' is 'vla'"):
        LocomotionPolicy(other)


def written(path: Path, outputs: int, contract: PolicyContract) -> tuple[OnnxSession, np.ndarray]:
    """Return a session on a linear policy for this contract, and its weights."""
    inputs = observation_layout(contract.observation).size
    weights = np.random.default_rng(3).normal(0, 0.05, (inputs, outputs)).astype(np.float32)
    write_policy(path, contract, golden(weights), linear_graph(weights))
    return OnnxSession(path), weights


def test_a_policy_sets_the_stiffness_of_each_leg(tmp_path: Path) -> None:
    contract = locomotion_contract(
        observation=locomotion_terms(outputs=16),
        action_scale=(0.25,) * 12 + (10.0,) * 4,
        stiffness=StiffnessAction(LEGS, (20.0, 40.0), 0.2),
    )
    session, weights = written(tmp_path / "stiff.onnx", 16, contract)
    policy = LocomotionPolicy(session)
    command = policy.step(standing(), WALK)
    moving = np.array(True)
    named = {name: np.array(getattr(WALK, name)) for name in GAIT_RANGES}
    clock = clock_features(np.array(0.05), moving)
    values = locomotion_values(standing(), named, clock, np.zeros(16), GO2)
    outputs = np.clip(observe(contract.observation, values) @ weights, -4, 4)
    kp = np.clip(25.0 + 10.0 * outputs[12:], 20.0, 40.0)
    assert np.ptp(kp) > 1
    np.testing.assert_allclose(command.kp.reshape(4, 3), np.tile(kp, (3, 1)).T, rtol=1e-5)
    np.testing.assert_allclose(command.kd, 0.2 * np.sqrt(command.kp))


def test_a_policy_looks_back_and_forgets_at_reset(tmp_path: Path) -> None:
    contract = locomotion_contract(observation=locomotion_terms(history=3))
    session, weights = written(tmp_path / "memory.onnx", 12, contract)
    policy = LocomotionPolicy(session)
    named = {name: np.array(getattr(WALK, name)) for name in GAIT_RANGES}
    frames: list[dict[str, np.ndarray]] = []
    action: Array = np.zeros(12)
    first: Array = action
    for step in range(5):
        state = standing(gyro=np.full(3, 0.5 * step))
        clock = clock_features(np.array(0.05 * (step + 1)), np.array(True))
        frames.append(locomotion_values(state, named, clock, action, GO2))
        stacked = {
            term.name: np.concatenate(
                [frames[max(i, 0)][term.name] for i in range(step + 1 - term.history, step + 1)]
            )
            for term in contract.observation
        }
        action = np.clip(observe(contract.observation, stacked) @ weights, -4, 4)
        expected = np.clip(GO2.default_q + 0.25 * action, GO2.q_min, GO2.q_max)
        given = policy.step(state, WALK).q_target
        np.testing.assert_allclose(given, expected, atol=1e-5)
        first = given if step == 0 else first
    policy.reset()
    np.testing.assert_array_equal(policy.step(standing(), WALK).q_target, first)
