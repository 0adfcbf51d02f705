"""Settings of ``canter train vla``; light to import, so that ``--help`` is quick."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class VlaTraining:
    """Train the vision-language-action model: cloning of the expert, then DAgger rounds.

    Attributes:
        episodes: Expert episodes to collect for cloning.
        rounds: DAgger rounds: the model drives, the expert labels.
        round_episodes: Episodes driven in each DAgger round.
        epochs: Passes over the data in each round.
        seed: Seed of scenes, network and shuffling.
        out: Folder for data, checkpoints, TensorBoard logs and the exported policy.
        resume: Go on from the newest checkpoint in ``out``.
    """

    episodes: int = 1500
    rounds: int = 3
    round_episodes: int = 500
    epochs: int = 8
    seed: int = 0
    out: Path = Path("runs/vla")
    resume: bool = False
