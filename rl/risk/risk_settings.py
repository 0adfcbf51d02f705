"""Settings of ``canter train risk``; light to import, so that ``--help`` is quick."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal, get_args

import tyro

from canter.rl.run_config import MAY_CHANGE, NOT_SAVED, chosen, started_from

Size = Literal["full", "debug"]
OptionalFile = Annotated[Path | None, tyro.conf.arg(metavar="FILE")]


@dataclass(frozen=True, slots=True)
class RiskNetwork:
    """The network and how it learns.

    Attributes:
        widths: Hidden layers.
        batch: Moments in each step of the optimiser.
        learning_rate: Of Adam at the start; falls linearly to zero.
        weight_decay: Of Adam.
    """

    widths: tuple[int, ...] = (128, 64)
    batch: int = 2048
    learning_rate: float = 2e-3
    weight_decay: float = 1e-5


@dataclass(frozen=True, slots=True)
class AlarmSettings:
    """How the alarm is set, on walks that were not trained on.

    Attributes:
        false_per_10_min: False warnings aimed at in ten minutes; half of what is allowed.
        robots: How many robots walk.
        seconds: How long each of them walks, s.
    """

    false_per_10_min: float = 0.5
    robots: int = 96
    seconds: float = 60.0


@dataclass(frozen=True, slots=True)
class RiskTraining:
    """Train the model that says how likely a fall is, on falls of our own.

    Attributes:
        preset: full, or debug: the same in seconds, to try a change.
        config: config.yaml of a run to repeat; options given beside it come on top.
        robots: robots that walk side by side.
        seconds: how long each of them walks in each piece of the data, s.
        pieces: pieces of data to collect, shared by all kinds of walks.
        steps: steps of the optimiser.
        seed: seed of walks, network and optimiser.
        network: what learns.
        alarm: at which probability it warns.
        out: folder for settings, the collected pieces and the exported model.
        resume: go on with the pieces in that folder, with its settings.
    """

    preset: Size = "full"
    config: OptionalFile = field(default=None, metadata=NOT_SAVED)
    robots: int = 64
    seconds: float = 12.0
    pieces: int = field(default=100, metadata=MAY_CHANGE)
    steps: int = field(default=30_000, metadata=MAY_CHANGE)
    seed: int = 0
    network: RiskNetwork = RiskNetwork()
    alarm: AlarmSettings = AlarmSettings()
    out: Path = field(default=Path("runs/risk"), metadata=NOT_SAVED)
    resume: bool = field(default=False, metadata=NOT_SAVED)


PRESETS: dict[Size, RiskTraining] = {
    "full": RiskTraining(),
    "debug": RiskTraining(
        preset="debug",
        robots=8,
        seconds=2.0,
        pieces=2,
        steps=2,
        network=RiskNetwork(widths=(8, 8), batch=16),
        alarm=AlarmSettings(robots=2, seconds=1.0),
    ),
}


def options_from(words: Sequence[str]) -> RiskTraining:
    """Return what the options of ``canter train risk`` start from; see `started_from`."""
    base = PRESETS[chosen(words, "--preset", get_args(Size), "full")]
    return started_from(base, words, base.out)
