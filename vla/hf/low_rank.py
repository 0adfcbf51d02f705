"""Low-rank adaptation (LoRA, arXiv:2106.09685) of a checkpoint, through peft (extra [train])."""

import importlib
import warnings
from typing import Any

from torch import nn

from canter.vla.hf.lora_settings import LoraSettings


def adapted(model: Any, token_ids: tuple[int, ...], settings: LoraSettings) -> Any:  # noqa: ANN401
    """Return the model with adapters at all linear layers, which alone learn.

    The rows of the action tokens in the tables of inputs and outputs learn too: these tokens meant
    something else, or nothing, and low-rank changes of other layers do not reach them.

    Args:
        model: of transformers; changed in place.
        token_ids: of the action tokens.
        settings: sizes of the adapters.
    """
    peft = importlib.import_module("peft")
    tables = [model.get_input_embeddings(), model.get_output_embeddings()]
    names = [_name_of(model, table) for table in tables]
    config = peft.LoraConfig(
        r=settings.rank,
        lora_alpha=settings.alpha,
        lora_dropout=settings.dropout,
        target_modules="all-linear",
        trainable_token_indices={name: list(token_ids) for name in names},
    )
    with warnings.catch_warnings(action="ignore", category=FutureWarning):  # of its own calls
        return peft.get_peft_model(model, config)


def merged(model: Any) -> Any:  # noqa: ANN401 - of peft
    """Return the model of `adapted` with what it has learnt in its own weights."""
    return model.merge_and_unload()


def _name_of(model: nn.Module, part: nn.Module) -> str:
    return next(str(name) for name, module in model.named_modules() if module is part)
