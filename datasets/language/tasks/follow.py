"""Task follow: stay behind a moving ball, and stop behind it when it stops."""

import numpy as np

from canter.datasets.language.framing import framed
from canter.datasets.language.grammar import Grammar, Words
from canter.datasets.language.things import colour_place

SEEN: tuple[str, ...] = (
    "follow the {colour} ball",
    "follow the {colour} ball wherever it goes",
    "follow the {colour} ball and stop when it stops",
    "go after the {colour} ball",
    "stay behind the {colour} ball",
    "keep behind the {colour} ball",
    "walk behind the {colour} ball",
    "run after the {colour} ball",
    "keep close to the {colour} ball",
    "follow the ball that is {colour}",
)
HELD_OUT: tuple[str, ...] = (
    "do not let the {colour} ball out of your sight",
    "trail the {colour} ball",
    "tag along with the {colour} ball",
    "wherever the {colour} ball rolls, you roll too",
    "chase the ball that is {colour} but leave it some room",
)


def speak(words: Words, rng: np.random.Generator, held_out: bool) -> str:
    """Say which ball to follow; needs ``colour``."""
    return framed(HELD_OUT if held_out else SEEN, rng, colour=words["colour"])


GRAMMAR = Grammar(
    name="follow",
    example="follow the red ball",
    seen=SEEN,
    held_out=HELD_OUT,
    places={"colour": colour_place()},
    speak=speak,
)
