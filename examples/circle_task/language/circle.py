"""Task circle: walk once round a thing."""

import numpy as np

from canter.datasets.language.framing import framed
from canter.datasets.language.grammar import Grammar, Words
from canter.datasets.language.things import colour_place, shape_place

SEEN: tuple[str, ...] = (
    "circle the {colour} {shape}",
    "walk round the {colour} {shape}",
    "walk once around the {colour} {shape}",
    "go around the {colour} {shape} once",
)
HELD_OUT: tuple[str, ...] = (
    "make a full turn about the {colour} {shape}",
    "do a lap of the {colour} {shape}",
)


def speak(words: Words, rng: np.random.Generator, held_out: bool) -> str:
    """Say what to walk round; needs ``colour`` and ``shape``."""
    frames = HELD_OUT if held_out else SEEN
    return framed(frames, rng, colour=words["colour"], shape=words["shape"])


GRAMMAR = Grammar(
    name="circle",
    example="circle the red ball",
    seen=SEEN,
    held_out=HELD_OUT,
    places={"colour": colour_place(), "shape": shape_place()},
    speak=speak,
)
