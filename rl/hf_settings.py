"""Settings of ``canter train hf``; light to import, so that ``--help`` is quick."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal, get_args

import tyro

from canter.control.errors import CanterError
from canter.rl.run_config import MAY_CHANGE, NOT_SAVED, chosen, started_from
from canter.vla.config import TASKS
from canter.vla.hf.lora_settings import LoraSettings
from canter.vla.hf.prompts import PROMPT, check_prompt

Preset = Literal["full", "debug"]
OptionalFile = Annotated[Path | None, tyro.conf.arg(metavar="FILE")]
OptionalFolder = Annotated[Path | None, tyro.conf.arg(metavar="FOLDER")]
OptionalNumber = Annotated[float | None, tyro.conf.arg(metavar="NUMBER")]
Folders = Annotated[tuple[Path, ...], tyro.conf.arg(metavar="FOLDERS ...")]


@dataclass(frozen=True, slots=True)
class HfTraining:
    """Fine-tune a vision-language checkpoint of transformers to drive the robot, by LoRA.

    It learns to answer a picture and a sentence with the expert's command, said in action tokens
    (RT-2, QUART). The policy in ``out``/policy is a whole checkpoint: the adapters are merged in.
    The same command goes on after a kill.

    Attributes:
        preset: full, or debug: two steps, to try a change.
        config: config.yaml of a run to repeat; options given beside it come on top.
        start: Local folder of the checkpoint to begin with; nothing is downloaded.
        data: Data sets to learn from, as canter collect or dataset export-messages writes them.
        tasks: Tasks to learn; episodes of others are left out.
        period: Time between two pictures, s: how long a command holds; that of the data if left
            out.
        prompt: What is asked of the model, with {instruction} where the sentence stands.
        lora: Sizes of the adapters.
        steps: Optimiser steps.
        batch: Pictures in each step.
        learning_rate: Peak of the schedule.
        save_every: Steps between checkpoints.
        seed: Seed of adapters and of the pictures' order.
        out: Folder for settings, checkpoint, TensorBoard logs and the policy.
        resume: Go on with the settings of the run in ``out``.
    """

    preset: Preset = "full"
    config: OptionalFile = field(default=None, metadata=NOT_SAVED)
    start: OptionalFolder = None
    data: Folders = ()
    tasks: tuple[str, ...] = TASKS
    period: OptionalNumber = None
    prompt: str = PROMPT
    lora: LoraSettings = LoraSettings()
    steps: int = field(default=5_000, metadata=MAY_CHANGE)
    batch: int = 16
    learning_rate: float = 5e-4
    save_every: int = field(default=200, metadata=MAY_CHANGE)
    seed: int = 0
    out: Path = field(default=Path("runs/hf"), metadata=NOT_SAVED)
    resume: bool = field(default=False, metadata=NOT_SAVED)

    def check(self) -> None:
        """Refuse what cannot work.

        Raises:
            CanterError: something is missing or too small; says what to give.
        """
        if self.start is None:
            raise CanterError(
                "no checkpoint to begin with; give the local folder of a vision-language model of "
                "transformers with --start"
            )
        if not self.data:
            raise CanterError("nothing to learn from; give data sets of `canter collect`: --data")
        if min(self.steps, self.batch, self.save_every) < 1 or self.learning_rate <= 0.0:
            raise CanterError(
                f"{self.steps} steps of {self.batch} pictures, saved every {self.save_every}, at "
                f"rate {self.learning_rate}; give 1 or more of each, and a rate above 0"
            )
        check_prompt(self.prompt)


PRESETS: dict[Preset, HfTraining] = {
    "full": HfTraining(),
    "debug": HfTraining(
        preset="debug", lora=LoraSettings(rank=2, alpha=2), steps=2, batch=2, save_every=1
    ),
}


def options_from(words: Sequence[str]) -> HfTraining:
    """Return what the options of ``canter train hf`` start from; see `started_from`."""
    base = PRESETS[chosen(words, "--preset", get_args(Preset), "full")]
    return started_from(base, words, base.out)
