"""Vision-language checkpoints of `transformers`, opened from local folders (extra [train]).

Nothing is fetched and nothing in the folder is run: weights are safetensors, code that comes with a
checkpoint is refused.
"""

import importlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from canter.control.errors import CanterError, ContractError, ProviderError
from canter.vla.hf.contract import HfContract
from canter.vla.hf.model_folder import check_folder
from canter.vla.hf.model_inputs import check_processor, model_inputs
from canter.vla.hf.prompts import asked

REASON_LENGTH = 300


@dataclass(frozen=True, slots=True)
class Loaded:
    """A checkpoint in memory.

    Attributes:
        model: causal language model that takes pictures, in evaluation mode.
        processor: makes its inputs of pictures and text.
        device: torch device of the model.
    """

    model: Any
    processor: Any
    device: str

    def inputs(self, images: list[NDArray[np.uint8]], texts: list[str]) -> dict[str, Tensor]:
        """Return the model's inputs for B pictures, uint8 RGB (h, w, 3), and what is asked."""
        made = model_inputs(self.processor, images, texts)
        kind = self.model.dtype
        return {
            name: value.to(self.device, kind if value.is_floating_point() else None)
            for name, value in made.items()
        }


def library() -> Any:  # noqa: ANN401 - a module without types
    """Return `transformers`, which then neither asks the network nor prints."""
    os.environ["HF_HUB_OFFLINE"] = "1"
    transformers = importlib.import_module("transformers")
    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    return transformers


def load(folder: Path, device: str | None = None) -> Loaded:
    """Open a checkpoint: half precision on a GPU, else float32.

    Args:
        folder: local, as `save_pretrained` writes it.
        device: "cpu" or "cuda"; None takes the GPU where there is one.

    Raises:
        CanterError: it is no vision-language checkpoint, damaged, or would need code of its own.
        ProviderError: there is no such device.
    """
    check_folder(folder)
    device = _device(device)
    transformers, place = library(), str(folder.resolve())
    safe = {"local_files_only": True, "trust_remote_code": False}
    kind = torch.bfloat16 if device == "cuda" else torch.float32
    try:
        processor = transformers.AutoProcessor.from_pretrained(place, **safe)
        model, found = transformers.AutoModelForImageTextToText.from_pretrained(
            place, dtype=kind, use_safetensors=True, output_loading_info=True, **safe
        )
    except Exception as error:  # tokenizers raises nothing narrower
        raise CanterError(
            f"'{folder}' cannot be opened as a vision-language checkpoint: {_reason(error)}; name "
            "a folder that transformers opens with AutoModelForImageTextToText"
        ) from error
    lacking = sorted(found["missing_keys"])
    if lacking:
        raise CanterError(
            f"'{folder}' lacks {len(lacking)} weights, the first of them {lacking[0]}; copy or "
            "save the checkpoint again"
        )
    if model.config.is_encoder_decoder:
        raise CanterError(
            f"'{folder}' holds a {model.config.model_type}, which answers through a decoder of its "
            "own; name one that goes on from the prompt, such as LLaVA, Idefics3 or Qwen2-VL"
        )
    check_processor(processor, str(folder))
    return Loaded(model.to(device).eval(), processor, device)


class Checkpoint:
    """A checkpoint that answers pictures with commands, by greedy choice among the action tokens.

    Args:
        loaded: model and processor.
        contract: which tokens stand for what.
        source: name of the folder, for messages.

    Raises:
        ContractError: the contract names tokens that the model has not.
    """

    def __init__(self, loaded: Loaded, contract: HfContract, source: str) -> None:
        rows = loaded.model.get_input_embeddings().num_embeddings
        if max(contract.token_ids) >= rows:
            raise ContractError(
                f"{source}: contract field 'token_ids' goes to {max(contract.token_ids)}, the "
                f"model has {rows} tokens; fine-tune it again"
            )
        self._loaded, self._contract = loaded, contract
        self._allowed = torch.tensor(contract.token_ids, device=loaded.device)
        steps = len(contract.actions.fields)
        self._greedy = library().GenerationConfig(
            max_new_tokens=steps,
            min_new_tokens=steps,
            do_sample=False,
            pad_token_id=loaded.processor.tokenizer.pad_token_id,
        )

    @torch.inference_mode()
    def command(self, image: NDArray[np.uint8], instruction: str) -> NDArray[np.float32]:
        """Return a command, order of GAIT_RANGES, (12,), for a picture, uint8 RGB (h, w, 3)."""
        inputs = self._loaded.inputs([image], [asked(self._contract.prompt, instruction)])
        said = self._loaded.model.generate(
            **inputs, generation_config=self._greedy, logits_processor=[self._only_actions]
        )
        tokens = said[0, -len(self._contract.actions.fields) :]
        bins = (tokens[:, None] == self._allowed).long().argmax(dim=-1)
        return self._contract.actions.decode(bins.cpu().numpy())

    def _only_actions(self, said: Tensor, scores: Tensor) -> Tensor:
        """Return the scores with those of all other tokens at minus infinity, (B, vocabulary)."""
        del said
        barred = torch.full_like(scores, -torch.inf)
        barred[:, self._allowed] = scores[:, self._allowed]
        return barred


def open_checkpoint(
    folder: Path, contract: HfContract, device: str | None, threads: int | None = None
) -> Checkpoint:
    """Return the checkpoint of a folder, ready to answer.

    Args:
        folder: of the checkpoint.
        contract: of the folder.
        device: see `load`.
        threads: of torch on the CPU from now on; None leaves them.

    Raises:
        CanterError: see `load`.
    """
    if threads is not None:
        torch.set_num_threads(threads)
    return Checkpoint(load(folder, device), contract, str(folder))


def _device(wanted: str | None) -> str:
    there = torch.cuda.is_available()
    if wanted is None:
        return "cuda" if there else "cpu"
    if wanted not in ("cpu", "cuda") or (wanted == "cuda" and not there):
        raise ProviderError(
            f"large models compute on cpu or cuda, and {wanted!r} is not there; choose another "
            "provider"
        )
    return wanted


def _reason(error: Exception) -> str:
    """Return what a library says, in one line."""
    return " ".join(str(error).split())[:REASON_LENGTH] or type(error).__name__
