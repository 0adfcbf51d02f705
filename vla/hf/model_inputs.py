"""Pictures and questions as the inputs of a model, through its own processor."""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from canter.control.errors import CanterError

MASK = "attention_mask"


def check_processor(processor: Any, source: str) -> None:  # noqa: ANN401 - of transformers
    """Refuse what does not take a picture and text; pad on the left, where an answer is not.

    Raises:
        CanterError: it has no tokenizer, no pictures, or no place for one in the text.
    """
    if not (hasattr(processor, "tokenizer") and hasattr(processor, "image_processor")):
        raise CanterError(
            f"'{source}' has no processor of pictures and text; copy processor_config.json or "
            "preprocessor_config.json and the tokenizer of the checkpoint into it"
        )
    if not (processor.chat_template or getattr(processor, "image_token", None)):
        raise CanterError(
            f"'{source}' says neither by a chat template nor by an image token where in the text "
            "a picture stands; take a checkpoint that does"
        )
    tokenizer = processor.tokenizer
    tokenizer.padding_side = "left"
    if tokenizer.pad_token_id is None:
        tokenizer.pad_token = tokenizer.eos_token


def model_inputs(
    processor: Any,  # noqa: ANN401 - of transformers
    images: list[NDArray[np.uint8]],
    questions: list[str],
) -> dict[str, Tensor]:
    """Return the inputs of a model for B pictures, each with its question.

    Args:
        processor: of the checkpoint.
        images: uint8 RGB, (height, width, 3) each.
        questions: what is asked of each.

    Returns:
        Tensors by the model's names, among them ``input_ids`` and ``attention_mask``, (B, L),
        padded on the left.
    """
    texts = [_prompt(processor, question) for question in questions]
    begin = processor.tokenizer.bos_token
    begun = bool(begin) and texts[0].startswith(begin)
    made = processor(
        text=texts,
        images=[[Image.fromarray(image)] for image in images],
        return_tensors="pt",
        padding=True,
        add_special_tokens=not begun,
    )
    return dict(made)


def with_answer(inputs: dict[str, Tensor], answer: Tensor) -> dict[str, Tensor]:
    """Return the inputs with the tokens of an answer behind the prompt.

    Args:
        inputs: of `model_inputs`.
        answer: tokens, int64, (B, F).
    """
    prompt = inputs["input_ids"]
    longer = dict(inputs)
    for name, value in inputs.items():
        if value.shape == prompt.shape:  # kinds of tokens, whatever a model calls them: 0 is text
            longer[name] = torch.cat([value, torch.zeros_like(answer, dtype=value.dtype)], dim=1)
    longer["input_ids"] = torch.cat([prompt, answer], dim=1)
    seen = torch.ones_like(answer, dtype=inputs[MASK].dtype)
    longer[MASK] = torch.cat([inputs[MASK], seen], dim=1)
    return longer


def _prompt(processor: Any, question: str) -> str:  # noqa: ANN401 - of transformers
    """Return a question about a picture as the model was trained to read it."""
    if not processor.chat_template:
        return f"{processor.image_token}\n{question}\n"
    content = [{"type": "image"}, {"type": "text", "text": question}]
    told = [{"role": "user", "content": content}]
    return str(processor.apply_chat_template(told, tokenize=False, add_generation_prompt=True))
