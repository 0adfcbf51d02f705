"""Settings of ``canter train vla``; light to import, so that ``--help`` is quick."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class VlaTraining:
    """Train the vision-language-action model: see, then imitate, then be corrected (DAgger).

    Every finished stage lies in ``out`` and is not done again, so the same command resumes.

    Attributes:
        preset: Sizes of the model: nano, or debug for a trial of seconds.
        views: Rendered views for learning to see.
        view_steps: Optimiser steps on views.
        episodes: Episodes that the expert drives.
        clone_steps: Optimiser steps on these.
        rounds: DAgger rounds: the model drives, the expert labels.
        round_episodes: Episodes driven in each round.
        round_steps: Optimiser steps after each round, on all episodes.
        workers: Processes that render and simulate; 0 takes one for each core.
        locomotion: ONNX locomotion policy in place of the shipped one.
        seed: Seed of scenes, network and shuffling.
        out: Folder for data, checkpoints, TensorBoard logs and the exported policy.
    """

    preset: str = "nano"
    views: int = 96_000
    view_steps: int = 3_300
    episodes: int = 400
    clone_steps: int = 450
    rounds: int = 4
    round_episodes: int = 300
    round_steps: int = 400
    workers: int = 0
    locomotion: Path | None = None
    seed: int = 0
    out: Path = Path("runs/vla")
