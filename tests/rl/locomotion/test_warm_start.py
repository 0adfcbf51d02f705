"""A larger policy begins with the actions and values of a smaller one."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from stable_baselines3 import PPO

from canter.control.errors import CanterError
from canter.control.gait.observation import JOINTS
from canter.rl.locomotion.asymmetric_policy import AsymmetricPolicy
from canter.rl.locomotion.presets import preset
from canter.rl.locomotion.train_locomotion import build, fresh, save_checkpoint
from canter.rl.locomotion.warm_start import read_weights
from canter.rl.settings import LocomotionTraining, PolicyKind
from canter.sim.locomotion_env import LocomotionEnv
from canter.sim.sb3 import LocomotionVecEnv


def small(kind: PolicyKind) -> LocomotionTraining:
    return replace(preset(kind), envs=4, seed=3)


def environment(kind: PolicyKind) -> LocomotionVecEnv:
    return LocomotionVecEnv(LocomotionEnv(4, preset(kind).environment, seed=1, threads=1))


@pytest.fixture(scope="module")
def donor(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A trot whose every weight is random, so that none can be mistaken."""
    folder = tmp_path_factory.mktemp("donor")
    env = environment("trot")
    model = fresh(env, small("trot"))
    torch.manual_seed(0)
    with torch.no_grad():
        for weight in model.policy.parameters():
            weight.normal_(0, 0.1)
    save_checkpoint(model, env, folder)
    env.close()
    return folder / "checkpoint.zip"


@pytest.mark.parametrize("kind", ["robust", "stiffness", "rma"])
def test_it_acts_and_values_as_before(donor: Path, kind: PolicyKind, tmp_path: Path) -> None:
    old = PPO.load(donor, device="cpu").policy
    env = environment(kind)
    model = build(env, replace(small(kind), start=donor, out=tmp_path))
    assert isinstance(model.policy, AsymmetricPolicy) and isinstance(old, AsymmetricPolicy)
    seen = env.reset()
    layout = env.env.layout
    size = old.actor_parts()[0].actor_size
    actor, privileged = seen[:, layout["actor"]][:, :size], seen[:, layout["privileged"]]
    before = np.concatenate([actor, privileged], axis=-1)
    actions, _ = model.predict(seen, deterministic=True)
    expected, _ = old.predict(before, deterministic=True)
    np.testing.assert_allclose(actions[:, :JOINTS], expected, atol=1e-5)
    np.testing.assert_array_equal(actions[:, JOINTS:], 0)
    with torch.no_grad():
        values = model.policy.predict_values(torch.from_numpy(seen))
        torch.testing.assert_close(values, old.predict_values(torch.from_numpy(before)))
        std, old_std = model.policy.log_std, old.log_std
        torch.testing.assert_close(std[:JOINTS], old_std)
        assert (std[JOINTS:] == -1).all()
    env.close()


def test_a_larger_donor_is_refused(donor: Path, tmp_path: Path) -> None:
    env = environment("stiffness")
    large = build(env, replace(small("stiffness"), start=donor, out=tmp_path))
    save_checkpoint(large, env, tmp_path)
    env.close()
    target = environment("robust")
    start = replace(small("robust"), start=tmp_path / "checkpoint.zip", out=tmp_path / "x")
    with pytest.raises(CanterError, match="has no place in this policy"):
        build(target, start)
    target.close()


def test_a_missing_checkpoint_is_named() -> None:
    with pytest.raises(CanterError, match="no checkpoint 'nowhere'"):
        read_weights(Path("nowhere"))
