"""Posture risk: the network against plain numpy, its file, its history and its watch."""

from pathlib import Path

import numpy as np
import pytest

from canter.control.errors import ContractError
from canter.control.robot import GO2
from canter.control.safety.posture_risk import (
    FRAME,
    FRAMES,
    PERIOD_S,
    SCALE,
    SHIPPED_RISK,
    History,
    PostureRisk,
    RiskContract,
    frame,
)
from tests.control.states import standing

INPUTS = len(FRAMES) * FRAME.size


def tilt_model(alarm: float = 0.5, robot: str = "go2") -> PostureRisk:
    """Return a model whose logit is 20 (g_z + 0.5) of the newest frame, by one tanh unit."""
    contract = RiskContract(
        robot, GO2.joint_names, PERIOD_S, FRAMES, FRAME.widths, SCALE, 0.5, alarm, "none", 0, 0
    )
    w0 = np.zeros((INPUTS, 1), np.float32)
    w0[-FRAME.size :][FRAME["gravity_b"]][2] = 1.0
    weights = {
        "w0": w0,
        "b0": np.array([0.5], np.float32),
        "w1": np.array([[20.0]], np.float32),
        "b1": np.zeros(1, np.float32),
    }
    return PostureRisk(contract, weights)


def pitched(angle: float, **changes: object) -> np.ndarray:
    return np.array([np.cos(angle / 2), 0.0, np.sin(angle / 2), 0.0])


@pytest.mark.parametrize("angle", [0.0, 0.5, 1.2])
def test_probability_is_the_logistic_of_the_network(angle: float) -> None:
    seen = History(1).push(frame(standing((1,), quat=pitched(angle)[None]), GO2))
    expected = 1 / (1 + np.exp(-20 * np.tanh(0.5 - np.cos(angle))))
    assert tilt_model().probability(seen).item() == pytest.approx(expected, rel=1e-5)


def test_a_frame_holds_gravity_angles_and_speeds_in_their_scales() -> None:
    state = standing(gyro=np.array([4.0, 0.0, 0.0]), q=GO2.default_q + 0.1)
    parts = FRAME.unpack(frame(state, GO2))
    np.testing.assert_allclose(parts["gravity_b"], [0, 0, -1], atol=1e-7)
    np.testing.assert_allclose(parts["gyro"], [1, 0, 0])
    np.testing.assert_allclose(parts["joint_pos"], 0.1, rtol=1e-5)


def test_history_holds_the_frames_of_its_ages_and_forgets_each_robot_alone() -> None:
    history = History(2)
    for step in range(10):
        seen = history.push(np.full((2, FRAME.size), float(step), np.float32))
    np.testing.assert_array_equal(seen[0, :: FRAME.size], [9 - ago for ago in FRAMES])
    history.forget(np.array([False, True]))
    seen = history.push(np.full((2, FRAME.size), 50.0, np.float32))
    np.testing.assert_array_equal(seen[0, :: FRAME.size], [5, 8, 50])
    np.testing.assert_array_equal(seen[1], 50)


def test_a_saved_model_says_the_same(tmp_path: Path) -> None:
    model, path = tilt_model(), tmp_path / "risk.npz"
    model.save(path)
    seen = np.random.default_rng(0).standard_normal((5, INPUTS)).astype(np.float32)
    loaded = PostureRisk.load(path)
    np.testing.assert_array_equal(loaded.probability(seen), model.probability(seen))
    assert loaded.contract == model.contract


def test_what_does_not_fit_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "risk.npz"
    tilt_model(robot="spot").save(path)
    with pytest.raises(ContractError, match="'robot' is 'spot'"):
        PostureRisk.load(path)
    path.write_bytes(b"not a model")
    with pytest.raises(ContractError, match="not a model"):
        PostureRisk.load(path)


def test_changed_weights_are_refused(tmp_path: Path) -> None:
    model, path = tilt_model(), tmp_path / "risk.npz"
    model.save(path)
    with np.load(path) as file:
        arrays = dict(file)
    np.savez(path, **arrays | {"b1": arrays["b1"] + 1})
    with pytest.raises(ContractError, match="golden"):
        PostureRisk.load(path)


@pytest.mark.parametrize(
    "change",
    [
        {"w1": np.zeros((3, 1), np.float32)},
        {"w0": np.zeros((5, 5, 5), np.float32)},
        {"b0": np.zeros(1, np.float32)},
        {"w1": np.array([["a"]])},
        {"golden_in": np.zeros(3, np.float32)},
        {"golden_out": np.zeros(9, np.float32)},
        {"w7": np.zeros((1, 1), np.float32)},
    ],
    ids="-".join,
)
def test_weights_that_do_not_fit_are_refused(tmp_path: Path, change: dict[str, np.ndarray]) -> None:
    path = tmp_path / "risk.npz"
    tilt_model().save(path)
    with np.load(path) as file:
        arrays = dict(file)
    np.savez(path, **arrays | change)
    with pytest.raises(ContractError, match="the file is damaged"):
        PostureRisk.load(path)


def test_the_shipped_model_is_small_and_calm_about_a_standing_robot() -> None:
    model = PostureRisk.load()
    assert SHIPPED_RISK.stat().st_size <= 100_000
    seen = History(1).push(frame(standing((1,)), GO2))
    assert model.probability(seen).item() < model.contract.alarm
