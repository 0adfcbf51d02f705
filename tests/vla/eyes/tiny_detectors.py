"""Random zero-shot detectors of two architectures, made from configurations in a moment."""

from pathlib import Path
from typing import Any

import torch

from tests.vla.hf.tiny_models import bpe, hf

PIXELS, DINO_PIXELS = 32, 128
OWL_TOKENS, DINO_TOKENS = 16, 64
SMALL = {"hidden_size": 16, "intermediate_size": 32, "num_attention_heads": 2}
DEEP = SMALL | {"num_hidden_layers": 1}


def write_owlv2(folder: Path) -> Path:
    """A text and a picture encoder, one box for each patch."""
    words = _words("<|startoftext|>", "<|endoftext|>", OWL_TOKENS)
    config = hf.Owlv2Config(
        text_config=DEEP | {"vocab_size": len(words), "max_position_embeddings": OWL_TOKENS},
        vision_config=DEEP | {"image_size": PIXELS, "patch_size": PIXELS // 4},
        projection_dim=16,
    )
    eye = hf.Owlv2ImageProcessor(size={"height": PIXELS, "width": PIXELS})
    return _write(hf.Owlv2ForObjectDetection, config, hf.Owlv2Processor(eye, words), folder)


def write_grounding_dino(folder: Path) -> Path:
    """Swin's eye, BERT's reading, and queries that attend to both."""
    words = _words("[CLS]", "[SEP]", DINO_TOKENS)
    config = hf.GroundingDinoConfig(
        backbone_config=hf.SwinConfig(
            image_size=DINO_PIXELS, embed_dim=8, depths=[1, 1, 1, 1], num_heads=[1, 1, 1, 1],
            window_size=2, out_features=["stage2", "stage3", "stage4"],
        ),
        text_config=hf.BertConfig(
            vocab_size=len(words), max_position_embeddings=DINO_TOKENS, **DEEP
        ),
        d_model=32, encoder_layers=1, decoder_layers=2, encoder_ffn_dim=32, decoder_ffn_dim=32,
        encoder_attention_heads=2, decoder_attention_heads=2, num_queries=8,
        max_text_len=DINO_TOKENS,
    )  # fmt: skip
    eye = hf.GroundingDinoImageProcessor(
        size={"shortest_edge": DINO_PIXELS, "longest_edge": DINO_PIXELS}
    )
    processor = hf.GroundingDinoProcessor(eye, words)
    return _write(hf.GroundingDinoForObjectDetection, config, processor, folder)


WRITERS = {"owlv2": write_owlv2, "grounding-dino": write_grounding_dino}


def _words(first: str, last: str, most: int) -> Any:  # noqa: ANN401
    """A tokenizer of single bytes, with what stands before and after a text."""
    letters = sorted(bpe.pre_tokenizers.ByteLevel.alphabet())
    special = ["[PAD]", first, last, "[UNK]"]
    numbers = {piece: i for i, piece in enumerate([*special, *letters])}
    made = bpe.Tokenizer(bpe.models.BPE(numbers, [], unk_token="[UNK]"))
    made.pre_tokenizer = bpe.pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = bpe.decoders.ByteLevel()
    made.post_processor = bpe.processors.TemplateProcessing(
        f"{first} $A {last}", special_tokens=[(first, numbers[first]), (last, numbers[last])]
    )
    return hf.PreTrainedTokenizerFast(
        tokenizer_object=made, bos_token=first, eos_token=last, pad_token="[PAD]",
        unk_token="[UNK]", cls_token=first, sep_token=last, model_max_length=most,
    )  # fmt: skip


def _write(kind: Any, config: Any, processor: Any, folder: Path) -> Path:  # noqa: ANN401
    torch.manual_seed(0)
    kind(config).save_pretrained(folder)
    processor.save_pretrained(folder)
    return folder
