"""Fine-tuning on action tokens: cross-entropy of the next token, low-rank changes alone.

The method is RT-2's (arXiv:2307.15818), with adapters as OpenVLA has them (arXiv:2406.09246).
"""

import inspect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from canter.control.errors import CanterError
from canter.vla.checkpoint_file import read_checkpoint
from canter.vla.hf.checkpoint import Loaded
from canter.vla.hf.contract import HfContract
from canter.vla.hf.lora_settings import LoraSettings
from canter.vla.hf.low_rank import adapted, merged
from canter.vla.hf.model_inputs import with_answer
from canter.vla.hf.prompts import asked
from canter.vla.hf.spoken_episodes import SpokenEpisode
from canter.vla.learner import LearnConfig, Observer, atomic_save, reuse_memory
from canter.vla.optimiser_steps import clipped_step, steps_left

PREFIX_MODELS = ("paligemma",)
"""Kinds of models whose prompt attends both ways, and which would see the answer in training."""


@dataclass(frozen=True, slots=True)
class Batch:
    """B pictures with what was said and done.

    Attributes:
        images: uint8 RGB, (height, width, 3) each.
        sayings: what the robot is told at each.
        commands: the expert's, order of GAIT_RANGES, (B, 12).
    """

    images: list[NDArray[np.uint8]]
    sayings: list[str]
    commands: NDArray[np.float32]


def draw(episodes: Sequence[SpokenEpisode], size: int, seed: int, step: int) -> Batch:
    """Return the batch of a step: pictures drawn evenly, each with one of its sayings.

    It depends on seed and step alone, so that a training that goes on draws as if it had not
    stopped.
    """
    rng = np.random.default_rng([seed, step])
    ends = np.cumsum([len(episode) for episode in episodes])
    images, sayings, commands = [], [], []
    for picture in rng.integers(0, ends[-1], size):
        number = int(np.searchsorted(ends, picture, side="right"))
        episode = episodes[number]
        frame = picture - ends[number]  # counted from the episode's end
        images.append(episode.images[frame])
        sayings.append(str(rng.choice(episode.sayings)))
        commands.append(episode.commands[frame])
    return Batch(images, sayings, np.stack(commands))


class FineTuner:
    """Optimises the adapters of a checkpoint.

    Args:
        loaded: model and processor; the model is changed in place.
        contract: tokens of the actions, and what is asked.
        lora: sizes of the adapters.
        config: how to optimise; resumes from ``config.checkpoint`` if that exists.

    Attributes:
        step: steps done.

    Raises:
        CanterError: such a model cannot be trained so, or the checkpoint is of another.
    """

    def __init__(
        self, loaded: Loaded, contract: HfContract, lora: LoraSettings, config: LearnConfig
    ) -> None:
        kind = loaded.model.config.model_type
        if kind in PREFIX_MODELS:
            raise CanterError(
                f"a {kind} attends to its whole prompt at once, which this training does not "
                "mask; take another kind of model"
            )
        reuse_memory()
        self._loaded, self._contract, self._config = loaded, contract, config
        known = inspect.signature(loaded.model.forward).parameters
        count = len(contract.actions.fields) + 1
        self._few = {"logits_to_keep": count} if "logits_to_keep" in known else {}
        self._ids = torch.tensor(contract.token_ids)
        self._model: Any = adapted(loaded.model, contract.token_ids, lora)
        self._learnt: dict[str, Tensor] = {
            name: value for name, value in self._model.named_parameters() if value.requires_grad
        }
        self._optimiser = torch.optim.AdamW(
            self._learnt.values(), lr=config.learning_rate, weight_decay=config.weight_decay
        )
        self.step = 0
        if config.checkpoint is not None and config.checkpoint.exists():
            self._resume()

    def remaining(self) -> Iterator[int]:
        """Yield the steps that are left; where a signal asks to stop, the newest step is saved.

        Raises:
            Stopped: a signal asked, after the step that it fell into.
        """
        return steps_left(self, self._config.steps, self.save)

    def update(self, batch: Batch) -> dict[str, float]:
        """Descend one step on a batch; return what there is to report."""
        self._model.train()
        rate = self._config.rate(self.step)
        for group in self._optimiser.param_groups:
            group["lr"] = rate
        loss, accuracy = self.loss(batch)
        norm = clipped_step(self._optimiser, loss, self._config.clip, self.step)
        self.step += 1
        if self.step % self._config.save_every == 0:
            self.save()
        return {"loss": float(loss), "accuracy": accuracy, "gradient": norm, "learning_rate": rate}

    def loss(self, batch: Batch) -> tuple[Tensor, float]:
        """Return the mean cross-entropy of the action tokens, nats, and the share told right."""
        answer = self._ids[torch.from_numpy(self._contract.actions.encode(batch.commands))]
        answer = answer.to(self._loaded.device)
        texts = [asked(self._contract.prompt, saying) for saying in batch.sayings]
        inputs = with_answer(self._loaded.inputs(batch.images, texts), answer)
        logits = self._model(**inputs, **self._few, use_cache=False).logits
        told = logits[:, -answer.shape[1] - 1 : -1].float()  # each token from those before it
        loss = F.cross_entropy(told.flatten(0, 1), answer.flatten())
        return loss, float((told.argmax(dim=-1) == answer).float().mean())

    def save(self) -> None:
        """Write what has been learnt so far; the file is whole or the old one stays."""
        if self._config.checkpoint is None:
            return
        content = {
            "learnt": {name: value.detach() for name, value in self._learnt.items()},
            "optimiser": self._optimiser.state_dict(),
            "step": self.step,
        }
        atomic_save(content, self._config.checkpoint)

    def merged(self) -> Any:  # noqa: ANN401 - of transformers
        """Return the model with what it has learnt in its own weights; ends the training."""
        self._model.eval()
        return merged(self._model)

    @torch.no_grad()
    def _resume(self) -> None:
        path = self._config.checkpoint
        assert path is not None
        saved = read_checkpoint(path)
        try:
            learnt: dict[str, Tensor] = saved["learnt"]
            if {n: v.shape for n, v in learnt.items()} != {
                n: v.shape for n, v in self._learnt.items()
            }:
                raise ValueError("other adapters")
            for name, value in self._learnt.items():
                value.copy_(learnt[name])
            self._optimiser.load_state_dict(saved["optimiser"])
            self.step = int(saved["step"])
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise CanterError(
                f"{path} is of another model or of other adapters ({error}); name a new folder "
                "with --out"
            ) from error


def fine_tune(
    tuner: FineTuner,
    episodes: Sequence[SpokenEpisode],
    config: LearnConfig,
    size: int,
    seed: int,
    observers: Sequence[Observer] = (),
) -> None:
    """Do the steps that are left.

    Args:
        tuner: whose model learns.
        episodes: to draw from; at least one.
        config: the tuner's.
        size: pictures in each step.
        seed: of their order.
        observers: told of progress every ``report_every`` steps.
    """
    for step in tuner.remaining():
        scalars = tuner.update(draw(episodes, size, seed, step))
        if tuner.step % config.report_every == 0 or tuner.step == config.steps:
            for observe in observers:
                observe(tuner.step, config.steps, scalars)
    tuner.save()
