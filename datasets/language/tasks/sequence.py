"""Task sequence: go to one thing, then go to another and stop there."""

import numpy as np

from canter.datasets.language.framing import framed
from canter.datasets.language.grammar import Grammar, Words
from canter.datasets.language.things import colour_place, shape_place

SEEN: tuple[str, ...] = (
    "go to the {first}, then the {second}",
    "go to the {first}, then to the {second}",
    "go to the {first} and then to the {second}",
    "first go to the {first}, then go to the {second}",
    "walk to the {first}, then walk to the {second}",
    "walk to the {first} and after that to the {second}",
    "visit the {first} and then the {second}",
    "visit the {first}, then stop at the {second}",
    "find the {first}, then find the {second}",
    "approach the {first} first and the {second} next",
)
HELD_OUT: tuple[str, ...] = (
    "go to the {second}, but visit the {first} before",
    "before you go to the {second}, go to the {first}",
    "once you have been at the {first}, head for the {second}",
    "the {second} comes after the {first}",
    "your way leads by the {first} to the {second}",
)


def speak(words: Words, rng: np.random.Generator, held_out: bool) -> str:
    """Say two things to go to, in order; needs ``colour``, ``shape``, ``colour2``, ``shape2``."""
    first = f"{words['colour']} {words['shape']}"
    second = f"{words['colour2']} {words['shape2']}"
    return framed(HELD_OUT if held_out else SEEN, rng, first=first, second=second)


GRAMMAR = Grammar(
    name="sequence",
    example="go to the red ball, then to the blue cube",
    seen=SEEN,
    held_out=HELD_OUT,
    places={
        "colour": colour_place(),
        "shape": shape_place(),
        "colour2": colour_place("colour2"),
        "shape2": shape_place("shape2"),
    },
    parts={"first": ("{colour} {shape}",), "second": ("{colour2} {shape2}",)},
    speak=speak,
)
