"""Task unload: tip the ball that rides on the back into the named bin."""

import numpy as np

from canter.datasets.language.framing import framed
from canter.datasets.language.grammar import Grammar, Words
from canter.datasets.language.things import colour_place

SEEN: tuple[str, ...] = (
    "unload the ball into the {colour} bin",
    "put the ball into the {colour} bin",
    "drop the ball into the {colour} bin",
    "tip the ball into the {colour} bin",
    "carry the ball to the {colour} bin",
    "bring the ball to the {colour} bin and unload it",
    "go to the {colour} bin and drop the ball into it",
    "unload into the {colour} box",
    "let the ball roll into the {colour} box",
    "deliver the ball to the {colour} bin",
)
HELD_OUT: tuple[str, ...] = (
    "the ball belongs in the {colour} bin",
    "empty your tray into the container that is {colour}",
    "dump your load in the {colour} crate",
    "get rid of the ball where the bin is {colour}",
    "the {colour} bin is where your cargo goes",
)


def speak(words: Words, rng: np.random.Generator, held_out: bool) -> str:
    """Say into which bin the ball goes; needs ``colour``."""
    return framed(HELD_OUT if held_out else SEEN, rng, colour=words["colour"])


GRAMMAR = Grammar(
    name="unload",
    example="drop the ball into the red bin",
    seen=SEEN,
    held_out=HELD_OUT,
    places={"colour": colour_place()},
    speak=speak,
)
