"""The pretrained sentence model whose knowledge word vectors carry (needs the extra [train])."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import AutoModel, AutoTokenizer

_BATCH = 128
_LONGEST_SENTENCE = 48


class SentenceModel:
    """A BERT-like encoder with mean pooling, such as all-MiniLM-L6-v2, from a local folder."""

    def __init__(self, folder: Path) -> None:
        """Load the encoder.

        Args:
            folder: config, weights and tokeniser as `transformers` saves them.
        """
        self._tokenizer: Any = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        self._model: Any = AutoModel.from_pretrained(folder, local_files_only=True).eval()

    def whole_words(self) -> list[str]:
        """Return the vocabulary's alphabetic ASCII words of two letters or more, in its order.

        BERT's vocabulary is ordered roughly by frequency, the most frequent word first.
        """
        vocabulary = self._tokenizer.get_vocab()
        ordered = sorted(vocabulary, key=lambda word: int(vocabulary[word]))
        return [word for word in ordered if word.isascii() and word.isalpha() and len(word) > 1]

    def encode(self, sentences: Sequence[str]) -> NDArray[np.float32]:
        """Encode sentences.

        Args:
            sentences: n texts; each is cut after 48 word pieces.

        Returns:
            Vectors of length 1, shape (n, width).
        """
        order = np.argsort([len(sentence) for sentence in sentences], kind="stable")
        encoded = [
            self._encode_batch([sentences[row] for row in order[start : start + _BATCH]])
            for start in range(0, len(order), _BATCH)
        ]
        stacked = np.concatenate(encoded)
        vectors = np.empty_like(stacked)
        vectors[order] = stacked
        return vectors

    @torch.inference_mode()
    def _encode_batch(self, sentences: list[str]) -> NDArray[np.float32]:
        batch = self._tokenizer(
            sentences,
            padding=True,
            truncation=True,
            max_length=_LONGEST_SENTENCE,
            return_tensors="pt",
        )
        hidden = self._model(**batch).last_hidden_state
        mask = batch["attention_mask"][..., None].to(hidden.dtype)
        mean = (hidden * mask).sum(dim=1) / mask.sum(dim=1)
        unit = torch.nn.functional.normalize(mean, dim=-1)
        return np.asarray(unit.numpy(), dtype=np.float32)
