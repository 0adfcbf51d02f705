"""The reader's network: a small recurrent tagger of words and sentences (extra [train])."""

from typing import Final

import torch
from torch import Tensor, nn

from canter.datasets.language.features import BUCKETS, width
from canter.datasets.language.labels import classes, places, values

LETTERS: Final = 32
"""Numbers learnt for a group of letters."""
HIDDEN: Final = 96
DROPOUT: Final = 0.2


class Reader(nn.Module):
    """Two bidirectional GRUs over the words; heads for each word and for the sentence."""

    def __init__(self) -> None:
        """Build the network with random weights."""
        super().__init__()
        self.letters = nn.Embedding(BUCKETS, LETTERS, padding_idx=0)
        self.enter = nn.Linear(width() + LETTERS, HIDDEN)
        self.first = nn.GRU(HIDDEN, HIDDEN, batch_first=True, bidirectional=True)
        self.second = nn.GRU(2 * HIDDEN, HIDDEN, batch_first=True, bidirectional=True)
        self.place = nn.Linear(2 * HIDDEN, len(places()))
        self.value = nn.Linear(2 * HIDDEN + HIDDEN, len(values()))
        self.meaning = nn.Sequential(
            nn.Linear(4 * HIDDEN, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, len(classes()))
        )
        self.drop = nn.Dropout(DROPOUT)

    def forward(self, features: Tensor, groups: Tensor, mask: Tensor) -> tuple[Tensor, ...]:
        """Read sentences.

        Args:
            features: of each word, shape (B, T, width()).
            groups: numbers of groups of letters, shape (B, T, GROUPS).
            mask: 1 for words, 0 for padding after them, shape (B, T).

        Returns:
            Logits of the sentence's class (B, classes), of each word's place (B, T, places) and of
            its value (B, T, values).
        """
        held = (groups > 0).to(features.dtype)[..., None]
        letters = (self.letters(groups) * held).sum(dim=2) / held.sum(dim=2).clamp(min=1.0)
        entered = torch.relu(self.enter(torch.cat([features, letters], dim=-1)))
        entered = self.drop(entered * mask[..., None])
        first, _ = self.first(entered)
        second, _ = self.second(self.drop(first * mask[..., None]))
        words = self.drop(second * mask[..., None])
        mean = words.sum(dim=1) / mask.sum(dim=1, keepdim=True)
        most = (words - 1e4 * (1.0 - mask[..., None])).max(dim=1).values
        meaning = self.meaning(torch.cat([mean, most], dim=-1))
        return meaning, self.place(words), self.value(torch.cat([words, entered], dim=-1))
