"""Text encoder: padding is invisible, empty text finite, order heard, noise only in training."""

import torch

from canter.vla.config import COLOUR_CLASSES, SHAPE_CLASSES
from canter.vla.model import VlaModel


def tokens_of(*words: int) -> torch.Tensor:
    row = torch.zeros(1, 24, dtype=torch.int64)
    row[0, : len(words)] = torch.tensor(words)
    return row


def test_classes_have_room_for_any(model: VlaModel) -> None:
    said = model.text(tokens_of(2, 3, 4))
    assert said.colour_logits.shape == (1, len(COLOUR_CLASSES)) == (1, 9)
    assert said.shape_logits.shape == (1, len(SHAPE_CLASSES)) == (1, 7)


def test_padding_row_is_invisible(model: VlaModel) -> None:
    with torch.no_grad():
        before = model.text(tokens_of(2, 3, 4)).embedding
        model.text.word_vectors[0] = 50.0
        after = model.text(tokens_of(2, 3, 4)).embedding
    torch.testing.assert_close(before, after)


def test_empty_text_is_finite(model: VlaModel) -> None:
    assert torch.isfinite(model.text(tokens_of(0)).embedding).all()


def test_word_order_is_heard(model: VlaModel) -> None:
    with torch.no_grad():
        difference = model.text(tokens_of(2, 5)).embedding - model.text(tokens_of(5, 2)).embedding
    assert difference.abs().max() > 1e-4


def test_noise_only_in_training(model: VlaModel) -> None:
    tokens = tokens_of(2, 3, 4)
    torch.testing.assert_close(model.text(tokens).embedding, model.text(tokens).embedding)
    model.text.train()
    assert (model.text(tokens).embedding - model.text(tokens).embedding).abs().max() > 1e-4
