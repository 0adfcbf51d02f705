"""Worlds to compare sequence models in: each makes its data, and is asked of by trained models."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from canter.rl.offline import stitching
from canter.rl.offline.sequence_model import SequenceModel
from canter.rl.offline.trajectories import Trajectory

STITCHING = "stitching"


@dataclass(frozen=True, slots=True)
class World:
    """A world.

    Attributes:
        record: makes so many episodes of data from a seed.
        ask: returns the scores of a model in so many episodes, of starts drawn from a seed; a
            decision transformer is told a return, the largest of its data where that is None.
        counts: whether a score is 1 or 0: done or not.
        wanted: return of what is asked for; None where nobody knows.
    """

    record: Callable[[int, int], Sequence[Trajectory]]
    ask: Callable[[SequenceModel, int, int, float | None], Sequence[float]]
    counts: bool
    wanted: float | None = None


def world(name: str) -> World:
    """Return the world of a name: STITCHING, or an environment of Gymnasium.

    Raises:
        CanterError: there is no such environment, or it has no continuous actions.
    """
    if name == STITCHING:
        wanted = stitching.whole_way()
        return World(_stitching_data, _stitching_scores, counts=True, wanted=wanted)
    from canter.rl.offline import gym_world  # noqa: PLC0415 - an extra

    gym_world.check(name)
    return World(
        lambda count, seed: gym_world.recorded(name, count, seed),
        lambda model, count, seed, told: gym_world.asked(name, model, count, seed, told),
        counts=False,
    )


def _stitching_data(count: int, seed: int) -> list[Trajectory]:
    return [drive.trajectory for drive in stitching.recorded(count, seed)]


def _stitching_scores(
    model: SequenceModel, count: int, seed: int, told: float | None
) -> list[float]:
    return [float(drive.arrived) for drive in stitching.asked(model, count, seed, told)]
