"""``canter train locomotion``: SB3 PPO over the batched simulation, with checkpoint and resume."""

import io
import json
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

from rich.console import Console
from stable_baselines3 import PPO
from stable_baselines3.common.callbacks import BaseCallback

from canter.control.errors import CanterError
from canter.control.files import write_bytes
from canter.control.robot import RobotSpec
from canter.control.stop import StopRequest, exit_code
from canter.rl.export_locomotion import export_trained
from canter.rl.locomotion.asymmetric_policy import AsymmetricPolicy
from canter.rl.locomotion.locomotion_variants import policy_arguments
from canter.rl.locomotion.presets import checked
from canter.rl.locomotion.train_student import export_student
from canter.rl.locomotion.training_log import training_log
from canter.rl.locomotion.training_state import add_state, take_state
from canter.rl.locomotion.warm_start import other_kind, read_weights, warm_start
from canter.rl.progress import progress_bar
from canter.rl.run_config import refuse_other_settings, save_config
from canter.rl.settings import LocomotionTraining
from canter.sim.locomotion_env import LocomotionEnv
from canter.sim.robots.registry import robot
from canter.sim.sb3 import LocomotionVecEnv

CHECKPOINT_EVERY = 40
"""Rollouts between checkpoints."""


class Reporter(BaseCallback):
    """Progress bar, reward terms to TensorBoard, and a checkpoint every so often."""

    def __init__(
        self, env: LocomotionVecEnv, settings: LocomotionTraining, stop: StopRequest
    ) -> None:
        super().__init__()
        self._terms_of, self._settings, self._stop = env, settings, stop
        self._rollouts = 0
        self._bar = progress_bar()
        self._task = self._bar.add_task("locomotion", total=settings.steps, report="")

    def _on_training_start(self) -> None:
        self._bar.start()

    def _on_step(self) -> bool:
        return True

    def _on_rollout_start(self) -> None:
        """Stop here if asked to: what was learnt is whole, and the robots are where it ends."""
        if self._stop.asked:
            raise self._stop.reason()
        if self._rollouts and self._rollouts % CHECKPOINT_EVERY == 0:
            save_checkpoint(self.model, self._terms_of, self._settings.out)

    def _on_rollout_end(self) -> None:
        self._rollouts += 1
        means = self._terms_of.term_means
        for name, value in means.items():
            self.logger.record(f"terms/{name}", value)
        report = " ".join(
            f"{name} {means.get(name, 0.0):.2f}"
            for name in ("track_planar_fine", "track_yaw_fine", "contact_schedule")
        )
        self._bar.update(self._task, completed=self.num_timesteps, report=report)

    def close(self) -> None:
        """Take the progress bar off the terminal."""
        self._bar.stop()


def save_checkpoint(model: object, env: LocomotionVecEnv, folder: Path) -> None:
    """Write the checkpoint atomically: a kill leaves the old one or the new one, never half."""
    if not isinstance(model, PPO):
        raise TypeError(f"expected a PPO model, got {type(model).__name__}")
    buffer = io.BytesIO()
    model.save(buffer)
    add_state(buffer, model, env)
    write_bytes(checkpoint_path(folder), buffer.getvalue())


def checkpoint_path(folder: Path) -> Path:
    """Return where the newest checkpoint of a training lies."""
    return folder / "checkpoint.zip"


@dataclass(frozen=True, slots=True)
class FallingRate:
    """A learning rate that falls linearly over the training.

    Attributes:
        first: at the start.
        last: at the end.
    """

    first: float
    last: float

    def __call__(self, remaining: float) -> float:
        """Return the rate at a remaining share of the training."""
        return self.last + (self.first - self.last) * remaining


def build(env: LocomotionVecEnv, settings: LocomotionTraining) -> PPO:
    """Return a fresh PPO learner, or the checkpoint's where ``resume`` is set."""
    if settings.resume:
        return resumed(checkpoint_path(settings.out), env, settings)
    model = fresh(env, settings)
    if settings.start is not None and isinstance(model.policy, AsymmetricPolicy):
        warm_start(model.policy, read_weights(settings.start), env.env.layout)
    return model


def resumed(path: Path, env: LocomotionVecEnv, settings: LocomotionTraining) -> PPO:
    """Return the checkpoint's learner; raises CanterError where it is of another kind.

    Only weights, the optimiser's state, counts and arrays are read: what else lies in such a file
    could be any code.
    """
    model = fresh(env, settings)
    try:
        model.set_parameters(str(path), device="cpu")
    except (ValueError, RuntimeError) as error:  # what SB3 and torch raise for other shapes
        raise CanterError(other_kind(path, settings.policy)) from error
    with ZipFile(path) as parts:
        counts = json.loads(parts.read("data"))
    model.num_timesteps, model._n_updates = counts["num_timesteps"], counts["_n_updates"]
    take_state(path, model, env)
    return model


def fresh(env: LocomotionVecEnv, settings: LocomotionTraining) -> PPO:
    """Return an untrained PPO learner."""
    ppo, robot = settings.ppo, env.env.robot
    return PPO(
        AsymmetricPolicy,
        env,
        learning_rate=FallingRate(ppo.learning_rate, ppo.final_learning_rate),
        n_steps=ppo.horizon,
        batch_size=ppo.horizon * settings.envs // ppo.minibatches,
        n_epochs=ppo.epochs,
        gamma=ppo.discount,
        gae_lambda=ppo.gae_lambda,
        clip_range=ppo.clip_range,
        ent_coef=ppo.entropy_weight,
        vf_coef=ppo.value_weight,
        max_grad_norm=ppo.max_gradient,
        seed=settings.seed,
        device="cpu",
        policy_kwargs=policy_arguments(settings, env.env.layout.widths, robot),
    )


def refuse_early(settings: LocomotionTraining) -> None:
    """Refuse what cannot be begun or gone on with, before anything is simulated.

    Raises:
        CanterError: there is nothing to resume, or a checkpoint that would be overwritten, one
            that another program trained, or one of a run with other settings.
    """
    path = checkpoint_path(settings.out)
    if settings.start is not None:
        read_weights(settings.start)
    if not settings.resume:
        if path.exists():
            raise CanterError(f"'{path}' exists; pass --resume to go on, or another --out")
        return
    if not path.exists():
        raise CanterError(f"nothing to resume: '{path}' does not exist; leave out --resume")
    read_weights(path)
    refuse_other_settings(settings.out, settings)


def train(settings: LocomotionTraining) -> PPO:
    """Train until ``settings.steps``; whatever ends it, the checkpoint holds what was learnt.

    Raises:
        CanterError: see `checked` and `refuse_early`.
    """
    refuse_early(checked(settings))
    settings.out.mkdir(parents=True, exist_ok=True)
    core = LocomotionEnv(
        settings.envs, settings.environment, seed=settings.seed, robot=robot(settings.robot)
    )
    env = LocomotionVecEnv(core, spread_ends=True)
    with closing(env):
        model = build(env, settings)
        save_config(settings, settings.out)
        model.set_logger(training_log(settings.out / "tensorboard", model.num_timesteps))
        with StopRequest() as stop, closing(Reporter(env, settings, stop)) as reporter:
            try:
                model.learn(
                    settings.steps - model.num_timesteps,
                    callback=reporter,
                    reset_num_timesteps=not settings.resume,
                )
            finally:
                save_checkpoint(model, env, settings.out)
            if stop.asked:  # during the last rollout
                raise stop.reason()
    return model


def main(options: LocomotionTraining) -> int:
    """Train, a student too where there is one, and export ``policy.onnx``; 0, or as a signal says.

    Raises:
        CanterError: see `train`.
    """
    console, spec = Console(), robot(options.robot)
    policy = options.out / "policy.onnx"
    try:
        (_by_rsl_rl if options.trainer == "rsl_rl" else _by_sb3)(options, policy, spec)
    except KeyboardInterrupt as stop:
        again = f"canter train locomotion --out {options.out} --resume"
        console.print(f"stopped; go on with: {again}", markup=False, soft_wrap=True)
        return exit_code(stop)
    console.print(f"wrote {policy}; measure it with: canter eval locomotion --policy {policy}")
    return 0


def _by_sb3(options: LocomotionTraining, policy: Path, spec: RobotSpec) -> None:
    """Train by SB3 and export."""
    train(options)
    checkpoint = checkpoint_path(options.out)
    if options.network.latent:
        export_student(options, checkpoint, policy, spec)
    else:
        export_trained(checkpoint, policy, spec, options)


def _by_rsl_rl(options: LocomotionTraining, policy: Path, spec: RobotSpec) -> None:
    """Train by rsl_rl, an extra, and export."""
    from canter.rl.locomotion import train_rsl_rl  # noqa: PLC0415

    train_rsl_rl.train(options)
    train_rsl_rl.export(options, policy, spec)
