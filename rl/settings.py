"""Settings of the training commands; light to import, so that ``--help`` is quick."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import tyro

PolicyKind = Literal["trot", "gait", "robust", "stiffness", "rma"]
OptionalFile = Annotated[Path | None, tyro.conf.arg(metavar="FILE")]


@dataclass(frozen=True, slots=True)
class LocomotionTraining:
    """Train a locomotion policy with PPO.

    Kinds of policy: trot, as shipped; gait, which follows the whole GaitCommand (gaits, posture,
    rough ground); robust, the trot under wide randomisation; stiffness, which
    also sets the stiffness of each leg; rma, which reads the dynamics from its last second: a
    teacher that is shown them, then a student that reads them.

    Attributes:
        policy: which of these kinds.
        start: checkpoint of a trot to begin with; what the trot knows is kept at first.
        steps: policy steps in total over all robots.
        student_steps: policy steps of the student of rma.
        envs: robots simulated in parallel.
        seed: seed of simulation, exploration and network.
        out: folder for checkpoints, TensorBoard logs and the exported policy.
        resume: go on from the newest checkpoint in ``out``.
    """

    policy: PolicyKind = "trot"
    start: OptionalFile = None
    steps: int = 15_000_000
    student_steps: int = 2_500_000
    envs: int = 1024
    seed: int = 0
    out: Path = Path("runs/locomotion")
    resume: bool = False
