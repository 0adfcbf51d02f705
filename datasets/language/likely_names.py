"""Words that may well be names, though no grammar has them: to be taught as such, or not at all."""

from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from canter.control.vocab import WIDE_COLOURS
from canter.datasets.language.colours import colour_shares
from canter.datasets.language.labels import held_out_words, known_surfaces
from canter.datasets.language.meanings import default_meanings
from canter.datasets.language.others import SENSELESS
from canter.datasets.language.spelling import grammar_words
from canter.datasets.language.text import split_words
from canter.datasets.language.things_alike import kinds, things_alike
from canter.datasets.language.word_knowledge import TRAVEL, word_knowledge

LIKE: Final = 0.55
"""Cosine to a name's meaning from which on a word may be one."""
NEAR, CLEAR = 0.6, 0.7
"""Likeness to a known thing, and share of one kind, from which on a word may name a thing."""
PLAIN: Final = 0.8
"""Share of one of the robot's colours from which on a name stands for it."""
TRAVELS: Final = 0.3
"""Share of a verb's meanings from which on it may ask the robot to go somewhere."""
NOUNS: Final = slice(3, 29)
"""Lexicographer files of nouns."""
VERBS: Final = slice(29, 44)
ARTIFACTS: Final = 6
"""Those of verbs and of what is made."""
MOSTLY: Final = 0.5
OFTEN: Final = 0.3


def like_a_name(word: str) -> bool:
    """Tell whether people may call a colour or a thing by a word, or ask to go by it."""
    vector = default_meanings().vector(word)
    if vector is None:
        return True
    thing = things_alike().get((word,))
    if thing is not None and _is_clear(thing):
        return True
    colour = colour_shares().get(word)
    if colour is not None and colour.max() > PLAIN:
        return True
    if word in word_knowledge().kinds and word_knowledge().kinds[word][TRAVEL] > TRAVELS:
        return True
    names = _name_vectors()
    cosines = names @ vector / (np.linalg.norm(names, axis=1) * np.linalg.norm(vector) + 1e-9)
    return bool(cosines.max() > LIKE)


def is_noun(word: str) -> bool:
    """Tell whether a word is mostly a noun."""
    shares = word_knowledge().kinds.get(word)
    return shares is not None and bool(shares[NOUNS].sum() > MOSTLY)


def _is_artifact(word: str) -> bool:
    """Tell whether the table of meanings has a word, and it is mostly a thing that is made."""
    shares = word_knowledge().kinds.get(word)
    return shares is not None and bool(shares[ARTIFACTS] > MOSTLY)


@cache
def further_motions() -> tuple[str, ...]:
    """Return the verbs that often mean to travel and that neither frames nor held-out ones have."""
    return tuple(
        word
        for word, shares in word_knowledge().kinds.items()
        if shares[VERBS].sum() * shares[TRAVEL] > OFTEN
        and word not in held_out_words()
        and word not in grammar_words()
    )


@cache
def further_colours() -> dict[str, tuple[tuple[str, ...], ...]]:
    """Return for each colour names that neither training frames nor held-out sentences have.

    A colour without any is called by its own name.
    """
    said = (split_words(said) for said, kind, _ in known_surfaces() if kind == "colour")
    taken = {word for words in said for word in words} | held_out_words()
    found: dict[str, list[tuple[str, ...]]] = {colour: [] for colour in WIDE_COLOURS}
    for name, share in colour_shares().items():
        words = tuple(split_words(name))
        if share.max() > PLAIN and not taken & set(words):
            found[WIDE_COLOURS[int(share.argmax())]].append(words)
    return {colour: tuple(names) or ((colour,),) for colour, names in found.items()}


@cache
def further_things() -> dict[str, tuple[tuple[str, ...], ...]]:
    """Return for each kind of thing words that are like it and that nothing else says.

    Neither training frames, held-out sentences nor the things that are refused have them.
    """
    refused = (*SENSELESS.parts["object"], *SENSELESS.parts["place"], *SENSELESS.parts["far"])
    taken = {word for text in refused for word in split_words(text)}
    taken |= set(grammar_words()) | held_out_words()
    found: dict[str, list[tuple[str, ...]]] = {kind: [] for kind in kinds()}
    for name, row in things_alike().items():
        if _is_clear(row) and not taken & set(name) and _is_artifact(name[-1]):
            found[kinds()[int(row[:-1].argmax())]].append(name)
    return {kind: tuple(names) or ((kind,),) for kind, names in found.items()}


def _is_clear(row: NDArray[np.float32]) -> bool:
    """Tell whether a row of the table says that a word names one kind of thing."""
    return bool(row[-1] > NEAR and row[:-1].max() > CLEAR)


@cache
def _name_vectors() -> NDArray[np.float32]:
    names = {said for said, kind, _ in known_surfaces() if kind in ("colour", "shape", "kind")}
    found = (default_meanings().vector(name) for name in sorted(names))
    return np.stack([vector for vector in found if vector is not None])
