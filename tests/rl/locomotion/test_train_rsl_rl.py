"""Training by rsl_rl's own runner: what it starts from, goes on with, exports and refuses."""

import pickle
import signal
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

pytest.importorskip("rsl_rl", reason="extra [rsl]")

from torch.utils.tensorboard import SummaryWriter

from canter.cli import main as cli
from canter.control.errors import CanterError
from canter.control.locomotion import LocomotionPolicy
from canter.control.robot import GO2
from canter.control.session import OnnxSession
from canter.control.stop import Stopped, StopRequest
from canter.control.types import GaitCommand
from canter.rl.locomotion import train_rsl_rl
from canter.rl.locomotion.presets import preset
from canter.rl.locomotion.train_rsl_rl import newest_checkpoint, read_checkpoint
from canter.rl.locomotion.trot_prior import TrotPrior
from canter.rl.settings import LocomotionTraining
from canter.sim.locomotion_env import LocomotionEnv
from canter.sim.rsl_rl import LocomotionRslRlEnv
from tests.control.states import standing

DEBUG = replace(preset(size="debug"), trainer="rsl_rl")
ROLLOUT = DEBUG.envs * DEBUG.ppo.horizon


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two iterations of four robots by the command line, exported."""
    out = tmp_path_factory.mktemp("training") / "out"
    words = ["train", "locomotion", "--trainer", "rsl_rl", "--preset", "debug", "--out", str(out)]
    assert cli(words) == 0
    return out


def runner_of(settings: LocomotionTraining) -> train_rsl_rl.LocomotionRunner:
    env = LocomotionRslRlEnv(LocomotionEnv(settings.envs, settings.environment, threads=1))
    with StopRequest() as stop:
        return train_rsl_rl.build(env, settings, stop)


def test_the_policy_that_is_exported_is_the_one_that_was_trained(trained: Path) -> None:
    runner = runner_of(replace(DEBUG, out=trained, resume=True))
    assert runner.current_learning_iteration == 2
    env = runner.env
    assert isinstance(env, LocomotionRslRlEnv)
    seen = env.get_observations()
    session = OnnxSession(trained / "policy.onnx")
    with torch.no_grad():
        mean = runner.get_inference_policy()(seen).numpy()
    got = session.run(obs=seen["actor"].numpy())["action"]
    np.testing.assert_allclose(got, mean, atol=1e-5)
    assert session.contract.training_seed == DEBUG.seed
    command = LocomotionPolicy(session).step(standing(), GaitCommand(vx=0.4))
    assert np.isfinite(command.q_target).all()
    env.close()


def test_an_untrained_actor_acts_by_the_prior(tmp_path: Path) -> None:
    runner = runner_of(replace(DEBUG, out=tmp_path))
    env = runner.env
    assert isinstance(env, LocomotionRslRlEnv)
    seen = env.get_observations()
    with torch.no_grad():
        mean = runner.get_inference_policy()(seen)
        np.testing.assert_allclose(mean, TrotPrior(GO2)(seen["actor"]), atol=0.1)
        runner.alg.actor(seen, stochastic_output=True)
    std = runner.alg.get_policy().output_std
    np.testing.assert_allclose(std, np.exp(DEBUG.ppo.initial_log_std), rtol=1e-5)
    env.close()


def test_a_run_goes_on_where_it_ended(trained: Path, tmp_path: Path) -> None:
    for name in ("model_1.pt", "config.yaml"):
        (tmp_path / name).write_bytes((trained / name).read_bytes())
    more = replace(DEBUG, out=tmp_path, resume=True, steps=3 * ROLLOUT)
    train_rsl_rl.train(more)
    newest = newest_checkpoint(tmp_path)
    assert newest is not None
    assert newest.name == "model_2.pt"
    steps = [
        {
            int(one["step"])
            for one in read_checkpoint(path)["optimizer_state_dict"]["state"].values()
        }
        for path in (trained / "model_1.pt", newest)
    ]
    each = DEBUG.ppo.epochs * DEBUG.ppo.minibatches
    assert steps == [{2 * each}, {3 * each}]
    train_rsl_rl.train(more)  # nothing is left to do
    assert newest_checkpoint(tmp_path) == newest
    with pytest.raises(CanterError, match="seed"):
        train_rsl_rl.train(replace(more, seed=5))


def test_a_signal_ends_it_with_what_was_learnt_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scalars = SummaryWriter.add_scalar

    def stop_soon(self: SummaryWriter, name: str, *args: object) -> None:
        scalars(self, name, *args)
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(SummaryWriter, "add_scalar", stop_soon)
    with pytest.raises(Stopped):
        train_rsl_rl.train(replace(DEBUG, out=tmp_path, steps=50 * ROLLOUT))
    newest = newest_checkpoint(tmp_path)
    assert newest is not None
    assert read_checkpoint(newest)["iter"] == 0


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (preset("gait", "debug"), "trains trot, robust and stiffness; 'gait'"),
        (preset("rma", "debug"), "'rma' is mirrored or has a student"),
        (replace(DEBUG, start=Path("checkpoint.zip")), "--start takes a checkpoint of SB3"),
        (replace(DEBUG, resume=True), "nothing to resume"),
    ],
)
def test_what_rsl_rl_cannot_train_is_refused(
    settings: LocomotionTraining, said: str, tmp_path: Path
) -> None:
    with pytest.raises(CanterError, match=said):
        train_rsl_rl.train(replace(settings, trainer="rsl_rl", out=tmp_path))


def test_a_run_is_not_overwritten(trained: Path) -> None:
    with pytest.raises(CanterError, match="pass --resume"):
        train_rsl_rl.train(replace(DEBUG, out=trained))


def test_a_checkpoint_that_could_run_a_program_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "model_0.pt"
    torch.save({"actor_state_dict": {}, "iter": 0, "infos": runner_of}, path)
    with pytest.raises(CanterError, match="no whole checkpoint"):
        read_checkpoint(path)
    path.write_bytes(pickle.dumps([1], protocol=2))
    with pytest.raises(CanterError, match="checkpoint"):
        read_checkpoint(path)


def test_stiffness_by_leg_and_shown_dynamics_train_too(tmp_path: Path) -> None:
    settings = replace(preset("stiffness", "debug"), trainer="rsl_rl", out=tmp_path)
    train_rsl_rl.train(settings)
    train_rsl_rl.export(settings, tmp_path / "policy.onnx", GO2)
    session = OnnxSession(tmp_path / "policy.onnx")
    assert len(session.contract.action_scale) == 16
