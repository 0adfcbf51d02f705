"""Random vision-language checkpoints of two architectures, made from configurations in a moment."""

import importlib
from pathlib import Path
from typing import Any

import torch

from canter.control.command_policy import CameraSpec
from canter.control.types import GAIT_RANGES
from canter.vla.config import LOCOMOTION
from canter.vla.hf.action_bins import ActionBins
from canter.vla.hf.contract import HfContract

hf: Any = importlib.import_module("transformers")
bpe: Any = importlib.import_module("tokenizers")

KINDS = ("llava", "idefics3")
WORDS = 300
"""Tokens of whole words, which stand last in the vocabulary and are in no sentence."""
PIXELS = 28
CAMERA = CameraSpec(48, 64, 1.2, 0.5)
PROMPT = "told: {instruction}."
BEGIN = "<s>"
LOUD = 0.5
"""Standard deviation of the layers' weights."""
ROWS_MORE = 8
"""Rows of the table of tokens beyond the tokenizer's, as real checkpoints have them."""


def tokenizer(*special: str) -> Any:  # noqa: ANN401
    """A tokenizer of single bytes, of words w000 to w299, and of special tokens behind them."""
    letters = sorted(bpe.pre_tokenizers.ByteLevel.alphabet())
    pieces = [*letters, *(f"w{number:03d}" for number in range(WORDS))]
    made = bpe.Tokenizer(bpe.models.BPE({piece: i for i, piece in enumerate(pieces)}, []))
    made.pre_tokenizer = bpe.pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = bpe.decoders.ByteLevel()
    return hf.PreTrainedTokenizerFast(
        tokenizer_object=made,
        bos_token=BEGIN,
        eos_token="</s>",
        pad_token="<pad>",
        additional_special_tokens=list(special),
    )


def write_llava(folder: Path) -> Path:
    """CLIP's eye and Llama's tongue; tables of inputs and outputs apart."""
    words = tokenizer("<image>")
    config = hf.LlavaConfig(
        vision_config=hf.CLIPVisionConfig(**_eye(), projection_dim=16),
        text_config=_tongue(words),
        image_token_index=words.convert_tokens_to_ids("<image>"),
        vision_feature_layer=-1,
    )
    size = {"height": PIXELS, "width": PIXELS}
    processor = hf.LlavaProcessor(
        image_processor=hf.CLIPImageProcessor(size={"shortest_edge": PIXELS}, crop_size=size),
        tokenizer=words,
        patch_size=PIXELS // 2,
        vision_feature_select_strategy="default",
        image_token="<image>",
        num_additional_image_tokens=1,
    )
    return _write(hf.LlavaForConditionalGeneration, config, processor, folder)


def write_idefics3(folder: Path) -> Path:
    """SigLIP's eye and Llama's tongue; one table for inputs and outputs."""
    images = ("<fake_token_around_image>", "<image>", "<end_of_utterance>", "<global-img>")
    words = tokenizer(*images)
    config = hf.Idefics3Config(
        vision_config=_eye(),
        text_config=_tongue(words),
        image_token_id=words.convert_tokens_to_ids("<image>"),
        scale_factor=2,
        tie_word_embeddings=True,
    )
    processor = hf.Idefics3Processor(
        hf.Idefics3ImageProcessor(
            size={"longest_edge": PIXELS},
            max_image_size={"longest_edge": PIXELS},
            do_image_splitting=False,
        ),
        words,
        image_seq_len=1,
    )
    return _write(hf.Idefics3ForConditionalGeneration, config, processor, folder)


WRITERS = dict(zip(KINDS, (write_llava, write_idefics3), strict=True))


def contract(**changes: Any) -> HfContract:  # noqa: ANN401
    """A contract whose action tokens are the first 256 words: w000 to w255."""
    first = len(bpe.pre_tokenizers.ByteLevel.alphabet())
    values: dict[str, Any] = {
        "robot": "go2",
        "tasks": ("crawl", "go_to"),
        "camera": CAMERA,
        "actions": ActionBins(dict(GAIT_RANGES)),
        "token_ids": tuple(range(first, first + 256)),
        "prompt": PROMPT,
        "locomotion": LOCOMOTION,
        "training_commit": "0123abc",
        "training_seed": 3,
    }
    return HfContract(**values | changes)


def _eye() -> dict[str, int]:
    sizes = {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 2}
    return sizes | {"num_attention_heads": 2, "image_size": PIXELS, "patch_size": PIXELS // 2}


def _tongue(words: Any) -> Any:  # noqa: ANN401
    return hf.LlamaConfig(
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=2,
        vocab_size=len(words) + ROWS_MORE,
        max_position_embeddings=512,
        bos_token_id=words.bos_token_id,
        eos_token_id=words.eos_token_id,
        pad_token_id=words.pad_token_id,
    )


def _write(kind: Any, config: Any, processor: Any, folder: Path) -> Path:  # noqa: ANN401
    torch.manual_seed(0)
    model = kind(config)
    with torch.no_grad():
        for name, value in model.named_parameters():
            if value.ndim > 1 and "embed" not in name:  # so that layers say more than their input
                value.normal_(std=LOUD)
    model.save_pretrained(folder)
    processor.save_pretrained(folder)
    return folder
