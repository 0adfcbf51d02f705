"""``canter train locomotion``: SB3 PPO over the batched simulation, with checkpoint and resume."""

import io
from contextlib import closing
from pathlib import Path

from rich.console import Console
from stable_baselines3 import PPO
from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.logger import configure

from canter.control.errors import CanterError
from canter.control.files import write_bytes
from canter.control.robot import GO2
from canter.control.stop import exit_code
from canter.rl.export_locomotion import export
from canter.rl.locomotion.asymmetric_policy import AsymmetricPolicy
from canter.rl.locomotion.locomotion_variants import VARIANTS
from canter.rl.locomotion.train_student import export_student
from canter.rl.locomotion.warm_start import read_weights, warm_start
from canter.rl.progress import progress_bar
from canter.rl.settings import LocomotionTraining
from canter.sim.locomotion_env import LocomotionEnv
from canter.sim.sb3 import LocomotionVecEnv

HORIZON = 24
MINIBATCHES = 4
EPOCHS = 4
LOG_STD = -1.0
"""Exploration at the start: 0.37 units of action, 0.09 rad at thigh and calf."""
RATE_START, RATE_END = 1.0e-3, 2.0e-4
FINE_START, FINE_END = 5.0e-4, 1.0e-4
"""Learning rates from scratch, and where a trained policy is the start."""
CHECKPOINT_EVERY = 40
"""Rollouts between checkpoints."""


class Reporter(BaseCallback):
    """Progress bar, reward terms to TensorBoard, and a checkpoint every so often."""

    def __init__(self, env: LocomotionVecEnv, settings: LocomotionTraining) -> None:
        super().__init__()
        self._terms_of, self._settings = env, settings
        self._rollouts = 0
        self._bar = progress_bar()
        self._task = self._bar.add_task("locomotion", total=settings.steps, report="")

    def _on_training_start(self) -> None:
        self._bar.start()

    def _on_step(self) -> bool:
        return True

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
        if self._rollouts % CHECKPOINT_EVERY == 0:
            save_checkpoint(self.model, self._settings.out)

    def close(self) -> None:
        """Take the progress bar off the terminal."""
        self._bar.stop()


def save_checkpoint(model: object, folder: Path) -> None:
    """Write the checkpoint atomically: a kill leaves the old one or the new one, never half."""
    if not isinstance(model, PPO):
        raise TypeError(f"expected a PPO model, got {type(model).__name__}")
    buffer = io.BytesIO()
    model.save(buffer)
    write_bytes(checkpoint_path(folder), buffer.getvalue())


def checkpoint_path(folder: Path) -> Path:
    """Return where the newest checkpoint of a training lies."""
    return folder / "checkpoint.zip"


def learning_rate(remaining: float) -> float:
    """Return the rate at a remaining share of the training, falling linearly."""
    return RATE_END + (RATE_START - RATE_END) * remaining


def fine_rate(remaining: float) -> float:
    """Return the rate of a training that begins with another's weights, falling linearly."""
    return FINE_END + (FINE_START - FINE_END) * remaining


def build(env: LocomotionVecEnv, settings: LocomotionTraining) -> PPO:
    """Return a fresh PPO learner, or the checkpoint's where ``resume`` is set."""
    path = checkpoint_path(settings.out)
    if settings.resume:
        if not path.exists():
            raise CanterError(f"nothing to resume: '{path}' does not exist; leave out --resume")
        return resumed(path, env, settings)
    if path.exists():
        raise CanterError(f"'{path}' exists; pass --resume to go on, or another --out")
    model = fresh(env, settings)
    if settings.start is not None and isinstance(model.policy, AsymmetricPolicy):
        warm_start(model.policy, read_weights(settings.start), env.env.layout)
    return model


def resumed(path: Path, env: LocomotionVecEnv, settings: LocomotionTraining) -> PPO:
    """Return the checkpoint's learner; raises CanterError where it is of another kind."""
    other = f"'{path}' does not hold a policy of kind {settings.policy}; pass its --policy"
    try:
        model = PPO.load(path, env=env, device="cpu")
    except ValueError as error:  # what SB3 raises for other spaces
        raise CanterError(f"{other} ({error})") from error
    if model.policy_kwargs.get("code", 0) != VARIANTS[settings.policy].latent:
        raise CanterError(other)
    return model


def fresh(env: LocomotionVecEnv, settings: LocomotionTraining) -> PPO:
    """Return an untrained PPO learner."""
    variant, widths = VARIANTS[settings.policy], env.env.layout.widths
    return PPO(
        AsymmetricPolicy,
        env,
        learning_rate=learning_rate if settings.start is None else fine_rate,
        n_steps=HORIZON,
        batch_size=HORIZON * settings.envs // MINIBATCHES,
        n_epochs=EPOCHS,
        gamma=0.99,
        gae_lambda=0.95,
        clip_range=0.2,
        ent_coef=0.002,
        vf_coef=1.0,
        max_grad_norm=1.0,
        seed=settings.seed,
        device="cpu",
        policy_kwargs={
            "actor_size": widths["actor"],
            "widths": variant.widths,
            "prior": variant.prior(env.env.robot),
            "log_std_init": LOG_STD,
            "dynamics": widths["dynamics"] if variant.latent else 0,
            "code": variant.latent,
            "mirror": variant.mirror(env.env.robot),
        },
    )


def train(settings: LocomotionTraining) -> PPO:
    """Train until ``settings.steps``; whatever ends it, the checkpoint holds what was learnt."""
    settings.out.mkdir(parents=True, exist_ok=True)
    config = VARIANTS[settings.policy].config
    core = LocomotionEnv(settings.envs, config, seed=settings.seed)
    env = LocomotionVecEnv(core, spread_ends=True)
    with closing(env):
        model = build(env, settings)
        model.set_logger(configure(str(settings.out / "tensorboard"), ["tensorboard", "csv"]))
        with closing(Reporter(env, settings)) as reporter:
            try:
                model.learn(
                    settings.steps - model.num_timesteps,
                    callback=reporter,
                    reset_num_timesteps=not settings.resume,
                )
            finally:
                save_checkpoint(model, settings.out)
    return model


def main(options: LocomotionTraining) -> int:
    """Train, a student too where there is one, and export ``policy.onnx``; 0, or as a signal says.

    Raises:
        CanterError: there is nothing to resume, or something that must not be overwritten.
    """
    console = Console()
    policy = options.out / "policy.onnx"
    try:
        train(options)
        checkpoint = checkpoint_path(options.out)
        if VARIANTS[options.policy].latent:
            export_student(options, checkpoint, policy, GO2)
        else:
            export(checkpoint, policy, GO2, options.seed, options.policy)
    except KeyboardInterrupt as stop:
        again = f"canter train locomotion --policy {options.policy} --out {options.out} --resume"
        console.print(f"stopped; go on with: {again}")
        return exit_code(stop)
    console.print(f"wrote {policy}; measure it with: canter eval locomotion --policy {policy}")
    return 0
