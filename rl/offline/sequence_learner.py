"""The training loop of a sequence model: what it carries, saves and resumes."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict

import numpy as np
import torch

from canter.control.errors import CanterError
from canter.rl.offline.sequence_model import SequenceConfig, SequenceModel, sequence_terms
from canter.rl.offline.trajectories import TrajectoryData
from canter.vla.checkpoint_file import read_checkpoint
from canter.vla.learner import LearnConfig, Observer, atomic_save, reuse_memory
from canter.vla.losses import total
from canter.vla.optimiser_steps import clipped_step, steps_left


class SequenceLearner:
    """Optimises a sequence model in place.

    Args:
        model: that learns.
        config: how to optimise; resumes from ``config.checkpoint`` if that exists.

    Attributes:
        model: the same.
        step: steps done.

    Raises:
        CanterError: the checkpoint is of another model.
    """

    def __init__(self, model: SequenceModel, config: LearnConfig) -> None:
        reuse_memory()
        self.model, self.config, self.step = model.to(config.device), config, 0
        self._optimiser = torch.optim.AdamW(
            model.parameters(), lr=config.learning_rate, weight_decay=config.weight_decay
        )
        if config.checkpoint is not None and config.checkpoint.exists():
            self._resume()

    def remaining(self) -> Iterator[int]:
        """Yield the steps that are left; where a signal asks to stop, the newest step is saved.

        Raises:
            Stopped: a signal asked, after the step that it fell into.
        """
        return steps_left(self, self.config.steps, self.save)

    def learn(
        self,
        data: TrajectoryData,
        batch: int,
        expectile: float,
        seed: int,
        observers: Sequence[Observer] = (),
    ) -> SequenceModel:
        """Do the steps that are left and return the model, for evaluation.

        A step draws the same windows whether or not the training was cut off before it.

        Args:
            data: to draw from.
            batch: windows in each step.
            expectile: see `sequence_terms`.
            seed: of the windows and of dropout.
            observers: told of progress every ``report_every`` steps.
        """
        config = self.config
        self.model.train()
        for step in self.remaining():
            torch.manual_seed(int(np.random.SeedSequence([seed, step]).generate_state(1)[0]))
            windows = data.draw(batch, self.model.config.sizes.context, (seed, step))
            rate = config.rate(step)
            for group in self._optimiser.param_groups:
                group["lr"] = rate
            terms = sequence_terms(self.model, windows, expectile)
            norm = clipped_step(self._optimiser, total(terms), config.clip, step)
            self.step += 1
            if self.step % config.save_every == 0:
                self.save()
            if self.step % config.report_every == 0 or self.step == config.steps:
                scalars = {name: float(term.detach()) for name, term in terms.items()}
                for observe in observers:
                    observe(self.step, config.steps, scalars | {"gradient": norm})
        self.save()
        return self.model.eval()

    def save(self) -> None:
        """Write a checkpoint; the file is whole or the old one stays."""
        if self.config.checkpoint is not None:
            content = {
                "sequence": asdict(self.model.config),
                "model": self.model.state_dict(),
                "optimiser": self._optimiser.state_dict(),
                "step": self.step,
            }
            atomic_save(content, self.config.checkpoint)

    def _resume(self) -> None:
        path = self.config.checkpoint
        assert path is not None
        saved = read_checkpoint(path)
        try:
            if SequenceConfig.from_dict(saved["sequence"]) != self.model.config:
                raise ValueError("its sizes or its data are others")
            self.model.load_state_dict(saved["model"])
            self._optimiser.load_state_dict(saved["optimiser"])
            self.step = int(saved["step"])
        except (KeyError, TypeError, ValueError, AttributeError, RuntimeError) as error:
            reason = " ".join(str(error).split())[:200]
            raise CanterError(
                f"{path} is of no training like this one ({reason}); name a new folder with --out"
            ) from error
