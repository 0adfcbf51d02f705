"""Settings of ``canter train risk``; light to import, so that ``--help`` is quick."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class RiskTraining:
    """Train the model that says how likely a fall is, on falls of our own.

    Attributes:
        robots: robots that walk side by side.
        seconds: how long each of them walks in each piece of the data, s.
        pieces: pieces of data to collect, shared by all kinds of walks.
        steps: steps of the optimiser.
        seed: seed of walks, network and optimiser.
        out: folder for the collected pieces and the exported model.
        resume: go on with the pieces in that folder.
    """

    robots: int = 64
    seconds: float = 12.0
    pieces: int = 100
    steps: int = 30_000
    seed: int = 0
    out: Path = Path("runs/risk")
    resume: bool = False
