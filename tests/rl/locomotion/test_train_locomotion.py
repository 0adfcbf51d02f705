import base64
import json
import pickle
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest
import torch
from stable_baselines3 import PPO

from canter.cli import main as cli
from canter.control.errors import CanterError
from canter.control.gait.observation import LOCOMOTION_TERMS, observation_layout
from canter.control.policy.compatibility import OBSERVATION_INPUT
from canter.control.robot import GO2
from canter.control.session import OnnxSession
from canter.rl.export_locomotion import export, trained_actor
from canter.rl.locomotion import train_locomotion
from canter.rl.locomotion.asymmetric_policy import AsymmetricPolicy
from canter.rl.locomotion.presets import options_from, preset
from canter.rl.locomotion.train_locomotion import checkpoint_path
from canter.rl.locomotion.training_log import STEPS, training_log
from canter.rl.run_config import config_path, load_config
from canter.rl.settings import LocomotionTraining, NetworkSettings, PolicyKind
from canter.sim.locomotion_env import LocomotionEnv
from canter.sim.sb3 import LocomotionVecEnv

ENVS = 4
HORIZON = preset().ppo.horizon
ROLLOUT = ENVS * HORIZON


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two rollouts with four robots, exported."""
    out = tmp_path_factory.mktemp("training") / "out"
    options = replace(preset(), steps=2 * ROLLOUT, envs=ENVS, out=out)
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

    options = replace(preset(), steps=2 * ROLLOUT, envs=ENVS, out=tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(train_locomotion.Reporter, "_on_rollout_end", interrupt)
        assert train_locomotion.main(options) == 130
    assert "--resume" in capsys.readouterr().out
    assert PPO.load(checkpoint_path(tmp_path), device="cpu").num_timesteps == ROLLOUT
    with pytest.raises(CanterError, match="pass --resume"):
        train_locomotion.main(options)
    again = replace(options, resume=True)
    assert train_locomotion.main(again) == 0
    assert PPO.load(checkpoint_path(tmp_path), device="cpu").num_timesteps == 2 * ROLLOUT


def weights_of(out: Path) -> dict[str, torch.Tensor]:
    """Return the weights of a training's checkpoint and its optimiser's numbers."""
    policy = PPO.load(checkpoint_path(out), device="cpu").policy
    optimiser = policy.optimizer.state_dict()["state"]
    moments = {f"{i} {name}": value for i, s in optimiser.items() for name, value in s.items()}
    return policy.state_dict() | moments


def stop_after(
    rollouts: int, number: signal.Signals, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], None]:
    """Send this process a signal in the middle of a rollout; return what takes that back."""
    seen, original = [0], train_locomotion.Reporter._on_step

    def on_step(self: train_locomotion.Reporter) -> bool:
        seen[0] += 1
        if seen[0] == rollouts * HORIZON - HORIZON // 2:
            signal.raise_signal(number)
        return original(self)

    monkeypatch.setattr(train_locomotion.Reporter, "_on_step", on_step)
    return lambda: monkeypatch.setattr(train_locomotion.Reporter, "_on_step", original)


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)], ids=["TERM", "HUP"]
)
def test_a_stopped_training_goes_on_to_the_same_bits_with_its_history(
    number: signal.Signals, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = replace(preset("robust"), steps=4 * ROLLOUT, envs=ENVS, out=tmp_path / "a")
    train_locomotion.train(options)
    broken = replace(options, out=tmp_path / "b")
    let_be = stop_after(2, number, monkeypatch)
    assert train_locomotion.main(broken) == code
    let_be()
    assert PPO.load(checkpoint_path(broken.out), device="cpu").num_timesteps == 2 * ROLLOUT
    log = broken.out / "tensorboard" / "progress.csv"
    before = log.read_text().splitlines()
    train_locomotion.train(replace(broken, resume=True))
    after = log.read_text().splitlines()
    assert len(before) == 1 + 2 and len(after) == 1 + 4
    assert [row.split(",")[:1] for row in after[:3]] == [row.split(",")[:1] for row in before]
    whole, resumed = weights_of(options.out), weights_of(broken.out)
    assert whole.keys() == resumed.keys()
    for name, weight in whole.items():
        np.testing.assert_array_equal(weight, resumed[name], err_msg=name)


def test_rows_beyond_the_checkpoint_and_half_rows_are_dropped(tmp_path: Path) -> None:
    head = f"a,{STEPS},b"
    (tmp_path / "progress.csv").write_text(f"{head}\n1,10,2\n3,20,4\n5,30,6\n7,4")
    log = training_log(tmp_path, 20)
    for name, value in (("a", 9), (STEPS, 30), ("new", 1)):
        log.record(name, value)
    log.dump(30)
    log.close()
    rows = (tmp_path / "progress.csv").read_text().splitlines()
    assert rows == [f"{head},new", "1,10,2,", "3,20,4,", "9,30,,1"]


@pytest.mark.parametrize(("kind", "other"), [("robust", "rma"), ("stiffness", "trot")])
def test_another_kind_is_not_resumed(kind: PolicyKind, other: PolicyKind, tmp_path: Path) -> None:
    train_locomotion.train(replace(preset(kind), steps=ROLLOUT, envs=ENVS, out=tmp_path))
    again = replace(preset(other), steps=ROLLOUT, envs=ENVS, out=tmp_path, resume=True)
    with pytest.raises(
        CanterError, match=f"begun with other settings .policy: {kind}, now {other}"
    ):
        train_locomotion.train(again)
    config_path(tmp_path).unlink()  # as before settings were kept
    with pytest.raises(CanterError, match=f"does not hold a policy of kind {other}"):
        train_locomotion.train(again)


def test_a_seed_fixes_the_weights(tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("a", "b")]
    for out in files:
        options = replace(preset("stiffness"), steps=ROLLOUT, envs=ENVS, seed=5, out=out)
        train_locomotion.train(options)
    first, second = (PPO.load(checkpoint_path(out), device="cpu").policy for out in files)
    for (name, weight), other in zip(
        first.state_dict().items(), second.state_dict().values(), strict=True
    ):
        np.testing.assert_array_equal(weight, other, err_msg=name)


def test_a_checkpoint_runs_no_code_of_its_own(trained: Path, tmp_path: Path) -> None:
    """SB3 keeps pickles beside the weights; ours are not opened."""
    source, spoilt = checkpoint_path(trained), tmp_path / "checkpoint.zip"
    with ZipFile(source) as parts, ZipFile(spoilt, "w") as out:
        for name in parts.namelist():
            content = parts.read(name)
            if name == "data":
                data = json.loads(content)
                bomb = base64.b64encode(pickle.dumps(_Bomb())).decode()
                pickled = [key for key, value in data.items() if isinstance(value, dict)]
                data |= {key: {":type:": "x", ":serialized:": bomb} for key in pickled}
                content = json.dumps(data).encode()
            out.writestr(name, content)
    options = load_config(preset(), config_path(trained))
    with pytest.raises(CanterError, match="could run any program"):
        trained_actor(spoilt, options, GO2)
    with pytest.raises(CanterError, match="could run any program"):
        train_locomotion.train(replace(options, out=tmp_path, resume=True))


class _Bomb:
    def __reduce__(self) -> tuple[Callable[[str], None], tuple[str]]:
        return pytest.fail, ("a pickle was opened",)


def test_a_resumed_training_goes_on_with_weights_optimiser_and_counts(trained: Path) -> None:
    options = replace(load_config(preset(), config_path(trained)), out=trained, resume=True)
    env = LocomotionVecEnv(LocomotionEnv(ENVS, options.environment, threads=1))
    ours = train_locomotion.build(env, options)
    theirs = PPO.load(checkpoint_path(trained), env=env, device="cpu")
    assert (ours.num_timesteps, ours._n_updates) == (theirs.num_timesteps, theirs._n_updates)
    for one, other in (
        (ours.policy, theirs.policy),
        (ours.policy.optimizer, theirs.policy.optimizer),
    ):
        torch.testing.assert_close(one.state_dict(), other.state_dict(), atol=0, rtol=0)
    env.close()


def test_nothing_to_resume_is_said(tmp_path: Path) -> None:
    with pytest.raises(CanterError, match="nothing to resume"):
        train_locomotion.main(replace(preset(), envs=ENVS, out=tmp_path, resume=True))


def test_settings_of_the_command_line_are_kept_and_a_file_repeats_them(tmp_path: Path) -> None:
    """The first update of the repeated run has the same bits."""
    first, again = tmp_path / "first", tmp_path / "again"
    given = [
        *("--preset", "debug", "--rewards.tracking", "1.5", "--ppo.learning-rate", "3e-4"),
        *("--randomisation.friction", "0.2", "0.9", "--network.widths", "24", "12"),
        *("--terrain.slope", "0.1", "--terrain.shares", "1", "0", "0"),
    ]
    assert cli(["train", "locomotion", *given, "--out", str(first)]) == 0
    kept = load_config(LocomotionTraining(), config_path(first))
    assert kept.ppo.learning_rate == 3e-4 and kept.network.widths == (24, 12)
    environment = kept.environment
    assert environment.rewards.tracking == 1.5
    assert environment.randomisation.friction == (0.2, 0.9)
    assert (environment.terrain.slope, environment.terrain.shares) == (0.1, (1.0, 0.0, 0.0))
    repeated = ["train", "locomotion", "--config", str(config_path(first)), "--out", str(again)]
    assert cli(repeated) == 0
    assert config_path(first).read_bytes() == config_path(again).read_bytes()
    weights = [
        PPO.load(checkpoint_path(out), device="cpu").policy.state_dict() for out in (first, again)
    ]
    for name, weight in weights[0].items():
        np.testing.assert_array_equal(weight, weights[1][name], err_msg=name)


def test_the_trained_settings_are_those_of_the_command_line(trained: Path) -> None:
    """A wider network and another velocity reach graph and contract."""
    out = trained.parent / "wide"
    commands = replace(preset().environment.commands, vx=(-0.2, 0.3))
    options = replace(
        preset("trot", "debug"),
        network=NetworkSettings(widths=(40, 20)),
        environment=replace(preset().environment, commands=commands),
        out=out,
    )
    assert train_locomotion.main(options) == 0
    assert OnnxSession(out / "policy.onnx").contract.command_ranges["vx"] == (-0.2, 0.3)
    assert PPO.load(checkpoint_path(out), device="cpu").policy.action_net.in_features == 20 + 12


def test_other_settings_are_refused_on_resume_and_none_need_be_repeated(
    trained: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    again = ["train", "locomotion", "--out", str(trained), "--resume"]
    assert cli([*again, "--ppo.epochs", "5"]) == 2
    assert "ppo.epochs: 4, now 5" in capsys.readouterr().err
    assert cli(again) == 0


@pytest.mark.parametrize("kind", ["trot", "gait", "robust", "stiffness"])
def test_every_kind_has_a_twin_that_trains_two_updates(kind: PolicyKind, tmp_path: Path) -> None:
    options = replace(preset(kind, "debug"), out=tmp_path)
    assert options.steps == 2 * options.envs * options.ppo.horizon
    assert train_locomotion.main(options) == 0
    assert PPO.load(checkpoint_path(tmp_path), device="cpu").num_timesteps == options.steps
    assert OnnxSession(tmp_path / "policy.onnx").contract.extra["kind"] == kind


def test_a_file_with_a_policy_alone_has_its_other_settings(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("policy: gait\nrewards: {height: -9}\n")
    found = options_from(["--config", str(path)])
    rewards = replace(preset("gait").environment.rewards, height=-9.0)
    assert found == replace(
        preset("gait"), environment=replace(preset("gait").environment, rewards=rewards)
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--policy", "trott"], "no --policy 'trott'; did you mean 'trot'?"),
        (["--preset", "tiny"], "no --preset 'tiny'; it may be full, debug"),
        (["--whole-command"], "policy 'trot' has whole-command False, these settings have True"),
        (["--network.latent", "4"], "policy 'trot' has network.latent False"),
        (["--start", "none.zip"], "no checkpoint 'none.zip'"),
        (["--ppo.minibatches", "0"], "ppo.minibatches is 0"),
        (["--envs", "0"], "envs is 0"),
        (["--network.widths", "8", "-1"], "network.widths"),
    ],
)
def test_settings_that_cannot_be_trained_are_refused_at_once(
    words: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert cli(["train", "locomotion", *words, "--out", str(out)]) == 2
    assert said in capsys.readouterr().err
    assert not checkpoint_path(out).exists() and not config_path(out).exists()


def test_a_policy_of_another_program_is_refused_before_anything_is_simulated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    env = LocomotionVecEnv(LocomotionEnv(2, threads=1))
    PPO("MlpPolicy", env, n_steps=4, batch_size=8).save(checkpoint_path(tmp_path))
    env.close()
    monkeypatch.delattr(train_locomotion, "LocomotionEnv")
    debug = replace(preset("trot", "debug"), out=tmp_path)
    for foreign in (replace(debug, resume=True), replace(debug, start=checkpoint_path(tmp_path))):
        with pytest.raises(CanterError, match=r"holds no policy of canter train.*docs/policies.md"):
            train_locomotion.train(foreign)
    with pytest.raises(CanterError, match=r"holds no policy of canter train.*docs/policies.md"):
        export(checkpoint_path(tmp_path), tmp_path / "policy.onnx", GO2, 0, "trot")
    checkpoint_path(tmp_path).write_bytes(b"PK\x03\x04 broken")
    with pytest.raises(CanterError, match="is no whole checkpoint"):
        train_locomotion.train(replace(debug, resume=True))
