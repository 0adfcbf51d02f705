"""Options of the ``canter vla`` commands; light to import, so that ``--help`` is quick."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal, get_args

import tyro

from canter.control.errors import CanterError
from canter.evals.options import Level
from canter.rl.run_config import MAY_CHANGE, NOT_SAVED, chosen, started_from
from canter.rl.vla_settings import Folders, OptionalFile, VlaLearning
from canter.vla.config import PRESETS as MODELS
from canter.vla.config import BackboneKind, VlaConfig
from canter.vla.variants import VARIANTS, variant

Preset = Literal["nano", "debug"]
Variants = Annotated[tuple[str, ...], tyro.conf.arg(metavar="VARIANT ...")]
BACKBONES: tuple[BackboneKind, ...] = get_args(BackboneKind)


@dataclass(frozen=True, slots=True)
class VlaComparison:
    """Train variants of the model alike, measure them on the same scenes, and compare them.

    Every variant begins with the same eyes and ears, learns from the same episodes and views in
    the same order for as many steps, and drives in the same scenes; so what differs is the part
    that it is named after. Each is trained once: what another seed of training would give, no
    interval tells. Finished variants lie in ``out`` and are not done again, so the same command
    resumes, and may name more variants.

    Attributes:
        preset: nano, or debug: the same in seconds, to try a change.
        config: config.yaml of a comparison to repeat; options given beside it come on top.
        variants: What to train: mamba, transformer, hybrid (the backbone); no_places (no way
            points, last sightings or passed scans are kept), no_free_maps (no attention but on
            what is named); bins (each command classified), tokens (one field after the other),
            two_pass, flow, flow_2, flow_1 (the head answers in passes); tracks (what will be is
            foretold); half_chunk, no_chunk (fewer commands foretold); experts, and dense_active and
            dense_total, as large as the experts that see a frame and as all of them.
        base: The variant that the others are compared with.
        data: Data sets to imitate, as `canter collect` writes them.
        start: Trained model whose eyes and ears (stem, grounder, percept, ranges, instruct) every
            variant takes, an exported policy or a checkpoint; without it one learns to see first.
        steps: Optimiser steps of imitation for each variant.
        views: Rendered views for learning to see, and to rehearse it.
        view_steps: Optimiser steps on views, once for all, where there is no start.
        suite: Scenes to drive in: all, quard, or a task.
        level: 1 (easy), 2 or 3 (hard); all three if left out.
        episodes: Scenes of each task; where suite is a task, of each level.
        eval_seed: Seed of the first scene.
        seed: Seed of network and shuffling.
        model: Sizes of the model that the variants change.
        learning: How the variants learn.
        workers: Processes that render and simulate; 0 takes one for each core.
        json: JSON file to write: rates, differences, sizes, latencies, by variant and task.
        markdown: Markdown file to write: the same as tables.
        out: Folder for settings, views, checkpoints, policies and reports.
        resume: Go on with the settings of the comparison in ``out``.
    """

    preset: Preset = "nano"
    config: OptionalFile = field(default=None, metadata=NOT_SAVED)
    variants: Variants = field(default=tuple(VARIANTS), metadata=MAY_CHANGE)
    base: str = field(default="mamba", metadata=MAY_CHANGE)
    data: Folders = ()
    start: OptionalFile = None
    steps: int = 1_500
    views: int = 16_000
    view_steps: int = 3_600
    suite: str = "all"
    level: Level | None = None
    episodes: int = 60
    eval_seed: int = 0
    seed: int = 0
    model: VlaConfig = MODELS["nano"]
    learning: VlaLearning = VlaLearning()
    workers: int = field(default=0, metadata=NOT_SAVED)
    json: OptionalFile = field(default=None, metadata=NOT_SAVED)
    markdown: OptionalFile = field(default=None, metadata=NOT_SAVED)
    out: Path = field(default=Path("runs/compare"), metadata=NOT_SAVED)
    resume: bool = field(default=False, metadata=NOT_SAVED)

    @property
    def names(self) -> tuple[str, ...]:
        """The variants to compare, the base first."""
        return tuple(dict.fromkeys((self.base, *self.variants)))

    def check(self) -> None:
        """Refuse what cannot work.

        Raises:
            CanterError: there is no such variant, nothing to imitate, or a number is too small.
        """
        for name in self.names:
            variant(name)
        if not self.data:
            raise CanterError(
                "no data to imitate; record some, canter collect --out runs/dataset, and give "
                "--data runs/dataset"
            )
        if min(self.steps, self.views) < 1 or self.view_steps < 0:
            raise CanterError(
                f"steps {self.steps}, views {self.views}, view_steps {self.view_steps}: give 1 or "
                "more of the first two, and no fewer than 0 of the last"
            )


PRESETS: dict[Preset, VlaComparison] = {
    "nano": VlaComparison(),
    "debug": VlaComparison(
        preset="debug",
        variants=("mamba", "bins"),
        steps=2,
        views=24,
        view_steps=2,
        suite="move",
        level=1,
        episodes=1,
        model=MODELS["debug"],
    ),
}


def options_from(words: Sequence[str]) -> VlaComparison:
    """Return what the options of ``canter vla compare`` start from; see `started_from`."""
    base = PRESETS[chosen(words, "--preset", get_args(Preset), "nano")]
    return started_from(base, words, base.out)


@dataclass(frozen=True, slots=True)
class VlaLatency:
    """Time the model's step on one CPU thread against the frames that it can look back at.

    A transformer keeps every frame that it may look at, and computes with all of them at each
    step: so for each length of history one is built whose window covers it. Mamba's state has one
    size whatever it has seen. Weights are drawn, for they change no time.

    Attributes:
        preset: Sizes of the model.
        history: Frames to look back at.
        backbones: What remembers.
        steps: Steps that are timed, after a warm-up.
        json: JSON file to write.
    """

    preset: Preset = "nano"
    history: tuple[int, ...] = (1, 8, 64, 512, 1024, 2048, 4096)
    backbones: tuple[BackboneKind, ...] = BACKBONES
    steps: int = 200
    json: OptionalFile = None

    def check(self) -> None:
        """Refuse numbers that are too small.

        Raises:
            CanterError: says which and what to give.
        """
        if not self.history or min(self.history) < 1 or self.steps < 1 or not self.backbones:
            raise CanterError(
                f"history {list(self.history)}, backbones {list(self.backbones)}, steps "
                f"{self.steps}: give one or more of each, and numbers from 1"
            )
