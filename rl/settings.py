"""Settings of the training commands; light to import, so that ``--help`` is quick."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class LocomotionTraining:
    """Train the locomotion policy with PPO.

    Attributes:
        steps: policy steps in total over all robots.
        envs: robots simulated in parallel.
        seed: seed of simulation, exploration and network.
        out: folder for checkpoints, TensorBoard logs and the exported policy.
        resume: go on from the newest checkpoint in ``out``.
    """

    steps: int = 15_000_000
    envs: int = 1024
    seed: int = 0
    out: Path = Path("runs/locomotion")
    resume: bool = False
