"""Settings of ``canter train vla``; light to import, so that ``--help`` is quick."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal, get_args

import tyro

from canter.rl.run_config import MAY_CHANGE, NOT_SAVED, chosen, started_from
from canter.vla.config import PRESETS as MODELS
from canter.vla.config import VlaConfig

Preset = Literal["nano", "small", "debug"]
Eyes = Literal["views", "all", "frozen"]
OptionalFile = Annotated[Path | None, tyro.conf.arg(metavar="FILE")]
Folders = Annotated[tuple[Path, ...], tyro.conf.arg(metavar="FOLDERS ...")]


@dataclass(frozen=True, slots=True)
class VlaLearning:
    """How the model learns.

    Attributes:
        view_batch: Views in each step of learning to see.
        rehearsal_batch: Views in each step of imitation, so that it does not forget them.
        frames_per_batch: About how many frames of episodes a step of imitation sees.
        view_rate: Learning rate of learning to see.
        clone_rate: Learning rate of imitation.
        round_rate: Learning rate after each DAgger round.
        eyes: What teaches the convolutions: views alone; all, episodes too, where a step takes
            twice as long; or frozen, nothing: each picture is looked at once (74 KB of disk), words
            are grounded in what is kept of it, and imitation leaves all that sees and hears as it
            is and rehearses no view.
    """

    view_batch: int = 96
    rehearsal_batch: int = 96
    frames_per_batch: int = 512
    view_rate: float = 2e-3
    clone_rate: float = 1e-3
    round_rate: float = 6e-4
    eyes: Eyes = "views"


@dataclass(frozen=True, slots=True)
class VlaTraining:
    """Train the vision-language-action model: see, then imitate, then be corrected (DAgger).

    Every finished stage lies in ``out`` and is not done again, so the same command resumes. The
    episodes are LeRobot data sets, as `canter collect` writes them.

    Attributes:
        preset: nano; small, ten times larger; or debug: the same in seconds, to try a change.
        config: config.yaml of a run to repeat; options given beside it come on top.
        start: Trained model to go on with, an exported policy or a checkpoint; `--view-steps 0`
            where it sees well enough.
        data: Data sets to imitate, in place of episodes that the expert drives now; those of tasks
            and words that the model does not know are left out.
        views: Rendered views for learning to see.
        view_steps: Optimiser steps on views.
        episodes: Episodes that the expert drives, where no data sets are given.
        clone_steps: Optimiser steps on these.
        rounds: DAgger rounds: the model drives, the expert labels.
        round_episodes: Episodes driven in each round.
        round_steps: Optimiser steps after each round, on all episodes.
        max_seconds: Longest recorded episode, s.
        seed: Seed of scenes, network and shuffling.
        locomotion: ONNX locomotion policy in place of the shipped one.
        model: Sizes of the model.
        learning: How the model learns.
        workers: Processes that render and simulate; 0 takes one for each core.
        out: Folder for settings, data sets, checkpoints, TensorBoard logs and the exported policy.
        resume: Go on with the settings of the run in ``out``.
    """

    preset: Preset = "nano"
    config: OptionalFile = field(default=None, metadata=NOT_SAVED)
    start: OptionalFile = None
    data: Folders = ()
    views: int = 80_000
    view_steps: int = 3_600
    episodes: int = 1_800
    clone_steps: int = 600
    rounds: int = field(default=3, metadata=MAY_CHANGE)
    round_episodes: int = 450
    round_steps: int = 700
    max_seconds: float = 30.0
    seed: int = 0
    locomotion: OptionalFile = None
    model: VlaConfig = MODELS["nano"]
    learning: VlaLearning = VlaLearning()
    workers: int = field(default=0, metadata=NOT_SAVED)
    out: Path = field(default=Path("runs/vla"), metadata=NOT_SAVED)
    resume: bool = field(default=False, metadata=NOT_SAVED)


PRESETS: dict[Preset, VlaTraining] = {
    "nano": VlaTraining(),
    "small": VlaTraining(preset="small", model=MODELS["small"]),
    "debug": VlaTraining(
        preset="debug",
        views=24,
        view_steps=2,
        episodes=1,
        clone_steps=2,
        rounds=1,
        round_episodes=1,
        round_steps=2,
        max_seconds=2.0,
        model=MODELS["debug"],
    ),
}


def options_from(words: Sequence[str]) -> VlaTraining:
    """Return what the options of ``canter train vla`` start from; see `started_from`."""
    base = PRESETS[chosen(words, "--preset", get_args(Preset), "nano")]
    return started_from(base, words, base.out)
