"""Settings of ``canter train offline``; light to import, so that ``--help`` is quick."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, get_args

from canter.control.errors import CanterError
from canter.rl.run_config import MAY_CHANGE, NOT_SAVED, chosen, started_from
from canter.rl.vla_settings import Folders, OptionalFile
from canter.vla.config import TASKS

Preset = Literal["full", "debug"]
MethodName = Literal["reinformer", "dt", "bc"]


@dataclass(frozen=True, slots=True)
class SequenceSizes:
    """The transformer.

    Attributes:
        context: Steps that it looks back at, the present one included.
        d_model: Width of its tokens.
        layers: Of attention.
        heads: Of each layer.
        dropout: In training.
    """

    context: int = 5
    d_model: int = 64
    layers: int = 2
    heads: int = 4
    dropout: float = 0.1


@dataclass(frozen=True, slots=True)
class SequenceLearning:
    """How it learns.

    Attributes:
        batch: Windows in each optimiser step.
        learning_rate: Peak of the schedule.
        expectile: Of the return that Reinformer foretells: .5 is the mean, near 1 the largest.
        save_every: Optimiser steps between checkpoints.
    """

    batch: int = 64
    learning_rate: float = 1e-3
    expectile: float = 0.99
    save_every: int = 200


@dataclass(frozen=True, slots=True)
class OfflineTraining:
    """Learn to act from recorded episodes alone, good and bad ones mixed.

    A small transformer looks back at a few steps and foretells what to do. bc clones whatever was
    done. dt, the decision transformer (arXiv:2106.01345), is shown the return that followed, and is
    asked for the largest of the data. reinformer (arXiv:2405.08740) foretells the largest return
    that the data hold from where it is, and acts for that: so it may join the beginning of one
    episode to the end of another. Recorded episodes earn 1 where they succeed, less the time that
    they take. It sees no pictures, but where the things are that the words name, as the simulator
    knows it: canter eval offline drives it. The same command goes on after a kill.

    Attributes:
        preset: full, or debug: the same in two steps, to try a change.
        config: config.yaml of a run to repeat; options given beside it come on top.
        method: reinformer, dt or bc.
        data: Data sets of canter collect, or .npz files of trajectories (arrays observations,
            actions and rewards, all steps end to end, and the lengths of the episodes).
        tasks: Tasks to learn; episodes of others are left out.
        steps: Optimiser steps.
        model: what learns.
        learning: how it learns.
        seed: Seed of network and order.
        out: Folder for settings, checkpoint, TensorBoard logs and policy.pt.
        resume: Go on with the settings of the run in ``out``.
    """

    preset: Preset = "full"
    config: OptionalFile = field(default=None, metadata=NOT_SAVED)
    method: MethodName = "reinformer"
    data: Folders = ()
    tasks: tuple[str, ...] = TASKS
    steps: int = field(default=4_000, metadata=MAY_CHANGE)
    model: SequenceSizes = SequenceSizes()
    learning: SequenceLearning = SequenceLearning()
    seed: int = 0
    out: Path = field(default=Path("runs/offline"), metadata=NOT_SAVED)
    resume: bool = field(default=False, metadata=NOT_SAVED)

    def check(self) -> None:
        """Refuse what cannot work.

        Raises:
            CanterError: nothing to learn from, or a number that cannot be.
        """
        if not self.data:
            raise CanterError(
                "nothing to learn from; record mixed episodes, canter collect --noisy-share 0.6 "
                "--out runs/dataset, and give --data runs/dataset"
            )
        sizes, learning = self.model, self.learning
        numbers = (self.steps, learning.batch, learning.save_every, sizes.context, sizes.layers)
        if min(numbers) < 1 or sizes.heads < 1 or sizes.d_model % sizes.heads:
            raise CanterError(
                f"steps, batch, save_every, context and layers {numbers}, d_model {sizes.d_model} "
                f"with {sizes.heads} heads: give 1 or more of each, a width that the heads share"
            )
        if not 0.0 < learning.expectile < 1.0 or learning.learning_rate <= 0.0:
            raise CanterError(
                f"expectile {learning.expectile} and learning_rate {learning.learning_rate}: give "
                "an expectile between 0 and 1, such as 0.99, and a rate above 0"
            )


PRESETS: dict[Preset, OfflineTraining] = {
    "full": OfflineTraining(),
    "debug": OfflineTraining(
        preset="debug",
        steps=2,
        model=SequenceSizes(context=3, d_model=8, layers=1, heads=2),
        learning=SequenceLearning(batch=4, save_every=1),
    ),
}


def options_from(words: Sequence[str]) -> OfflineTraining:
    """Return what the options of ``canter train offline`` start from; see `started_from`."""
    base = PRESETS[chosen(words, "--preset", get_args(Preset), "full")]
    return started_from(base, words, base.out)
