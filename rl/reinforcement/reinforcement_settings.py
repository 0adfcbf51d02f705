"""Settings of ``canter train vla-rl``; light to import, so that ``--help`` is quick."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal, get_args

import tyro

from canter.control.errors import CanterError
from canter.rl.collection.collect_options import Dynamics, Level
from canter.rl.reinforcement.exploration import Exploration
from canter.rl.run_config import INLINE, MAY_CHANGE, NOT_SAVED, chosen, started_from
from canter.rl.vla_settings import Eyes, Folders, OptionalFile

Preset = Literal["nano", "debug"]
MethodName = Literal["loop", "ppo", "residual", "recap", "q", "dagger"]
MORE_THAN_ONE = 2


@dataclass(frozen=True, slots=True)
class ClippedLearning:
    """Policy gradients with a clipped probability ratio (arXiv:1707.06347).

    Attributes:
        updates: Optimiser steps after each round.
        rate: Learning rate, constant.
        clip_low: How far below 1 the probability ratio of a command may fall before it stops to
            count.
        clip_high: How far above 1 it may rise.
        kl: Weight of the divergence from the model that training began with; 0 for none.
    """

    updates: int = 16
    rate: float = 3e-5
    clip_low: float = 0.2
    clip_high: float = 0.28
    kl: float = 0.02


Inlined = Annotated[ClippedLearning, tyro.conf.arg(name="")]


@dataclass(frozen=True, slots=True)
class PpoLearning:
    """PPO with a critic that is told what the simulator knows.

    Attributes:
        policy: How the policy learns.
        critic_rate: Learning rate of the critic.
        value_weight: Weight of the critic's cross-entropy in the loss.
        discount: Of what comes one picture, 0.2 s, later.
        gae_lambda: Decay of the advantage estimate (arXiv:1506.02438): 0 trusts the critic, 1 the
            verdict alone.
    """

    policy: Inlined = field(default=ClippedLearning(), metadata=INLINE)
    critic_rate: float = 1e-3
    value_weight: float = 0.5
    discount: float = 0.99
    gae_lambda: float = 0.95

    def check(self) -> None:
        """Raise CanterError for what no advantages can be estimated with."""
        if not (0.0 < self.discount <= 1.0 and 0.0 <= self.gae_lambda <= 1.0):
            raise CanterError(
                f"discount {self.discount} and gae_lambda {self.gae_lambda}: give a discount above "
                "0, and neither above 1"
            )


@dataclass(frozen=True, slots=True)
class ResidualLearning:
    """A small bounded correction over a model that stays as it is, by leave-one-out advantages.

    Attributes:
        policy: How the correction learns.
        width: Hidden width of its network.
        bound: Largest correction, in halves of each command's range.
    """

    policy: Inlined = field(default=ClippedLearning(rate=3e-4, kl=0.0), metadata=INLINE)
    width: int = 64
    bound: float = 0.2

    def check(self) -> None:
        """Raise CanterError for what corrects nothing or has no bound."""
        if self.width < 1 or not 0.0 < self.bound < 1.0:
            raise CanterError(
                f"a residual of width {self.width}, bounded by {self.bound}: give a width of 1 or "
                "more, and a bound between 0 and 1"
            )


@dataclass(frozen=True, slots=True)
class RecapLearning:
    """Supervised learning from all rollouts, each marked good or bad, as RECAP (arXiv:2511.14759).

    Attributes:
        updates: Optimiser steps after each round, from the model that training began with.
        rate: Learning rate at its peak.
        unmarked: Share of the rollouts whose mark a step does not show.
        kl: Weight of the divergence from the model that training began with.
    """

    updates: int = 300
    rate: float = 2e-4
    unmarked: float = 0.2
    kl: float = 0.0


@dataclass(frozen=True, slots=True)
class QLearning:
    """Autoregressive Q-learning over binned commands, as GeRM (arXiv:2403.13358).

    Attributes:
        updates: Optimiser steps after each round, on all rollouts so far.
        rate: Learning rate at its peak.
        discount: Of what comes one picture, 0.2 s, later.
        conservative: Weight of the worth of bins that were not tried, which is held down.
        ema: Decay of the averaged weights, which promise what comes, and drive.
        failures: Whether rollouts that failed are learnt from too.
    """

    updates: int = 300
    rate: float = 2e-4
    discount: float = 0.99
    conservative: float = 0.5
    ema: float = 0.995
    failures: bool = True

    def check(self) -> None:
        """Raise CanterError for what no worth can be told with."""
        if not (0.0 < self.discount <= 1.0 and 0.0 <= self.ema < 1.0 and self.conservative >= 0.0):
            raise CanterError(
                f"discount {self.discount}, ema {self.ema} and conservative {self.conservative}: "
                "give a discount above 0 up to 1, an ema from 0 to below 1, and no weight below 0"
            )


@dataclass(frozen=True, slots=True)
class DaggerLearning:
    """The model drives, the expert labels (arXiv:1011.0686): the baseline at equal episodes.

    Attributes:
        data: Data sets of earlier episodes to learn from too; those that the model learnt from
            keep it from forgetting.
        eyes: views are rehearsed, so that words stay grounded; all, the convolutions learn from
            episodes too; or frozen: what sees and hears stays as it is, and pictures are looked at
            once, so that a step takes a third of the time.
        views: Rendered views that are rehearsed.
        updates: Optimiser steps after each round, on all episodes.
        rate: Learning rate at its peak.
    """

    data: Folders = ()
    eyes: Eyes = "views"
    views: int = 8_000
    updates: int = 300
    rate: float = 3e-4


@dataclass(frozen=True, slots=True)
class VlaReinforcement:
    """Fine-tune a trained vision-language-action model by what succeeds in the task environments.

    Each round the model drives in scenes of its tasks, those that it masters half of the time
    first, and learns from how it went: 1 where the task's strict verdict is success, 0 otherwise,
    and nothing else. Rounds that are done lie in ``out`` and are not done again, so the same
    command resumes.

    Attributes:
        preset: nano, or debug: the same in seconds, to try a change.
        config: config.yaml of a run to repeat; options given beside it come on top.
        method: loop: several rollouts of each scene with noise on the commands, each compared
            with the others of its scene. ppo: likewise driven, compared with what a critic
            expects that is told what the simulator knows. residual: as loop, but the model stays
            as it is, and a small bounded correction of its commands learns. recap: supervised on
            all rollouts so far, marked by whether they did better than the others of their scene.
            q: learns what each bin of each command is worth, of a model with the head tokens.
            dagger: the expert says at each picture what it would do; the baseline that the others
            have to beat.
        start: Model to begin with, an exported policy or a checkpoint of `canter train vla`;
            without, the shipped one.
        tasks: Tasks to drive; "all" takes every one that the model knows.
        levels: Levels of the scenes, from 1 (easy) to 3 (hard).
        rounds: Rounds of driving and learning.
        scenes: Scenes in each round.
        rollouts: Rollouts of each scene; dagger drives as many scenes in their place.
        exploration: Noise on the commands while it drives, for all methods but dagger.
        loop: How the method loop learns, as RIPT-VLA (arXiv:2505.17016).
        ppo: How the method ppo learns.
        residual: How the method residual learns.
        recap: How the method recap learns.
        q: How the method q learns.
        dagger: How the method dagger learns.
        frames_per_batch: About how many frames of rollouts an optimiser step sees.
        dynamics: Robots of the rollouts: nominal, or drawn for each scene.
        max_seconds: Longest rollout, s.
        seed: Seed of scenes, noise and shuffling.
        locomotion: ONNX locomotion policy in place of the shipped one.
        workers: Processes that render and simulate; 0 takes one for each core.
        out: Folder for settings, rollouts, checkpoints, TensorBoard logs and the exported policy.
        resume: Go on with the settings of the run in ``out``.
    """

    preset: Preset = "nano"
    config: OptionalFile = field(default=None, metadata=NOT_SAVED)
    method: MethodName = "loop"
    start: OptionalFile = None
    tasks: tuple[str, ...] = ("all",)
    levels: tuple[Level, ...] = (1, 2, 3)
    rounds: int = field(default=15, metadata=MAY_CHANGE)
    scenes: int = 32
    rollouts: int = 8
    exploration: Exploration = Exploration()
    loop: ClippedLearning = ClippedLearning()
    ppo: PpoLearning = PpoLearning()
    residual: ResidualLearning = ResidualLearning()
    recap: RecapLearning = RecapLearning()
    q: QLearning = QLearning()
    dagger: DaggerLearning = DaggerLearning()
    frames_per_batch: int = 1024
    dynamics: Dynamics = "varied"
    max_seconds: float = 30.0
    seed: int = 0
    locomotion: OptionalFile = None
    workers: int = field(default=0, metadata=NOT_SAVED)
    out: Path = field(default=Path("runs/vla_rl"), metadata=NOT_SAVED)
    resume: bool = field(default=False, metadata=NOT_SAVED)

    def check(self) -> None:
        """Refuse what cannot work.

        Raises:
            CanterError: a number is too small; says which and what to give.
        """
        if min(self.rounds, self.scenes) < 1:
            raise CanterError(
                f"{self.rounds} rounds of {self.scenes} scenes: give 1 or more of each"
            )
        if self.rollouts < MORE_THAN_ONE and self.method != "dagger":
            raise CanterError(
                f"{self.rollouts} rollouts of each scene cannot be compared; give 2 or more"
            )
        if not self.levels or self.max_seconds <= 0.0:
            raise CanterError("give one level or more, and rollouts longer than 0 s")
        for part in (self.exploration, self.ppo, self.residual, self.q):
            part.check()


PRESETS: dict[Preset, VlaReinforcement] = {
    "nano": VlaReinforcement(),
    "debug": VlaReinforcement(
        preset="debug",
        tasks=("move",),
        levels=(2,),
        rounds=1,
        scenes=2,
        rollouts=4,
        exploration=Exploration(noise=0.4, smooth=0.95),
        loop=ClippedLearning(updates=2),
        ppo=PpoLearning(ClippedLearning(updates=2)),
        residual=ResidualLearning(ClippedLearning(updates=2, rate=3e-4, kl=0.0), width=8),
        recap=RecapLearning(updates=2),
        q=QLearning(updates=2),
        dagger=DaggerLearning(views=24, updates=2),
        frames_per_batch=64,
        max_seconds=3.0,
        seed=25,  # both scenes ask for a pose, which a robot that stands takes now and then
    ),
}


def options_from(words: Sequence[str]) -> VlaReinforcement:
    """Return what the options of ``canter train vla-rl`` start from; see `started_from`."""
    base = PRESETS[chosen(words, "--preset", get_args(Preset), "nano")]
    return started_from(base, words, base.out)
