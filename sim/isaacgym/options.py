"""What users of unmodified code can choose: set by the runner, read by each new simulation."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Options:
    """Choices that Isaac Gym's own interface has no place for.

    Attributes:
        threads: worker threads of the physics; 0 takes all cores.
        contact_forces: `normal` sums the normal forces on each body, as PhysX reports them;
            `full` adds friction.
        armature_floor: give light links the armature without which explicit joint damping, held
            for a time step, is unstable; what was raised is printed.
        record: file of the film that is made of environment 0; empty for none.
        velocity_point: point of a body whose velocity the tensors hold: its frame's `origin` or
            its centre of mass, `com`.
    """

    threads: int = 0
    contact_forces: Literal["normal", "full"] = "normal"
    armature_floor: bool = True
    velocity_point: Literal["origin", "com"] = "origin"
    record: str = ""


_current = Options()


def configure(options: Options) -> None:
    """Choose the options of every simulation made from now on."""
    global _current  # noqa: PLW0603  acquire_gym() takes no argument by which to hand them in
    _current = options


def current() -> Options:
    """Return the options that a new simulation takes."""
    return _current
