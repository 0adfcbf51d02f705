"""Settings of ``canter train gait`` and ``canter preferences``; light to import, for ``--help``."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal, get_args

import tyro

from canter.control.errors import CanterError
from canter.rl.run_config import NOT_SAVED, chosen, started_from
from canter.sim.robots.options import ROBOT, RobotOption

Size = Literal["full", "debug"]
MethodName = Literal["oppo", "dpo", "simpo", "orpo", "ppo"]
Teacher = Literal["energy", "footfalls", "smoothness", "none"]
OptionalFile = Annotated[Path | None, tyro.conf.arg(metavar="FILE")]
OptionalCount = Annotated[int | None, tyro.conf.arg(metavar="N")]
Argument = Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="FILE")]
LEAST_S, HALF = 0.1, 0.5


@dataclass(frozen=True, slots=True)
class DpoLearning:
    """Direct preference optimisation (arXiv:2305.18290).

    Attributes:
        beta: How sure a difference of log-probabilities, against the start's, makes the loss.
    """

    beta: float = 0.5


@dataclass(frozen=True, slots=True)
class SimpoLearning:
    """Simple preference optimisation, without a reference (arXiv:2405.14734).

    Attributes:
        beta: How sure a difference of log-probabilities makes the loss.
        gamma: By how much the chosen one must lead.
    """

    beta: float = 0.5
    gamma: float = 0.5


@dataclass(frozen=True, slots=True)
class OrpoLearning:
    """Odds ratio preference optimisation, without a reference (arXiv:2403.07691).

    Attributes:
        weight: Of the odds ratio, beside the likelihood of what was chosen.
    """

    weight: float = 50.0


@dataclass(frozen=True, slots=True)
class OppoLearning:
    """Offline preference-guided policy optimisation (arXiv:2305.16217).

    An encoder reads a latent from each segment; the policy under that latent is to repeat the
    segment; the best latent is drawn to those of chosen segments, away from those rejected.

    Attributes:
        latent: Numbers of the latent.
        widths: Hidden layers of the encoder.
        margin: By how much the chosen one must be nearer.
        triplet: Weight of that, beside the error of the repeated actions.
    """

    latent: int = 8
    widths: tuple[int, ...] = (64, 64)
    margin: float = 1.0
    triplet: float = 1.0


@dataclass(frozen=True, slots=True)
class TeacherPpo:
    """Proximal policy optimisation (arXiv:1707.06347) with the teacher's score as a reward.

    Attributes:
        robots: Robots that walk side by side.
        rate: Learning rate of Adam, constant.
        epochs: Times each update goes through what was walked.
        minibatches: Parts into which that is shuffled.
    """

    robots: int = 128
    rate: float = 3e-4
    epochs: int = 4
    minibatches: int = 4


@dataclass(frozen=True, slots=True)
class GaitTuning:
    """Tune a gait by what people prefer: pairs of segments in place of a reward.

    Make the pairs with `canter preferences collect`, judge them there by a scripted teacher or
    yourself with `canter preferences ask`. Only the last layer of the policy changes, and by no
    more than ``kl``. The result is an ordinary policy file with its contract.

    Attributes:
        preferences: file of judged pairs.
        method: dpo: the policy itself is the judge of pairs, against the one that it began as.
            simpo, orpo: likewise, without that reference. oppo: a latent is read from each
            segment, and the best latent is looked for. ppo: the baseline, for files of a scripted
            teacher alone; reinforcement with the teacher's score as the reward, for as many
            control steps as the pairs took, and without a bound.
        preset: full, or debug: the same in two steps, to try a change.
        config: config.yaml of a run to repeat; options given beside it come on top.
        start: policy to begin with, that which walked the pairs; the shipped gait if left out.
        kl: most that the policy may differ from the start, nats a control step; one deviation of
            the walked noise in all twelve joints is 6.
        steps: optimiser steps.
        batch: pairs in each.
        rate: learning rate of Adam at the start; falls linearly to zero.
        seed: seed of shuffling and networks.
        dpo: how dpo learns.
        simpo: how simpo learns.
        orpo: how orpo learns.
        oppo: how oppo learns.
        ppo: how ppo learns.
        out: folder for settings and the tuned policy.
        robot: robot's name, or the path of its robot.yaml; the policy must be for it.
    """

    preferences: OptionalFile = None
    method: MethodName = "dpo"
    preset: Size = "full"
    config: OptionalFile = field(default=None, metadata=NOT_SAVED)
    start: OptionalFile = None
    kl: float = 3.0
    steps: int = 300
    batch: int = 64
    rate: float = 3e-3
    seed: int = 0
    dpo: DpoLearning = DpoLearning()
    simpo: SimpoLearning = SimpoLearning()
    orpo: OrpoLearning = OrpoLearning()
    oppo: OppoLearning = OppoLearning()
    ppo: TeacherPpo = TeacherPpo()
    out: Path = field(default=Path("runs/gait"), metadata=NOT_SAVED)
    robot: RobotOption = ROBOT

    def check(self) -> None:
        """Refuse what cannot learn.

        Raises:
            CanterError: a number is out of its range; says which and what to give.
        """
        if min(self.steps, self.batch, self.oppo.latent) < 1 or min(self.kl, self.rate) <= 0.0:
            raise CanterError(
                f"steps {self.steps}, batch {self.batch}, oppo.latent {self.oppo.latent}, kl "
                f"{self.kl}, rate {self.rate}: give 1 or more of the first three, and more than 0"
            )


@dataclass(frozen=True, slots=True)
class PreferencesCollect:
    """Walk pairs of gait segments for `canter train gait`, judged by a scripted teacher or not yet.

    In each pair one robot walks twice from the same start under the same command, each time in
    another style: the policy with its last layer disturbed at random. The same command goes on
    with a file that holds fewer pairs, as after a kill.

    Attributes:
        teacher: Who judges. energy: less mechanical power; footfalls: softer touch-downs;
            smoothness: smaller accelerations of the joints; each also minds whether the robot
            obeys. none: nobody yet; judge with `canter preferences ask`.
        pairs: Number of pairs.
        err: Share of the answers that are turned around, as a person errs.
        again: Share of the pairs that are judged twice, sides exchanged, to tell how often the
            judge contradicts itself.
        noise: Deviation of the styles, in units of action; 1 is 0.25 rad at thigh and calf.
        settle_s: How long a robot walks before the segment, s.
        segment_s: How long the segment is, s.
        seed: Seed of bodies, commands, styles and errors. Same seed, same bits on one machine.
        policy: Policy that walks; the shipped gait if left out.
        out: File to write, an .npz.
        robot: Robot's name, or the path of its robot.yaml; the policy must be for it.
    """

    teacher: Teacher = "energy"
    pairs: int = 1000
    err: float = 0.0
    again: float = 0.02
    noise: float = 0.15
    settle_s: float = 1.0
    segment_s: float = 1.0
    seed: int = 0
    policy: OptionalFile = None
    out: Path = Path("preferences.npz")
    robot: RobotOption = ROBOT

    def check(self) -> None:
        """Refuse what makes no pairs.

        Raises:
            CanterError: a number is out of its range; says which and what to give.
        """
        if self.pairs < 1 or self.noise <= 0.0 or self.settle_s < 0.0 or self.segment_s < LEAST_S:
            raise CanterError(
                f"{self.pairs} pairs of {self.segment_s} s after {self.settle_s} s with noise "
                f"{self.noise}: give 1 pair or more, {LEAST_S} s or more, and noise above 0"
            )
        if not (0.0 <= self.err < HALF and 0.0 <= self.again <= HALF):
            raise CanterError(
                f"err {self.err} and again {self.again}: a judge errs in less than half of the "
                "answers, and at most half of the pairs are repeats"
            )


@dataclass(frozen=True, slots=True)
class PreferencesAsk:
    """Judge pairs of gait segments yourself: two films side by side, one key.

    The film is written beside the file and again for each pair; open it in a player that reloads.
    Each answer is kept at once: stop when you like, and the same command goes on.

    Attributes:
        file: Pairs to judge, of `canter preferences collect --teacher none`.
        film: MP4 to write; beside the file if left out.
        pairs: Most pairs to ask for; all if left out.
        robot: Robot's name, or the path of its robot.yaml.
    """

    file: Argument
    film: OptionalFile = None
    pairs: OptionalCount = None
    robot: RobotOption = ROBOT


PRESETS: dict[Size, GaitTuning] = {
    "full": GaitTuning(),
    "debug": GaitTuning(
        preset="debug",
        steps=2,
        batch=4,
        oppo=OppoLearning(latent=2, widths=(4,)),
        ppo=TeacherPpo(robots=4, epochs=1, minibatches=1),
    ),
}


def options_from(words: Sequence[str]) -> GaitTuning:
    """Return what the options of ``canter train gait`` start from; see `started_from`."""
    base = PRESETS[chosen(words, "--preset", get_args(Size), "full")]
    return started_from(base, words, base.out)
