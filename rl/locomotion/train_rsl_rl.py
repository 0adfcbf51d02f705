"""``canter train locomotion --trainer rsl_rl``: rsl_rl's PPO over the environment SB3 uses."""

import io
import pickle
import re
from contextlib import closing, redirect_stdout
from pathlib import Path
from typing import Any

import torch
from rsl_rl.runners import OnPolicyRunner
from rsl_rl.utils.logger import Logger

from canter.control.errors import CanterError
from canter.control.files import write_bytes
from canter.control.robot import RobotSpec
from canter.control.stop import StopRequest
from canter.rl.export_locomotion import locomotion_contract, write_policy
from canter.rl.locomotion.locomotion_variants import VARIANTS
from canter.rl.locomotion.presets import checked
from canter.rl.locomotion.prior_actor import PriorActor
from canter.rl.progress import progress_bar
from canter.rl.run_config import refuse_other_settings, save_config
from canter.rl.settings import LocomotionTraining
from canter.sim.locomotion_env import LocomotionEnv
from canter.sim.robots.registry import robot
from canter.sim.rsl_rl import OBS_GROUPS, LocomotionRslRlEnv

CHECKPOINT_EVERY = 40
"""Iterations between checkpoints."""
DESIRED_KL = 0.01
"""Divergence that rsl_rl's adaptive learning rate keeps."""
_CHECKPOINT = re.compile(r"model_(\d+)\.pt")


class ReportingLogger(Logger):
    """rsl_rl's logger with our progress bar for its console, and a stop between iterations.

    Args:
        stop: whether to stop.
        args: of rsl_rl's logger.
        kwargs: of rsl_rl's logger.
    """

    def __init__(self, stop: StopRequest, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(**kwargs)
        self._stop, self._bar = stop, progress_bar()
        self._task = self._bar.add_task("locomotion", total=None, report="")

    def log(self, it: int, start_it: int, total_it: int, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        """Write the figures of an iteration; stop here if asked to: what was learnt is whole."""
        with redirect_stdout(io.StringIO()):
            super().log(it, start_it, total_it, *args, **kwargs)
        rewards = list(self.rewbuffer)
        report = f"reward {sum(rewards) / len(rewards):.2f}" if rewards else ""
        self._bar.start()
        self._bar.update(self._task, total=total_it, completed=it + 1, report=report)
        if self._stop.asked:
            raise self._stop.reason()

    def close(self) -> None:
        """Take the progress bar off the terminal, and end the figures' file."""
        self._bar.stop()
        if self.writer is not None:
            self.writer.close()

    def _store_code_state(self) -> list[str]:
        """Keep no copy of any working tree: the contract names the commit."""
        return []


class LocomotionRunner(OnPolicyRunner):
    """rsl_rl's runner whose checkpoints are whole or not there, and hold tensors alone."""

    def save(self, path: str, infos: dict[str, Any] | None = None) -> None:
        """Write a checkpoint in rsl_rl's layout."""
        content = io.BytesIO()
        held = {**self.alg.save(), "iter": self.current_learning_iteration, "infos": infos}
        torch.save(held, content)
        write_bytes(Path(path), content.getvalue())

    def go_on(self, path: Path) -> None:
        """Take networks, optimiser and iteration from a checkpoint; only tensors are read.

        Raises:
            CanterError: it is no checkpoint of these settings.
        """
        held = read_checkpoint(path)
        try:
            self.alg.load(held, None, True)
        except (KeyError, RuntimeError, ValueError) as error:
            raise CanterError(f"'{path}' is of other settings ({error})") from error
        self.current_learning_iteration = int(held["iter"]) + 1


def read_checkpoint(path: Path) -> dict[str, Any]:
    """Return what a checkpoint of rsl_rl's holds; raises CanterError for any other file."""
    try:
        held = torch.load(path, weights_only=True, map_location="cpu")
    except (OSError, RuntimeError, ValueError, EOFError, pickle.UnpicklingError) as error:
        raise CanterError(
            f"'{path}' is no whole checkpoint, or holds more than tensors, which could run any "
            "program; only those of canter train locomotion --trainer rsl_rl are read"
        ) from error
    if not isinstance(held, dict) or not {"actor_state_dict", "iter"} <= held.keys():
        raise CanterError(f"'{path}' is no checkpoint of rsl_rl 5")
    return held


def newest_checkpoint(folder: Path) -> Path | None:
    """Return the checkpoint with the most iterations in a run's folder."""
    found = [
        (int(m[1]), path)
        for path in folder.glob("model_*.pt")
        if (m := _CHECKPOINT.fullmatch(path.name))
    ]
    return max(found)[1] if found else None


def runner_config(settings: LocomotionTraining, prior: torch.nn.Module) -> dict[str, Any]:
    """Return our settings in the words of rsl_rl's runner."""
    ppo, widths = settings.ppo, list(settings.network.widths)
    shown = ["dynamics"] if settings.environment.dynamics_shown else []
    std = float(torch.tensor(ppo.initial_log_std).exp())
    return {
        "num_steps_per_env": ppo.horizon,
        "save_interval": CHECKPOINT_EVERY,
        "obs_groups": {**OBS_GROUPS, "critic": [*OBS_GROUPS["critic"], *shown]},
        "actor": {
            "class_name": PriorActor,
            "hidden_dims": widths,
            "activation": "elu",
            "prior": prior,
            "distribution_cfg": {
                "class_name": "GaussianDistribution",
                "init_std": std,
                "std_type": "log",
            },
        },
        "critic": {"class_name": "MLPModel", "hidden_dims": widths, "activation": "elu"},
        "algorithm": {
            "class_name": "PPO",
            "num_learning_epochs": ppo.epochs,
            "num_mini_batches": ppo.minibatches,
            "clip_param": ppo.clip_range,
            "gamma": ppo.discount,
            "lam": ppo.gae_lambda,
            "value_loss_coef": ppo.value_weight,
            "entropy_coef": ppo.entropy_weight,
            "learning_rate": ppo.learning_rate,
            "max_grad_norm": ppo.max_gradient,
            "schedule": "adaptive",
            "desired_kl": DESIRED_KL,
        },
    }


def build(
    env: LocomotionRslRlEnv, settings: LocomotionTraining, stop: StopRequest
) -> LocomotionRunner:
    """Return a fresh runner, or the newest checkpoint's where ``resume`` is set."""
    torch.manual_seed(settings.seed)
    prior = VARIANTS[settings.policy].prior(env.env.robot)
    with redirect_stdout(io.StringIO()):  # it prints its networks
        runner = LocomotionRunner(env, runner_config(settings, prior), str(settings.out), "cpu")
    kept = {name: getattr(runner.logger, name) for name in ("log_dir", "cfg", "env_cfg", "device")}
    runner.logger = ReportingLogger(
        stop,
        num_envs=env.num_envs,
        is_distributed=False,
        gpu_world_size=1,
        gpu_global_rank=0,
        **kept,
    )
    newest = newest_checkpoint(settings.out)
    if settings.resume and newest is not None:
        runner.go_on(newest)
    return runner


def refuse_early(settings: LocomotionTraining) -> None:
    """Refuse what cannot be begun or gone on with, before anything is simulated.

    Raises:
        CanterError: the policy is of a kind that needs SB3, or the folder does not fit.
    """
    if settings.network.latent or settings.network.mirrored:
        raise CanterError(
            f"--trainer rsl_rl trains trot, robust and stiffness; '{settings.policy}' is mirrored "
            "or has a student: leave --trainer out"
        )
    if settings.start is not None:
        raise CanterError("--start takes a checkpoint of SB3; leave it or --trainer rsl_rl out")
    newest = newest_checkpoint(settings.out)
    if settings.resume:
        if newest is None:
            raise CanterError(f"nothing to resume in '{settings.out}'; leave out --resume")
        refuse_other_settings(settings.out, settings)
    elif newest is not None:
        raise CanterError(f"'{newest}' exists; pass --resume to go on, or another --out")


def train(settings: LocomotionTraining) -> None:
    """Train until ``settings.steps``; whatever ends it, the newest checkpoint holds it.

    Raises:
        CanterError: see `checked` and `refuse_early`.
    """
    refuse_early(checked(settings))
    settings.out.mkdir(parents=True, exist_ok=True)
    core = LocomotionEnv(
        settings.envs, settings.environment, seed=settings.seed, robot=robot(settings.robot)
    )
    env = LocomotionRslRlEnv(core)
    with closing(env), StopRequest() as stop:
        runner = build(env, settings, stop)
        save_config(settings, settings.out)
        total = -(-settings.steps // (settings.envs * settings.ppo.horizon))
        left = total - runner.current_learning_iteration
        with closing(runner.logger):
            try:
                if left > 0:
                    runner.learn(left)
            finally:
                if runner.logger.tot_timesteps:  # an iteration was finished in this sitting
                    newest = f"model_{runner.current_learning_iteration}.pt"
                    runner.save(str(settings.out / newest))


def export(settings: LocomotionTraining, out: Path, spec: RobotSpec) -> None:
    """Write the newest checkpoint's actor as a policy file.

    Raises:
        CanterError: there is none, or it is of other settings.
    """
    newest = newest_checkpoint(settings.out)
    if newest is None:
        raise CanterError(f"no checkpoint in '{settings.out}'; train one")
    env = LocomotionRslRlEnv(LocomotionEnv(1, settings.environment, robot=spec))
    with closing(env), StopRequest() as stop:
        runner = build(env, settings, stop)
        with closing(runner.logger):
            runner.go_on(newest)
    network = runner.alg.get_policy().as_onnx(verbose=False)
    write_policy(network, locomotion_contract(spec, settings), out)
