"""Fills sentence frames, sometimes with a courtesy before or after."""

from collections.abc import Sequence

import numpy as np

OPENINGS: tuple[str, ...] = ("please", "could you", "can you", "now", "robot", "hey robot")
OPENING_SHARE, CLOSING_SHARE = 0.3, 0.15
"""Chance of a courtesy before the sentence, and after it."""


def lines(text: str) -> tuple[str, ...]:
    """Return the lines of a text without the spaces around them."""
    return tuple(line.strip() for line in text.strip().splitlines())


def pick(choices: Sequence[str], rng: np.random.Generator) -> str:
    """Return one of the choices."""
    return choices[int(rng.integers(len(choices)))]


def framed(frames: Sequence[str], rng: np.random.Generator, **words: str) -> str:
    """Fill one of the frames."""
    return courteous(pick(frames, rng).format(**words), rng)


def courteous(sentence: str, rng: np.random.Generator) -> str:
    """Return the sentence, sometimes with a courtesy."""
    if rng.random() < OPENING_SHARE:
        sentence = f"{pick(OPENINGS, rng)} {sentence}"
    return f"{sentence} please" if rng.random() < CLOSING_SHARE else sentence
