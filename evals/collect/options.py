"""Options of the collecting commands; light to import, so that ``--help`` is quick."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro

from canter.evals.options import OptionalFile, Split

Ray = Annotated[str | None, tyro.conf.arg(metavar="local|ADDRESS")]


@dataclass(frozen=True, slots=True)
class Collect:
    """Record expert episodes as a LeRobot v3.0 data set; a run that was killed goes on.

    Attributes:
        families: Families of tasks by name; "all" takes every one.
        episodes: Number of episodes, shared evenly by families and levels.
        out: Folder of the data set.
        seed: Seed of scenes, words and noise. Same arguments, same bits on one machine.
        split: Seen in training, held-out objects, or held-out ways to say it.
        noisy_share: Share of the episodes whose driver is disturbed, and marked as sub-optimal.
        workers: Processes that share the episodes; 0 takes one for each core.
        ray: Run over Ray: "local", or the address of a cluster (needs the extra scale).
        locomotion: ONNX file of the locomotion policy, in place of the shipped one.
    """

    families: tuple[str, ...] = ("all",)
    episodes: int = 100
    out: Path = Path("runs/dataset")
    seed: int = 0
    split: Split = "seen"
    noisy_share: float = 0.2
    workers: int = 0
    ray: Ray = None
    locomotion: OptionalFile = None


@dataclass(frozen=True, slots=True)
class BenchCollect:
    """Measure how many expert episodes with 10 Hz pictures are recorded in a minute, and why.

    Attributes:
        families: Families of tasks by name; "all" takes every one.
        episodes: Number of episodes, recorded into a passing folder.
        seed: Seed of scenes, words and noise.
        workers: Processes that share the episodes; 0 takes one for each core.
        locomotion: ONNX file of the locomotion policy, in place of the shipped one.
        json: JSON file to write.
    """

    families: tuple[str, ...] = ("all",)
    episodes: int = 180
    seed: int = 0
    workers: int = 0
    locomotion: OptionalFile = None
    json: OptionalFile = None
