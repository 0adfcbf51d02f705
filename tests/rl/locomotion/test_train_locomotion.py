from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from stable_baselines3 import PPO

from canter.control.errors import CanterError
from canter.control.gait.observation import LOCOMOTION_TERMS, observation_layout
from canter.control.policy.compatibility import OBSERVATION_INPUT
from canter.control.robot import GO2
from canter.control.session import OnnxSession
from canter.rl.locomotion import train_locomotion
from canter.rl.locomotion.asymmetric_policy import AsymmetricPolicy
from canter.rl.locomotion.train_locomotion import HORIZON, checkpoint_path
from canter.rl.settings import LocomotionTraining, PolicyKind

ENVS = 4
ROLLOUT = ENVS * HORIZON


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two rollouts with four robots, exported."""
    out = tmp_path_factory.mktemp("training") / "out"
    options = LocomotionTraining(steps=2 * ROLLOUT, envs=ENVS, out=out)
    assert train_locomotion.main(options) == 0
    return out


def test_training_leaves_checkpoint_log_and_policy(trained: Path) -> None:
    assert PPO.load(checkpoint_path(trained), device="cpu").num_timesteps == 2 * ROLLOUT
    log = (trained / "tensorboard" / "progress.csv").read_text()
    assert "terms/track_planar" in log.splitlines()[0]
    assert not list(trained.glob("*.partial*"))


def test_the_exported_graph_is_the_trained_actor(trained: Path) -> None:
    session = OnnxSession(trained / "policy.onnx")
    policy = PPO.load(checkpoint_path(trained), device="cpu").policy
    assert isinstance(policy, AsymmetricPolicy)
    size = observation_layout(LOCOMOTION_TERMS).size
    observations = np.random.default_rng(4).standard_normal((9, size)).astype(np.float32)
    (actions,) = session.run(**{OBSERVATION_INPUT: observations}).values()
    with torch.no_grad():
        expected = policy.actor_network()(torch.from_numpy(observations)).numpy()
    np.testing.assert_allclose(actions, expected, atol=1e-5)
    assert session.contract.joint_names == GO2.joint_names
    assert session.contract.command_ranges["vx"] == (-0.5, 1.0)
    assert session.contract.command_ranges["swing_height"] == pytest.approx((0.08, 0.08))


def test_an_interrupted_training_is_kept_and_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(self: object) -> None:
        raise KeyboardInterrupt

    options = LocomotionTraining(steps=2 * ROLLOUT, envs=ENVS, out=tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(train_locomotion.Reporter, "_on_rollout_end", interrupt)
        assert train_locomotion.main(options) == 130
    assert "--resume" in capsys.readouterr().out
    assert PPO.load(checkpoint_path(tmp_path), device="cpu").num_timesteps == ROLLOUT
    with pytest.raises(CanterError, match="pass --resume"):
        train_locomotion.main(options)
    again = LocomotionTraining(steps=2 * ROLLOUT, envs=ENVS, out=tmp_path, resume=True)
    assert train_locomotion.main(again) == 0
    assert PPO.load(checkpoint_path(tmp_path), device="cpu").num_timesteps == 2 * ROLLOUT


@pytest.mark.parametrize(("kind", "other"), [("robust", "rma"), ("stiffness", "trot")])
def test_another_kind_is_not_resumed(kind: PolicyKind, other: PolicyKind, tmp_path: Path) -> None:
    options = LocomotionTraining(policy=kind, steps=ROLLOUT, envs=ENVS, out=tmp_path)
    train_locomotion.train(options)
    with pytest.raises(CanterError, match=f"does not hold a policy of kind {other}"):
        train_locomotion.train(replace(options, policy=other, resume=True))


def test_a_seed_fixes_the_weights(tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("a", "b")]
    for out in files:
        options = LocomotionTraining(policy="stiffness", steps=ROLLOUT, envs=ENVS, seed=5, out=out)
        train_locomotion.train(options)
    first, second = (PPO.load(checkpoint_path(out), device="cpu").policy for out in files)
    for (name, weight), other in zip(
        first.state_dict().items(), second.state_dict().values(), strict=True
    ):
        np.testing.assert_array_equal(weight, other, err_msg=name)


def test_nothing_to_resume_is_said(tmp_path: Path) -> None:
    with pytest.raises(CanterError, match="nothing to resume"):
        train_locomotion.main(LocomotionTraining(envs=ENVS, out=tmp_path, resume=True))
