"""Options of ``canter eval offline`` and ``bench offline``; light to import."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal, get_args

import tyro

from canter.control.errors import CanterError
from canter.evals.options import Level
from canter.rl.offline.offline_settings import MethodName, SequenceLearning, SequenceSizes
from canter.rl.run_config import MAY_CHANGE, NOT_SAVED, chosen, started_from
from canter.rl.vla_settings import OptionalFile

Preset = Literal["full", "debug"]
PolicyFile = Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="POLICY")]
METHODS: tuple[MethodName, ...] = get_args(MethodName)
SMALL, LEARNING = SequenceSizes(d_model=32), SequenceLearning()


@dataclass(frozen=True, slots=True)
class EvalOffline:
    """Measure a model of ``canter train offline`` in the environments of the tasks.

    It is judged as canter eval judges, on the same scenes for the same seed, so that canter compare
    pairs its report with others. Where the things are that the words name it is told, as in its
    data: it has no eyes, and its figures are not those of a robot.

    Attributes:
        policy: policy.pt of a run.
        tasks: Tasks to drive; all that it learnt if left out.
        level: 1 (easy), 2 or 3 (hard); all three if left out.
        episodes: Scenes of each task and level.
        seed: Seed of the first scene.
        workers: Processes that simulate; 0 takes one for each core.
        json: JSON file to write.
    """

    policy: PolicyFile
    tasks: tuple[str, ...] = ()
    level: Level | None = None
    episodes: int = 100
    seed: int = 0
    workers: int = 0
    json: OptionalFile = None


@dataclass(frozen=True, slots=True)
class BenchOffline:
    """Compare ways to learn from recorded episodes in a world of its own, all else equal.

    stitching: a simulated robot is recorded on walks from A by B to E and from S by B to C, and is
    asked to go from A to C, which no walk did. There the decision transformer is asked twice: for
    the largest return of the data, and for that of the way from A to C. Any other world is an
    environment of Gymnasium with continuous actions: PPO is trained briefly and recorded with
    noise, bad, middling and better. Each method is trained once for each seed, on that seed's data,
    and all act from the same starts. What is done lies in ``out`` and is not done again, so the
    same command resumes.

    Attributes:
        preset: full, or debug: the same in seconds, to try a change.
        config: config.yaml of a comparison to repeat; options given beside it come on top.
        world: stitching, or an environment such as Hopper-v5.
        methods: What to train; the first is what the others are compared with.
        seeds: How often all are trained: data, networks and starts.
        recorded: Episodes of data for each seed.
        starts: Episodes that each model is asked for, for each seed.
        steps: Optimiser steps of each training.
        model: what learns.
        learning: how it learns.
        json: JSON file to write: scores, rates and differences.
        out: Folder for data, models and scores.
        resume: Go on with the settings of the comparison in ``out``.
    """

    preset: Preset = "full"
    config: OptionalFile = field(default=None, metadata=NOT_SAVED)
    world: str = "stitching"
    methods: tuple[MethodName, ...] = field(default=METHODS, metadata=MAY_CHANGE)
    seeds: int = field(default=3, metadata=MAY_CHANGE)
    recorded: int = 90
    starts: int = 100
    steps: int = 400
    model: SequenceSizes = field(default=SMALL)
    learning: SequenceLearning = field(default=LEARNING)
    json: OptionalFile = field(default=None, metadata=NOT_SAVED)
    out: Path = field(default=Path("runs/bench_offline"), metadata=NOT_SAVED)
    resume: bool = field(default=False, metadata=NOT_SAVED)

    def check(self) -> None:
        """Refuse what cannot work.

        Raises:
            CanterError: no method, or a number that is too small.
        """
        numbers = (self.seeds, self.recorded, self.starts, self.steps)
        if not self.methods or min(numbers) < 1 or self.recorded < 3:
            raise CanterError(
                f"methods {list(self.methods)}, seeds, recorded, starts and steps {numbers}: give "
                "one method or more, 3 episodes or more to record, and 1 or more of the others"
            )


PRESETS: dict[Preset, BenchOffline] = {
    "full": BenchOffline(),
    "debug": BenchOffline(
        preset="debug",
        seeds=1,
        recorded=3,
        starts=2,
        steps=2,
        model=SequenceSizes(context=3, d_model=8, layers=1, heads=2),
        learning=SequenceLearning(batch=4, save_every=1),
    ),
}


def options_from(words: Sequence[str]) -> BenchOffline:
    """Return what the options of ``canter bench offline`` start from; see `started_from`."""
    base = PRESETS[chosen(words, "--preset", get_args(Preset), "full")]
    return started_from(base, words, base.out)
