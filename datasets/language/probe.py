"""How much a linear reader of the word vectors knows about words it was never taught."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from canter.datasets.language.lexicon import Entry
from canter.datasets.language.text import split_words

_PENALTIES = (1.0, 3.0, 10.0, 30.0, 100.0, 300.0)

Floats = NDArray[np.float64]
Vectors = Mapping[str, NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """What the probe read rightly.

    Attributes:
        left_out: fraction of training synonyms read rightly when each was left out in turn.
        held_out: held-out synonyms read rightly by the probe of all training synonyms.
        held_out_total: number of held-out synonyms.
        confused: held-out synonyms read wrongly, with the concept they were taken for.
    """

    left_out: float
    held_out: int
    held_out_total: int
    confused: tuple[tuple[str, str], ...]


def probe(vectors: Vectors, lexicon: Mapping[str, Entry]) -> ProbeResult:
    """Fit a ridge classifier on training synonyms and read the held-out ones.

    The penalty is the one with the best leave-one-out accuracy on the training synonyms; a phrase
    is the mean of its words.

    Args:
        vectors: word vectors by word, each shape (d,).
        lexicon: colours or shapes.
    """
    names = list(lexicon)
    train = [(word, names.index(n)) for n, entry in lexicon.items() for word in entry.training]
    test = [(word, names.index(n)) for n, entry in lexicon.items() for word in entry.held_out]
    features, labels = _design(vectors, train)
    fits = [_ridge(features, labels, len(names), penalty) for penalty in _PENALTIES]
    weights, left_out = max(fits, key=lambda fit: fit[1])
    features, labels = _design(vectors, test)
    read = (features @ weights).argmax(axis=1)
    wrong = np.flatnonzero(read != labels)
    confused = tuple((test[row][0], names[read[row]]) for row in wrong)
    return ProbeResult(left_out, len(test) - len(wrong), len(test), confused)


def _design(vectors: Vectors, synonyms: list[tuple[str, int]]) -> tuple[Floats, NDArray[np.int64]]:
    rows = [np.mean([vectors[w] for w in split_words(text)], axis=0) for text, _ in synonyms]
    features = np.column_stack([np.asarray(rows, dtype=np.float64), np.ones(len(rows))])
    return features, np.array([label for _, label in synonyms])


def _ridge(
    features: Floats, labels: NDArray[np.int64], classes: int, penalty: float
) -> tuple[Floats, float]:
    """Return ridge weights and their leave-one-out accuracy in closed form.

    With G = (X X' + penalty I)^-1 and dual weights a = G Y, the prediction of row i by a fit
    without it is y_i - a_i / G_ii (Rifkin and Lippert 2007, section 3.2).
    """
    targets = np.eye(classes)[labels]
    inverse = np.linalg.inv(features @ features.T + penalty * np.eye(len(features)))
    dual = inverse @ targets
    left_out = targets - dual / np.diag(inverse)[:, None]
    return features.T @ dual, float((left_out.argmax(axis=1) == labels).mean())
