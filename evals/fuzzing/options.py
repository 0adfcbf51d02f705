"""Options of ``canter bench fuzz``; light to import, so that ``--help`` is quick."""

from dataclasses import dataclass
from pathlib import Path

from canter.evals.options import OptionalFile


@dataclass(frozen=True, slots=True)
class BenchFuzz:
    """Feed spoilt input to everything that reads files, messages and words, and count what breaks.

    What is wrong with an input must be told by a CanterError: no crash, no other error, no more
    than 5 s, no more than 1 GB.

    Attributes:
        seconds: Time for each target, s; the start of its process is not counted.
        target: Targets by name; all of them if left out.
        seed: Seed of the mutations.
        out: Folder for the inputs that broke something.
        json: JSON file to write: executions, seconds and findings of each target.
    """

    seconds: float = 10.0
    target: tuple[str, ...] = ()
    seed: int = 0
    out: Path = Path("runs/fuzz")
    json: OptionalFile = None
